import CivilTime

/// What a visit costs the patient: the way and the wait, both in kilometres.
///
/// `best` puts roles of one `MatchRank` in order of this sum. A sum, and not one before the other,
/// because people trade the one for the other: they drive farther to be seen sooner.
public struct VisitCost: Hashable, Sendable {
  /// The way that a day's wait weighs as much as.
  public static let kilometersPerDay = 3.0

  /// 0 when the search named no place.
  public let distance: Double
  /// Of the first open slot; 0 when there is none, where it is compared only with its like.
  public let wait: Double

  public var total: Double { distance + wait }

  /// - Parameters:
  ///   - distanceMeters: geodesic; nil without a place.
  ///   - waitSeconds: from now to the first open slot; nil without one.
  init(distanceMeters: Double?, waitSeconds: Int64?) {
    distance = (distanceMeters ?? 0) / 1000
    wait = Double(max(0, waitSeconds ?? 0)) / 86_400 * Self.kilometersPerDay
  }

  init(_ candidate: BookableCandidate, now: Instant) {
    self.init(
      distanceMeters: candidate.nearby.distanceMeters,
      waitSeconds: candidate.slots.first.map {
        $0.start.secondsSinceEpoch - now.secondsSinceEpoch
      })
  }
}
