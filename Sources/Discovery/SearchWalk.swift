import CivilTime
import ProviderDirectory
import Scheduling
import SearchIndex
import Store

/// One search under way: what it has counted, and whether it may go on.
///
/// Where the budget ends it, what it returns are the first ones of the whole answer: those that
/// nobody still to be planned can come before.
struct SearchWalk {
  private let searcher: IndexSearcher
  private var planner: AvailabilityPlanner
  private let request: SearchRequest
  private let budget: Budget
  private(set) var matched = 0
  private(set) var inArea = 0
  private(set) var planned = 0
  /// How long each part took.
  private(set) var matching = Duration.zero
  private(set) var planning = Duration.zero
  var isComplete = true

  init(
    searcher: IndexSearcher, planner: AvailabilityPlanner, request: SearchRequest, budget: Budget
  ) {
    self.searcher = searcher
    self.planner = planner
    self.request = request
    self.budget = budget
  }

  mutating func run() throws -> [BookableCandidate] {
    let listed = try list()
    // Last, since it walks whole posting lists, and nobody is listed because of it.
    if request.countsMatched, isComplete, let all = try counted() { matched = all }
    return listed
  }

  private mutating func list() throws -> [BookableCandidate] {
    if looksOutwards { return try nearestBookable() }
    // Those who are listed without an open slot come from here too.
    guard let first = try page(offset: 0, limit: firstLimit, onlyWithSchedule: false)
    else { return [] }
    matched = first.matched
    inArea = first.inArea
    guard inArea > 0 else { return [] }
    switch (request.sort, request.onlyBookable) {
    case (.soonest, _): return try soonest()
    case (.distance, true): return try nearestBookable()
    case (.distance, false): return try nearestWithSlots(first)
    case (.best, true): return try bestBookable()
    case (.best, false): return try bookableThenOthers(first)
    }
  }

  /// Twice the page where what is not bookable fills the room that is left.
  private var firstLimit: Int {
    if request.onlyBookable || request.sort == .soonest { return 0 }
    return min(request.limit * 2, CandidateQuery.largestLimit)
  }

  /// Nil when the budget ended it.
  private mutating func page(
    offset: Int, limit: Int, onlyWithSchedule: Bool
  ) throws -> CandidatePage? {
    try withinBudget(.matching) { walk in
      var query = walk.query
      query.offset = offset
      query.limit = limit
      query.onlyWithSchedule = onlyWithSchedule
      let budget = walk.budget
      return try walk.searcher.candidates(query, until: { budget.isSpent })
    }
  }

  private var query: CandidateQuery {
    var query = request.candidates
    query.order = request.sort == .best ? .best : .distance
    query.matchedCount = looksOutwards ? .ofThoseSeen : .estimated
    return query
  }

  /// Whether it ends where the page is full, however much of the area is left.
  private var looksOutwards: Bool {
    request.sort == .distance && request.onlyBookable && !request.countsInArea
  }

  /// How many match anywhere; nil when the budget ended it.
  private mutating func counted() throws -> Int? {
    try withinBudget(.matching) { walk in
      var query = walk.query
      (query.limit, query.matchedCount) = (0, .exact)
      let budget = walk.budget
      return try walk.searcher.candidates(query, until: { budget.isSpent }).matched
    }
  }

  /// Nil when the budget ended it.
  private mutating func withSchedule(offset: Int, limit: Int) throws -> [NearbyCandidate]? {
    guard let page = try page(offset: offset, limit: limit, onlyWithSchedule: true)
    else { return nil }
    if looksOutwards { (matched, inArea) = (page.matched, page.inArea) }
    return page.candidates.map(NearbyCandidate.init)
  }

  /// Nil when the budget ended it.
  private mutating func plan(
    _ batch: some Collection<NearbyCandidate>
  ) throws -> [BookableCandidate]? {
    try withinBudget(.planning) { walk in
      let planned = try walk.planner.plan(batch)
      walk.planned += planned.generated
      return planned.candidates
    }
  }

  private enum Part {
    case matching
    case planning
  }

  /// Nil, and `isComplete` false, when the budget is spent before or in `work`.
  private mutating func withinBudget<T>(
    _ part: Part, _ work: (inout SearchWalk) throws -> T
  ) throws -> T? {
    guard !budget.isSpent else {
      isComplete = false
      return nil
    }
    let started = ContinuousClock.now
    defer {
      let took = ContinuousClock.now - started
      switch part {
      case .matching: matching += took
      case .planning: planning += took
      }
    }
    do {
      return try work(&self)
    } catch is QueryInterrupted {
      isComplete = false
    } catch IndexError.outOfTime {
      isComplete = false
    }
    return nil
  }

  /// Page order is distance order, so only the page itself is planned.
  private mutating func nearestWithSlots(_ nearest: CandidatePage) throws -> [BookableCandidate] {
    var listed: [BookableCandidate] = []
    var rest = nearest.candidates.prefix(request.limit)[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Self.batchSize)
      guard let planned = try plan(batch.map(NearbyCandidate.init)) else { break }
      listed += planned
      rest = rest.dropFirst(batch.count)
    }
    return listed
  }

  /// So few that reading their schedules and claims takes about a millisecond.
  private static let batchSize = 64

  /// Walks candidates with a schedule, nearest first, keeping those with an open slot.
  private mutating func nearestBookable() throws -> [BookableCandidate] {
    var kept: [BookableCandidate] = []
    var offset = 0
    var size = min(max(16, request.limit * 2), CandidateQuery.largestLimit)
    while let page = try withSchedule(offset: offset, limit: size) {
      var rest = page[...]
      while !rest.isEmpty {
        // As many as the page still wants are enough where most have an open slot.
        let batch = rest.prefix(min(max(request.limit - kept.count, 8), Self.batchSize))
        guard let planned = try plan(batch) else { return kept }
        kept += planned.lazy.filter { !$0.slots.isEmpty }.prefix(request.limit - kept.count)
        if kept.count == request.limit { return kept }
        rest = rest.dropFirst(batch.count)
      }
      guard page.count == size else { break }
      offset += size
      size = min(size * 4, CandidateQuery.largestLimit)
    }
    return kept
  }

  /// Walks candidates with a schedule in the order `best` until no other can enter the page.
  private mutating func bestBookable() throws -> [BookableCandidate] {
    var leaders = Leaders(
      limit: request.limit, now: planner.now, leastWaitSeconds: planner.leastWaitSeconds)
    let batchSize = min(max(32, request.limit / 4), Self.batchSize)
    var offset = 0
    var size = min(max(16, request.limit * 2), CandidateQuery.largestLimit)
    var last: NearbyCandidate?
    while let page = try withSchedule(offset: offset, limit: size) {
      var rest = page[...]
      while let next = rest.first {
        let batch = rest.prefix(batchSize).prefix { leaders.canEnter($0) }
        if batch.isEmpty { return leaders.candidates }
        guard let planned = try plan(batch) else { return leaders.candidates(before: next) }
        leaders.add(planned)
        rest = rest.dropFirst(batch.count)
      }
      guard page.count == size else { return leaders.candidates }
      last = page.last
      offset += size
      size = min(size * 4, CandidateQuery.largestLimit)
    }
    return last.map { leaders.candidates(before: $0) } ?? []
  }

  /// Those with an open slot; then, if the page has room, the best of the others.
  private mutating func bookableThenOthers(
    _ first: CandidatePage
  ) throws -> [BookableCandidate] {
    let bookable = try bestBookable()
    guard isComplete else { return bookable }
    let taken = Set(bookable.map(\.nearby.roleID))
    let others = first.candidates.lazy.filter { !taken.contains($0.roleID) }
      .map { BookableCandidate(nearby: NearbyCandidate($0), slots: []) }
    return bookable + others.prefix(request.limit - bookable.count)
  }

  /// Plans candidates with a schedule in the order of the earliest moment at which each may have a
  /// slot, until the page is full of slots before the next one's.
  private mutating func soonest() throws -> [BookableCandidate] {
    guard var waiting = try openings() else { return [] }
    var page = SoonestPage(limit: request.limit)
    while let next = waiting.first, page.canEnter(next) {
      let batch = waiting.take(Self.soonestBatchSize) { page.canEnter($0) }
      guard let planned = try plan(batch.map(\.candidate)) else {
        return page.candidates(before: next)
      }
      page.add(planned)
    }
    return page.candidates
  }

  private static let soonestBatchSize = 32

  /// Everybody who matches, may have a slot in the window, and from when on; nil when the budget
  /// ended it.
  private mutating func openings() throws -> OpeningQueue? {
    let documents: [UInt32]? = try withinBudget(.matching) { walk in
      var query = walk.query
      query.onlyWithSchedule = true
      let budget = walk.budget
      return try walk.searcher.documents(query, until: { budget.isSpent })
    }
    guard let documents else { return nil }
    let buckets = try withinBudget(.matching) { try $0.byRole(documents) }
    guard let buckets else { return nil }
    return try withinBudget(.planning) { walk in
      var openings: [Opening] = []
      for bucket in buckets {
        var rest = bucket[...]
        while !rest.isEmpty {
          openings += try walk.planner.openings(rest.prefix(RoleBuckets.size))
          rest = rest.dropFirst(RoleBuckets.size)
        }
      }
      return OpeningQueue(openings)
    }
  }

  private func byRole(_ documents: [UInt32]) throws -> [[NearbyCandidate]] {
    func candidates(_ documents: [UInt32]) throws -> [NearbyCandidate] {
      try searcher.candidates(documents, of: query, until: { [budget] in budget.isSpent })
        .map(NearbyCandidate.init)
    }
    let count = RoleBuckets.count(for: documents.count)
    let step = max(1, documents.count / (count * RoleBuckets.drawnForEach))
    let drawn = stride(from: 0, to: documents.count, by: step).map { documents[$0] }
    var buckets = RoleBuckets(count, bounds: try candidates(drawn).map(\.roleID))
    var rest = documents[...]
    while !rest.isEmpty {
      for one in try candidates(Array(rest.prefix(RoleBuckets.size))) { buckets.add(one) }
      rest = rest.dropFirst(RoleBuckets.size)
    }
    return buckets.buckets
  }
}

/// Candidates by stretches of role ids, so that the rows of one bucket lie together in the tables
/// and each of their pages is read once: they match in the order of places.
private struct RoleBuckets {
  /// Nothing ends putting candidates in order and writing them as the text that SQLite takes for a
  /// list, so that is done with so few at once.
  static let size = 4096
  /// Of everybody, for the bounds of each bucket.
  static let drawnForEach = 16

  private(set) var buckets: [[NearbyCandidate]]
  /// The first role of each bucket but the first, ascending.
  private let bounds: [RoleID]

  /// Half full as a rule; where there are very many, a bucket is taken in parts.
  static func count(for candidates: Int) -> Int { min(candidates / (size / 2) + 1, 256) }

  init(_ count: Int, bounds drawn: [RoleID]) {
    buckets = Array(repeating: [], count: count)
    let drawn = drawn.sorted()
    bounds = (1..<count).map { drawn[$0 * drawn.count / count] }
  }

  mutating func add(_ candidate: NearbyCandidate) {
    var (first, last) = (0, buckets.count - 1)
    while first < last {
      let middle = (first + last) / 2
      if candidate.roleID < bounds[middle] { last = middle } else { first = middle + 1 }
    }
    buckets[first].append(candidate)
  }
}
