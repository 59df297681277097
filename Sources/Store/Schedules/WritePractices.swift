public import CivilTime
import GRDB
public import ProviderDirectory
public import Scheduling

/// Rules that a practice sets for a role; nil leaves each to the usual ones, or without a limit.
public struct PracticeRules: Hashable, Sendable {
  public var noticeMinutes: Int?
  public var horizonDays: Int?
  public var visitsPerDay: Int?
  public var visitsPerWeek: Int?

  public init(
    noticeMinutes: Int? = nil, horizonDays: Int? = nil, visitsPerDay: Int? = nil,
    visitsPerWeek: Int? = nil
  ) {
    self.noticeMinutes = noticeMinutes
    self.horizonDays = horizonDays
    self.visitsPerDay = visitsPerDay
    self.visitsPerWeek = visitsPerWeek
  }
}

extension WriteTransaction {
  public func set(_ rules: PracticeRules, of role: RoleID) throws {
    guard rules != PracticeRules() else {
      return try execute("DELETE FROM schedule_rules WHERE role_id = ?", [role.rawValue])
    }
    try execute(
      """
      INSERT INTO schedule_rules (role_id, notice_min, horizon_days, visits_per_day,
        visits_per_week)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (role_id) DO UPDATE SET notice_min = excluded.notice_min,
        horizon_days = excluded.horizon_days, visits_per_day = excluded.visits_per_day,
        visits_per_week = excluded.visits_per_week
      """,
      [
        role.rawValue, rules.noticeMinutes, rules.horizonDays, rules.visitsPerDay,
        rules.visitsPerWeek,
      ])
  }

  /// The way between two sites of one person, in either direction; 0 takes it away.
  public func setTravel(_ minutes: Int, between one: RoleID, and other: RoleID) throws {
    let (low, high) = (min(one, other), max(one, other))
    try execute(
      "DELETE FROM travel WHERE role_id = ? AND other_role_id = ?", [low.rawValue, high.rawValue])
    guard minutes > 0 else { return }
    try execute(
      "INSERT INTO travel (role_id, other_role_id, minutes) VALUES (?, ?, ?)",
      [low.rawValue, high.rawValue, minutes])
  }

  /// Adds a kind of visit, or changes the one of that id; visits already booked keep what they
  /// have.
  public func put(_ kind: VisitKind, of role: RoleID) throws {
    try noteChange(of: role.npi.number)
    try execute(
      """
      INSERT INTO visit_kind (role_id, kind, name, visit_type, minutes, before_min, after_min,
        room_kind, retired)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
      ON CONFLICT (role_id, kind) DO UPDATE SET name = excluded.name,
        visit_type = excluded.visit_type, minutes = excluded.minutes,
        before_min = excluded.before_min, after_min = excluded.after_min,
        room_kind = excluded.room_kind, retired = 0
      """,
      [
        role.rawValue, kind.id.description, kind.name, kind.visitType.rawValue, kind.minutes,
        kind.bufferBeforeMinutes, kind.bufferAfterMinutes, kind.roomKind?.description,
      ])
  }

  /// Offers a kind no longer; false when the role has none of that id.
  public func retire(_ kind: ShortName, of role: RoleID) throws -> Bool {
    try noteChange(of: role.npi.number)
    try execute(
      "UPDATE visit_kind SET retired = 1 WHERE role_id = ? AND kind = ? AND retired = 0",
      [role.rawValue, kind.description])
    return db.changesCount > 0
  }

  /// Adds a room; false when the site has it.
  public func addRoom(_ kind: ShortName, number: Int, at site: SiteKey) throws -> Bool {
    let room: Arguments = [Int64(site.rawValue), kind.description, number]
    try execute(
      """
      UPDATE room SET retired = 0 WHERE site = ? AND kind = ? AND number = ? AND retired = 1
      """, room)
    if db.changesCount > 0 { return true }
    try execute(
      """
      INSERT INTO room (site, kind, number) SELECT site, kind, number
        FROM (SELECT ? AS site, ? AS kind, ? AS number) AS new
        WHERE NOT EXISTS (SELECT 1 FROM room WHERE room.site = new.site
          AND room.kind = new.kind AND room.number = new.number)
      """, room)
    return db.changesCount > 0
  }

  /// Gives a room to no more visits; false when the site has none such.
  public func retireRoom(_ kind: ShortName, number: Int, at site: SiteKey) throws -> Bool {
    try execute(
      """
      UPDATE room SET retired = 1 WHERE site = ? AND kind = ? AND number = ? AND retired = 0
      """, [Int64(site.rawValue), kind.description, number])
    return db.changesCount > 0
  }

  /// Adds or renames a holiday.
  public func add(_ holiday: Holiday, at site: SiteKey) throws {
    try execute(
      """
      INSERT INTO holiday (site, date, name) VALUES (?, ?, ?)
      ON CONFLICT (site, date) DO UPDATE SET name = excluded.name
      """, [Int64(site.rawValue), holiday.date.daysSinceEpoch, holiday.name])
  }

  public func removeHoliday(on date: CivilDate, at site: SiteKey) throws -> Bool {
    try execute(
      "DELETE FROM holiday WHERE site = ? AND date = ?",
      [Int64(site.rawValue), date.daysSinceEpoch])
    return db.changesCount > 0
  }
}
