public import CivilTime
public import ProviderDirectory
public import QueryParsing
public import SearchIndex

/// What one search asks for, every word and option already understood.
public struct SearchRequest: Sendable {
  /// Who qualifies; `limit`, `offset` and `order` are the pipeline's to set.
  public var candidates: CandidateQuery
  /// Dates at the site, both ends included; nil means from now to the booking horizon.
  public var dates: ClosedRange<CivilDate>?
  /// Local times at which a visit may start.
  public var times: Range<TimeOfDay>?
  public var visitType: VisitType?
  public var sort: SortOrder
  /// Whether roles without an open slot in the window are left out.
  public var onlyBookable: Bool
  /// How many results to return.
  public var limit: Int
  /// How many slots to list for each result.
  public var slotsPerResult: Int
  /// Whether `SearchStatistics.matched` is to be exact, for which whole posting lists are walked:
  /// most of the time of a search among a million roles. Else it is an upper bound.
  public var countsMatched: Bool
  /// Whether `SearchStatistics.inArea` is to be exact. Else a search for the nearest who are
  /// bookable looks through as much of a circle as its page takes.
  public var countsInArea: Bool

  public init(
    candidates: CandidateQuery, dates: ClosedRange<CivilDate>? = nil,
    times: Range<TimeOfDay>? = nil,
    visitType: VisitType? = nil, sort: SortOrder = .best, onlyBookable: Bool = false,
    limit: Int = 10, slotsPerResult: Int = 3, countsMatched: Bool = true,
    countsInArea: Bool = true
  ) {
    self.candidates = candidates
    self.dates = dates
    self.times = times
    self.visitType = visitType
    self.sort = sort
    self.onlyBookable = onlyBookable
    self.limit = limit
    self.slotsPerResult = slotsPerResult
    self.countsMatched = countsMatched
    self.countsInArea = countsInArea
  }
}
