/// One word of a phrase, as the tables of patients' words write it and a query is compared with it.
///
/// Two words are equal as phrases go when their stems are: `allergies` and `allergy`, `kids` and
/// `kid`. The rule knows English plurals and nothing else, so `arthritis` keeps its end.
public struct PhraseWord: Sendable {
  /// Lower-case ASCII letters and digits.
  public let text: String
  let bytes: [UInt8]
  let stem: WordStem

  /// `text` is one word as `PhraseText.words` gives it.
  public init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
    stem = bytes.withUnsafeBytes { WordStem($0) }
  }

  /// Whether it has a plural ending.
  public var isPlural: Bool { stem.count < bytes.count }

  /// The word without its plural ending.
  public var singular: String {
    guard isPlural else { return text }
    return String(decoding: bytes.prefix(stem.count - 1) + [stem.last], as: UTF8.self)
  }
}

/// How phrases are taken apart; the one rule for tables and queries.
public enum PhraseText {
  /// Lower-case ASCII words: accents folded, apostrophes dropped (`women's` is `womens`), other
  /// punctuation a space, `&` the word `and`, runs of single letters joined (`M.D.` is `md`).
  public static func words(_ text: some StringProtocol) -> [String] {
    PlaceName.joinSingleLetters(PlaceName.words(of: text))
  }

  /// Whether `words` has letters for it: ASCII letters and digits, Latin letters with marks, and
  /// the apostrophes and marks that it drops.
  public static func writes(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "'", "`", "\u{0300}"..."\u{036F}": true
    case "\u{2018}", "\u{2019}", "\u{02BB}", "\u{02BC}": true
    default: PlainLetters.folded(scalar) != nil
    }
  }
}

/// A word's length without its plural ending, and its last letter then (`allergies` ends in `y`).
struct WordStem: Equatable {
  let count: Int
  let last: UInt8

  /// `word` is not empty.
  init(_ word: UnsafeRawBufferPointer) {
    let length = word.count
    let kept = WordStem.keptCount(word)
    if kept == length - 3 {
      count = length - 2
      last = UInt8(ascii: "y")
    } else {
      count = kept
      last = word[kept - 1]
    }
  }

  /// The word's length without `s`, `es` or `ies`.
  private static func keptCount(_ word: UnsafeRawBufferPointer) -> Int {
    let length = word.count
    guard length >= 4, word[length - 1] == UInt8(ascii: "s"), !isAids(word) else { return length }
    if length > 4, ends(word, in: "ies") { return length - 3 }
    let syllables: [StaticString] = ["sses", "xes", "ches", "shes"]
    for ending in syllables where ends(word, in: ending) { return length - 2 }
    switch word[length - 2] {
    case UInt8(ascii: "s"), UInt8(ascii: "u"), UInt8(ascii: "i"): return length
    default: return length - 1
    }
  }

  /// The illness is no plural.
  private static func isAids(_ word: UnsafeRawBufferPointer) -> Bool {
    word.count == 4 && ends(word, in: "aids")
  }

  private static func ends(_ word: UnsafeRawBufferPointer, in ending: StaticString) -> Bool {
    let size = ending.utf8CodeUnitCount
    guard word.count >= size else { return false }
    for index in 0..<size where word[word.count - size + index] != ending.utf8Start[index] {
      return false
    }
    return true
  }
}
