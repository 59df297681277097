import CivilTime
import GRDB
import Privacy
import ProviderDirectory
import Scheduling
import StoreTestSupport
import Testing

@testable import Store

/// The guards against a connection that goes around the program, as a `sqlite3` shell does.
@Suite struct ClaimGuardTests {
  let clinic: TestClinic
  let store: Store
  let person = TestClinic.role(person: 1)
  let samePersonElsewhere = TestClinic.role(person: 1, site: 2)
  let other = TestClinic.role(person: 2)
  let nine = TestClinic.start.secondsSinceEpoch + 3600

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
    for role in [person, samePersonElsewhere, other] { try clinic.list(role) }
    for patient in 1...3 {
      try clinic.stray(
        """
        INSERT INTO patient VALUES (\(patient), x'00', x'00', x'00', x'00',
          CAST(printf('%032d', \(patient)) AS BLOB), zeroblob(32), 1)
        """)
    }
  }

  private func insert(
    _ id: Int, _ role: RoleID, from start: Int64, minutes: Int64 = 30, patient: Int = 1,
    state: String = "booked", key: String? = nil, verb: String = "INSERT"
  ) throws {
    try clinic.stray(
      """
      \(verb) INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state, patient_id,
        session_hash, hold_expires_at, wall_date, wall_minute, time_zone, tzdata_version,
        idempotency_key, created_at, changed_at, changed_by)
      VALUES (\(id), \(role.npi), \(role.rawValue), \(start), \(start + minutes * 60), 'in-person',
        '\(state)', \(patient), zeroblob(32), \(start), 0, 0, 'UTC', '2026f',
        \(key.map { "'\($0)'" } ?? "NULL"), 1, 1, 'shell')
      """)
  }

  private func refused(_ guarded: ClaimGuard, _ body: () throws -> Void) {
    let error = #expect(throws: DatabaseError.self) { try body() }
    #expect(error?.message == guarded.rawValue)
  }

  /// New visit, relative to one from 9:00 to 9:30: start and length in minutes, and whether it may
  /// be.
  @Test(arguments: [
    (0, 30, false), (0, 15, false), (0, 60, false), (15, 30, false), (-15, 30, false),
    (10, 10, false), (-60, 180, false), (29, 1, false), (-1, 2, false), (-1410, 1440, false),
    (30, 30, true), (-30, 30, true), (-60, 60, true), (-1440, 1440, true), (60, 1440, true),
  ])
  func overlapsOfAnyLengthAreRefused(start: Int64, minutes: Int64, allowed: Bool) throws {
    for state in ["held", "booked"] {
      for site in [person, samePersonElsewhere] {
        let clinic = try ClaimGuardTests()
        try clinic.insert(1, clinic.person, from: nine)
        if allowed {
          try clinic.insert(
            2, site, from: nine + start * 60, minutes: minutes, patient: 2, state: state)
        } else {
          clinic.refused(.practitionerOverlap) {
            try clinic.insert(
              2, site, from: nine + start * 60, minutes: minutes, patient: 2, state: state)
          }
        }
        #expect(try clinic.clinic.overlaps() == 0)
      }
    }
  }

  @Test func holdsBlockToo() throws {
    try insert(1, person, from: nine, state: "held")
    refused(.practitionerOverlap) {
      try insert(2, samePersonElsewhere, from: nine + 600, patient: 2, state: "held")
    }
    refused(.practitionerOverlap) { try insert(2, person, from: nine, patient: 2) }
  }

  @Test func claimsThatEndedBlockNothing() throws {
    try insert(1, person, from: nine, state: "held")
    try clinic.stray("UPDATE claim SET state = 'released' WHERE claim_id = 1")
    try insert(2, person, from: nine, patient: 2)
    try clinic.stray("UPDATE claim SET state = 'cancelled' WHERE claim_id = 2")
    try insert(3, person, from: nine, patient: 3)
  }

  @Test func patientsCannotBeInTwoPlaces() throws {
    try insert(1, person, from: nine)
    refused(.patientOverlap) { try insert(2, other, from: nine + 900) }
    // A hold may overlap the patient's visit; booking it may not.
    try insert(3, other, from: nine + 900, state: "held")
    refused(.patientOverlap) {
      try clinic.stray("UPDATE claim SET state = 'booked' WHERE claim_id = 3")
    }
    try insert(4, other, from: nine + 900 + 1800, patient: 2)
  }

  @Test(arguments: ["INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"])
  func replacingDoesNotGoAroundTheGuards(verb: String) throws {
    try insert(1, person, from: nine, key: "k")
    refused(.practitionerOverlap) { try insert(2, person, from: nine, patient: 2, verb: verb) }
    refused(.idTaken) { try insert(1, other, from: nine, patient: 2, verb: verb) }
    refused(.idempotencyKeyTaken) {
      try insert(3, other, from: nine + 7200, key: "k", verb: verb)
    }
    #expect(
      try clinic.count("SELECT count(*) FROM claim WHERE claim_id = 1 AND patient_id = 1") == 1)
  }

  @Test func claimsAreNeverDeletedOrMoved() throws {
    try insert(1, person, from: nine, key: "k")
    refused(.neverDeleted) { try clinic.stray("DELETE FROM claim") }
    for change in [
      "starts_at = starts_at + 60, ends_at = ends_at + 60", "claim_id = 9", "patient_id = 2",
      "idempotency_key = NULL", "idempotency_key = 'other'", "visit_type = 'telehealth'",
      "role_id = \(samePersonElsewhere.rawValue)", "ends_at = ends_at + 60",
    ] {
      refused(.fixedColumn) { try clinic.stray("UPDATE OR REPLACE claim SET \(change)") }
    }
  }

  /// Every pair of states; only some changes are allowed.
  @Test(arguments: ClaimState.allCases, ClaimState.allCases)
  func statesChangeAlongTheirEdges(from: ClaimState, to: ClaimState) throws {
    switch from {
    case .held, .booked: try insert(1, person, from: nine, state: from.rawValue)
    case .released, .expired:
      try insert(1, person, from: nine, state: "held")
      try clinic.stray("UPDATE claim SET state = '\(from.rawValue)'")
    case .cancelled, .checkedIn, .noShow:
      try insert(1, person, from: nine)
      try clinic.stray("UPDATE claim SET state = '\(from.rawValue)'")
    case .rescheduled:
      try insert(1, person, from: nine)
      try clinic.stray("UPDATE claim SET state = 'rescheduled', replaced_by_id = 1")
    case .completed:
      try insert(1, person, from: nine)
      for state in ["checked-in", "completed"] {
        try clinic.stray("UPDATE claim SET state = '\(state)'")
      }
    }
    let allowed: Set<[ClaimState]> = [
      [.held, .booked], [.held, .released], [.held, .expired], [.booked, .cancelled],
      [.booked, .rescheduled], [.booked, .checkedIn], [.booked, .noShow], [.checkedIn, .completed],
      [.checkedIn, .cancelled],
    ]
    let link = to == .rescheduled ? ", replaced_by_id = 1" : ""
    let change = "UPDATE claim SET state = '\(to.rawValue)'\(link)"
    if from == to || allowed.contains([from, to]) {
      try clinic.stray(change)
    } else {
      refused(.edge) { try clinic.stray(change) }
    }
  }

  @Test func checkedInPatientsTakeTheirTime() throws {
    try insert(1, person, from: nine)
    try clinic.stray("UPDATE claim SET state = 'checked-in'")
    refused(.practitionerOverlap) { try insert(2, person, from: nine + 600, patient: 2) }
    refused(.patientOverlap) { try insert(3, other, from: nine + 600) }
    try clinic.stray("UPDATE claim SET state = 'completed'")
    try insert(2, person, from: nine + 600, patient: 2)
  }

  @Test func holdsEndOnTimeAndAreExtendedOnce() throws {
    // The hold ends at nine.
    try insert(1, person, from: nine, state: "held")
    refused(.holdOver) {
      try clinic.stray("UPDATE claim SET state = 'booked', changed_at = \(nine)")
    }
    refused(.holdOver) { try clinic.stray("UPDATE claim SET hold_expires_at = \(nine + 300)") }
    refused(.holdOver) {
      try clinic.stray("UPDATE claim SET hold_expires_at = \(nine - 300), hold_extended = 1")
    }
    try clinic.stray("UPDATE claim SET hold_expires_at = \(nine + 300), hold_extended = 1")
    refused(.holdOver) {
      try clinic.stray("UPDATE claim SET hold_expires_at = \(nine + 600), hold_extended = 1")
    }
    try clinic.stray("UPDATE claim SET state = 'booked', changed_at = \(nine + 299)")
  }

  @Test func movedVisitsAndTheirSuccessorsNameEachOther() throws {
    try insert(1, person, from: nine)
    refused(.edge) { try clinic.stray("UPDATE claim SET state = 'rescheduled'") }
    refused(.edge) { try clinic.stray("UPDATE claim SET replaced_by_id = 2") }
    try insert(2, person, from: nine + 3600)
    refused(.replacement) {
      try clinic.stray("UPDATE claim SET replaces_id = 1 WHERE claim_id = 2")
    }
    try clinic.stray(
      "UPDATE claim SET state = 'rescheduled', replaced_by_id = 2 WHERE claim_id = 1")
    try insert(3, other, from: nine, patient: 2)
    refused(.replacement) {
      try clinic.stray("UPDATE claim SET replaces_id = 1 WHERE claim_id = 3")
    }
    try clinic.stray("UPDATE claim SET replaces_id = 1 WHERE claim_id = 2")
    refused(.fixedColumn) { try clinic.stray("UPDATE claim SET replaces_id = NULL") }
    #expect(
      throws: DatabaseError.self, "a successor that is not there when the transaction ends"
    ) {
      try clinic.stray(
        """
        PRAGMA foreign_keys = ON;
        UPDATE claim SET state = 'rescheduled', replaced_by_id = 9 WHERE claim_id = 3
        """)
    }
  }

  @Test(arguments: ["released", "expired", "cancelled", "rescheduled", "checked-in", "completed"])
  func claimsBeginLive(state: String) throws {
    refused(.edge) { try insert(1, person, from: nine, state: state) }
  }

  @Test func rowsThatCannotBeAreRefused() throws {
    #expect(throws: DatabaseError.self) { try insert(1, person, from: nine, minutes: 1441) }
    #expect(throws: DatabaseError.self) { try insert(1, person, from: nine, minutes: 0) }
    #expect(throws: DatabaseError.self) { try insert(1, person, from: nine + 30) }
    refused(.namesNobody) { try insert(1, TestClinic.role(person: 99), from: nine) }
    refused(.namesNobody) { try insert(1, person, from: nine, patient: 99) }
    #expect(throws: DatabaseError.self, "a claimed role keeps its row") {
      try insert(1, person, from: nine)
      try clinic.stray("DELETE FROM role WHERE role_id = \(person.rawValue)")
    }
  }

  @Test func historyIsWrittenWhoeverWrites() throws {
    try insert(1, person, from: nine, state: "held")
    try clinic.stray("UPDATE claim SET state = 'booked', changed_at = 5, changed_by = 'shell'")
    let id = try #require(ClaimID(rawValue: 1))
    let events = try store.read { try $0.history(of: id) }
    #expect(events.map(\.state) == [.held, .booked])
    #expect(events.map(\.at.secondsSinceEpoch) == [1, 5])
    for change in ["UPDATE claim_history SET state = 'held'", "DELETE FROM claim_history"] {
      #expect(throws: DatabaseError.self) { try clinic.stray(change) }
    }
  }

  /// The overlap searches must stay range scans however many claims there are.
  @Test func guardsUseTheirIndexes() throws {
    let plans = try store.read { transaction in
      try [
        """
        SELECT 1 FROM claim WHERE npi = ? AND \(ClaimSchema.live) AND starts_at < ?
          AND starts_at > ? AND ends_at > ?
        """,
        """
        SELECT 1 FROM claim WHERE patient_id = ? AND \(ClaimSchema.visiting) AND starts_at < ?
          AND starts_at > ? AND ends_at > ?
        """,
      ].map { sql in
        try Row.fetchAll(
          transaction.db, sql: "EXPLAIN QUERY PLAN " + sql, arguments: [1, 1, 1, 1]
        ).map { $0["detail"] as String }.joined(separator: "; ")
      }
    }
    #expect(
      plans == [
        "SEARCH claim USING INDEX claim_live (npi=? AND starts_at>? AND starts_at<?)",
        "SEARCH claim USING INDEX claim_patient (patient_id=? AND starts_at>? AND starts_at<?)",
      ])
  }
}
