public import CivilTime
import GRDB
public import Privacy
public import ProviderDirectory
public import Scheduling
public import Store
public import TestSupport

/// A home of one test's own with a store in it, and a clock that stands at Monday 2026-11-23, 08:00
/// in New York.
public final class TestClinic: Sendable {
  public static let zone = "America/New_York"
  public static let start = Instant(rfc3339: "2026-11-23T08:00:00-05:00")!

  public let home: HomeDirectory
  public let clock = SimulatedClock(at: TestClinic.start)
  private let scratch: ScratchDirectory

  public init() throws {
    scratch = try ScratchDirectory()
    home = HomeDirectory(path: scratch.path + "/home")
  }

  /// In a directory of the caller's, which stays.
  public init(in directory: String) throws {
    scratch = try ScratchDirectory()
    home = HomeDirectory(path: directory + "/home")
  }

  public func open(createIfMissing: Bool = true, lockWaitSeconds: Double = 10) throws -> Store {
    try Store.open(
      home, createIfMissing: createIfMissing, lockWaitSeconds: lockWaitSeconds, clock: clock.clock)
  }

  /// The role of the `person`th practitioner at the `site`th address.
  public static func role(person: Int64, site: UInt32 = 1) -> RoleID {
    let stem = (100_000_000 + person) * 10
    let npi = (stem..<stem + 10).lazy.compactMap { NPI($0) }.first!
    return RoleID(npi: npi, site: SiteKey(rawValue: site)!)
  }

  /// Lists roles that work from 9 to 17 on every day of the week, in slots of `slotMinutes`.
  public func add(
    _ roles: [RoleID], slotMinutes: Int = 30, zone: String = TestClinic.zone, to store: Store
  ) throws {
    for role in roles {
      try list(role, zone: zone)
      let blocks = try Weekday.allCases.map {
        try ScheduleBlock(
          weekday: $0, start: TimeOfDay(minutes: 540)!, end: TimeOfDay(minutes: 1020)!,
          slotMinutes: slotMinutes, visitType: .inPerson)
      }
      try store.write {
        try $0.replaceSchedule(of: role, blocks: blocks, exceptions: [], run: 1)
      }
    }
  }

  public func list(_ role: RoleID, zone: String = TestClinic.zone, listed: Bool = true) throws {
    try stray(
      """
      INSERT INTO practitioner
        (npi, entity_type, last_name, taxonomies, last_update, feed_no, run_id)
      VALUES (\(role.npi), 1, 'Test', '207RC0000X', 0, 1, 1) ON CONFLICT (npi) DO NOTHING;
      INSERT INTO role (role_id, npi, address_line1, city, state, zip, lat, lon, time_zone,
        geohash, listed, feed_no, run_id)
      VALUES (\(role.rawValue), \(role.npi), '1 Main St', 'New York', 'NY', '10001', 40.75, -74,
        '\(zone)', 1, \(listed ? 1 : 0), 1, 1)
      """)
  }

  /// Runs statements on a connection that is not the store's and knows nothing of the lock file, as
  /// the `sqlite3` shell would. Throws what SQLite says.
  public func stray(_ sql: String) throws {
    try strayConnection().inDatabase { try $0.execute(sql: sql) }
  }

  /// The first column of the first row, read by such a connection; 0 when there is none.
  public func count(_ sql: String) throws -> Int {
    try strayConnection().inDatabase { try Int.fetchOne($0, sql: sql) ?? 0 }
  }

  public func text(_ sql: String) throws -> String {
    try strayConnection().inDatabase { try String.fetchOne($0, sql: sql) ?? "" }
  }

  /// The steps of SQLite's plan for a statement, whatever its parameters.
  public func plan(of sql: String) throws -> [String] {
    try strayConnection().inDatabase { db in
      let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
      statement.setUncheckedArguments([])
      return try Row.fetchAll(statement).map { $0["detail"] as String }
    }
  }

  private func strayConnection() throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    // As in a shell, whose default it is.
    configuration.foreignKeysEnabled = false
    return try DatabaseQueue(path: home.databasePath, configuration: configuration)
  }

  /// Pairs of live claims on one person, or of booked visits of one patient, that overlap; by a
  /// query that shares nothing with the guards.
  public func overlaps() throws -> Int {
    try count(
      """
      SELECT count(*) FROM claim a JOIN claim b ON a.claim_id < b.claim_id
        AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
      WHERE (a.npi = b.npi AND a.state IN ('held', 'booked', 'checked-in')
          AND b.state IN ('held', 'booked', 'checked-in'))
        OR (a.patient_id = b.patient_id AND a.state IN ('booked', 'checked-in')
          AND b.state IN ('booked', 'checked-in'))
      """)
  }

  /// A slot of `role` at a New York wall time of Monday 2026-11-23 plus `day`.
  public static func slot(
    _ role: RoleID, day: Int = 0, _ hour: Int, _ minute: Int = 0, minutes: Int = 30,
    visitType: VisitType = .inPerson
  ) -> SlotID {
    // New York is at −05:00 from November to March, and the tests stay there.
    let midnight = start.adding(seconds: -8 * 3600)
    let offset = Int64(day * 86_400 + hour * 3600 + minute * 60)
    return SlotID(
      role: role, start: midnight.adding(seconds: offset), minutes: minutes,
      visitType: visitType)!
  }

  /// Bytes that a seed decides.
  public static func random(seed: UInt64) -> RandomSource {
    let generator = SharedGenerator(seed: seed)
    return RandomSource { generator.bytes($0) }
  }
}
