import Geospatial
public import SearchIndex

extension SearchPipeline {
  /// How many more a search for those who take new patients would find among those of whom no
  /// source says whether they do; 0 when the budget does not last.
  public func silentOnNewPatients(_ request: SearchRequest, budget: Budget) throws -> Int {
    var query = request.candidates
    query.newPatients = [.unknown]
    (query.limit, query.matchedCount) = (0, .estimated)
    do {
      return try searcher.candidates(query, until: { budget.isSpent }).inArea
    } catch {
      guard error == .outOfTime else { throw error }
      return 0
    }
  }

  /// Where distances are counted, in miles, as far as the search reaches; its own radius is the
  /// last.
  static let facetMiles: [Double] = [1, 2, 5, 10, 15, 25, 50, 100]

  /// What all roles that match and are in the area have in common, whether or not they have an open
  /// slot: those that `SearchStatistics.inArea` counts. Nil when the budget does not last.
  public func facets(of request: SearchRequest, budget: Budget) throws -> Facets? {
    var radii = Self.facetMiles.map { $0 * metersPerMile }
    if let radius = request.candidates.area?.radiusMeters {
      radii = radii.filter { $0 < radius } + [radius]
    }
    do {
      return try searcher.facets(
        of: request.candidates, radii: radii, until: { budget.isSpent })
    } catch {
      guard error == .outOfTime else { throw error }
      return nil
    }
  }
}
