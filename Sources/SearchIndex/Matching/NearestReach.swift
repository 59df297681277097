import Geospatial

/// How far around a circle's centre to look for the nearest matches: in a dense place a small part
/// of the circle holds a page of them, and looking through all of it grows with the directory.
struct NearestReach {
  let center: Coordinate
  /// Of the whole circle, in metres.
  let radius: Double
  /// The nearest so many are asked for.
  let wanted: Int

  /// Nil unless the nearest come first in the query, and its area is a circle around where
  /// distances are measured from.
  init?(_ query: CandidateQuery) {
    guard query.matchedCount == .ofThoseSeen, query.order == .distance,
      let center = query.area?.center, let radius = query.area?.radiusMeters,
      query.origin == nil || query.origin == center
    else { return nil }
    self.center = center
    self.radius = radius
    wanted = query.offset + query.limit
  }

  /// - Parameter expected: how many matches the whole circle may hold.
  func first(expected: Double) -> Double {
    let plenty = Double(4 * max(wanted, 1))
    guard expected > 2 * plenty else { return radius }
    return radius * (plenty / expected).squareRoot()
  }

  /// The next one, after `found` matches within `reach` were too few.
  func next(after reach: Double, found: Int) -> Double {
    let factor = (2 * Double(wanted) / Double(max(found, 1))).squareRoot()
    return min(radius, reach * min(max(factor, 1.5), 4))
  }

  /// What there is within `reach`.
  func area(_ reach: Double) throws(IndexError) -> Area {
    do {
      return try Area.circle(center: center, radiusMeters: reach)
    } catch {
      throw .invalidQuery(detail: "the area: \(error)")
    }
  }
}
