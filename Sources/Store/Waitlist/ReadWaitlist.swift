import CSQLite
import GRDB
public import Geospatial
public import ProviderDirectory
public import Scheduling

/// Where and as what a practitioner sees patients, as far as a wish asks.
public struct ListedSite: Hashable, Sendable {
  public let role: RoleID
  public let coordinate: Coordinate
  /// NUCC codes.
  public let taxonomies: [TaxonomyCode]
}

extension ReadTransaction {
  /// Whether any entry waits; one look at an index, so that nobody pays who has no waitlist.
  public func anyoneWaits() throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT 1 FROM waitlist WHERE state = 'waiting' AND closes_at > ? LIMIT 1")
    return try Int.fetchOne(statement, arguments: [now.secondsSinceEpoch]) != nil
  }

  public func waitlistEntry(_ id: WaitlistID) throws -> WaitlistEntry? {
    try entries("\(Self.selectEntry) WHERE waitlist_id = ?", [id.rawValue]).first
  }

  /// What the patient joined under this key before.
  public func waitlistEntry(
    of patient: PatientID, idempotencyKey: String
  ) throws -> WaitlistEntry? {
    try entries(
      "\(Self.selectEntry) WHERE patient_id = ? AND idempotency_key = ?",
      [patient.rawValue, idempotencyKey]
    ).first
  }

  /// The patient's entries, ended ones too, in the order of joining.
  public func waitlist(of patient: PatientID) throws -> [WaitlistEntry] {
    try entries(
      "\(Self.selectEntry) WHERE patient_id = ? ORDER BY position", [patient.rawValue])
  }

  /// Those waiting under any of `keys`, the most urgent first, then the earliest; without patients
  /// to whom something is offered now.
  ///
  /// - Returns: at most `limit` of those behind `place`, and the place of the last of them when
  ///   more may wait.
  public func waiting(
    underAnyOf keys: [[UInt8]], behind place: LinePlace = .front, limit: Int
  ) throws -> (entries: [WaitlistEntry], next: LinePlace?) {
    guard !keys.isEmpty else { return ([], nil) }
    let places = Array(repeating: "?", count: keys.count).joined(separator: ", ")
    let entries = try entries(
      """
      \(Self.selectEntry) AS w WHERE w.state = 'waiting' AND w.closes_at > ?
        AND w.waitlist_id IN (SELECT waitlist_id FROM waitlist_key WHERE key_hash IN (\(places)))
        AND (w.severity, w.position) > (?, ?)
        AND NOT EXISTS (
          SELECT 1 FROM waitlist AS o WHERE o.patient_id = w.patient_id AND o.state = 'offered')
      ORDER BY w.severity, w.position LIMIT \(limit)
      """,
      Arguments([now.secondsSinceEpoch]) + Arguments(keys)
        + Arguments([place.severity, place.position]))
    guard entries.count == limit, let last = entries.last else { return (entries, nil) }
    var next: LinePlace?
    try forEachRow(
      "SELECT severity, position FROM waitlist WHERE waitlist_id = ?", [last.id.rawValue]
    ) { next = LinePlace(severity: $0.integer(0), position: $0.integer(1)) }
    return (entries, next)
  }

  /// The claim that is offered to an entry now, though its time may have run out.
  public func offer(to entry: WaitlistID) throws -> Claim? {
    try claims(where: "waitlist_id = ? AND state = 'held'", [entry.rawValue]).first
  }

  /// The appointment that an entry was claimed for.
  public func claimed(by entry: WaitlistID) throws -> Claim? {
    try claims(
      where: "waitlist_id = ? AND state NOT IN ('held', 'released', 'expired')", [entry.rawValue]
    ).first
  }

  /// Whether this very slot was offered to the entry before.
  public func wasOffered(_ slot: SlotID, to entry: WaitlistID) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT 1 FROM claim WHERE waitlist_id = ? AND role_id = ? AND starts_at = ? LIMIT 1")
    return try Int.fetchOne(
      statement,
      arguments: [entry.rawValue, slot.role.rawValue, slot.start.secondsSinceEpoch]) != nil
  }

  /// Where the person practises, listed sites only, by role id.
  public func listedSites(of npi: NPI) throws -> [ListedSite] {
    var sites: [ListedSite] = []
    let first = npi.number << 30
    try forEachRow(
      """
      SELECT r.role_id, r.lat, r.lon, p.taxonomies
      FROM role AS r JOIN practitioner AS p ON p.npi = r.npi
      WHERE r.role_id BETWEEN ? AND ? AND r.listed = 1 ORDER BY r.role_id
      """, [first, first | 0x3fff_ffff]
    ) { row in
      guard let role = RoleID(rawValue: row.integer(0)),
        let coordinate = Coordinate(
          latitude: sqlite3_column_double(row.handle, 1),
          longitude: sqlite3_column_double(row.handle, 2))
      else {
        throw StoreError.unreadableRow(
          path: path, table: "role", row: "\(row.integer(0))",
          detail: "its id or place is out of range")
      }
      sites.append(
        ListedSite(
          role: role, coordinate: coordinate,
          taxonomies: row.text(3).split(separator: " ").compactMap { TaxonomyCode($0) }))
    }
    return sites
  }

  /// Behind which place in line nobody has been asked yet since the person's hours were written;
  /// nil when everybody was.
  public func newHours(of npi: NPI) throws -> LinePlace? {
    var places: [(severity: Int64, position: Int64)] = []
    let first = npi.number << 30
    // Sorted here: asked at every booking, and SQLite would set up a sorter for its few rows.
    try forEachRow(
      "SELECT after_severity, after_position FROM waitlist_hours WHERE role_id BETWEEN ? AND ?",
      [first, first | 0x3fff_ffff]
    ) { places.append(($0.integer(0), $0.integer(1))) }
    return places.min(by: <).map { LinePlace(severity: $0.severity, position: $0.position) }
  }

  /// Whose visits may take a room that one of these claims took.
  public func practitioners(sharingRoomsOf claims: [Claim]) throws -> [NPI] {
    let rooms = claims.compactMap(\.room)
    guard !rooms.isEmpty else { return [] }
    var found: [NPI] = []
    try forEachRow(
      """
      SELECT DISTINCT k.role_id >> 30 FROM room AS r JOIN visit_kind AS k
        ON k.role_id & 1073741823 = r.site AND k.room_kind = r.kind AND k.retired = 0
      WHERE r.room_id IN (SELECT value FROM json_each(?))
      """, [Self.list(rooms)]
    ) { row in
      if let npi = NPI(row.integer(0)) { found.append(npi) }
    }
    return found
  }

  /// Roles whose hours were written while somebody waited, at most `limit`.
  public func rolesWithNewHours(limit: Int) throws -> [RoleID] {
    var roles: [RoleID] = []
    try forEachRow("SELECT role_id FROM waitlist_hours ORDER BY role_id LIMIT ?", [limit]) { row in
      guard let role = RoleID(rawValue: row.integer(0)) else {
        throw StoreError.unreadableRow(
          path: path, table: "waitlist_hours", row: "\(row.integer(0))", detail: "no valid NPI")
      }
      roles.append(role)
    }
    return roles
  }

  private static let selectEntry = """
    SELECT waitlist_id, patient_id, session_hash, state, severity, wish_sealed, replaces_id,
      idempotency_key, created_at, closes_at, changed_at FROM waitlist
    """

  private func entries(
    _ sql: String, _ arguments: Arguments
  ) throws -> [WaitlistEntry] {
    let statement = try db.cachedStatement(sql: sql)
    return try fetchAll(statement, arguments, from: "waitlist") { columns in
      return try WaitlistEntry(
        id: columns.next(Int64.self, WaitlistID.init(rawValue:)),
        patient: columns.next(Int64.self, PatientID.init(rawValue:)),
        sessionHash: columns.bytes(),
        state: columns.next(String.self, WaitlistEntry.State.init(rawValue:)),
        severity: columns.next(Int.self, Severity.init(rawValue:)),
        sealedWish: columns.bytes(),
        replaces: columns.nextIfPresent(Int64.self, ClaimID.init(rawValue:)),
        idempotencyKey: columns.nextIfPresent(String.self), createdAt: columns.instant(),
        closesAt: columns.instant(), changedAt: columns.instant())
    }
  }
}
