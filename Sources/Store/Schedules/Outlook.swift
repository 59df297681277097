public import CivilTime
import GRDB
public import ProviderDirectory
public import Scheduling

/// What the summary of availability knows of a role, enough to leave it out of a search or to say
/// how soon it can be at best. For searches only: a booking asks the schedule itself.
public struct Outlook: Hashable, Sendable {
  /// No slot that is open starts earlier.
  public let earliest: Instant
  let inPerson: WeekPattern
  let telehealth: WeekPattern

  /// When slots may start; nil is of any type.
  public func week(_ visitType: VisitType?) -> WeekPattern {
    switch visitType {
    case .inPerson: inPerson
    case .telehealth: telehealth
    case nil: inPerson.union(telehealth)
    }
  }
}

extension ReadTransaction {
  /// Hands out what is known of roles, by their places in `roles`; of some nothing is.
  public func forEachOutlook(
    of roles: [RoleID], _ body: (Int, Outlook) throws -> Void
  ) throws {
    // In the order of the index, so that each of its pages is gone to once.
    let places = roles.indices.sorted { roles[$0] < roles[$1] }
    try forEachRow(
      """
      SELECT wanted.key, \(Self.outlook)
      FROM json_each(?1) AS wanted
        CROSS JOIN availability AS a INDEXED BY \(AvailabilitySchema.outlookIndex)
      WHERE a.role_id = wanted.value
      """, outlookArguments(places.map { roles[$0] })
    ) { row in try body(places[Int(row.integer(0))], outlook(row)) }
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
    var unknown: [RoleID] = []
    var known: [(role: RoleID, zone: Zone, hours: PackedHours)] = []
    known.reserveCapacity(roles.count)
    var zones = ZoneMemo()
    try forEachRow(
      """
      SELECT wanted.key, \(Self.outlook), a.time_zone, a.hours
      FROM json_each(?1) AS wanted LEFT JOIN availability AS a ON a.role_id = wanted.value
      """, outlookArguments(roles)
    ) { row in
      let role = roles[Int(row.integer(0))]
      guard row.integerIfPresent(1) != nil else {
        unknown.append(role)
        return
      }
      guard isWanted(outlook(row)) else { return }
      guard let hours = row.withBytes(6, PackedHours.init) else {
        throw unreadable("availability", role.rawValue, "hours are not what was packed")
      }
      known.append((role, try zones.zone(row, 5) { try zone($0, of: role) }, hours))
    }
    var schedules = unknown.isEmpty ? [:] : try schedules(of: unknown, rules: rules)
    guard !known.isEmpty else { return schedules }
    schedules.reserveCapacity(roles.count)
    let extras = try PracticeRows(self, of: known.map(\.role), rules: rules)
    for (role, zone, hours) in known {
      schedules[role] = Schedule(
        role: role, zone: zone, blocks: hours.blocks,
        exceptions: hours.timeOff + extras.timeOff(of: role),
        rules: extras.rules(of: role) ?? rules, practice: extras.practice(of: role))
    }
    return schedules
  }

  private static let outlook = """
    a.first_open, a.made_at <= ?2 AND a.tzdata_version = ?3, a.in_person_week, a.telehealth_week
    """

  private func outlookArguments(_ roles: [RoleID]) -> Arguments {
    [Self.list(roles.map(\.rawValue)), now.secondsSinceEpoch, TimeZoneDatabase.version]
  }

  /// The columns `outlook` from the second on.
  private func outlook(_ row: BareRow) -> Outlook {
    Outlook(
      earliest: row.integer(2) == 1 ? Instant(secondsSinceEpoch: row.integer(1)) : now,
      inPerson: WeekPattern(bits: row.integer(3)), telehealth: WeekPattern(bits: row.integer(4)))
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
