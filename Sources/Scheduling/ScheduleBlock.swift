public import CivilTime
public import ProviderDirectory

/// What one stretch of hours offers: visits, and how far apart they start.
public struct OfferedVisits: Hashable, Sendable {
  /// The length of a visit where no kinds are named; 1…1440.
  public let slotMinutes: Int
  /// The distance between starts; 1…1440.
  public let stepMinutes: Int
  /// Where no kinds are named.
  public let visitType: VisitType
  /// The kinds of visits that may be booked, each with its own length; none for plain hours.
  public let kinds: [ShortName]

  public init(
    slotMinutes: Int, stepMinutes: Int? = nil, visitType: VisitType, kinds: [ShortName] = []
  ) throws(ScheduleError) {
    for minutes in [slotMinutes, stepMinutes ?? slotMinutes] {
      guard (1...1440).contains(minutes) else { throw .slotMinutes(minutes) }
    }
    self.slotMinutes = slotMinutes
    self.stepMinutes = stepMinutes ?? slotMinutes
    self.visitType = visitType
    self.kinds = kinds
  }

  fileprivate func check(blockMinutes: Int) throws(ScheduleError) {
    guard slotMinutes <= blockMinutes || !kinds.isEmpty else {
      throw .slotLongerThanBlock(slotMinutes: slotMinutes, blockMinutes: blockMinutes)
    }
  }
}

/// Weekly hours: on each `weekday`, from `start` to `end` by the site's wall clock, cut into slots.
///
/// An `end` earlier than `start` is on the next day, so night hours are one block; 24:00 ends a
/// day.
///
/// **Where the clocks change.** A block is every moment at which the site's clock shows a time from
/// `start` up to, not including, `end`. A slot starts at a moment at which the clock shows `start`,
/// or `start` plus a multiple of `stepMinutes`, and lies wholly in the block. So on a day that
/// skips 02:00–03:00 no slot starts in that hour and 00:00–04:00 is three hours long; on a day that
/// repeats 01:00–02:00 the same block is five hours long and its 01:30 slot is there twice, at two
/// moments. The wall times of all other slots are those of any day.
public struct ScheduleBlock: Hashable, Sendable {
  static let longestCycleWeeks = 52

  public let weekday: Weekday
  public let start: TimeOfDay
  public let end: TimeOfDay
  public let offers: OfferedVisits
  /// The first and the last day on which the block starts, both included; nil is unbounded.
  public let validFrom: CivilDate?
  public let validUntil: CivilDate?
  /// 1 for each week; 2 for every other one, beginning with the Monday-to-Sunday week of
  /// `validFrom`.
  public let everyWeeks: Int

  public init(
    weekday: Weekday, start: TimeOfDay, end: TimeOfDay, offers: OfferedVisits,
    validFrom: CivilDate? = nil, validUntil: CivilDate? = nil, everyWeeks: Int = 1
  ) throws(ScheduleError) {
    guard start < .endOfDay else { throw .startAtEndOfDay }
    guard start != end else { throw .empty(from: start, to: end) }
    try offers.check(blockMinutes: end.minutes - start.minutes + (end < start ? 1440 : 0))
    if let validFrom, let validUntil, validUntil < validFrom {
      throw .validityReversed(from: validFrom, until: validUntil)
    }
    guard (1...Self.longestCycleWeeks).contains(everyWeeks) else { throw .cycle(weeks: everyWeeks) }
    guard everyWeeks == 1 || validFrom != nil else { throw .cycleWithoutStart(weeks: everyWeeks) }
    self.weekday = weekday
    self.start = start
    self.end = end
    self.offers = offers
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.everyWeeks = everyWeeks
  }

  /// Plain hours.
  public init(
    weekday: Weekday, start: TimeOfDay, end: TimeOfDay, slotMinutes: Int, visitType: VisitType,
    validFrom: CivilDate? = nil, validUntil: CivilDate? = nil
  ) throws(ScheduleError) {
    try self.init(
      weekday: weekday, start: start, end: end,
      offers: try OfferedVisits(slotMinutes: slotMinutes, visitType: visitType),
      validFrom: validFrom, validUntil: validUntil)
  }

  public var slotMinutes: Int { offers.slotMinutes }
  public var visitType: VisitType { offers.visitType }

  /// Minutes after the midnight before `start`, past 1440 when the block ends on the next day.
  var endMinute: Int { end.minutes + (end < start ? 1440 : 0) }

  func isValid(on date: CivilDate) -> Bool {
    if let validFrom, date < validFrom { return false }
    if let validUntil, date > validUntil { return false }
    guard everyWeeks > 1, let validFrom else { return true }
    return validFrom.monday.distance(to: date.monday) / 7 % everyWeeks == 0
  }
}

/// Something out of the weekly order, on given days, by the site's wall clock.
///
/// Where both apply, time off wins over hours of any kind: nobody is booked with a practitioner who
/// is away.
public struct ScheduleException: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case timeOff
    /// Hours beside the weekly ones, at most 24 hours long, laid out like a `ScheduleBlock`.
    case extraHours(OfferedVisits)
    /// The same, in place of the weekly hours that begin on that day.
    case replacementHours(OfferedVisits)

    public static func extraHours(
      slotMinutes: Int, visitType: VisitType
    ) throws(ScheduleError) -> Kind {
      .extraHours(try OfferedVisits(slotMinutes: slotMinutes, visitType: visitType))
    }
  }

  public let kind: Kind
  /// Whole minutes. Time off starts when the clock first shows `from` and ends after the last
  /// moment at which it shows a time before `to`.
  public let from: CivilDateTime
  public let to: CivilDateTime

  public init(_ kind: Kind, from: CivilDateTime, to: CivilDateTime) throws(ScheduleError) {
    for time in [from, to] where time.second != 0 { throw .exceptionSeconds(time) }
    guard from.time < .endOfDay else { throw .startAtEndOfDay }
    let length = from.date.distance(to: to.date) * 1440 + to.time.minutes - from.time.minutes
    guard length > 0 else { throw .exceptionReversed(from: from, to: to) }
    self.kind = kind
    self.from = from
    self.to = to
    if let hours {
      guard length <= 1440 else { throw .extraHoursTooLong(minutes: length) }
      try hours.check(blockMinutes: length)
    }
  }

  /// Nil for time off.
  public var hours: OfferedVisits? {
    switch kind {
    case .timeOff: nil
    case .extraHours(let offers), .replacementHours(let offers): offers
    }
  }

  var replacesWeek: Bool {
    if case .replacementHours = kind { true } else { false }
  }
}

extension CivilDate {
  /// The Monday of its week.
  var monday: CivilDate { adding(days: 1 - weekday.rawValue) }
}
