import CSQLite
import CivilTime
import GRDB
import Geospatial
public import ProviderDirectory

extension ReadTransaction {
  /// Hands out every listed role by ascending (geohash, role id), the order in which an index is
  /// written: `batch` roles at a time, each with its plans and its schedule's visit types.
  ///
  /// - Parameter version: whose rows; nil for all of them, which a run under way mixes.
  public func forEachListedRole(
    of version: DirectoryVersion? = nil, batch: Int = 1000,
    _ body: ([PractitionerRole]) throws -> Void
  ) throws {
    let plans = try plansByNumber()
    let feeds = try feedsByNumber()
    var roles: [PractitionerRole] = []
    try forEachRow(Self.listedRoles, [version?.roles]) { row in
      roles.append(try role(row, feeds))
      if roles.count == batch {
        try complete(&roles, plans, version)
        try body(roles)
        roles.removeAll(keepingCapacity: true)
      }
    }
    guard !roles.isEmpty else { return }
    try complete(&roles, plans, version)
    try body(roles)
  }

  /// How many roles an index of the directory would hold.
  public func listedRoleCount(of version: DirectoryVersion? = nil) throws -> Int {
    try Int.fetchOne(
      db, sql: "SELECT count(*) FROM role AS r WHERE \(Self.isListed)",
      arguments: [version?.roles]) ?? 0
  }

  /// Listed roles drawn by chance, `count` at most, each once, by role id.
  public func drawnRoles(
    _ count: Int, of version: DirectoryVersion,
    using generator: inout some RandomNumberGenerator
  ) throws -> [PractitionerRole] {
    guard
      let range = try Row.fetchOne(
        db, sql: "SELECT min(role_id), max(role_id) FROM role HAVING count(*) > 0")
    else { return [] }
    let (first, last): (Int64, Int64) = (range[0], range[1])
    var ids: Set<Int64> = []
    for _ in 0..<count {
      let drawn = try Int64.fetchOne(
        db,
        sql: """
          SELECT role_id FROM role AS r WHERE role_id >= ? AND \(Self.isListed)
          ORDER BY role_id LIMIT 1
          """, arguments: [Int64.random(in: first...last, using: &generator), version.roles])
      if let drawn { ids.insert(drawn) }
    }
    let feeds = try feedsByNumber()
    var roles: [PractitionerRole] = []
    try forEachRow(
      "\(Self.selectRole) WHERE r.role_id IN (SELECT value FROM json_each(?)) ORDER BY r.role_id",
      [Self.list(ids.sorted())]
    ) { roles.append(try role($0, feeds)) }
    try complete(&roles, try plansByNumber(), version)
    return roles
  }

  /// Roles by id, unlisted ones too, whose visits must still be shown; an unknown id has no entry.
  public func roles(_ ids: [RoleID]) throws -> [RoleID: PractitionerRole] {
    let feeds = try feedsByNumber()
    var roles: [PractitionerRole] = []
    try forEachRow(
      """
      \(Self.selectRole) WHERE r.role_id IN (SELECT value FROM json_each(?))
      """, [Self.list(ids.lazy.map(\.rawValue))]
    ) { roles.append(try role($0, feeds)) }
    try complete(&roles, try plansByNumber(), nil)
    return Dictionary(uniqueKeysWithValues: roles.map { ($0.id, $0) })
  }

  private static let selectRole = """
    SELECT r.role_id, r.address_line1, r.address_line2, r.city, r.state, r.zip, r.phone, r.lat,
      r.lon, r.time_zone, p.entity_type, p.organization_name, p.first_name, p.middle_name,
      p.last_name, p.name_suffix, p.credential, p.gender, p.taxonomies, p.languages, r.feed_no,
      p.last_update
    FROM role AS r CROSS JOIN practitioner AS p ON p.npi = r.npi
    """

  /// Takes the mark of roles; NULL for any.
  private static let isListed = "r.listed = 1 AND r.run_id = coalesce(?, r.run_id)"

  private static let listedRoles = """
    \(selectRole) WHERE \(isListed) ORDER BY r.geohash, r.role_id
    """

  private func role(_ row: BareRow, _ feeds: [Int64: String]) throws -> PractitionerRole {
    let number = row.integer(0)
    guard let id = RoleID(rawValue: number),
      let coordinate = Coordinate(latitude: row.real(7), longitude: row.real(8))
    else {
      throw StoreError.unreadableRow(
        path: path, table: "role", row: "\(number)", detail: "its id or place is out of range")
    }
    let name: ProviderName =
      row.integer(10) == 2
      ? .organization(row.text(11))
      : .person(
        first: row.text(12), middle: row.text(13), last: row.text(14), suffix: row.text(15),
        credential: row.text(16))
    return PractitionerRole(
      id: id, name: name, gender: Gender(rawValue: row.text(17)),
      taxonomies: row.text(18).split(separator: " ").compactMap { TaxonomyCode($0) },
      languages: row.text(19).split(separator: " ").map(String.init),
      site: PracticeSite(
        addressLine1: row.text(1), addressLine2: row.text(2), city: row.text(3),
        state: row.text(4), zip: row.text(5), phone: row.text(6), coordinate: coordinate,
        timeZone: row.text(9)),
      source: feeds[row.integer(20)].map {
        RoleSource(
          feed: $0,
          updated: CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: row.integer(21))))
      })
  }

  private func feedsByNumber() throws -> [Int64: String] {
    var feeds: [Int64: String] = [:]
    try forEachRow("SELECT feed_no, name FROM feed", []) { feeds[$0.integer(0)] = $0.text(1) }
    return feeds
  }

  private func plansByNumber() throws -> [Int64: PlanRecord] {
    var plans: [Int64: PlanRecord] = [:]
    try forEachRow("SELECT plan_no, plan_id, name, insurer_id FROM plan", []) { row in
      let insurer = row.text(3)
      plans[row.integer(0)] = PlanRecord(
        id: row.text(1), name: row.text(2), insurerID: insurer.isEmpty ? nil : insurer)
    }
    return plans
  }

  /// Adds plans (by number, so that the same directory gives the same document), the newest word on
  /// new patients, and visit types, in two queries.
  private func complete(
    _ roles: inout [PractitionerRole], _ plans: [Int64: PlanRecord], _ version: DirectoryVersion?
  ) throws {
    let list = Self.list(roles.lazy.map(\.id.rawValue))
    let places = Dictionary(
      uniqueKeysWithValues: roles.enumerated().map { ($1.id.rawValue, $0) })
    var latest: [Int: Int64] = [:]
    try forEachRow(
      """
      SELECT n.role_id, n.plan_no, n.accepting, coalesce(n.as_of, -1)
      FROM json_each(?) AS wanted CROSS JOIN network AS n
      WHERE n.role_id = wanted.value AND n.run_id = coalesce(?, n.run_id)
      """, [list, version?.networks]
    ) { row in
      guard let place = places[row.integer(0)], let plan = plans[row.integer(1)] else { return }
      let asOf = row.integer(3)
      roles[place].plans.append(
        PlanMembership(
          planID: plan.id, planName: plan.name, insurerID: plan.insurerID,
          asOf: asOf < 0 ? nil : CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: asOf))))
      guard let said = NewPatients(rawValue: row.text(2)), said != .unknown else { return }
      let before = latest[place] ?? .min
      if asOf > before || (asOf == before && said.openness > roles[place].newPatients.openness) {
        latest[place] = asOf
        roles[place].newPatients = said
      }
    }
    for place in roles.indices { roles[place].plans.sort { $0.planID < $1.planID } }
    try forEachRow(
      """
      SELECT DISTINCT b.role_id, b.visit_type
      FROM json_each(?) AS wanted CROSS JOIN schedule_block AS b WHERE b.role_id = wanted.value
      """, [list]
    ) { row in
      guard let place = places[row.integer(0)], let type = VisitType(rawValue: row.text(1))
      else { return }
      roles[place].hasSchedule = true
      roles[place].visitTypes.insert(type)
    }
    // What hours offer by name, the practice's visit types say how it is made.
    try forEachRow(
      """
      SELECT DISTINCT k.role_id, k.visit_type
      FROM json_each(?) AS wanted CROSS JOIN visit_kind AS k
      WHERE k.role_id = wanted.value AND k.retired = 0
      """, [list]
    ) { row in
      guard let place = places[row.integer(0)], let type = VisitType(rawValue: row.text(1)),
        roles[place].hasSchedule
      else { return }
      roles[place].visitTypes.insert(type)
    }
  }
}

extension NewPatients {
  /// Of what two files say of one day, the more welcoming counts.
  fileprivate var openness: Int {
    switch self {
    case .unknown: 0
    case .notAccepting: 1
    case .someLocations: 2
    case .accepting: 3
    }
  }
}

extension BareRow {
  fileprivate func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }
}
