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

extension ScheduleException {
  /// A row of a file of exceptions.
  public init(_ row: ExceptionReader.Exception) throws(ScheduleError) {
    guard let offer = row.offer else {
      try self.init(.timeOff, from: row.from, to: row.to)
      return
    }
    let offers = try OfferedVisits(
      slotMinutes: offer.slotMinutes, stepMinutes: offer.stepMinutes, visitType: offer.visitType,
      kinds: offer.kinds)
    try self.init(
      row.kind == .replacementHours ? .replacementHours(offers) : .extraHours(offers),
      from: row.from, to: row.to)
  }
}
