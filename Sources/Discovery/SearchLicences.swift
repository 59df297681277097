import SearchIndex
import Store

/// Who fits a search but for the licence that a visit by video needs.
public struct LeftOutByLicence: Hashable, Sendable {
  /// How many results more the search would have.
  public let count: Int
  /// Those of them of whom the registry lists no licence at all.
  public let noneListed: Int
  /// False where the budget, or `SearchPipeline.largestCount`, ended the counting.
  public let isExact: Bool
}

extension SearchPipeline {
  /// Counts by the rule that `search` lists results; nil for a search that asks for no licence.
  public func leftOutByLicence(
    _ request: SearchRequest, budget: Budget
  ) throws -> LeftOutByLicence? {
    guard request.candidates.licence != nil else { return nil }
    var (anybody, silent) = (request, request)
    anybody.candidates.licence = nil
    silent.candidates.licence = .noneListed
    return try store.read { transaction in
      try transaction.interrupting(when: { budget.isSpent }) {
        let counts = try [request, anybody, silent].map {
          try count($0, in: transaction, budget: budget)
        }
        return LeftOutByLicence(
          count: max(0, counts[1].count - counts[0].count), noneListed: counts[2].count,
          isExact: counts.allSatisfy(\.isExact))
      }
    }
  }

  /// How many fit and are in the area, with a slot or without, whatever their licences; nil for a
  /// search that asks for none, and when the budget does not last.
  public func inAreaOfAnyLicence(_ request: SearchRequest, budget: Budget) throws -> Int? {
    guard request.candidates.licence != nil else { return nil }
    var query = request.candidates
    query.licence = nil
    (query.limit, query.matchedCount) = (0, .estimated)
    do {
      return try searcher.candidates(query, until: { budget.isSpent }).inArea
    } catch {
      guard error == .outOfTime else { throw error }
      return nil
    }
  }
}
