import ProviderDirectory

/// What of a name is needed to see whether all of it was asked for: hashes of its words in one
/// piece, so that "O'Brien", "OBRIEN" and "O BRIEN" are the same.
struct NameKey: Hashable {
  /// Of the surname, or of an organization's name without its legal form; 0 for an empty one.
  var surname: UInt32
  /// Of the given name; 0 for organizations.
  var given: UInt32

  private static let legalForms = Set(
    ["inc", "llc", "llp", "lp", "ltd", "pa", "pc", "pllc", "corp", "corporation", "co"]
      .map { Array($0.utf8) })

  static func withoutLegalForm(_ words: [NameWords.Word]) -> ArraySlice<NameWords.Word> {
    var words = words[...]
    while words.count > 1, legalForms.contains(words.last!.joined) { words.removeLast() }
    return words
  }

  /// Never 0 unless there are no words.
  static func hash(_ words: some Sequence<NameWords.Word>) -> UInt32 {
    let letters = Array(words.lazy.map(\.joined).joined())
    guard !letters.isEmpty else { return 0 }
    let hash = fnv1a(letters)
    return max(1, UInt32(truncatingIfNeeded: hash ^ hash >> 32))
  }
}

extension NameKey {
  init(_ name: WordsOfName) {
    if name.isOrganization {
      self.init(surname: Self.hash(Self.withoutLegalForm(name.last)), given: 0)
    } else {
      self.init(surname: Self.hash(name.last), given: Self.hash(name.first))
    }
  }
}

/// A name in words; all of an organization's are its last.
struct WordsOfName {
  var first: [NameWords.Word] = []
  var middle: [NameWords.Word] = []
  var last: [NameWords.Word] = []
  var isOrganization = false

  init(_ name: ProviderName) {
    switch name {
    case .person(let first, let middle, let last, _, _):
      self.first = NameWords.words(of: first)
      self.middle = NameWords.words(of: middle)
      self.last = NameWords.words(of: last)
    case .organization(let name):
      last = NameWords.words(of: name)
      isOrganization = true
    }
  }
}

/// The words of a name that was asked for, compared with the names of documents that all have them.
struct AskedName {
  private let whole: UInt32
  private let wholeOrganization: UInt32
  /// Of every stretch of the words.
  private let stretches: Set<UInt32>

  /// Nil when no words are asked for.
  init?(_ words: [NameWords.Word]) {
    guard !words.isEmpty else { return nil }
    whole = NameKey.hash(words)
    wholeOrganization = NameKey.hash(NameKey.withoutLegalForm(words))
    // Who types more words than this has given the whole name.
    let words = words.prefix(8)
    stretches = Set(
      words.indices.flatMap { start in
        (start..<words.endIndex).map { NameKey.hash(words[start...$0]) }
      })
  }

  func match(_ name: NameKey, isOrganization: Bool) -> MatchRank.Name {
    if isOrganization { return name.surname == wholeOrganization ? .whole : .organizationPart }
    let hasBoth = stretches.contains(name.surname) && stretches.contains(name.given)
    return name.surname == whole || hasBoth ? .whole : .part
  }
}
