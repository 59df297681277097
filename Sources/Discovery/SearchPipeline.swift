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

  /// Everything from the index to the records draws on the one budget. Where that ends the search,
  /// the results are the first ones of those that it would have had with more time.
  public func search(_ request: SearchRequest, budget: Budget) throws -> SearchResults {
    var (chosen, walk) = try store.read { transaction in
      try transaction.interrupting(when: { budget.isSpent }) {
        var walk = SearchWalk(
          searcher: searcher, planner: planner(of: request, in: transaction), request: request,
          budget: budget)
        let chosen = try walk.run()
        return (chosen, walk)
      }
    }
    let started = ContinuousClock.now
    var results: [SearchResult] = []
    for bookable in chosen {
      if results.count & 0x3f == 0x3f, budget.isSpent {
        walk.isComplete = false
        break
      }
      results.append(
        SearchResult(
          role: try searcher.role(bookable.nearby.documentID),
          distanceMeters: bookable.nearby.distanceMeters,
          slots: Array(bookable.slots.prefix(request.slotsPerResult)),
          rank: bookable.nearby.rank, cost: VisitCost(bookable, now: now)))
    }
    let reading = ContinuousClock.now - started
    return SearchResults(
      results: results,
      stats: SearchStatistics(
        matched: walk.matched, inArea: walk.inArea, planned: walk.planned,
        matching: walk.matching, planning: walk.planning, reading: reading,
        elapsed: budget.elapsed, budget: budget.limit, complete: walk.isComplete))
  }

  private func planner(
    of request: SearchRequest, in transaction: ReadTransaction
  ) -> AvailabilityPlanner {
    AvailabilityPlanner(
      transaction: transaction,
      request: SlotRequest(
        dates: request.dates, times: request.times, visitType: request.visitType,
        // Whether one is open decides the order even where none is listed.
        limit: max(1, request.slotsPerResult)), now: now, session: session)
  }
}
