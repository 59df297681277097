public import CivilTime
public import ProviderDirectory

/// Weekly hours: on each `weekday`, from `start` to `end` by the site's wall clock, cut into slots.
///
/// An `end` earlier than `start` is on the next day, so night hours are one block; 24:00 ends a
/// day.
///
/// **Where the clocks change.** A block is every moment at which the site's clock shows a time from
/// `start` up to, not including, `end`. A slot starts at a moment at which the clock shows `start`,
/// or `start` plus a multiple of `slotMinutes`, and lies wholly in the block. So on a day that
/// skips 02:00–03:00 no slot starts in that hour and 00:00–04:00 is three hours long; on a day that
/// repeats 01:00–02:00 the same block is five hours long and its 01:30 slot is there twice, at two
/// moments. The wall times of all other slots are those of any day.
public struct ScheduleBlock: Hashable, Sendable {
  public let weekday: Weekday
  public let start: TimeOfDay
  public let end: TimeOfDay
  /// 1…1440; the length of a slot and the distance between their starts.
  public let slotMinutes: Int
  public let visitType: VisitType
  /// The first and the last day on which the block starts, both included; nil is unbounded.
  public let validFrom: CivilDate?
  public let validUntil: CivilDate?

  public init(
    weekday: Weekday, start: TimeOfDay, end: TimeOfDay, slotMinutes: Int, visitType: VisitType,
    validFrom: CivilDate? = nil, validUntil: CivilDate? = nil
  ) throws(ScheduleError) {
    guard start < .endOfDay else { throw .startAtEndOfDay }
    guard start != end else { throw .empty(from: start, to: end) }
    let length = end.minutes - start.minutes + (end < start ? 1440 : 0)
    try checkSlot(minutes: slotMinutes, blockMinutes: length)
    if let validFrom, let validUntil, validUntil < validFrom {
      throw .validityReversed(from: validFrom, until: validUntil)
    }
    self.weekday = weekday
    self.start = start
    self.end = end
    self.slotMinutes = slotMinutes
    self.visitType = visitType
    self.validFrom = validFrom
    self.validUntil = validUntil
  }

  /// Minutes after the midnight before `start`, past 1440 when the block ends on the next day.
  var endMinute: Int { end.minutes + (end < start ? 1440 : 0) }

  func isValid(on date: CivilDate) -> Bool {
    if let validFrom, date < validFrom { return false }
    if let validUntil, date > validUntil { return false }
    return true
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
    case extraHours(slotMinutes: Int, visitType: VisitType)
  }

  public let kind: Kind
  /// Whole minutes. Time off starts when the clock first shows `from` and ends when it last shows
  /// `to`.
  public let from: CivilDateTime
  public let to: CivilDateTime

  public init(_ kind: Kind, from: CivilDateTime, to: CivilDateTime) throws(ScheduleError) {
    for time in [from, to] where time.second != 0 { throw .exceptionSeconds(time) }
    guard from.time < .endOfDay else { throw .startAtEndOfDay }
    let length = from.date.distance(to: to.date) * 1440 + to.time.minutes - from.time.minutes
    guard length > 0 else { throw .exceptionReversed(from: from, to: to) }
    if case .extraHours(let slotMinutes, _) = kind {
      guard length <= 1440 else { throw .extraHoursTooLong(minutes: length) }
      try checkSlot(minutes: slotMinutes, blockMinutes: length)
    }
    self.kind = kind
    self.from = from
    self.to = to
  }
}

private func checkSlot(minutes: Int, blockMinutes: Int) throws(ScheduleError) {
  guard (1...1440).contains(minutes) else { throw .slotMinutes(minutes) }
  guard minutes <= blockMinutes else {
    throw .slotLongerThanBlock(slotMinutes: minutes, blockMinutes: blockMinutes)
  }
}
