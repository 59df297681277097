internal import ProviderDirectory

/// The words under which a name is found: lower case, without diacritics, and a word with
/// apostrophes or hyphens both in one piece and in its parts.
///
///     O'Brien-Núñez → obriennunez, o, brien, nunez
enum NameWords {
  /// Longer words are cut; Xapian's terms and its spelling dictionary end before 64 bytes.
  static let longestWord = 60

  /// One word as written, folded: the parts between joints, in order.
  struct Word: Hashable {
    var parts: [[UInt8]]
    /// Whether a `*` ends it, which only a query has a use for.
    var isStart = false

    var joined: [UInt8] { Array(parts.joined().prefix(NameWords.longestWord)) }

    /// What a document carries for it.
    var terms: [[UInt8]] {
      parts.count == 1 ? [joined] : [joined] + parts.map { Array($0.prefix(NameWords.longestWord)) }
    }
  }

  static func words(of text: String) -> [Word] {
    var words: [Word] = []
    var parts: [[UInt8]] = []
    var part: [UInt8] = []
    func endPart() {
      if !part.isEmpty { parts.append(part) }
      part.removeAll(keepingCapacity: true)
    }
    func endWord(isStart: Bool = false) {
      endPart()
      if !parts.isEmpty { words.append(Word(parts: parts, isStart: isStart)) }
      parts.removeAll(keepingCapacity: true)
    }
    for scalar in text.unicodeScalars {
      switch kind(of: scalar) {
      case .letter(let folded): part.append(contentsOf: folded.utf8)
      case .asciiLetter(let byte): part.append(byte)
      case .mark: break
      case .joint: endPart()
      case .space: endWord()
      case .star: endWord(isStart: true)
      }
    }
    endWord()
    return words
  }

  private enum Kind {
    case asciiLetter(UInt8)
    case letter(String)
    /// A combining mark or a dot in an abbreviation: written, not said.
    case mark
    case joint
    case space
    case star
  }

  private static func kind(of scalar: Unicode.Scalar) -> Kind {
    switch scalar {
    case "a"..."z", "0"..."9": return .asciiLetter(UInt8(scalar.value))
    case "A"..."Z": return .asciiLetter(UInt8(scalar.value) + 32)
    case "*": return .star
    case ".", "\u{0300}"..."\u{036F}": return .mark
    case "'", "-", "`", "\u{2018}", "\u{2019}", "\u{02BC}", "\u{2010}", "\u{2011}", "\u{2013}":
      return .joint
    default: break
    }
    guard scalar.value >= 0x80, scalar.properties.isAlphabetic else { return .space }
    let lower = scalar.properties.lowercaseMapping
    guard let first = lower.unicodeScalars.first else { return .space }
    // One letter may become a letter and a mark: İ in lower case is i with a dot above.
    return .letter(PlainLetters.folded(first) ?? String(first))
  }
}
