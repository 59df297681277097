public import ProviderDirectory

extension ScheduleBlock {
  /// A row of a schedule file.
  public init(_ hours: ScheduleReader.Hours) throws(ScheduleError) {
    try self.init(
      weekday: hours.weekday, start: hours.start, end: hours.end,
      offers: try OfferedVisits(
        slotMinutes: hours.slotMinutes, stepMinutes: hours.stepMinutes,
        visitType: hours.visitType, kinds: hours.kinds),
      validFrom: hours.validFrom, validUntil: hours.validUntil, everyWeeks: hours.everyWeeks)
  }
}
