public import CivilTime
import GRDB
public import ProviderDirectory
public import Scheduling

/// What the summary of availability knows of a role, enough to leave it out of a search or to say
/// how soon it can be at best. For searches only: a booking asks the schedule itself.
public struct Outlook: Sendable {
  /// No slot that is open starts earlier, whatever the notice.
  public let earliest: Instant
  /// No slot that is open starts within it from now on.
  public let noticeSeconds: Int64
  public let zone: Zone
  /// Slots start in these alone.
  public let starts: [WeeklyHours]
}

extension ReadTransaction {
  /// Hands out what is known of roles, by their places in `roles`; of some nothing is.
  public func forEachOutlook(
    of roles: [RoleID], _ body: (Int, Outlook) throws -> Void
  ) throws {
    // In the order of the table, so that each of its pages is gone to once.
    let places = roles.indices.sorted { roles[$0] < roles[$1] }
    var reader = OutlookReader(self)
    let rules =
      try usedTables().rules ? "LEFT JOIN schedule_rules AS r ON r.role_id = a.role_id" : ""
    try forEachRow(
      """
      SELECT wanted.key, \(Self.outlook), \(rules.isEmpty ? "NULL" : "r.notice_min")
      FROM json_each(?1) AS wanted CROSS JOIN availability AS a \(rules)
      WHERE a.role_id = wanted.value
      """, outlookArguments(places.map { roles[$0] })
    ) { row in
      let place = places[Int(row.integer(0))]
      try reader.read(row, of: roles[place])
      try body(place, reader.outlook(notice: row.integerIfPresent(5).map { $0 * 60 }))
    }
  }

  /// No role's notice is shorter; exact only where no practice has set rules.
  public func leastNoticeSeconds() throws -> Int64 {
    try usedTables().rules ? 0 : BookingRules.standard.minimumNoticeSeconds
  }

  /// The schedules of those `roles` that may have a slot in a request's window, as
  /// `schedules(of:rules:)` has them.
  ///
  /// - Parameter isWanted: whether one with this outlook may; asked where an outlook is known.
  public func schedules(
    of roles: [RoleID], where isWanted: (Outlook) -> Bool, rules: BookingRules = .standard
  ) throws -> [RoleID: Schedule] {
    var others: [RoleID] = []
    var known: [(role: RoleID, zone: Zone, blocks: [ScheduleBlock], timeOff: [ScheduleException])] =
      []
    known.reserveCapacity(roles.count)
    var reader = OutlookReader(self)
    let notice = try leastNoticeSeconds()
    try forEachRow(
      """
      SELECT wanted.key, \(Self.outlook)
      FROM json_each(?1) AS wanted LEFT JOIN availability AS a ON a.role_id = wanted.value
      """, outlookArguments(roles)
    ) { row in
      let role = roles[Int(row.integer(0))]
      guard row.integerIfPresent(1) != nil else {
        others.append(role)
        return
      }
      try reader.read(row, of: role)
      let outlook = reader.outlook(notice: notice)
      guard isWanted(outlook) else { return }
      guard reader.hours.isWhole else {
        others.append(role)
        return
      }
      guard let blocks = reader.hours.blocks else { throw unpacked(role) }
      known.append((role, outlook.zone, blocks, reader.hours.timeOff))
    }
    var schedules = others.isEmpty ? [:] : try schedules(of: others, rules: rules)
    guard !known.isEmpty else { return schedules }
    schedules.reserveCapacity(roles.count)
    let extras = try PracticeRows(self, of: known.map(\.role), rules: rules)
    for (role, zone, blocks, timeOff) in known {
      schedules[role] = Schedule(
        role: role, zone: zone, blocks: blocks, exceptions: timeOff + extras.timeOff(of: role),
        rules: extras.rules(of: role) ?? rules, practice: extras.practice(of: role))
    }
    return schedules
  }

  private static let outlook =
    "a.first_open, a.made_at <= ?2 AND a.tzdata_version = ?3, a.time_zone, a.hours"

  private func outlookArguments(_ roles: [RoleID]) -> Arguments {
    [Self.list(roles.map(\.rawValue)), now.secondsSinceEpoch, TimeZoneDatabase.version]
  }

  fileprivate func unpacked(_ role: RoleID) -> StoreError {
    unreadable("availability", role.rawValue, "hours are not what was packed")
  }
}

/// Reads the columns `outlook`, which are the second to the fifth, row after row.
private struct OutlookReader {
  private let transaction: ReadTransaction
  private var zones = ZoneMemo()
  private var zone: Zone?
  private var earliest: Instant
  private(set) var hours = PackedHours()

  init(_ transaction: ReadTransaction) {
    self.transaction = transaction
    earliest = transaction.now
  }

  mutating func read(_ row: BareRow, of role: RoleID) throws {
    let isValid = row.integer(2) == 1
    earliest = isValid ? Instant(secondsSinceEpoch: row.integer(1)) : transaction.now
    zone = try zones.zone(row, 3) { try transaction.zone($0, of: role) }
    guard row.withBytes(4, { hours.read($0) }) else { throw transaction.unpacked(role) }
  }

  func outlook(notice: Int64?) -> Outlook {
    Outlook(
      earliest: earliest,
      noticeSeconds: notice ?? BookingRules.standard.minimumNoticeSeconds,
      zone: zone!, starts: hours.starts)
  }
}

/// Zones by the name in a row, whose last one is mostly the next one's too.
struct ZoneMemo {
  private var zones: [String: Zone] = [:]
  private var last: Zone?

  mutating func zone(
    _ row: BareRow, _ column: Int32, _ find: (String) throws -> Zone
  ) rethrows -> Zone {
    if let last, row.isText(column, last.name) { return last }
    let name = row.text(column)
    let zone = try zones[name] ?? find(name)
    zones[name] = zone
    last = zone
    return zone
  }
}
