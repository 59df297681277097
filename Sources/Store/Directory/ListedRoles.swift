import CSQLite
import CivilTime
import GRDB
import Geospatial
public import ProviderDirectory

extension ReadTransaction {
  /// Hands out every listed role by ascending (geohash, role id), the order in which an index is
  /// written: `batch` roles at a time, each with its plans and its schedule's visit types.
  ///
  /// - Parameters:
  ///   - version: whose rows; nil for all of them, which a run under way mixes.
  ///   - geohashes: of 60 bits; a part of the order, for one of several threads.
  public func forEachListedRole(
    of version: DirectoryVersion? = nil, geohashes: Range<Int64> = 0..<Int64.max,
    batch: Int = 1000, _ body: ([PractitionerRole]) throws -> Void
  ) throws {
    try forEachRole(
      """
      \(Self.selectRole) WHERE \(Self.isListed) AND r.geohash >= ? AND r.geohash < ?
      ORDER BY r.geohash, r.role_id
      """, [version?.roles, geohashes.lowerBound, geohashes.upperBound], version, batch, body)
  }

  /// The same of these practitioners alone.
  ///
  /// - Parameter practitioners: NPIs.
  public func forEachListedRole(
    ofPractitioners practitioners: Set<Int64>, of version: DirectoryVersion, batch: Int = 1000,
    _ body: ([PractitionerRole]) throws -> Void
  ) throws {
    try forEachRole(
      """
      \(Self.roleColumns) FROM json_each(?) AS wanted
      CROSS JOIN role AS r
        ON r.role_id BETWEEN wanted.value << 30 AND (wanted.value << 30) + 1073741823
      CROSS JOIN practitioner AS p ON p.npi = r.npi
      WHERE \(Self.isListed) ORDER BY r.geohash, r.role_id
      """, [Self.list(practitioners.sorted()), version.roles], version, batch, body)
  }

  /// Bounds that cut the order of geohashes into `count` parts of about as many roles; ascending,
  /// from 0 on. Judged by roles drawn by chance, since counting reads the whole table.
  public func geohashParts(
    _ count: Int, using generator: inout some RandomNumberGenerator
  ) throws -> [Range<Int64>] {
    var drawn: [Int64] = []
    try forEachDrawn(2000, using: &generator) { first in
      let geohash = try Int64.fetchOne(
        db.cachedStatement(
          sql: "SELECT geohash FROM role WHERE role_id >= ? ORDER BY role_id LIMIT 1"),
        arguments: [first])
      if let geohash { drawn.append(geohash) }
    }
    drawn.sort()
    let inner = drawn.isEmpty ? [] : (1..<count).map { drawn[$0 * drawn.count / count] }
    let bounds = [0] + inner + [Int64.max]
    return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
  }

  private func forEachRole(
    _ sql: String, _ arguments: Arguments, _ version: DirectoryVersion?, _ batch: Int,
    _ body: ([PractitionerRole]) throws -> Void
  ) throws {
    let plans = try plansByNumber()
    let feeds = try feedsByNumber()
    var roles: [PractitionerRole] = []
    try forEachRow(sql, arguments) { row in
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
    var ids: Set<Int64> = []
    try forEachDrawn(count, using: &generator) { first in
      let drawn = try Int64.fetchOne(
        db,
        sql: """
          SELECT role_id FROM role AS r WHERE role_id >= ? AND \(Self.isListed)
          ORDER BY role_id LIMIT 1
          """, arguments: [first, version.roles])
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
      """, [Self.list(ids.map(\.rawValue))]
    ) { roles.append(try role($0, feeds)) }
    try complete(&roles, try plansByNumber(), nil)
    return Dictionary(uniqueKeysWithValues: roles.map { ($0.id, $0) })
  }

  /// A role's names, licences and place alone: its plans take reading the table of all plans.
  public func roleInBrief(_ id: RoleID) throws -> PractitionerRole? {
    var found: PractitionerRole?
    try forEachRow("\(Self.selectRole) WHERE r.role_id = ?", [id.rawValue]) {
      found = try role($0, [:])
    }
    return found
  }

  /// Hands out `count` numbers between the least and the greatest role id.
  private func forEachDrawn(
    _ count: Int, using generator: inout some RandomNumberGenerator, _ body: (Int64) throws -> Void
  ) throws {
    guard let first = try Int64.fetchOne(db, sql: "SELECT min(role_id) FROM role"),
      let last = try Int64.fetchOne(db, sql: "SELECT max(role_id) FROM role")
    else { return }
    for _ in 0..<count { try body(Int64.random(in: first...last, using: &generator)) }
  }

  private static let roleColumns = """
    SELECT r.role_id, r.address_line1, r.address_line2, r.city, r.state, r.zip, r.phone, r.lat,
      r.lon, r.time_zone, p.entity_type, p.organization_name, p.first_name, p.middle_name,
      p.last_name, p.name_suffix, p.credential, p.gender, p.taxonomies, p.languages, r.feed_no,
      p.last_update, p.licence_states
    """

  private static let selectRole = """
    \(roleColumns) FROM role AS r CROSS JOIN practitioner AS p ON p.npi = r.npi
    """

  /// Takes the mark of roles; NULL for any.
  private static let isListed = "r.listed = 1 AND r.run_id = coalesce(?, r.run_id)"

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
      licenceStates: row.text(22).split(separator: " ").map(String.init),
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
    let list = Self.list(roles.map(\.id.rawValue))
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
