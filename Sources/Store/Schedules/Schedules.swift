import CivilTime
import GRDB
public import ProviderDirectory
public import Scheduling

extension ReadTransaction {
  /// The schedules of `roles`, in a number of queries that does not grow with theirs. A listed role
  /// without hours has an empty schedule; one that the directory does not list has none.
  ///
  /// - Parameter rules: those of roles whose practice has set none.
  public func schedules(
    of roles: [RoleID], rules: BookingRules = .standard
  ) throws -> [RoleID: Schedule] {
    let list = Self.list(roles.map(\.rawValue))
    let extras = try PracticeRows(self, of: roles, rules: rules)
    var schedules: [RoleID: Schedule] = [:]
    schedules.reserveCapacity(roles.count)
    for (role, hours) in try hours(list, roles.count, extras.options) {
      schedules[role] = Schedule(
        role: role, zone: hours.zone, blocks: hours.blocks,
        exceptions: hours.exceptions + extras.timeOff(of: role),
        rules: extras.rules(of: role) ?? rules, practice: extras.practice(of: role))
    }
    return schedules
  }

  /// Nil when the directory does not list the role.
  public func schedule(of role: RoleID, rules: BookingRules = .standard) throws -> Schedule? {
    try schedules(of: [role], rules: rules)[role]
  }

  /// A role's own hours, without what the practice sets for many.
  struct Hours {
    let zone: Zone
    let blocks: [ScheduleBlock]
    let exceptions: [ScheduleException]
  }

  func hours(of roles: [RoleID]) throws -> [RoleID: Hours] {
    let list = Self.list(roles.map(\.rawValue))
    let options = try PracticeRows(self, of: roles, rules: .standard).options
    return try hours(list, roles.count, options)
  }

  private func hours(
    _ list: String, _ count: Int, _ options: [BlockKey: BlockOption]
  ) throws -> [RoleID: Hours] {
    let blocks = try blocks(list, count, options)
    var exceptions: [Int64: [ScheduleException]] = [:]
    try forEachException(list) { role, exception in
      exceptions[role, default: []].append(exception)
    }
    var zones = ZoneMemo()
    var hours: [RoleID: Hours] = [:]
    hours.reserveCapacity(count)
    try forEachRow(
      """
      SELECT role_id, time_zone FROM json_each(?) AS wanted CROSS JOIN role
      WHERE role_id = wanted.value AND listed = 1
      """, [list]
    ) { row in
      let number = row.integer(0)
      guard let role = RoleID(rawValue: number) else {
        throw unreadable("role", number, "role_id holds no valid NPI")
      }
      hours[role] = Hours(
        zone: try zones.zone(row, 1) { try zone($0, of: role) }, blocks: blocks[number] ?? [],
        exceptions: exceptions[number] ?? [])
    }
    return hours
  }

  private func blocks(
    _ list: String, _ count: Int, _ options: [BlockKey: BlockOption]
  ) throws -> [Int64: [ScheduleBlock]] {
    var blocks: [Int64: [ScheduleBlock]] = [:]
    blocks.reserveCapacity(count)
    // The rows of one role come one after another, so the dictionary is touched once a role.
    var run: [ScheduleBlock] = []
    var runRole: Int64 = 0
    try forEachRow(
      """
      SELECT b.role_id, b.weekday, b.start_min, b.end_min, b.slot_min, b.visit_type, b.valid_from,
        b.valid_until, b.block_no
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
      let option =
        options.isEmpty ? nil : options[BlockKey(role: role, number: row.integer(8))]
      do throws(ScheduleError) {
        let offers = try OfferedVisits(
          slotMinutes: Int(row.integer(4)), stepMinutes: option?.stepMinutes, visitType: visitType,
          kinds: option?.kinds ?? [])
        let block = try ScheduleBlock(
          weekday: weekday, start: start, end: end, offers: offers, validFrom: row.date(6),
          validUntil: row.date(7), everyWeeks: option?.everyWeeks ?? 1)
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
        e.visit_type, e.step_min, e.kinds
      FROM json_each(?) AS wanted CROSS JOIN schedule_exception AS e
      WHERE e.role_id = wanted.value
      """, [list]
    ) { row in body(row.integer(0), try exception(row, first: 0)) }
  }

  /// The columns from `role_id`, at place `first`, to `kinds`.
  func exception(_ row: BareRow, first: Int32) throws -> ScheduleException {
    let role = row.integer(first)
    guard let from = row.civil(first + 2, first + 3), let to = row.civil(first + 4, first + 5)
    else { throw unreadable("schedule_exception", role, "a time is out of its range") }
    do throws(ScheduleError) {
      let kind = row.text(first + 1)
      guard kind != "time-off" else { return try ScheduleException(.timeOff, from: from, to: to) }
      if let visitType = row.visitType(first + 7), let kinds = row.names(first + 9) {
        let offers = try OfferedVisits(
          slotMinutes: Int(row.integer(first + 6)), stepMinutes: Int(row.integer(first + 8)),
          visitType: visitType, kinds: kinds)
        return try ScheduleException(
          kind == "replacement-hours" ? .replacementHours(offers) : .extraHours(offers),
          from: from, to: to)
      }
    } catch {
      throw unreadable("schedule_exception", role, "\(error)")
    }
    throw unreadable(
      "schedule_exception", role,
      "visit_type is \(row.text(first + 7)), kinds are "
        + row.text(first + 9))
  }

  func zone(_ name: String, of role: RoleID) throws -> Zone {
    do throws(ZoneError) {
      return try Zone(name)
    } catch {
      throw unreadable("role", role.rawValue, "\(error)")
    }
  }

  func unreadable(_ table: String, _ row: Int64, _ detail: String) -> StoreError {
    let name = RoleID(rawValue: row).map(\.description) ?? String(row)
    return .unreadableRow(path: path, table: table, row: name, detail: detail)
  }
}

extension BareRow {
  /// Days since 1970-01-01; nil for NULL.
  func date(_ column: Int32) -> CivilDate? {
    integerIfPresent(column).map { CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: $0)) }
  }

  func civil(_ date: Int32, _ minute: Int32) -> CivilDateTime? {
    guard let time = TimeOfDay(minutes: Int(integer(minute))), let date = self.date(date)
    else { return nil }
    return CivilDateTime(date: date, time: time)
  }

  /// Names separated by spaces; nil when one is no name.
  func names(_ column: Int32) -> [ShortName]? {
    let words = text(column).split(separator: " ")
    let names = words.compactMap { ShortName($0) }
    return names.count == words.count ? names : nil
  }
}
