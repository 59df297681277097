import CXapian
import Geospatial
public import ProviderDirectory

/// Answers candidate queries from one generation. Belongs to one thread at a time.
public final class IndexSearcher {
  public let generation: Generation
  let xapian: XapianReader
  let places: PlaceColumns
  private let traits: TraitColumns
  private let records: RecordColumn
  private let hold: GenerationHold?
  /// By ordinal, nil until read; empty until one is.
  private var texts: [String?] = []
  /// What the last query matched, for its next page; and those of it with a schedule.
  private var last: Match?
  private var lastScheduled: Match?
  /// What is gone through faster than it is worked out how much of it would do.
  var fewDocuments = 1 << 15
  /// In a cell of a circle's cover, for it to be taken whole.
  var fewInCell = CircleCover.fewDocuments
  /// Where less than this share of roles has a schedule, their posting list is part of the match.
  /// By judgement: where four fifths have one the bit was some percent quicker; no other share was
  /// measured.
  var rareShare = 0.25

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
    records = try RecordColumn(path: generation.recordsPath)
    let counts = try xapian.counts()
    guard counts.documents == places.count, counts.last == places.count,
      traits.count == places.count, records.count == places.count
    else {
      throw .corrupt(
        path: generation.path,
        detail: "\(places.count) places, \(traits.count) traits and \(records.count) records for"
          + " \(counts.documents) documents")
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
    let record = try records.record(of: documentID)
    do {
      return try RoleRecord.decode(
        record, places.role(documentID), at: places.coordinate(documentID)
      ) { (ordinal) throws(RecordError) in try self.text(ordinal) }
    } catch {
      throw .corrupt(
        path: generation.recordsPath, detail: "the record of document \(documentID): \(error)")
    }
  }

  private func text(_ ordinal: UInt32) throws(RecordError) -> String {
    if ordinal < texts.count, let known = texts[Int(ordinal)] { return known }
    do {
      if texts.isEmpty {
        texts = [String?](
          repeating: nil, count: try xapian.count(noted: IndexNumbers.textCountKey))
      }
      guard ordinal < texts.count else {
        throw RecordError.malformed("text \(ordinal) of \(texts.count)")
      }
      let text = try readText(ordinal)
      texts[Int(ordinal)] = text
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
    var groups = Self.groups(of: query, name: name)
    let isExact = query.matchedCount == .exact
    let isKnown = last.map { $0.groups == groups && $0.area == query.area } ?? false
    let scheduled = query.onlyWithSchedule && !isExact && (isKnown || !schedulesAreRare)
    if query.onlyWithSchedule, !scheduled { groups.appendScheduled() }
    if let reach = NearestReach(query) {
      return try match(groups, scheduled: scheduled, reach, patience)
    }
    return try match(groups, query.area, scheduled: scheduled, isExact: isExact, patience)
  }

  /// The matches in as much of a circle as holds those that are wanted.
  private func match(
    _ groups: TermGroups, scheduled: Bool, _ nearest: NearestReach, _ patience: Patience
  ) throws(IndexError) -> Match {
    var (reach, ranges) = try firstReach(groups, scheduled: scheduled, nearest)
    while true {
      let match = try match(
        groups, nearest.area(reach), scheduled: scheduled, isExact: false, ranges: ranges, patience)
      if match.accepted.count >= nearest.wanted || reach >= nearest.radius { return match }
      (reach, ranges) = (nearest.next(after: reach, found: match.accepted.count), nil)
    }
  }

  /// And the documents of the whole circle, where it is that and they are known.
  private func firstReach(
    _ groups: TermGroups, scheduled: Bool, _ nearest: NearestReach
  ) throws(IndexError) -> (reach: Double, ranges: DocumentRanges?) {
    if let last, last.groups == groups, let area = last.area, area.center == nearest.center,
      let radius = area.radiusMeters, radius <= nearest.radius
    {
      return (radius, nil)
    }
    let cover = CircleCover(
      center: nearest.center, radiusMeters: nearest.radius, places: places,
      fewDocuments: fewInCell
    ).ranges()
    guard cover.documentCount > fewDocuments else { return (nearest.radius, cover) }
    // As if what is asked for had nothing to do with each other or with the place.
    let frequencies = try xapian.frequencies(of: groups.terms)
    let share = Double(traits.scheduledCount) / Double(max(places.count, 1))
    var expected = Double(cover.documentCount) * (scheduled ? share : 1)
    var start = 0
    for end in groups.ends.map(Int.init) {
      let sum = frequencies[start..<end].reduce(0) { $0 + Double($1) }
      expected *= min(1, sum / Double(max(places.count, 1)))
      start = end
    }
    let reach = nearest.first(expected: expected)
    return (reach, reach == nearest.radius ? cover : nil)
  }

  /// A rare term's posting list leads past most documents; a common one's would be gone into for
  /// nearly every match, where a bit says the same.
  private var schedulesAreRare: Bool {
    Double(traits.scheduledCount) < rareShare * Double(places.count)
  }

  /// - Parameter scheduled: whether those with a schedule are to be picked from the matches.
  private func match(
    _ groups: TermGroups, _ area: Area?, scheduled: Bool, isExact: Bool,
    ranges: DocumentRanges? = nil, _ patience: Patience
  ) throws(IndexError) -> Match {
    guard scheduled else {
      return try match(groups, area, isExact: isExact, ranges: ranges, patience)
    }
    if let lastScheduled, lastScheduled.groups == groups, lastScheduled.area == area {
      return lastScheduled
    }
    let all = try match(groups, area, isExact: false, ranges: ranges, patience)
    var accepted: [UInt32] = []
    for (index, document) in all.accepted.enumerated() {
      if index & 0xfff == 0xfff { try patience.check() }
      if traits.isScheduled(document) { accepted.append(document) }
    }
    let match = Match(
      groups: groups, area: area, isExact: false, accepted: accepted,
      matched: min(all.matched, traits.scheduledCount))
    lastScheduled = match
    return match
  }

  private func match(
    _ groups: TermGroups, _ area: Area?, isExact: Bool, ranges known: DocumentRanges? = nil,
    _ patience: Patience
  ) throws(IndexError) -> Match {
    if let last, last.groups == groups, last.area == area, last.isExact || !isExact { return last }
    lastScheduled = nil
    let filter = try Self.filter(for: area)
    let ranges = known ?? filter.ranges(places, fewDocuments: fewInCell)
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
