public import ProviderDirectory
public import SearchIndex

/// A candidate inside the area, with the distance that is filtered, shown and sorted.
public struct NearbyCandidate: Hashable, Sendable {
  public let roleID: RoleID
  /// Where the index generation keeps the role's record.
  public let documentID: UInt32
  /// Geodesic metres from the origin; nil when the search named no place.
  public let distanceMeters: Double?
  /// How well it is what was asked for.
  public let rank: MatchRank

  init(_ candidate: Candidate) {
    roleID = candidate.roleID
    documentID = candidate.documentID
    distanceMeters = candidate.distanceMeters
    rank = candidate.rank
  }

  /// Nearest first; the same distance in the order of role ids, so that a page never reshuffles.
  static func isNearer(_ a: NearbyCandidate, _ b: NearbyCandidate) -> Bool {
    let (left, right) = (a.distanceMeters ?? 0, b.distanceMeters ?? 0)
    return left == right ? a.roleID < b.roleID : left < right
  }
}
