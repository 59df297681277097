/// The one place that says which plain letters a Latin letter is written with where it cannot be
/// typed: for the tables of words and places, for queries, and for the names in the index.
public enum PlainLetters {
  /// Lower-case ASCII letters for a Latin letter beyond ASCII, its marks left off: `ễ` is `e`, `Đ`
  /// is `d`, `ß` is `ss`. Nil for everything else, ASCII too.
  ///
  /// Unicode's names say which letter carries the marks (`LATIN SMALL LETTER E WITH CIRCUMFLEX AND
  /// TILDE`), for those that decompose and for those that do not (`D WITH STROKE`).
  public static func folded(_ scalar: Unicode.Scalar) -> String? {
    guard (0xC0...0x24F).contains(scalar.value) || (0x1E00...0x1EFF).contains(scalar.value) else {
      return nil
    }
    return unnamed[scalar] ?? baseLetters(scalar)
  }

  /// Letters whose names do not say what people type for them.
  private static let unnamed: [Unicode.Scalar: String] = [
    "ß": "ss", "ẞ": "ss", "ð": "d", "Ð": "d", "þ": "th", "Þ": "th", "ı": "i", "ſ": "s", "ẛ": "s",
    "ŋ": "n", "Ŋ": "n", "ĸ": "k", "ə": "e", "Ə": "e",
  ]

  private static func baseLetters(_ scalar: Unicode.Scalar) -> String? {
    guard let name = scalar.properties.name else { return nil }
    let words = name.split(separator: " ")
    guard words.count >= 4, words[0] == "LATIN", words[1] == "SMALL" || words[1] == "CAPITAL",
      words[2] == "LETTER" || words[2] == "LIGATURE", words[3].utf8.count <= 2
    else { return nil }
    return words[3].lowercased()
  }
}
