import GRDB
import ProviderDirectory
import StoreTestSupport
import Testing

@testable import Store

/// What claims count on, against a shell that checks no references and replaces rows.
@Suite struct RecordGuardTests {
  let clinic: TestClinic
  let store: Store
  let one = TestClinic.role(person: 1)
  let two = TestClinic.role(person: 2)
  let nine = TestClinic.start.secondsSinceEpoch + 3600

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
    for role in [one, two] { try clinic.list(role) }
    try clinic.stray(
      """
      INSERT INTO patient VALUES
        (1, x'00', x'00', x'00', x'00', zeroblob(32), zeroblob(32), 1),
        (2, x'00', x'00', x'00', x'00', CAST(printf('%032d', 2) AS BLOB), zeroblob(32), 1),
        (3, x'00', x'00', x'00', x'00', CAST(printf('%032d', 3) AS BLOB), zeroblob(32), 1);
      INSERT INTO room (room_id, site, kind, number) VALUES (7, 1, 'exam', 1), (8, 1, 'exam', 2)
      """)
    try book(1, one, patient: 1, room: 7)
  }

  private func book(_ id: Int, _ role: RoleID, patient: Int, room: Int) throws {
    try clinic.stray(
      """
      INSERT INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state, patient_id,
        session_hash, wall_date, wall_minute, time_zone, tzdata_version, created_at, changed_at,
        changed_by, room_id)
      VALUES (\(id), \(role.npi), \(role.rawValue), \(nine), \(nine + 1800), 'in-person', 'booked',
        \(patient), zeroblob(32), 0, 0, 'UTC', '2026f', 1, 1, 'shell', \(room))
      """)
  }

  /// Each would give the exam room 1 to two visits at nine, were it let through.
  static let swaps = [
    "DELETE FROM room WHERE room_id = 7",
    "DELETE FROM room",
    "INSERT OR REPLACE INTO room (room_id, site, kind, number) VALUES (9, 1, 'exam', 1)",
    "REPLACE INTO room (room_id, site, kind, number) VALUES (7, 1, 'exam', 3)",
    "UPDATE OR REPLACE room SET number = 1 WHERE room_id = 8",
    "UPDATE room SET room_id = 70 WHERE room_id = 7",
    "UPDATE claim SET room_id = NULL WHERE claim_id = 1",
  ]

  @Test(arguments: swaps) func aTakenRoomStaysTaken(swap: String) throws {
    #expect(throws: DatabaseError.self) { try clinic.stray(swap) }
    #expect(throws: DatabaseError.self) { try book(2, two, patient: 2, room: 7) }
    #expect(try clinic.count("SELECT count(*) FROM claim WHERE room_id = 7") == 1)
    #expect(try clinic.count("SELECT count(*) FROM room WHERE number = 1") == 1)
  }

  @Test(arguments: [
    "DELETE FROM role", "UPDATE role SET role_id = role_id + 1",
    "DELETE FROM patient WHERE patient_id = 1",
    "INSERT OR REPLACE INTO patient SELECT 1, x'01', x'01', x'01', x'01', randomblob(32), zeroblob(32), 1",
    "REPLACE INTO patient SELECT 9, x'01', x'01', x'01', x'01', email_hash, zeroblob(32), 1 FROM patient WHERE patient_id = 1",
    "UPDATE OR REPLACE patient SET email_hash = zeroblob(32) WHERE patient_id = 2",
    "UPDATE patient SET patient_id = 9 WHERE patient_id = 1",
  ])
  func whomAClaimNamesStays(change: String) throws {
    #expect(throws: DatabaseError.self) { try clinic.stray(change) }
    #expect(try clinic.count("PRAGMA foreign_key_check") == 0)
    #expect(try clinic.count("SELECT count(*) FROM patient WHERE email_hash = zeroblob(32)") == 1)
  }

  @Test func whoIsNamedByNothingMayGo() throws {
    try clinic.stray("DELETE FROM patient WHERE patient_id = 3")
    try clinic.stray("DELETE FROM role WHERE role_id = \(two.rawValue)")
    try clinic.stray("UPDATE room SET number = 5 WHERE room_id = 8")
    try clinic.stray("UPDATE claim SET room_id = 8")
  }

  private func join(
    _ id: Int, _ position: Int, state: String = "waiting", patient: Int = 1, key: String = "NULL",
    verb: String = "INSERT"
  ) throws {
    try clinic.stray(
      """
      \(verb) INTO waitlist (waitlist_id, position, patient_id, session_hash, state, severity,
        wish_sealed, idempotency_key, created_at, closes_at, changed_at, changed_by)
      VALUES (\(id), \(position), \(patient), zeroblob(32), '\(state)', 2, x'00', \(key), 1, 9, 1,
        'shell')
      """)
  }

  @Test func nobodyTakesAnothersPlaceInLine() throws {
    try join(1, 1, state: "offered", key: "'a'")
    try join(2, 2)
    let replace = "INSERT OR REPLACE"
    #expect(throws: DatabaseError.self) { try join(1, 3, verb: replace) }
    #expect(throws: DatabaseError.self) { try join(3, 1, patient: 2, verb: replace) }
    #expect(throws: DatabaseError.self) { try join(3, 3, key: "'a'", verb: replace) }
    #expect(throws: DatabaseError.self) { try join(3, 3, state: "offered", verb: replace) }
    for change in ["state = 'offered'", "idempotency_key = 'a'"] {
      #expect(throws: DatabaseError.self) {
        try clinic.stray("UPDATE OR REPLACE waitlist SET \(change) WHERE waitlist_id = 2")
      }
    }
    #expect(try clinic.count("SELECT count(*) FROM waitlist") == 2)
  }

  /// A room added, or taken back into use, may be what somebody waits for.
  @Test func aNewRoomIsNotedForWhoeverWaits() throws {
    try clinic.stray(
      """
      INSERT INTO visit_kind (role_id, kind, name, visit_type, minutes, before_min, after_min,
        room_kind) VALUES (\(one.rawValue), 'x', 'X', 'in-person', 30, 0, 0, 'exam'),
        (\(two.rawValue), 'x', 'X', 'in-person', 30, 0, 0, 'lab')
      """)
    func noted() throws -> [Int64] {
      try store.write { transaction in
        let found = try transaction.rolesWithNewHours(limit: 10).map(\.rawValue)
        try transaction.db.execute(sql: "DELETE FROM waitlist_hours")
        return found
      }
    }
    let exam = ShortName("exam")!
    let site = SiteKey(rawValue: 1)!
    #expect(try store.write { try $0.addRoom(exam, number: 3, at: site) })
    #expect(try noted().isEmpty)
    try join(1, 1)
    #expect(try store.write { try $0.addRoom(exam, number: 4, at: site) })
    #expect(try noted() == [one.rawValue])
    #expect(try !store.write { try $0.addRoom(exam, number: 4, at: site) })
    #expect(try store.write { try $0.retireRoom(exam, number: 4, at: site) })
    #expect(try noted().isEmpty)
    #expect(try store.write { try $0.addRoom(exam, number: 4, at: site) })
    #expect(try noted() == [one.rawValue])
  }

  /// No page is damaged when a guard is dropped, so `doctor` compares the guards themselves.
  @Test(arguments: [
    ("DROP TRIGGER claim_insert_overlap", "its trigger claim_insert_overlap is missing"),
    ("DROP INDEX claim_live", "its index claim_live is missing"),
    (
      """
      DROP TRIGGER claim_delete;
      CREATE TRIGGER claim_delete BEFORE DELETE ON claim BEGIN SELECT 1; END
      """, "its trigger claim_delete was changed"
    ),
    (
      "CREATE TRIGGER mine AFTER INSERT ON claim BEGIN SELECT 1; END",
      "it has a trigger mine that nearcare did not make"
    ),
  ])
  func guardsThatAreGoneAreFound(change: String, finding: String) throws {
    try store.read { try $0.checkIntegrity() }
    try clinic.stray(change)
    #expect(throws: StoreError.damaged(path: clinic.home.databasePath, detail: finding)) {
      try store.read { try $0.checkIntegrity() }
    }
  }
}
