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
  /// Texts that were read, by ordinal.
  private var texts: [UInt32: String] = [:]
  /// How many texts there are, once one was read.
  private var textCount: Int?
  /// What the last query matched, for its next page; and with a schedule only.
  private var last: Match?
  private var lastScheduled: Match?
  /// What is gone through faster than it is worked out how much of it would do.
  var fewDocuments = 1 << 15

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
    places = try PlaceColumns(path: generation.placesPath)
    xapian = try XapianReader(paths: generation.databasePaths, superseded: places.superseded)
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
  public var count: Int { places.liveCount }

  /// The page of roles that match, filtered by the area before anything is cut off.
  ///
  /// - Parameter isOver: asked now and then; nil for a search without a time limit.
  /// - Throws: `IndexError.invalidQuery` for a limit or offset out of range or an unusable area;
  ///   `.outOfTime` soon after `isOver` says so.
  public func candidates(
    _ query: CandidateQuery, until isOver: (() -> Bool)? = nil
  ) throws(IndexError) -> CandidatePage {
    guard (0...CandidateQuery.largestLimit).contains(query.limit), query.offset >= 0 else {
      throw .invalidQuery(
        detail: "limit \(query.limit) and offset \(query.offset): a limit is"
          + " 0…\(CandidateQuery.largestLimit), an offset 0 or more")
    }
    let patience = Patience(until: isOver)
    let name = try query.name.map { (text) throws(IndexError) in try nameTerms(text) } ?? []
    let match = try self.match(query, name, patience)
    let accepted = match.accepted
    let origin = query.origin ?? query.area?.center
    let ranks = MatchRanks(query, traits: traits)
    let candidates: [Candidate]
    switch (query.order, origin) {
    case (.best, _):
      candidates = try BestFirst(
        ranks: ranks, origin: origin, places: places, patience: patience
      )
      .page(of: accepted, offset: query.offset, limit: query.limit)
    case (.distance, let origin?):
      candidates = try NearestFirst(
        origin: origin, places: places, ranks: ranks, patience: patience
      )
      .page(of: accepted, offset: query.offset, limit: query.limit)
    default:
      candidates = try listed(
        Array(places.inOrder(accepted).dropFirst(query.offset).prefix(query.limit)), from: origin,
        ranks, patience)
    }
    return CandidatePage(candidates: candidates, matched: match.matched, inArea: accepted.count)
  }

  /// The documents of all roles that match and are in the area, ascending; `offset`, `limit` and
  /// `order` do not matter.
  public func documents(
    _ query: CandidateQuery, until isOver: (() -> Bool)? = nil
  ) throws(IndexError) -> [UInt32] {
    var query = query
    query.matchedCount = .estimated
    let name = try query.name.map { (text) throws(IndexError) in try nameTerms(text) } ?? []
    return try match(query, name, Patience(until: isOver)).accepted
  }

  /// `documents` as a page of `query` lists them, in the given order.
  public func candidates(
    _ documents: [UInt32], of query: CandidateQuery, until isOver: (() -> Bool)? = nil
  ) throws(IndexError) -> [Candidate] {
    try listed(
      documents, from: query.origin ?? query.area?.center, MatchRanks(query, traits: traits),
      Patience(until: isOver))
  }

  /// The whole role, as it was indexed.
  public func role(_ documentID: UInt32) throws(IndexError) -> PractitionerRole {
    guard 1...places.count ~= Int(documentID) else { throw .noSuchDocument(documentID) }
    let id = places.role(documentID)
    let coordinate = places.coordinate(documentID)
    return try xapian.record(of: documentID) { (bytes) throws(IndexError) in
      do {
        return try RoleRecord.decode(bytes, id, at: coordinate) { (ordinal) throws(RecordError) in
          try self.text(ordinal)
        }
      } catch {
        throw .corrupt(
          path: generation.databasePath, detail: "the record of document \(documentID): \(error)")
      }
    }
  }

  private func text(_ ordinal: UInt32) throws(RecordError) -> String {
    if let known = texts[ordinal] { return known }
    do {
      let count = try textCount ?? xapian.count(noted: IndexNumbers.textCountKey)
      textCount = count
      guard ordinal < count else { throw RecordError.malformed("text \(ordinal) of \(count)") }
      let text = try readText(ordinal)
      texts[ordinal] = text
      return text
    } catch let error as RecordError {
      throw error
    } catch {
      throw .malformed("text \(ordinal): \(error)")
    }
  }

  private func readText(_ ordinal: UInt32) throws(IndexError) -> String {
    try xapian.note(IndexNumbers.textKey(ordinal)) { String(decoding: $0, as: UTF8.self) }
  }

  /// All of them, by ordinal.
  func sharedTexts() throws(IndexError) -> [String] {
    var texts: [String] = []
    for ordinal in 0..<(try xapian.count(noted: IndexNumbers.textCountKey)) {
      texts.append(try readText(UInt32(ordinal)))
    }
    return texts
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
    _ query: CandidateQuery, _ name: [NameTerms], _ patience: Patience
  ) throws(IndexError) -> Match {
    let groups = Self.groups(of: query, name: name)
    let isExact = query.matchedCount == .exact
    if let reach = NearestReach(query) {
      return try match(query.onlyWithSchedule ? Self.scheduled(groups) : groups, reach, patience)
    }
    if !query.onlyWithSchedule {
      return try match(groups, query.area, isExact: isExact, patience)
    }
    if !isExact, let last, last.groups == groups, last.area == query.area {
      return try withSchedule(last, patience)
    }
    return try match(Self.scheduled(groups), query.area, isExact: isExact, patience)
  }

  private static func scheduled(_ groups: TermGroups) -> TermGroups {
    var groups = groups
    groups.appendGroup { $0.append(.bookable, TermPrefix.bookableTerm) }
    return groups
  }

  /// The matches in as much of a circle as holds those that are wanted.
  private func match(
    _ groups: TermGroups, _ nearest: NearestReach, _ patience: Patience
  ) throws(IndexError) -> Match {
    var (reach, ranges) = try firstReach(groups, nearest)
    while true {
      let match = try match(
        groups, nearest.area(reach), isExact: false, ranges: ranges, patience)
      if match.accepted.count >= nearest.wanted || reach >= nearest.radius { return match }
      (reach, ranges) = (nearest.next(after: reach, found: match.accepted.count), nil)
    }
  }

  /// And the documents of the whole circle, where it is that and they are known.
  private func firstReach(
    _ groups: TermGroups, _ nearest: NearestReach
  ) throws(IndexError) -> (reach: Double, ranges: DocumentRanges?) {
    if let last, last.groups == groups, let area = last.area, area.center == nearest.center,
      let radius = area.radiusMeters, radius <= nearest.radius
    {
      return (radius, nil)
    }
    let cover = CircleCover(
      center: nearest.center, radiusMeters: nearest.radius, places: places
    ).ranges()
    guard cover.documentCount > fewDocuments else { return (nearest.radius, cover) }
    // As if what is asked for had nothing to do with each other or with the place.
    let frequencies = try xapian.frequencies(of: groups.terms)
    var expected = Double(cover.documentCount)
    var start = 0
    for end in groups.ends.map(Int.init) {
      let sum = frequencies[start..<end].reduce(0) { $0 + Double($1) }
      expected *= min(1, sum / Double(max(places.count, 1)))
      start = end
    }
    let reach = nearest.first(expected: expected)
    return (reach, reach == nearest.radius ? cover : nil)
  }

  /// Of a match at hand, those with a schedule: the posting list is asked for each of its
  /// documents, which takes less than the whole intersection once more.
  private func withSchedule(
    _ match: Match, _ patience: Patience
  ) throws(IndexError) -> Match {
    if let lastScheduled, lastScheduled.groups == match.groups, lastScheduled.area == match.area {
      return lastScheduled
    }
    var bookable = TermGroups()
    bookable.appendGroup { $0.append(.bookable, TermPrefix.bookableTerm) }
    let each = match.accepted.map { ncx_range(first: $0, last: $0) }
    let found = try xapian.intersect(bookable, within: each, patience)
    let scheduled = Match(
      groups: match.groups, area: match.area, isExact: false, accepted: Array(found.documents),
      matched: min(match.matched, found.upperBound))
    lastScheduled = scheduled
    return scheduled
  }

  private func match(
    _ groups: TermGroups, _ area: Area?, isExact: Bool, ranges known: DocumentRanges? = nil,
    _ patience: Patience
  ) throws(IndexError) -> Match {
    if let last, last.groups == groups, last.area == area, last.isExact || !isExact { return last }
    lastScheduled = nil
    let filter = try Self.filter(for: area)
    let ranges = known ?? filter.ranges(places)
    let match: Match
    if isExact {
      let all = try xapian.intersect(
        groups, within: DocumentRanges.all(places.count).ranges, patience)
      let accepted = try ranges.keeping(all.documents).withUnsafeBufferPointer {
        (documents) throws(IndexError) in
        try filter.accepted(documents, ranges: ranges, places: places, patience)
      }
      match = Match(
        groups: groups, area: area, isExact: true, accepted: accepted,
        matched: all.documents.count)
    } else {
      let near = try xapian.intersect(groups, within: ranges.ranges, patience)
      match = Match(
        groups: groups, area: area, isExact: false,
        accepted: try filter.accepted(near.documents, ranges: ranges, places: places, patience),
        matched: near.upperBound)
    }
    last = match
    return match
  }

  private func listed(
    _ documents: [UInt32], from origin: Coordinate?, _ ranks: MatchRanks, _ patience: Patience
  ) throws(IndexError) -> [Candidate] {
    if let origin {
      return try NearestFirst(origin: origin, places: places, ranks: ranks, patience: patience)
        .measured(documents)
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
    if let licence = query.licence {
      groups.appendGroup {
        switch licence {
        case .of(let state): $0.append(.licence, state)
        case .noneListed: $0.append(.licence, TermPrefix.noLicence)
        }
      }
    }
    if let type = query.visitType { groups.appendGroup { $0.append(.visitType, type.rawValue) } }
    if !query.languages.isEmpty {
      groups.appendGroup { for code in query.languages { $0.append(.language, code) } }
    }
    if let gender = query.gender { groups.appendGroup { $0.append(.gender, gender.rawValue) } }
    for value in query.narrowed { groups.appendGroup { $0.append(value.prefix, value.code) } }
    for word in name {
      for group in word.groups {
        groups.appendGroup { for term in group { $0.append(.nameWord, term) } }
      }
    }
    return groups
  }
}

@available(*, unavailable, message: "each thread opens its own searcher")
extension IndexSearcher: Sendable {}
