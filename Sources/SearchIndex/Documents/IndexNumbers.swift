import ProviderDirectory
import Synchronization

/// The numbers that stand in documents for facet values and for texts that roles have in common:
/// the same in all parts of an index, also where several threads write them.
final class IndexNumbers: Sendable {
  private struct State {
    var facets = FacetDictionary()
    var texts: [String] = []
    var ordinals: [String: UInt32] = [:]
  }

  private let state = Mutex(State())

  init() {}

  /// Goes on where a generation left off.
  init(continuing generation: IndexSearcher) throws(IndexError) {
    let facets = try generation.facetEntries()
    let texts = try generation.sharedTexts()
    state.withLock {
      $0.facets = FacetDictionary(facets)
      $0.texts = texts
      $0.ordinals = Dictionary(
        uniqueKeysWithValues: texts.enumerated().map { ($0.element, UInt32($0.offset)) })
    }
  }

  func ordinal(of entry: FacetEntry) -> UInt32 { state.withLock { $0.facets.ordinal(of: entry) } }

  func ordinal(of text: String) -> UInt32 {
    state.withLock { state in
      if let known = state.ordinals[text] { return known }
      let new = UInt32(state.texts.count)
      state.ordinals[text] = new
      state.texts.append(text)
      return new
    }
  }

  /// What is to be noted in the database of one part, which is asked first.
  var notes: [(key: [UInt8], note: [UInt8])] {
    state.withLock { state in
      var notes = [
        (FacetDictionary.countKey, Self.note(state.facets.entries.count)),
        (Self.textCountKey, Self.note(state.texts.count)),
      ]
      for (ordinal, entry) in state.facets.entries.enumerated() {
        notes.append((FacetDictionary.key(ordinal), FacetDictionary.note(entry)))
      }
      for (ordinal, text) in state.texts.enumerated() {
        notes.append((Self.textKey(UInt32(ordinal)), Array(text.utf8)))
      }
      return notes
    }
  }

  private static func note(_ count: Int) -> [UInt8] {
    var writer = RecordWriter(bytes: [])
    writer.count(count)
    return writer.bytes
  }

  /// The note that says how many texts there are.
  static let textCountKey = Array("texts".utf8)
  static func textKey(_ ordinal: UInt32) -> [UInt8] { Array("text/\(ordinal)".utf8) }
}

/// One writer's memory of the numbers, so that it asks the others' for what is new to it alone.
struct KnownNumbers {
  private let numbers: IndexNumbers
  private var facets: [FacetValue: UInt32] = [:]
  private var texts: [String: UInt32] = [:]
  private var found: [UInt32] = []

  init(_ numbers: IndexNumbers) { self.numbers = numbers }

  mutating func ordinal(of text: String) -> UInt32 {
    if let known = texts[text] { return known }
    let new = numbers.ordinal(of: text)
    texts[text] = new
    return new
  }

  /// Replaces `bytes` by the ordinals of a role's facet values: ascending, each once, as the LEB128
  /// of its difference from the one before.
  mutating func listFacets(
    of role: PractitionerRole, insurerIDs: [String], into bytes: inout [UInt8]
  ) {
    found.removeAll(keepingCapacity: true)
    for taxonomy in role.taxonomies { note(FacetValue(.specialty, taxonomy.text)) }
    for insurer in insurerIDs { note(FacetValue(.insurer, insurer)) }
    for plan in role.plans {
      note(FacetValue(.plan, plan.planID), planName: plan.planName, insurerID: plan.insurerID)
    }
    for language in role.languages { note(FacetValue(.language, language)) }
    found.sort()
    var writer = RecordWriter(bytes: bytes)
    bytes = []
    writer.bytes.removeAll(keepingCapacity: true)
    var previous: UInt32?
    for ordinal in found where ordinal != previous {
      writer.count(Int(ordinal - (previous ?? 0)))
      previous = ordinal
    }
    bytes = writer.bytes
  }

  private mutating func note(_ value: FacetValue, planName: String = "", insurerID: String? = nil) {
    if let known = facets[value] { return found.append(known) }
    let new = numbers.ordinal(
      of: FacetEntry(value, planName: planName, insurerID: insurerID))
    facets[value] = new
    found.append(new)
  }
}
