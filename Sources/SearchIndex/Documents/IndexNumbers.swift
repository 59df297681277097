import ProviderDirectory
import Synchronization

/// The numbers that stand in documents for facet values and feeds: the same in all parts of an
/// index, also where several threads write them.
final class IndexNumbers: Sendable {
  private struct State {
    var facets = FacetDictionary()
    var feeds: [String: UInt32] = [:]
  }

  private let state = Mutex(State())

  init() {}

  /// Goes on where a generation left off.
  init(continuing generation: IndexSearcher) throws(IndexError) {
    let facets = try generation.facetEntries()
    let feeds = try generation.feedNames()
    state.withLock {
      $0.facets = FacetDictionary(facets)
      $0.feeds = Dictionary(
        uniqueKeysWithValues: feeds.enumerated().map { ($0.element, UInt32($0.offset)) })
    }
  }

  /// The number of the role's feed; `facets` becomes the list of the numbers of its values.
  func number(_ role: PractitionerRole, insurerIDs: [String], facets: inout [UInt8]) -> UInt32 {
    let (feed, list) = state.withLock { state in
      var list: [UInt8] = []
      state.facets.encode(role, insurerIDs: insurerIDs, into: &list)
      guard let source = role.source else { return (UInt32(0), list) }
      let feed = state.feeds[source.feed] ?? UInt32(state.feeds.count)
      state.feeds[source.feed] = feed
      return (feed, list)
    }
    facets = list
    return feed
  }

  /// What is to be noted in the database of one part, which is asked first.
  var notes: [(key: [UInt8], note: [UInt8])] {
    state.withLock { state in
      var count = RecordWriter(bytes: [])
      count.count(state.facets.entries.count)
      var notes = [(FacetDictionary.countKey, count.bytes)]
      for (ordinal, entry) in state.facets.entries.enumerated() {
        notes.append((FacetDictionary.key(ordinal), FacetDictionary.note(entry)))
      }
      for (feed, ordinal) in state.feeds.sorted(by: { $0.value < $1.value }) {
        notes.append((Self.feedKey(ordinal), Array(feed.utf8)))
      }
      return notes
    }
  }

  static func feedKey(_ ordinal: UInt32) -> [UInt8] { Array("feed/\(ordinal)".utf8) }
}
