public import ProviderDirectory
public import Scheduling
public import SearchIndex

/// One page of answers, in the order asked for.
public struct SearchResults: Sendable {
  public let results: [SearchResult]
  public let stats: SearchStatistics
}

public struct SearchResult: Sendable {
  public let role: PractitionerRole
  /// Geodesic metres from the origin; nil when the search named no place.
  public let distanceMeters: Double?
  public let slots: [Slot]
  public let rank: MatchRank
  public let cost: VisitCost
}

/// What the walk saw, for people who ask why.
public struct SearchStatistics: Sendable {
  /// Roles that fit everything but the area; an upper bound unless the request counts them and the
  /// budget lasts.
  public let matched: Int
  /// Of these, roles inside the area; where the request leaves it at what its page takes, those of
  /// them with a schedule that were looked at.
  public let inArea: Int
  /// Roles whose slots were generated.
  public let planned: Int
  /// Finding who matches and is in the area.
  public let matching: Duration
  /// Reading schedules and claims, and generating slots.
  public let planning: Duration
  /// Reading the records of the page.
  public let reading: Duration
  public let elapsed: Duration
  public let budget: Duration
  /// False when the budget ended the search first: what is listed are the first ones of the whole
  /// answer, and there may be more.
  public let complete: Bool
}
