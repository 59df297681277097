public import CivilTime
import ProviderDirectory
import Scheduling
public import SearchIndex
public import Store

/// The walk from a request to a page of results:
/// `[Candidate] → [NearbyCandidate] → [BookableCandidate] → SearchResults`.
///
/// The index narrows to the roles that fit and are in the area, in an order; the planner generates
/// their slots in that order until the page is sure or the budget is spent.
public struct SearchPipeline {
  let searcher: IndexSearcher
  let store: Store
  let now: Instant
  let session: [UInt8]?

  /// - Parameters:
  ///   - searcher: belongs to the calling thread, as this value then does.
  ///   - session: the hash of the session whose own holds do not hide a slot; nil for nobody's.
  public init(searcher: IndexSearcher, store: Store, now: Instant, session: [UInt8]? = nil) {
    self.searcher = searcher
    self.store = store
    self.now = now
    self.session = session
  }

  public func search(_ request: SearchRequest, budget: Budget) throws -> SearchResults {
    let page = try store.read { transaction in
      var walk = SearchWalk(
        searcher: searcher,
        planner: AvailabilityPlanner(
          transaction: transaction,
          request: SlotRequest(
            dates: request.dates, times: request.times, visitType: request.visitType,
            // Whether one is open decides the order even where none is listed.
            limit: max(1, request.slotsPerResult)), now: now, session: session),
        request: request, budget: budget)
      let chosen = try walk.run()
      return (chosen: chosen, walk: walk)
    }
    let started = ContinuousClock.now
    let results = try page.chosen.map { bookable in
      SearchResult(
        role: try searcher.role(bookable.nearby.documentID),
        distanceMeters: bookable.nearby.distanceMeters,
        slots: Array(bookable.slots.prefix(request.slotsPerResult)),
        rank: bookable.nearby.rank, cost: VisitCost(bookable, now: now))
    }
    let reading = ContinuousClock.now - started
    return SearchResults(
      results: results,
      stats: SearchStatistics(
        matched: page.walk.matched, inArea: page.walk.inArea, planned: page.walk.planned,
        matching: page.walk.matching, planning: page.walk.planning, reading: reading,
        elapsed: budget.elapsed, budget: budget.limit, complete: page.walk.isComplete))
  }
}

/// One search under way: what it has counted, and whether it may go on.
private struct SearchWalk {
  let searcher: IndexSearcher
  let planner: AvailabilityPlanner
  let request: SearchRequest
  let budget: Budget
  private(set) var matched = 0
  private(set) var inArea = 0
  private(set) var planned = 0
  private(set) var matching = Duration.zero
  private(set) var planning = Duration.zero
  private(set) var isComplete = true

  init(
    searcher: IndexSearcher, planner: AvailabilityPlanner, request: SearchRequest, budget: Budget
  ) {
    self.searcher = searcher
    self.planner = planner
    self.request = request
    self.budget = budget
  }

  mutating func run() throws -> [BookableCandidate] {
    // Twice the page, so that what is not bookable can fill the room that is left.
    let first = try page(
      offset: 0, limit: min(request.limit * 2, CandidateQuery.largestLimit), onlyWithSchedule: false
    )
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

  private mutating func page(
    offset: Int, limit: Int, onlyWithSchedule: Bool
  ) throws -> CandidatePage {
    let started = ContinuousClock.now
    defer { matching += .now - started }
    var query = request.candidates
    query.offset = offset
    query.limit = limit
    query.order = request.sort == .best ? .best : .distance
    query.onlyWithSchedule = onlyWithSchedule
    // Only the first page's count is shown, and an exact one walks whole posting lists.
    query.matchedCount = onlyWithSchedule || !request.countsMatched ? .estimated : .exact
    return try searcher.candidates(query)
  }

  private mutating func withSchedule(offset: Int, limit: Int) throws -> [NearbyCandidate] {
    try page(offset: offset, limit: limit, onlyWithSchedule: true).candidates
      .map(NearbyCandidate.init)
  }

  private mutating func plan(_ batch: some Collection<NearbyCandidate>) throws
    -> [BookableCandidate]
  {
    planned += batch.count
    let started = ContinuousClock.now
    defer { planning += .now - started }
    return try planner.plan(batch)
  }

  /// Page order is distance order, so only the page itself is planned.
  private mutating func nearestWithSlots(_ nearest: CandidatePage) throws -> [BookableCandidate] {
    try planInBatches(nearest.candidates.prefix(request.limit).map(NearbyCandidate.init), size: 64)
  }

  /// Plans until the budget is spent; what is left unplanned is listed without slots.
  private mutating func planInBatches(
    _ page: [NearbyCandidate], size: Int
  ) throws -> [BookableCandidate] {
    var result: [BookableCandidate] = []
    result.reserveCapacity(page.count)
    var rest = page[...]
    while !rest.isEmpty {
      let batch = rest.prefix(size)
      if budget.isSpent {
        isComplete = false
        result += rest.map { BookableCandidate(nearby: $0, slots: []) }
        break
      }
      result += try plan(batch)
      rest = rest.dropFirst(size)
    }
    return result
  }

  /// Walks candidates with a schedule, nearest first, keeping those with an open slot.
  private mutating func nearestBookable() throws -> [BookableCandidate] {
    var kept: [BookableCandidate] = []
    var offset = 0
    var size = min(max(16, request.limit * 2), CandidateQuery.largestLimit)
    while kept.count < request.limit {
      if budget.isSpent {
        isComplete = false
        break
      }
      let batch = try withSchedule(offset: offset, limit: size)
      kept += try planInBatches(batch, size: 64).filter { !$0.slots.isEmpty }
      guard batch.count == size, isComplete else { break }
      offset += size
      size = min(size * 4, CandidateQuery.largestLimit)
    }
    return Array(kept.prefix(request.limit))
  }

  /// Walks candidates with a schedule in the order `best` until no other can enter the page.
  private mutating func bestBookable() throws -> [BookableCandidate] {
    var leaders = Leaders(
      limit: request.limit, now: planner.now, leastWaitSeconds: planner.leastWaitSeconds)
    let batchSize = max(32, request.limit / 4)
    var offset = 0
    var size = min(max(16, request.limit * 2), CandidateQuery.largestLimit)
    while true {
      let page = try withSchedule(offset: offset, limit: size)
      var rest = page[...]
      while !rest.isEmpty {
        let batch = rest.prefix(batchSize).prefix { leaders.canEnter($0) }
        if batch.isEmpty { return leaders.candidates }
        if budget.isSpent {
          isComplete = false
          return leaders.candidates
        }
        leaders.add(try plan(batch))
        rest = rest.dropFirst(batch.count)
      }
      guard page.count == size else { return leaders.candidates }
      offset += size
      size = min(size * 4, CandidateQuery.largestLimit)
    }
  }

  /// Those with an open slot; then, if the page has room, the best of the others.
  private mutating func bookableThenOthers(
    _ first: CandidatePage
  ) throws -> [BookableCandidate] {
    let bookable = try bestBookable()
    let taken = Set(bookable.map(\.nearby.roleID))
    let others = first.candidates.lazy.filter { !taken.contains($0.roleID) }
      .map { BookableCandidate(nearby: NearbyCandidate($0), slots: []) }
    return bookable + others.prefix(request.limit - bookable.count)
  }

  /// Every candidate with a schedule is planned, so that the first open slot of all is found.
  private mutating func soonest() throws -> [BookableCandidate] {
    var found: [BookableCandidate] = []
    var offset = 0
    let size = 10_000
    while isComplete {
      let batch = try withSchedule(offset: offset, limit: size)
      found += try planInBatches(batch, size: 32).filter { !$0.slots.isEmpty }
      guard batch.count == size else { break }
      offset += size
    }
    found.sort { a, b in
      let (left, right) = (a.slots[0].start, b.slots[0].start)
      return left == right ? NearbyCandidate.isNearer(a.nearby, b.nearby) : left < right
    }
    return Array(found.prefix(request.limit))
  }
}
