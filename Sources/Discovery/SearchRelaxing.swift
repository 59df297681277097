public import ProviderDirectory
import Scheduling
import SearchIndex
import Store

extension SearchPipeline {
  /// Roles whose slots are generated to count the bookable ones of one relaxation; the nearest.
  public static let largestCount = 2_000

  /// For a request that found nothing: each single condition that, let go, finds someone.
  ///
  /// Each is let go on its own, so that what is told is the condition that failed; only where none
  /// is enough, two at a time, at most `Relaxation.mostPairs` of them. Ends when the budget is
  /// spent, with what it has by then.
  ///
  /// - Parameters:
  ///   - broader: codes of a wider specialty than the one asked; empty when there is none.
  ///   - kept: conditions that are not let go.
  public func relaxations(
    of request: SearchRequest, broader: [TaxonomyCode], keeping kept: [Relaxation.Condition] = [],
    budget: Budget
  ) throws -> [Relaxation] {
    let conditions = Relaxation.Condition.all(in: request, broader: broader)
      .filter { !kept.contains($0) }
    return try store.read { transaction in
      try transaction.interrupting(when: { budget.isSpent }) {
        let alone = try told(
          conditions.map { [$0] }, atMost: .max, request, in: transaction, budget: budget)
        guard alone.isEmpty else { return alone }
        return try told(
          Relaxation.Condition.pairs(of: conditions), atMost: Relaxation.mostPairs, request,
          in: transaction, budget: budget)
      }
    }
  }

  /// Those of `options` that find someone; of several radii with the same rest, the smallest.
  private func told(
    _ options: [[Relaxation.Condition]], atMost limit: Int, _ request: SearchRequest,
    in transaction: ReadTransaction, budget: Budget
  ) throws -> [Relaxation] {
    var found: [Relaxation] = []
    var widened: Set<[Relaxation.Condition]> = []
    for conditions in options where found.count < limit {
      if budget.isSpent { break }
      let rest = Array(conditions.dropFirst())
      if conditions[0].isRadius, widened.contains(rest) { continue }
      var relaxed = request
      for condition in conditions { relaxed = try condition.relaxed(relaxed) }
      let (count, isExact) = try count(relaxed, in: transaction, budget: budget)
      guard count > 0 else { continue }
      if conditions[0].isRadius { widened.insert(rest) }
      found.append(Relaxation(conditions: conditions, count: count, isExact: isExact))
    }
    return found
  }

  /// How many results `request` has, by the rule that `search` lists them.
  func count(
    _ request: SearchRequest, in transaction: ReadTransaction, budget: Budget
  ) throws -> (count: Int, isExact: Bool) {
    var query = request.candidates
    query.matchedCount = .estimated
    query.onlyWithSchedule = request.onlyBookable
    query.offset = 0
    query.limit = request.onlyBookable ? Self.largestCount : 0
    let page: CandidatePage
    do {
      page = try searcher.candidates(query, until: { budget.isSpent })
    } catch {
      guard error == .outOfTime else { throw error }
      return (0, false)
    }
    guard request.onlyBookable else { return (page.inArea, true) }
    var planner = AvailabilityPlanner(
      transaction: transaction,
      request: SlotRequest(
        dates: request.dates, times: request.times, visitType: request.visitType, limit: 1),
      now: now, session: session)
    var bookable = 0
    var rest = page.candidates[...]
    while !rest.isEmpty, !budget.isSpent {
      do {
        bookable += try planner.plan(rest.prefix(64).map(NearbyCandidate.init)).candidates
          .count { !$0.slots.isEmpty }
      } catch is QueryInterrupted {
        break
      }
      rest = rest.dropFirst(64)
    }
    return (bookable, rest.isEmpty && page.inArea == page.candidates.count)
  }
}
