import GRDB
public import ProviderDirectory
public import Scheduling

extension WriteTransaction {
  /// Puts these hours and exceptions in place of what the role had. Claims already made stand.
  public func replaceSchedule(
    of role: RoleID, blocks: [ScheduleBlock], exceptions: [ScheduleException], run: Int64
  ) throws {
    try replaceHours(of: role, blocks: blocks, run: run)
    try execute("DELETE FROM schedule_exception WHERE role_id = ?", [role.rawValue])
    for exception in exceptions { try add(exception, of: role, run: run) }
  }

  /// Puts weekly hours in place of those that the role had; exceptions stand.
  ///
  /// - Parameter run: the indexer's run that brought them, 0 for the front desk's own.
  public func replaceHours(of role: RoleID, blocks: [ScheduleBlock], run: Int64) throws {
    try noteChange(of: role.npi.number)
    try execute("DELETE FROM schedule_block WHERE role_id = ?", [role.rawValue])
    try execute("DELETE FROM block_option WHERE role_id = ?", [role.rawValue])
    for (number, block) in blocks.enumerated() {
      try execute(
        """
        INSERT INTO schedule_block (role_id, block_no, weekday, start_min, end_min, slot_min,
          visit_type, valid_from, valid_until, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          role.rawValue, number, block.weekday.rawValue, block.start.minutes, block.end.minutes,
          block.slotMinutes, block.visitType.rawValue, block.validFrom?.daysSinceEpoch,
          block.validUntil?.daysSinceEpoch, run,
        ])
      try putOption(of: block, role: role, number: Int64(number))
    }
  }

  /// The row of a block that offers more than plain slots.
  func putOption(of block: ScheduleBlock, role: RoleID, number: Int64) throws {
    let offers = block.offers
    guard
      offers.stepMinutes != offers.slotMinutes || !offers.kinds.isEmpty || block.everyWeeks > 1
    else { return }
    try execute(
      """
      INSERT INTO block_option (role_id, block_no, step_min, every_weeks, kinds)
      VALUES (?, ?, ?, ?, ?)
      """,
      [role.rawValue, number, offers.stepMinutes, block.everyWeeks, Self.text(offers.kinds)])
  }

  /// Adds an exception and returns its number among the role's.
  @discardableResult
  public func add(_ exception: ScheduleException, of role: RoleID, run: Int64) throws -> Int64 {
    let kind =
      switch exception.kind {
      case .timeOff: "time-off"
      case .extraHours: "extra-hours"
      case .replacementHours: "replacement-hours"
      }
    let hours = exception.hours
    let number = try nextNumber("schedule_exception", "exception_no", "role_id", role.rawValue)
    try execute(
      """
      INSERT INTO schedule_exception (role_id, exception_no, kind, from_date, from_min, to_date,
        to_min, slot_min, visit_type, step_min, kinds, run_id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        role.rawValue, number, kind, exception.from.date.daysSinceEpoch,
        exception.from.time.minutes, exception.to.date.daysSinceEpoch, exception.to.time.minutes,
        hours?.slotMinutes, hours?.visitType.rawValue, hours?.stepMinutes,
        Self.text(hours?.kinds ?? []), run,
      ])
    return number
  }

  /// False when the role has none of that number.
  public func removeException(_ number: Int64, of role: RoleID) throws -> Bool {
    try execute(
      "DELETE FROM schedule_exception WHERE role_id = ? AND exception_no = ?",
      [role.rawValue, number])
    return db.changesCount > 0
  }

  /// Adds time off at every site of the person, by the wall clock of each; returns its number.
  public func addTimeOff(_ exception: ScheduleException, ofAllSitesOf npi: NPI) throws -> Int64 {
    let number = try nextNumber("person_time_off", "number", "npi", npi.number)
    try execute(
      """
      INSERT INTO person_time_off (npi, number, from_date, from_min, to_date, to_min)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        npi.number, number, exception.from.date.daysSinceEpoch, exception.from.time.minutes,
        exception.to.date.daysSinceEpoch, exception.to.time.minutes,
      ])
    return number
  }

  public func removeTimeOff(_ number: Int64, ofAllSitesOf npi: NPI) throws -> Bool {
    try execute(
      "DELETE FROM person_time_off WHERE npi = ? AND number = ?", [npi.number, number])
    return db.changesCount > 0
  }

  /// One above the highest there is, 1 for the first.
  private func nextNumber(
    _ table: String, _ column: String, _ key: String, _ value: Int64
  ) throws -> Int64 {
    let sql = "SELECT coalesce(max(\(column)), 0) + 1 FROM \(table) WHERE \(key) = ?"
    return try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [value]) ?? 1
  }

  private static func text(_ kinds: [ShortName]) -> String {
    kinds.map(\.description).joined(separator: " ")
  }
}
