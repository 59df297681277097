public import CivilTime
public import ProviderDirectory

extension Schedule {
  /// A moment from `now` on before which nothing can be open while the weekly hours, `exceptions`
  /// of the role and `busy` stand, whatever else is changed.
  ///
  /// Notice, limits, holidays, rooms, ways, everybody's holds and how long a kind of visit takes
  /// are left out of account, since they may be gone the next moment; each of them only makes the
  /// first open slot a later one.
  public static func earliestOpening(
    _ role: RoleID, _ zone: Zone, blocks: [ScheduleBlock], exceptions: [ScheduleException],
    busy: [Busy], now: Instant
  ) throws(ScheduleError) -> Instant {
    let schedule = Schedule(
      role: role, zone: zone,
      blocks: try blocks.map { (block) throws(ScheduleError) in try block.openForAnyLength() },
      exceptions: try exceptions.map { (one) throws(ScheduleError) in try one.openForAnyLength() },
      rules: .none)
    let first = slots(in: schedule, matching: SlotRequest(limit: 1), busy: busy, now: now).first
    if let first { return first.start }
    let lastDate = BookingBounds(schedule, now: now).lastDate
    // Its midnight in UTC: no clock on earth shows the day after it yet.
    return max(now, Instant(secondsSinceEpoch: Int64(lastDate.daysSinceEpoch) * 86_400))
  }
}

extension ScheduleBlock {
  /// Where it names kinds of visits: a minute at each of its starts, which is free where any is.
  fileprivate func openForAnyLength() throws(ScheduleError) -> ScheduleBlock {
    guard let offers = try offers.forAnyLength() else { return self }
    return try ScheduleBlock(
      weekday: weekday, start: start, end: end, offers: offers, validFrom: validFrom,
      validUntil: validUntil, everyWeeks: everyWeeks)
  }
}

extension ScheduleException {
  fileprivate func openForAnyLength() throws(ScheduleError) -> ScheduleException {
    guard let offers = try hours?.forAnyLength() else { return self }
    return try ScheduleException(
      replacesWeek ? .replacementHours(offers) : .extraHours(offers), from: from, to: to)
  }
}

extension OfferedVisits {
  /// Nil where no kinds are named.
  fileprivate func forAnyLength() throws(ScheduleError) -> OfferedVisits? {
    guard !kinds.isEmpty else { return nil }
    return try OfferedVisits(slotMinutes: 1, stepMinutes: stepMinutes, visitType: visitType)
  }
}
