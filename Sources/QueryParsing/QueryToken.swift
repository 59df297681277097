import ProviderDirectory

/// A word of a query, or a number with what is written onto it (`12/4`, `5pm`, `10001-1234`,
/// `-74.0`).
struct QueryToken {
  /// As written, without the punctuation around it.
  let text: String
  /// Folded for comparing; nil for writing that has no Latin letters.
  var word: PhraseWord?
  /// Kept whole because it starts like a number: lower-case ASCII.
  let numeral: String?
  /// Whether a comma, semicolon or the like stands before it.
  let followsBreak: Bool
  /// What it is joined to the token before it by: a hyphen or slash, as in `Mon-Fri`, or a dash
  /// between spaces.
  let joint: Joint?
  /// Set when the spelling was corrected: the word that `word` now is.
  var isCorrected = false

  enum Joint { case dash, slash, other }

  /// The word, or one that no phrase has.
  var phraseWord: PhraseWord { word ?? Self.noWord }
  private static let noWord = PhraseWord("\u{0}")

  /// `Smi*`: the beginning of a name, which nothing else is written as.
  var isStarred: Bool { text.utf8.last == UInt8(ascii: "*") && text.utf8.count >= 3 }
  var isCapital: Bool { text.unicodeScalars.first.map { ("A"..."Z").contains($0) } ?? false }
  var isAllCapitals: Bool { text.utf8.allSatisfy { (65...90).contains($0) } }
  /// Whether it is written with letters beyond ASCII, as no insurer is.
  var hasMarks: Bool { text.unicodeScalars.contains { PlainLetters.folded($0) != nil } }
  var isAlphabetic: Bool { numeral == nil && word != nil }
}

extension QueryToken {
  /// Takes a text apart. Nothing but punctuation and white space is left out.
  static func tokens(of text: String) -> [QueryToken] {
    var tokenizer = Tokenizer()
    for chunk in text.unicodeScalars.split(whereSeparator: isSpace) {
      tokenizer.read(Substring(chunk))
    }
    return tokenizer.tokens
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.isASCII else { return scalar.properties.isWhitespace }
    return scalar == " " || ("\t"..."\r").contains(scalar)
  }
}

private struct Tokenizer {
  var tokens: [QueryToken] = []
  private var breakPending = false
  private var dashPending = false

  /// A stretch without white space.
  mutating func read(_ chunk: Substring) {
    var chunk = Self.withPlainDashes(chunk)
    if let plain = Self.withoutThousands(chunk) { chunk = plain }
    for (index, piece) in chunk.unicodeScalars.split(
      omittingEmptySubsequences: false, whereSeparator: { [",", ";", "|"].contains($0) }
    ).enumerated() {
      if index > 0 { breakPending = true }
      readPiece(Substring(piece))
    }
  }

  private static let abbreviations = [
    "w/o": "without", "w/in": "within", "w/": "with", "y/o": "yo",
  ]

  /// Typographers' dashes and the minus sign are hyphens here.
  private static func withPlainDashes(_ chunk: Substring) -> Substring {
    func isDash(_ scalar: Unicode.Scalar) -> Bool {
      ("\u{2010}"..."\u{2015}").contains(scalar) || scalar == "\u{2212}"
    }
    guard chunk.unicodeScalars.contains(where: isDash) else { return chunk }
    var plain = String.UnicodeScalarView()
    for scalar in chunk.unicodeScalars { plain.append(isDash(scalar) ? "-" : scalar) }
    return Substring(String(plain))
  }

  /// `1000mi` for `1,000mi`; nil where the commas separate something else.
  private static func withoutThousands(_ chunk: Substring) -> Substring? {
    guard chunk.utf8.contains(UInt8(ascii: ",")) else { return nil }
    let groups = chunk.split(separator: ",", omittingEmptySubsequences: false)
    guard groups.count > 1, (1...3).contains(groups[0].utf8.count) else { return nil }
    for (index, group) in groups.enumerated() {
      let digits = group.utf8.prefix { (48...57).contains($0) }.count
      let isLast = index == groups.count - 1
      let endsPlainly =
        group.utf8.dropFirst(digits).first.map { (97...122).contains($0 | 0x20) } ?? true
      guard digits > 0, index == 0 || digits == 3,
        isLast ? endsPlainly : digits == group.utf8.count
      else { return nil }
    }
    return Substring(groups.joined())
  }

  private mutating func readPiece(_ piece: Substring) {
    if piece.utf8.count <= 4, let word = Self.abbreviations[piece.lowercased()] {
      append(text: piece.lowercased(), word: PhraseWord(word), numeral: nil)
      return
    }
    var trimmed = Self.trimmed(piece)
    let isOpen = trimmed.utf8.last == UInt8(ascii: "-")
    while trimmed.utf8.last == UInt8(ascii: "-") { trimmed.removeLast() }
    if isOpen, trimmed.isEmpty {
      dashPending = true
    } else if let numeral = Self.numeral(trimmed) {
      readNumeral(numeral, trimmed)
    } else {
      dashPending =
        dashPending || piece.utf8.first == UInt8(ascii: "-") && !tokens.isEmpty
      readWords(piece)
    }
    dashPending = dashPending || isOpen
  }

  /// A number is taken apart before the letters that a hyphen joins to it: `1-dec`, `2-year-old`.
  private mutating func readNumeral(_ numeral: String, _ written: Substring) {
    let bytes = Array(written.utf8)
    for cut in bytes.indices.dropFirst().dropLast()
    where bytes[cut] == UInt8(ascii: "-") && (97...122).contains(bytes[cut + 1] | 0x20) {
      readPiece(Substring(String(decoding: bytes[..<cut], as: UTF8.self)))
      dashPending = true
      return readPiece(Substring(String(decoding: bytes[(cut + 1)...], as: UTF8.self)))
    }
    let isPlain = !numeral.contains { "-/:.".contains($0) }
    append(text: String(written), word: isPlain ? PhraseWord(numeral) : nil, numeral: numeral)
  }

  /// Runs of letters that can be compared, and runs of others; punctuation between them is dropped.
  private mutating func readWords(_ piece: Substring) {
    let scalars = piece.unicodeScalars
    var start = scalars.startIndex
    var joint: QueryToken.Joint?
    while start < scalars.endIndex {
      let kind = RunKind(scalars[start])
      var end = start
      while end < scalars.endIndex, RunKind(scalars[end]) == kind || kind.takes(scalars[end]) {
        end = scalars.index(after: end)
      }
      let run = String(scalars[start..<end])
      switch kind {
      case .letters:
        for word in PhraseText.words(run) {
          append(
            text: Self.text(of: word, in: run), word: PhraseWord(word), numeral: nil, joint: joint)
          joint = .other
        }
      case .other:
        append(text: run, word: nil, numeral: nil, joint: joint)
        joint = .other
      case .punctuation:
        if run.utf8.contains(UInt8(ascii: "&")) {
          append(text: "&", word: PhraseWord("and"), numeral: nil)
        }
        if joint != nil { joint = run == "-" ? .dash : run == "/" ? .slash : .other }
      }
      start = end
    }
  }

  private mutating func append(
    text: String, word: PhraseWord?, numeral: String?, joint: QueryToken.Joint? = nil
  ) {
    tokens.append(
      QueryToken(
        text: text, word: word, numeral: numeral, followsBreak: breakPending,
        joint: joint ?? (dashPending ? .dash : nil)))
    (breakPending, dashPending) = (false, false)
  }

  /// A word of a run as written; of a run with full stops, `Dr` and `Louis` of `Dr.Louis`.
  private static func text(of word: String, in run: String) -> String {
    guard run.utf8.contains(UInt8(ascii: ".")) else { return run }
    let plain = run.filter { $0 != "." }
    if plain.utf8.count == word.utf8.count { return plain }
    return run.split(separator: ".").first { $0.lowercased() == word }.map(String.init) ?? word
  }

  private static func trimmed(_ piece: Substring) -> Substring {
    var scalars = piece.unicodeScalars
    while let last = scalars.last, isClosing(last) { scalars.removeLast() }
    while let first = scalars.first, isOpening(first) { scalars.removeFirst() }
    return Substring(scalars)
  }

  private static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "!", "?", ".", ":", "\"", "'", ")", "]", "}", "…", "”", "’": true
    default: false
    }
  }

  private static func isOpening(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "#", "\"", "'", "(", "[", "{", "“", "‘", "¿", "¡": true
    default: false
    }
  }

  /// The piece in lower case when it is digits, the signs of numbers, dates and times, and at most
  /// a few letters at its end.
  private static func numeral(_ piece: Substring) -> String? {
    var digits = 0
    var letters = 0
    var bytes: [UInt8] = []
    guard piece.utf8.count <= 24 else { return nil }
    for (index, byte) in piece.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        bytes.append(byte)
      case UInt8(ascii: "-") where index == 0: bytes.append(byte)
      case UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "."):
        guard digits > 0 else { return nil }
        bytes.append(byte)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
        guard digits > 0 else { return nil }
        letters += 1
        bytes.append(byte | 0x20)
      default: return nil
      }
    }
    guard digits > 0, letters <= 10 else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}

private enum RunKind: Equatable {
  case letters, other, punctuation

  init(_ scalar: Unicode.Scalar) {
    if PhraseText.writes(scalar) || scalar == "*" {
      self = .letters
    } else if scalar.isASCII || scalar.properties.isWhitespace
      || [
        .dashPunctuation, .otherPunctuation, .openPunctuation, .closePunctuation,
        .initialPunctuation, .finalPunctuation, .control, .format,
      ].contains(scalar.properties.generalCategory)
    {
      self = .punctuation
    } else {
      self = .other
    }
  }

  /// A full stop inside letters belongs to them, as in `M.D.` and `St.Louis`.
  func takes(_ scalar: Unicode.Scalar) -> Bool { self == .letters && scalar == "." }
}
