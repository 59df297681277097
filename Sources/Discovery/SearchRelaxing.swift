public import ProviderDirectory
import Scheduling
import SearchIndex
import Store

extension SearchPipeline {
  /// Roles whose slots are generated to count the bookable ones of one relaxation; the nearest.
  public static let largestCount = 2_000

  /// For a request that found nothing: each single condition that, let go, finds someone.
  ///
  /// Each is let go on its own, so that what is told is the condition that failed. Ends when the
  /// budget is spent, with what it has by then.
  ///
  /// - Parameter broader: codes of a wider specialty than the one asked; empty when there is none.
  public func relaxations(
    of request: SearchRequest, broader: [TaxonomyCode], budget: Budget
  ) throws -> [Relaxation] {
    try store.read { transaction in
      var found: [Relaxation] = []
      var isWidened = false
      for condition in Relaxation.Condition.all(in: request, broader: broader) {
        if budget.isSpent { break }
        if case .radius = condition, isWidened { continue }
        let relaxed = try condition.relaxed(request)
        let (count, isExact) = try count(relaxed, in: transaction, budget: budget)
        guard count > 0 else { continue }
        if case .radius = condition { isWidened = true }
        found.append(Relaxation(condition: condition, count: count, isExact: isExact))
      }
      return found
    }
  }

  /// How many results `request` has, by the rule that `search` lists them.
  private func count(
    _ request: SearchRequest, in transaction: ReadTransaction, budget: Budget
  ) throws -> (count: Int, isExact: Bool) {
    var query = request.candidates
    query.matchedCount = .estimated
    query.onlyWithSchedule = request.onlyBookable
    query.offset = 0
    query.limit = request.onlyBookable ? Self.largestCount : 0
    let page = try searcher.candidates(query)
    guard request.onlyBookable else { return (page.inArea, true) }
    let planner = AvailabilityPlanner(
      transaction: transaction,
      request: SlotRequest(
        dates: request.dates, times: request.times, visitType: request.visitType, limit: 1),
      now: now, session: session)
    var bookable = 0
    var rest = page.candidates[...]
    while !rest.isEmpty, !budget.isSpent {
      bookable += try planner.plan(rest.prefix(64).map(NearbyCandidate.init))
        .count { !$0.slots.isEmpty }
      rest = rest.dropFirst(64)
    }
    return (bookable, rest.isEmpty && page.inArea == page.candidates.count)
  }
}
