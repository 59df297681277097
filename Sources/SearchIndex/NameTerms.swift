import ProviderDirectory

/// One word of a name as the terms that a document must carry: one of each group.
///
/// In one piece or in all of its parts: `o'brien` finds OBRIEN, O'BRIEN and O BRIEN. `o'br*` finds
/// those too, by every term that starts with `obr`, or with `br` beside an `o`.
struct NameTerms {
  let groups: [[[UInt8]]]
}

extension IndexSearcher {
  /// - Throws: `IndexError.nameTooWide` for a `*` after too few letters.
  func nameTerms(_ name: String) throws(IndexError) -> [NameTerms] {
    var terms: [NameTerms] = []
    for word in NameWords.words(of: name) {
      let whole = word.isStart ? try self.terms(startingWith: word.joined) : [word.joined]
      var groups: [[[UInt8]]] = []
      for (index, part) in word.parts.enumerated() {
        let own = Array(part.prefix(NameWords.longestWord))
        let isCut = word.isStart && index == word.parts.count - 1
        if word.parts.count == 1 {
          groups.append(whole)
        } else {
          groups.append(whole + (isCut ? try self.terms(startingWith: own) : [own]))
        }
      }
      terms.append(NameTerms(groups: groups))
    }
    return terms
  }

  private func terms(startingWith start: [UInt8]) throws(IndexError) -> [[UInt8]] {
    guard start.count >= CandidateQuery.shortestNameStart,
      let texts = try xapian.texts(
        of: .nameWord, startingWith: start, limit: CandidateQuery.widestName)
    else { throw .nameTooWide(String(decoding: start, as: UTF8.self)) }
    return texts
  }

  /// The name with every word that nobody in the index has replaced by the nearest one that
  /// somebody has, one slip away for words from four letters on, two from eight; nil when nothing
  /// is to be replaced. A word that occurs is never touched.
  public func correctedName(_ name: String) throws(IndexError) -> CorrectedName? {
    var words: [String] = []
    var changes: [CorrectedName.Change] = []
    for word in name.split(whereSeparator: \.isWhitespace).map(String.init) {
      let corrected = try correction(of: word)
      if let corrected { changes.append(CorrectedName.Change(from: word, to: corrected)) }
      words.append(corrected ?? word)
    }
    guard !changes.isEmpty else { return nil }
    return CorrectedName(text: words.joined(separator: " "), changes: changes)
  }

  private func correction(of word: String) throws(IndexError) -> String? {
    let folded = NameWords.words(of: word)
    guard folded.count == 1, !folded[0].isStart, folded[0].joined.count >= 4 else { return nil }
    var terms = TermList()
    for term in folded[0].terms { terms.append(.nameWord, term) }
    let frequencies = try xapian.frequencies(of: terms)
    let hasParts = folded[0].parts.count > 1 && frequencies.dropFirst().allSatisfy { $0 > 0 }
    guard frequencies[0] == 0, !hasParts else { return nil }
    let typed = folded[0].joined
    guard let nearest = try xapian.suggestion(for: String(decoding: typed, as: UTF8.self)),
      EditDistance.between(typed, Array(nearest.utf8), limit: typed.count >= 8 ? 2 : 1) != nil
    else { return nil }
    return nearest.prefix(1).uppercased() + nearest.dropFirst()
  }
}

/// A name spelt as the index has it.
public struct CorrectedName: Hashable, Sendable {
  public struct Change: Hashable, Sendable {
    public let from: String
    public let to: String
  }

  public let text: String
  public let changes: [Change]
}
