import CivilTime
import GRDB
import Privacy
import StoreTestSupport
import Testing

@testable import Store

@Suite struct JournalTests {
  let clinic: TestClinic
  let store: Store
  let vault: Vault

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
    vault = try Vault.open(for: store)
    let patient = PatientID(rawValue: 7)
    for subject in ["one", "two", "three", "four"] {
      try store.write { [vault] in
        try $0.audit(.hold, of: patient, subject: subject, by: .system, vault: vault)
      }
    }
  }

  private func verify() throws -> AuditHead {
    try store.read { try $0.verifyAudit(vault: vault) }
  }

  @Test(arguments: [
    "UPDATE audit SET subject = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE sequence = 4",
    "INSERT OR REPLACE INTO audit SELECT 2, at, actor, action, patient_id, 'x', mac FROM audit",
    "INSERT INTO audit SELECT 99, at, actor, action, patient_id, 'x', mac FROM audit LIMIT 1",
    "INSERT INTO audit SELECT -1, at, actor, action, patient_id, 'x', mac FROM audit LIMIT 1",
    "INSERT INTO audit SELECT -7, at, actor, action, patient_id, 'x', mac FROM audit LIMIT 1",
    "UPDATE OR REPLACE audit SET sequence = sequence + 1",
  ])
  func trailOnlyGrows(change: String) throws {
    #expect(throws: DatabaseError.self) { try clinic.stray(change) }
    #expect(try verify().sequence == 4)
  }

  /// Somebody who drops the triggers still cannot edit without being found out.
  @Test(arguments: [
    ("UPDATE audit SET subject = 'x' WHERE sequence = 2", AuditBreak.mac(sequence: 2)),
    ("UPDATE audit SET at = at + 1 WHERE sequence = 1", .mac(sequence: 1)),
    ("UPDATE audit SET patient_id = NULL WHERE sequence = 3", .mac(sequence: 3)),
    ("DELETE FROM audit WHERE sequence = 2", .sequence(expected: 2, found: 3)),
    ("DELETE FROM audit WHERE sequence = 1", .sequence(expected: 1, found: 2)),
    // Two rows in each other's place, and one more between them.
    (
      """
      UPDATE audit SET sequence = 100 + sequence WHERE sequence IN (2, 3);
      UPDATE audit SET sequence = 105 - sequence WHERE sequence > 100
      """, .mac(sequence: 2)
    ),
    (
      """
      UPDATE audit SET sequence = 10 + sequence WHERE sequence > 2;
      UPDATE audit SET sequence = sequence - 9 WHERE sequence > 10;
      INSERT INTO audit SELECT 3, at, actor, action, patient_id, subject, mac FROM audit
        WHERE sequence = 2
      """, .mac(sequence: 3)
    ),
  ])
  func chainTellsWhatChanged(change: String, expected: AuditBreak) throws {
    let triggers = ["audit_append", "audit_no_update", "audit_no_delete"]
    try clinic.stray(triggers.map { "DROP TRIGGER \($0);" }.joined() + change)
    #expect(throws: expected) { try verify() }
  }

  @Test func outboxNumbersHaveNoHoles() throws {
    struct Stop: Error {}
    let role = TestClinic.role(person: 1)
    try clinic.list(role)
    try clinic.stray(
      "INSERT INTO patient VALUES (1, x'00', x'00', x'00', x'00', zeroblob(32), zeroblob(32), 1)")
    let patient = try #require(PatientID(rawValue: 1))
    for hour in 1...20 {
      do {
        try store.write { transaction in
          let slot = TestClinic.slot(role, hour)
          let claim = Claim(
            id: ClaimID(at: clinic.clock.now, random: TestClinic.random(seed: UInt64(hour))),
            slot: slot, state: .booked, patient: patient,
            sessionHash: [UInt8](repeating: 0, count: 32),
            wall: CivilDateTime(date: CivilDate(daysSinceEpoch: 1), time: TimeOfDay(minutes: 1)!)!,
            timeZone: TestClinic.zone, tzdataVersion: "2026f", createdAt: transaction.now,
            changedAt: transaction.now, changedBy: "system")
          #expect(try transaction.place(claim) == nil)
          try transaction.post(.booked, of: claim.id)
          if hour % 3 == 0 { throw Stop() }
        }
      } catch is Stop {}
    }
    let events = try store.read { try $0.outboxEvents(after: 0, limit: 100) }
    #expect(events.map(\.sequence) == Array(1...14))
    #expect(try store.read { try $0.outboxEvents(after: 12, limit: 1) }.map(\.sequence) == [13])
    for change in ["DELETE FROM outbox WHERE sequence = 14", "UPDATE outbox SET at = 0"] {
      #expect(throws: DatabaseError.self) { try clinic.stray(change) }
    }
    #expect(try store.read { try $0.outboxPosition(of: "mail") } == 0)
    try store.write { try $0.moveOutboxPosition(of: "mail", to: 9) }
    try store.write { try $0.moveOutboxPosition(of: "mail", to: 12) }
    #expect(try store.read { try $0.outboxPosition(of: "mail") } == 12)
  }
}
