public import CivilTime
public import ProviderDirectory

extension Schedule {
  /// A moment from `now` on before which nothing can be open while the weekly hours, `exceptions`
  /// of the role and `busy` stand, whatever else is changed.
  ///
  /// Notice, limits, holidays, rooms, ways and everybody's holds are left out of account, since
  /// they may be gone the next moment; each of them only makes the first open slot a later one.
  public static func earliestOpening(
    _ role: RoleID, _ zone: Zone, blocks: [ScheduleBlock], exceptions: [ScheduleException],
    busy: [Busy], now: Instant
  ) -> Instant {
    let schedule = Schedule(
      role: role, zone: zone, blocks: blocks, exceptions: exceptions, rules: .none)
    let first = slots(in: schedule, matching: SlotRequest(limit: 1), busy: busy, now: now).first
    if let first { return first.start }
    let lastDate = BookingBounds(schedule, now: now).lastDate
    // Its midnight in UTC: no clock on earth shows the day after it yet.
    return max(now, Instant(secondsSinceEpoch: Int64(lastDate.daysSinceEpoch) * 86_400))
  }
}
