import CivilTime
import GRDB
import ProviderDirectory
import Scheduling

struct BlockKey: Hashable {
  let role: Int64
  let number: Int64
}

struct BlockOption {
  let stepMinutes: Int
  let everyWeeks: Int
  let kinds: [ShortName]
}

/// What practices set beside hours, for a batch of roles. A table that is empty is not read.
struct PracticeRows {
  private(set) var options: [BlockKey: BlockOption] = [:]
  private var rules: [Int64: BookingRules] = [:]
  private var timeOff: [NPI: [ScheduleException]] = [:]
  private var kinds: [Int64: [VisitKind]] = [:]
  private var travel: [Int64: [RoleID: Int]] = [:]
  private var holidays: [SiteKey: [Holiday]] = [:]
  private var rooms: [SiteKey: [Room]] = [:]

  /// The person's, at every site.
  func timeOff(of role: RoleID) -> [ScheduleException] {
    timeOff.isEmpty ? [] : timeOff[role.npi] ?? []
  }

  /// Nil where the practice has set none.
  func rules(of role: RoleID) -> BookingRules? {
    rules.isEmpty ? nil : rules[role.rawValue]
  }

  init(
    _ transaction: ReadTransaction, of roles: [RoleID], rules: BookingRules
  ) throws {
    let used = try transaction.usedTables()
    guard used.any else { return }
    let list = ReadTransaction.list(roles.map(\.rawValue))
    if used.options { try readOptions(transaction, list) }
    if used.rules { try readRules(transaction, list, rules) }
    if used.timeOff { try readTimeOff(transaction, roles) }
    if used.travel { try readTravel(transaction, roles) }
    guard used.kinds || used.holidays else { return }
    let sites = ReadTransaction.list(Set(roles.map(\.site)).map { Int64($0.rawValue) })
    if used.holidays { try readHolidays(transaction, sites) }
    if used.kinds {
      try readKinds(transaction, list)
      if kinds.values.contains(where: { $0.contains { $0.roomKind != nil } }) {
        try readRooms(transaction, sites)
      }
    }
  }

  func practice(of role: RoleID) -> Practice {
    if kinds.isEmpty, travel.isEmpty, holidays.isEmpty { return .plain }
    let kinds = kinds[role.rawValue] ?? []
    return Practice(
      kinds: kinds, holidays: holidays[role.site] ?? [], rooms: rooms[role.site] ?? [],
      travelMinutes: travel[role.rawValue] ?? [:])
  }

  private mutating func readOptions(_ transaction: ReadTransaction, _ list: String) throws {
    try transaction.forEachRow(
      """
      SELECT o.role_id, o.block_no, o.step_min, o.every_weeks, o.kinds
      FROM json_each(?) AS wanted CROSS JOIN block_option AS o WHERE o.role_id = wanted.value
      """, [list]
    ) { row in
      guard let kinds = row.names(4) else {
        throw transaction.unreadable("block_option", row.integer(0), "kinds are \(row.text(4))")
      }
      options[BlockKey(role: row.integer(0), number: row.integer(1))] = BlockOption(
        stepMinutes: Int(row.integer(2)), everyWeeks: Int(row.integer(3)), kinds: kinds)
    }
  }

  private mutating func readRules(
    _ transaction: ReadTransaction, _ list: String, _ usual: BookingRules
  ) throws {
    try transaction.forEachRow(
      """
      SELECT role_id, notice_min, horizon_days, visits_per_day, visits_per_week
      FROM schedule_rules WHERE role_id IN (SELECT value FROM json_each(?))
      """, [list]
    ) { row in
      do throws(ScheduleError) {
        rules[row.integer(0)] = try BookingRules(
          minimumNoticeSeconds: row.integerIfPresent(1).map { $0 * 60 }
            ?? usual.minimumNoticeSeconds,
          horizonDays: row.integerIfPresent(2).map { Int($0) } ?? usual.horizonDays,
          visitsPerDay: row.integerIfPresent(3).map { Int($0) } ?? usual.visitsPerDay,
          visitsPerWeek: row.integerIfPresent(4).map { Int($0) } ?? usual.visitsPerWeek)
      } catch {
        throw transaction.unreadable("schedule_rules", row.integer(0), "\(error)")
      }
    }
  }

  private mutating func readTimeOff(
    _ transaction: ReadTransaction, _ roles: [RoleID]
  ) throws {
    try transaction.forEachRow(
      """
      SELECT npi, number, from_date, from_min, to_date, to_min FROM person_time_off
      WHERE npi IN (SELECT value FROM json_each(?)) ORDER BY npi, number
      """, [ReadTransaction.list(Set(roles.map(\.npi.number)).sorted())]
    ) { row in
      guard let npi = NPI(row.integer(0)), let from = row.civil(2, 3), let to = row.civil(4, 5)
      else {
        throw transaction.unreadable("person_time_off", row.integer(0), "a time is out of range")
      }
      do throws(ScheduleError) {
        timeOff[npi, default: []].append(try ScheduleException(.timeOff, from: from, to: to))
      } catch {
        throw transaction.unreadable("person_time_off", row.integer(0), "\(error)")
      }
    }
  }

  /// All ways of the persons: both ends of one are a person's, the lower in the key.
  private mutating func readTravel(
    _ transaction: ReadTransaction, _ roles: [RoleID]
  ) throws {
    try transaction.forEachRow(
      """
      SELECT role_id, other_role_id, minutes FROM json_each(?) AS wanted CROSS JOIN travel
      WHERE role_id BETWEEN wanted.value << 30 AND (wanted.value << 30) + 1073741823
      """, [ReadTransaction.list(Set(roles.map(\.npi.number)).sorted())]
    ) { row in
      guard let one = RoleID(rawValue: row.integer(0)), let other = RoleID(rawValue: row.integer(1))
      else { throw transaction.unreadable("travel", row.integer(0), "a role id is none") }
      travel[one.rawValue, default: [:]][other] = Int(row.integer(2))
      travel[other.rawValue, default: [:]][one] = Int(row.integer(2))
    }
  }

  private mutating func readHolidays(_ transaction: ReadTransaction, _ sites: String) throws {
    try transaction.forEachRow(
      """
      SELECT site, date, name FROM holiday WHERE site IN (SELECT value FROM json_each(?))
      ORDER BY site, date
      """, [sites]
    ) { row in
      guard let site = SiteKey(rawValue: UInt32(truncatingIfNeeded: row.integer(0))),
        let date = row.date(1)
      else { throw transaction.unreadable("holiday", row.integer(0), "its site is none") }
      holidays[site, default: []].append(Holiday(date: date, name: row.text(2)))
    }
  }

  private mutating func readKinds(_ transaction: ReadTransaction, _ list: String) throws {
    try transaction.forEachRow(
      """
      SELECT role_id, kind, name, visit_type, minutes, before_min, after_min, room_kind
      FROM visit_kind WHERE role_id IN (SELECT value FROM json_each(?)) AND retired = 0
      """, [list]
    ) { row in
      kinds[row.integer(0), default: []].append(try transaction.kind(row))
    }
  }

  private mutating func readRooms(_ transaction: ReadTransaction, _ sites: String) throws {
    try transaction.forEachRow(
      """
      SELECT site, room_id, kind, number FROM room
      WHERE site IN (SELECT value FROM json_each(?)) AND retired = 0
      """, [sites]
    ) { row in
      guard let site = SiteKey(rawValue: UInt32(truncatingIfNeeded: row.integer(0))),
        let kind = ShortName(row.text(2))
      else { throw transaction.unreadable("room", row.integer(1), "its site or kind is none") }
      rooms[site, default: []].append(
        Room(id: row.integer(1), kind: kind, number: Int(row.integer(3))))
    }
  }
}

/// Which of the tables hold anything at all.
struct UsedTables {
  private(set) var options = false
  /// Retired ones too: claims may still carry their buffers.
  private(set) var kinds = false
  private(set) var rules = false
  private(set) var travel = false
  private(set) var timeOff = false
  private(set) var holidays = false

  var any: Bool { options || kinds || rules || travel || timeOff || holidays }

  init(_ transaction: ReadTransaction) throws {
    try transaction.forEachRow(
      """
      SELECT EXISTS (SELECT 1 FROM block_option), EXISTS (SELECT 1 FROM visit_kind),
        EXISTS (SELECT 1 FROM schedule_rules), EXISTS (SELECT 1 FROM travel),
        EXISTS (SELECT 1 FROM person_time_off), EXISTS (SELECT 1 FROM holiday)
      """, []
    ) { row in
      options = row.integer(0) == 1
      kinds = row.integer(1) == 1
      rules = row.integer(2) == 1
      travel = row.integer(3) == 1
      timeOff = row.integer(4) == 1
      holidays = row.integer(5) == 1
    }
  }
}

extension ReadTransaction {
  /// Asked once where nothing changes while the transaction lasts.
  func usedTables() throws -> UsedTables {
    if let knownTables { return knownTables }
    let used = try UsedTables(self)
    if !(self is WriteTransaction) { knownTables = used }
    return used
  }

  /// The columns `role_id, kind, name, visit_type, minutes, before_min, after_min, room_kind`.
  func kind(_ row: BareRow) throws -> VisitKind {
    let room = row.text(7)
    guard let id = ShortName(row.text(1)), let visitType = row.visitType(3),
      room.isEmpty || ShortName(room) != nil
    else { throw unreadable("visit_kind", row.integer(0), "kind \(row.text(1)) is none") }
    do throws(ScheduleError) {
      return try VisitKind(
        id: id, name: row.text(2), visitType: visitType, minutes: Int(row.integer(4)),
        bufferBeforeMinutes: Int(row.integer(5)), bufferAfterMinutes: Int(row.integer(6)),
        roomKind: ShortName(room))
    } catch {
      throw unreadable("visit_kind", row.integer(0), "\(error)")
    }
  }
}
