public import CivilTime
import GRDB
public import ProviderDirectory
public import Scheduling

extension ReadTransaction {
  /// The schedules of `roles`, in three queries however many there are. A listed role without hours
  /// has an empty schedule; one that the directory does not list has none.
  public func schedules(
    of roles: [RoleID], rules: BookingRules = .standard
  ) throws -> [RoleID: Schedule] {
    let list = Self.list(roles.lazy.map(\.rawValue))
    let blocks = try blocks(list, roles.count)
    var exceptions: [Int64: [ScheduleException]] = [:]
    try forEachException(list) { role, exception in
      exceptions[role, default: []].append(exception)
    }
    var zones: [String: Zone] = [:]
    var schedules: [RoleID: Schedule] = [:]
    schedules.reserveCapacity(roles.count)
    try forEachRow(
      """
      SELECT role_id, time_zone FROM role
      WHERE role_id IN (SELECT value FROM json_each(?)) AND listed = 1
      """, [list]
    ) { row in
      let name = row.text(1)
      let number = row.integer(0)
      guard let role = RoleID(rawValue: number) else {
        throw unreadable("role", number, "role_id holds no valid NPI")
      }
      let zone = try zones[name] ?? zone(name, of: role)
      zones[name] = zone
      schedules[role] = Schedule(
        role: role, zone: zone, blocks: blocks[number] ?? [],
        exceptions: exceptions[number] ?? [], rules: rules)
    }
    return schedules
  }

  /// Nil when the directory does not list the role.
  public func schedule(of role: RoleID, rules: BookingRules = .standard) throws -> Schedule? {
    try schedules(of: [role], rules: rules)[role]
  }

  /// When the practitioners are taken, at any site, by booked visits and holds that live at `now`;
  /// in one query. A person without claims has no entry.
  ///
  /// - Parameter session: the hash of a session whose own holds take nothing from it.
  public func busy(
    _ practitioners: [NPI], during range: Range<Instant>,
    exceptHoldsOf session: [UInt8]? = nil
  ) throws -> [NPI: [Busy]] {
    var busy: [Int64: [Busy]] = [:]
    try forEachRow(
      """
      SELECT claim.npi, claim.starts_at, claim.ends_at
      FROM json_each(?1) AS wanted CROSS JOIN claim
      WHERE claim.npi = wanted.value AND claim.state IN ('held', 'booked')
        AND claim.starts_at < ?2 AND claim.starts_at > ?3 - \(ClaimSchema.maxVisitSeconds)
        AND claim.ends_at > ?3
        AND (claim.state = 'booked'
          OR (claim.hold_expires_at > ?4 AND (?5 IS NULL OR claim.session_hash <> ?5)))
      """,
      [
        Self.list(practitioners.lazy.map(\.number)), range.upperBound.secondsSinceEpoch,
        range.lowerBound.secondsSinceEpoch, now.secondsSinceEpoch, session?.blob,
      ]
    ) { row in
      busy[row.integer(0), default: []].append(
        Busy(
          start: Instant(secondsSinceEpoch: row.integer(1)),
          end: Instant(secondsSinceEpoch: row.integer(2))))
    }
    return Dictionary(
      uniqueKeysWithValues: busy.compactMap { number, stretches in
        NPI(number).map { ($0, stretches) }
      })
  }

  private func blocks(_ list: String, _ count: Int) throws -> [Int64: [ScheduleBlock]] {
    var blocks: [Int64: [ScheduleBlock]] = [:]
    blocks.reserveCapacity(count)
    // The rows of one role come one after another, so the dictionary is touched once a role.
    var run: [ScheduleBlock] = []
    var runRole: Int64 = 0
    try forEachRow(
      """
      SELECT b.role_id, b.weekday, b.start_min, b.end_min, b.slot_min, b.visit_type, b.valid_from,
        b.valid_until
      FROM json_each(?) AS wanted CROSS JOIN schedule_block AS b
      WHERE b.role_id = wanted.value
      """, [list]
    ) { row in
      let role = row.integer(0)
      guard let weekday = Weekday(rawValue: Int(row.integer(1))),
        let start = TimeOfDay(minutes: Int(row.integer(2))),
        let end = TimeOfDay(minutes: Int(row.integer(3))),
        let visitType = row.visitType(5)
      else { throw unreadable("schedule_block", role, "a column is out of its range") }
      do throws(ScheduleError) {
        let block = try ScheduleBlock(
          weekday: weekday, start: start, end: end, slotMinutes: Int(row.integer(4)),
          visitType: visitType, validFrom: row.date(6), validUntil: row.date(7))
        if role != runRole {
          if !run.isEmpty { blocks[runRole, default: []] += run }
          run.removeAll(keepingCapacity: true)
          runRole = role
        }
        run.append(block)
      } catch {
        throw unreadable("schedule_block", role, "\(error)")
      }
    }
    if !run.isEmpty { blocks[runRole, default: []] += run }
    return blocks
  }

  private func forEachException(
    _ list: String, _ body: (Int64, ScheduleException) -> Void
  ) throws {
    try forEachRow(
      """
      SELECT e.role_id, e.kind, e.from_date, e.from_min, e.to_date, e.to_min, e.slot_min,
        e.visit_type
      FROM json_each(?) AS wanted CROSS JOIN schedule_exception AS e
      WHERE e.role_id = wanted.value
      """, [list]
    ) { row in
      let role = row.integer(0)
      let kind: ScheduleException.Kind
      if row.text(1) == "time-off" {
        kind = .timeOff
      } else if let visitType = row.visitType(7) {
        kind = .extraHours(slotMinutes: Int(row.integer(6)), visitType: visitType)
      } else {
        throw unreadable("schedule_exception", role, "visit_type is \(row.text(7))")
      }
      guard let from = row.civil(2, 3), let to = row.civil(4, 5) else {
        throw unreadable("schedule_exception", role, "a time is out of its range")
      }
      do throws(ScheduleError) {
        body(role, try ScheduleException(kind, from: from, to: to))
      } catch {
        throw unreadable("schedule_exception", role, "\(error)")
      }
    }
  }

  private func zone(_ name: String, of role: RoleID) throws -> Zone {
    do throws(ZoneError) {
      return try Zone(name)
    } catch {
      throw unreadable("role", role.rawValue, "\(error)")
    }
  }

  private func unreadable(_ table: String, _ row: Int64, _ detail: String) -> StoreError {
    let name = RoleID(rawValue: row).map(\.description) ?? String(row)
    return .unreadableRow(path: path, table: table, row: name, detail: detail)
  }
}

extension WriteTransaction {
  /// Puts these hours and exceptions in place of what the role had. Claims already made stand.
  public func replaceSchedule(
    of role: RoleID, blocks: [ScheduleBlock], exceptions: [ScheduleException], run: Int64
  ) throws {
    try execute("DELETE FROM schedule_block WHERE role_id = ?", [role.rawValue])
    try execute("DELETE FROM schedule_exception WHERE role_id = ?", [role.rawValue])
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
    }
    for (number, exception) in exceptions.enumerated() {
      try insert(exception, of: role, number: number, run: run)
    }
  }

  private func insert(
    _ exception: ScheduleException, of role: RoleID, number: Int, run: Int64
  ) throws {
    var kind = "time-off"
    var slot: (minutes: Int, visitType: VisitType)?
    if case .extraHours(let minutes, let visitType) = exception.kind {
      kind = "extra-hours"
      slot = (minutes, visitType)
    }
    try execute(
      """
      INSERT INTO schedule_exception (role_id, exception_no, kind, from_date, from_min, to_date,
        to_min, slot_min, visit_type, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        role.rawValue, number, kind, exception.from.date.daysSinceEpoch,
        exception.from.time.minutes, exception.to.date.daysSinceEpoch, exception.to.time.minutes,
        slot?.minutes, slot?.visitType.rawValue, run,
      ])
  }
}

extension BareRow {
  /// Days since 1970-01-01; nil for NULL.
  fileprivate func date(_ column: Int32) -> CivilDate? {
    integerIfPresent(column).map { CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: $0)) }
  }

  fileprivate func civil(_ date: Int32, _ minute: Int32) -> CivilDateTime? {
    guard let time = TimeOfDay(minutes: Int(integer(minute))), let date = self.date(date)
    else { return nil }
    return CivilDateTime(date: date, time: time)
  }
}
