import CivilTime
import GRDB
public import ProviderDirectory
public import Scheduling

/// An exception with the number by which it is removed.
public struct NumberedException: Hashable, Sendable {
  public let number: Int64
  /// Time off of the person at every site.
  public let isEverywhere: Bool
  public let exception: ScheduleException
}

extension ReadTransaction {
  /// The role's own exceptions, then the person's time off at every site, by number.
  public func exceptions(of role: RoleID) throws -> [NumberedException] {
    var found: [NumberedException] = []
    try forEachRow(
      """
      SELECT exception_no, role_id, kind, from_date, from_min, to_date, to_min, slot_min,
        visit_type, step_min, kinds
      FROM schedule_exception WHERE role_id = ? ORDER BY exception_no
      """, [role.rawValue]
    ) { row in
      found.append(
        NumberedException(
          number: row.integer(0), isEverywhere: false, exception: try exception(row, first: 1)))
    }
    try forEachRow(
      """
      SELECT number, npi, 'time-off', from_date, from_min, to_date, to_min
      FROM person_time_off WHERE npi = ? ORDER BY number
      """, [role.npi.number]
    ) { row in
      found.append(
        NumberedException(
          number: row.integer(0), isEverywhere: true, exception: try exception(row, first: 1)))
    }
    return found
  }

  /// What the practice has set for the role; nil where the usual rules hold.
  public func practiceRules(of role: RoleID) throws -> PracticeRules {
    var rules = PracticeRules()
    try forEachRow(
      """
      SELECT notice_min, horizon_days, visits_per_day, visits_per_week FROM schedule_rules
      WHERE role_id = ?
      """, [role.rawValue]
    ) { row in
      func number(_ column: Int32) -> Int? { row.integerIfPresent(column).map { Int($0) } }
      rules = PracticeRules(
        noticeMinutes: number(0), horizonDays: number(1), visitsPerDay: number(2),
        visitsPerWeek: number(3))
    }
    return rules
  }

  /// The rooms of a site, by kind and number.
  public func rooms(at site: SiteKey) throws -> [Room] {
    var rooms: [Room] = []
    try forEachRow(
      """
      SELECT room_id, kind, number FROM room WHERE site = ? AND retired = 0 ORDER BY kind, number
      """, [Int64(site.rawValue)]
    ) { row in
      guard let kind = ShortName(row.text(1)) else {
        throw unreadable("room", row.integer(0), "kind is \(row.text(1))")
      }
      rooms.append(Room(id: row.integer(0), kind: kind, number: Int(row.integer(2))))
    }
    return rooms
  }

  public func holidays(at site: SiteKey) throws -> [Holiday] {
    var holidays: [Holiday] = []
    try forEachRow(
      "SELECT date, name FROM holiday WHERE site = ? ORDER BY date", [Int64(site.rawValue)]
    ) { row in
      guard let date = row.date(0) else { return }
      holidays.append(Holiday(date: date, name: row.text(1)))
    }
    return holidays
  }

  /// The listed roles at a site, whoever's they are: what a holiday or a room there concerns.
  public func roles(at site: SiteKey) throws -> [RoleID] {
    var roles: [RoleID] = []
    try forEachRow(
      "SELECT role_id FROM role WHERE role_id & 1073741823 = ? AND listed = 1 ORDER BY role_id",
      [Int64(site.rawValue)]
    ) { row in
      if let role = RoleID(rawValue: row.integer(0)) { roles.append(role) }
    }
    return roles
  }

  /// The role that a schedule file means when it names no site: the person's primary location, or
  /// the only one.
  public func mainRole(of npi: NPI) throws -> RoleID? {
    var found: [(role: Int64, isPrimary: Bool)] = []
    let first = npi.number << 30
    try forEachRow(
      """
      SELECT role_id, is_primary FROM role WHERE role_id BETWEEN ? AND ? AND listed = 1
      ORDER BY is_primary DESC, role_id LIMIT 2
      """, [first, first | 0x3fff_ffff]
    ) { found.append(($0.integer(0), $0.integer(1) == 1)) }
    guard let best = found.first, best.isPrimary || found.count == 1 else { return nil }
    return RoleID(rawValue: best.role)
  }

  /// The listed roles of a person: what time off at every site concerns.
  public func roles(of npi: NPI) throws -> [RoleID] {
    var roles: [RoleID] = []
    let first = npi.number << 30
    try forEachRow(
      """
      SELECT role_id FROM role WHERE role_id BETWEEN ? AND ? AND listed = 1
      ORDER BY is_primary DESC, role_id
      """, [first, first | 0x3fff_ffff]
    ) { row in
      if let role = RoleID(rawValue: row.integer(0)) { roles.append(role) }
    }
    return roles
  }
}
