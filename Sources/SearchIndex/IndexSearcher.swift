import CXapian
import Geospatial
public import ProviderDirectory

/// Answers candidate queries from one generation. Belongs to one thread at a time.
public final class IndexSearcher {
  public let generation: Generation
  let xapian: XapianReader
  let places: PlaceColumns
  private let traits: TraitColumns
  private let hold: GenerationHold?
  /// What the last query matched, for its next page.
  private var last: Match?

  private struct Match {
    let groups: TermGroups
    let area: Area?
    let isExact: Bool
    let accepted: [UInt32]
    let matched: Int
  }

  /// - Throws: `IndexError.corrupt` when the parts of the generation do not belong together.
  public convenience init(_ generation: Generation) throws(IndexError) {
    try self.init(generation, try GenerationHold(reading: generation.path))
  }

  init(_ generation: Generation, _ hold: GenerationHold?) throws(IndexError) {
    self.generation = generation
    self.hold = hold
    xapian = try XapianReader(path: generation.databasePath)
    places = try PlaceColumns(path: generation.placesPath)
    traits = try TraitColumns(path: generation.traitsPath)
    let counts = try xapian.counts()
    guard counts.documents == places.count, counts.last == places.count,
      traits.count == places.count
    else {
      throw .corrupt(
        path: generation.path,
        detail: "\(places.count) places and \(traits.count) traits for \(counts.documents)"
          + " documents")
    }
  }

  /// Roles in the index.
  public var count: Int { places.count }

  /// The page of roles that match, filtered by the area before anything is cut off.
  ///
  /// - Throws: `IndexError.invalidQuery` for a limit or offset out of range or an unusable area.
  public func candidates(_ query: CandidateQuery) throws(IndexError) -> CandidatePage {
    guard (0...CandidateQuery.largestLimit).contains(query.limit), query.offset >= 0 else {
      throw .invalidQuery(
        detail: "limit \(query.limit) and offset \(query.offset): a limit is"
          + " 0…\(CandidateQuery.largestLimit), an offset 0 or more")
    }
    let name = try query.name.map { (text) throws(IndexError) in try nameTerms(text) } ?? []
    let groups = Self.groups(of: query, name: name)
    let match = try self.match(groups, query.area, query.matchedCount)
    let accepted = match.accepted
    let origin = query.origin ?? query.area?.center
    let ranks = MatchRanks(query, traits: traits)
    let candidates: [Candidate]
    switch (query.order, origin) {
    case (.best, _):
      candidates = BestFirst(ranks: ranks, origin: origin, places: places)
        .page(of: accepted, offset: query.offset, limit: query.limit)
    case (.relevance, _) where !name.isEmpty:
      let ranked = try xapian.rank(
        accepted, by: Self.rankingTerms(of: name), offset: query.offset, limit: query.limit)
      candidates = listed(ranked, from: origin, ranks)
    case (.distance, let origin?):
      candidates = NearestFirst(origin: origin, places: places, ranks: ranks)
        .page(of: accepted, offset: query.offset, limit: query.limit)
    default:
      candidates = listed(
        Array(accepted.dropFirst(query.offset).prefix(query.limit)), from: origin, ranks)
    }
    return CandidatePage(candidates: candidates, matched: match.matched, inArea: accepted.count)
  }

  /// The documents that match and are in the area, ascending.
  func accepted(_ query: CandidateQuery) throws(IndexError) -> [UInt32] {
    let name = try query.name.map { (text) throws(IndexError) in try nameTerms(text) } ?? []
    return try match(Self.groups(of: query, name: name), query.area, .estimated).accepted
  }

  /// The whole role, as it was indexed.
  public func role(_ documentID: UInt32) throws(IndexError) -> PractitionerRole {
    try xapian.record(of: documentID) { (bytes) throws(IndexError) in
      do {
        return try RoleRecord.decode(bytes)
      } catch {
        throw .corrupt(
          path: generation.databasePath, detail: "the record of document \(documentID): \(error)")
      }
    }
  }

  /// The role's document in this generation; nil when it is not in it. Looks through all role ids,
  /// a millisecond for a million.
  public func documentID(of role: RoleID) -> UInt32? {
    for index in 0..<places.count where places.roles[index] == role.rawValue {
      return UInt32(index + 1)
    }
    return nil
  }

  private func match(
    _ groups: TermGroups, _ area: Area?, _ count: MatchedCount
  ) throws(IndexError) -> Match {
    let isExact = count == .exact
    if let last, last.groups == groups, last.area == area, last.isExact || !isExact { return last }
    let filter = try Self.filter(for: area)
    let ranges = filter.ranges(places)
    let match: Match
    if isExact {
      let all = try xapian.intersect(groups, within: DocumentRanges.all(places.count).ranges)
      let accepted = ranges.keeping(all.documents).withUnsafeBufferPointer {
        filter.accepted($0, ranges: ranges, places: places)
      }
      match = Match(
        groups: groups, area: area, isExact: true, accepted: accepted,
        matched: all.documents.count)
    } else {
      let near = try xapian.intersect(groups, within: ranges.ranges)
      match = Match(
        groups: groups, area: area, isExact: false,
        accepted: filter.accepted(near.documents, ranges: ranges, places: places),
        matched: near.upperBound)
    }
    last = match
    return match
  }

  private func listed(
    _ documents: [UInt32], from origin: Coordinate?, _ ranks: MatchRanks
  ) -> [Candidate] {
    if let origin {
      return NearestFirst(origin: origin, places: places, ranks: ranks).measured(documents)
    }
    return documents.map { Candidate(document: $0, places: places, ranks: ranks) }
  }

  private static func filter(for area: Area?) throws(IndexError) -> AreaFilter {
    do {
      return try AreaFilter(area)
    } catch {
      throw .invalidQuery(detail: "the area: \(error)")
    }
  }

  private static func groups(of query: CandidateQuery, name: [NameTerms]) -> TermGroups {
    var groups = TermGroups()
    if !query.specialties.isEmpty {
      groups.appendGroup { for code in query.specialties { $0.append(.specialty, code.text) } }
    }
    if !query.insurance.isEmpty {
      groups.appendGroup {
        for filter in query.insurance {
          switch filter {
          case .insurer(let id): $0.append(.insurer, id)
          case .plan(let id): $0.append(.plan, id)
          }
        }
      }
    }
    if !query.newPatients.isEmpty {
      groups.appendGroup {
        for said in query.newPatients { $0.append(.newPatients, said.rawValue) }
      }
    }
    if !query.states.isEmpty {
      groups.appendGroup { for state in query.states { $0.append(.state, state) } }
    }
    if let type = query.visitType { groups.appendGroup { $0.append(.visitType, type.rawValue) } }
    if !query.languages.isEmpty {
      groups.appendGroup { for code in query.languages { $0.append(.language, code) } }
    }
    if let gender = query.gender { groups.appendGroup { $0.append(.gender, gender.rawValue) } }
    if query.onlyWithSchedule {
      groups.appendGroup { $0.append(.bookable, TermPrefix.bookableTerm) }
    }
    for value in query.narrowed { groups.appendGroup { $0.append(value.prefix, value.code) } }
    for word in name {
      for group in word.groups {
        groups.appendGroup { for term in group { $0.append(.nameWord, term) } }
      }
    }
    return groups
  }

  private static func rankingTerms(of name: [NameTerms]) -> TermList {
    var terms = TermList()
    for word in name { for term in word.all { terms.append(.nameWord, term) } }
    return terms
  }
}

@available(*, unavailable, message: "each thread opens its own searcher")
extension IndexSearcher: Sendable {}
