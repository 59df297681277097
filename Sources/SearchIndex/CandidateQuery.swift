public import Geospatial
public import ProviderDirectory

/// What a candidate must have. Within a list any one is enough; all that is given must hold.
public struct CandidateQuery: Sendable {
  public var specialties: [TaxonomyCode]
  public var insurance: [InsuranceFilter]
  /// A circle is decided by the geodesic distance from its centre, its rim included.
  public var area: Area?
  /// USPS codes of the states that the site may be in.
  public var states: [String]
  /// Of whose licence the registry must know; nil for anybody's, or none.
  public var licence: LicenceFilter?
  /// Where distances are measured from; the centre of `area` when nil and it has one.
  public var origin: Coordinate?
  /// What the newest source says of new patients; any of these.
  public var newPatients: [NewPatients]
  /// Only roles whose schedule offers it.
  public var visitType: VisitType?
  /// ISO 639-1 codes.
  public var languages: [String]
  public var gender: Gender?
  /// Words of the practitioner's or organization's name, all of which must occur. One that ends in
  /// `*` stands for every word that starts so, up to `widestName` of them.
  public var name: String?
  public var onlyWithSchedule: Bool
  /// Values of facets, all of which must hold beside everything else.
  public var narrowed: [FacetValue]
  /// Who comes first under `CandidateOrder.best`; nil where it makes no difference.
  public var preferredKind: TaxonomyEntry.Kind?
  public var order: CandidateOrder
  public var offset: Int
  /// At most `CandidateQuery.largestLimit`.
  public var limit: Int
  public var matchedCount: MatchedCount

  public static let largestLimit = 10_000
  public static let widestName = 500
  /// Letters and digits that must stand before a `*`.
  public static let shortestNameStart = 2

  public init(
    specialties: [TaxonomyCode] = [], insurance: [InsuranceFilter] = [], area: Area? = nil,
    states: [String] = [], licence: LicenceFilter? = nil, origin: Coordinate? = nil,
    newPatients: [NewPatients] = [], visitType: VisitType? = nil, languages: [String] = [],
    gender: Gender? = nil, name: String? = nil, onlyWithSchedule: Bool = false,
    narrowed: [FacetValue] = [],
    preferredKind: TaxonomyEntry.Kind? = nil, order: CandidateOrder = .distance, offset: Int = 0,
    limit: Int = 20, matchedCount: MatchedCount = .exact
  ) {
    self.specialties = specialties
    self.insurance = insurance
    self.area = area
    self.states = states
    self.licence = licence
    self.origin = origin
    self.newPatients = newPatients
    self.visitType = visitType
    self.languages = languages
    self.gender = gender
    self.name = name
    self.onlyWithSchedule = onlyWithSchedule
    self.narrowed = narrowed
    self.preferredKind = preferredKind
    self.order = order
    self.offset = offset
    self.limit = limit
    self.matchedCount = matchedCount
  }
}

public enum InsuranceFilter: Hashable, Sendable {
  /// Any plan of this insurer or brand, or of one it is the parent of.
  case insurer(String)
  /// One plan, by its id as filed.
  case plan(String)
}

public enum LicenceFilter: Hashable, Sendable {
  /// A licence of this state, by its USPS code.
  case of(state: String)
  /// No licence of any state.
  case noneListed
}

public enum CandidateOrder: Hashable, Sendable {
  /// By `MatchRank`, then the nearest first where there is an origin, ties by role id.
  case best
  /// The nearest first, ties by role id; with no origin, by document.
  case distance
}

public enum MatchedCount: Hashable, Sendable {
  /// Costs a walk through the whole posting lists: some two milliseconds for a million roles, where
  /// the rest of a search takes a tenth of one. The next page of that search gets it for nothing.
  case exact
  /// An upper bound from the term frequencies alone, for callers that do not show it.
  case estimated
  /// The same, and `inArea` may be of a part of a circle around its centre only: as much as holds
  /// the page where the nearest come first.
  case ofThoseSeen
}

public struct CandidatePage: Hashable, Sendable {
  /// In order, from `offset`, at most `limit`.
  public var candidates: [Candidate]
  /// Roles that match before the area; see `MatchedCount`.
  public var matched: Int
  /// Roles that match inside the area; exact but for `MatchedCount.ofThoseSeen`.
  public var inArea: Int
}

public struct Candidate: Hashable, Sendable {
  public var roleID: RoleID
  /// For `IndexSearcher.role`, on the same generation only.
  public var documentID: UInt32
  public var coordinate: Coordinate
  /// On the WGS84 ellipsoid; nil without an origin.
  public var distanceMeters: Double?
  public var rank: MatchRank
}

extension Candidate {
  init(
    document: UInt32, places: PlaceColumns, ranks: MatchRanks, distanceMeters: Double? = nil
  ) {
    self.init(
      roleID: places.role(document), documentID: document, coordinate: places.coordinate(document),
      distanceMeters: distanceMeters, rank: ranks.rank(document))
  }
}
