import GRDB
import StoreTestSupport
import Testing

@testable import Store

/// Conditions written without lists allow what the lists allowed, and cost no tables in memory.
@Suite struct PlainConditionTests {
  let clinic: TestClinic
  let store: Store
  let one = TestClinic.role(person: 1)
  let nine = TestClinic.start.secondsSinceEpoch + 3600

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
    try clinic.list(one)
    try clinic.stray(
      "INSERT INTO patient VALUES (1, x'00', x'00', x'00', x'00', zeroblob(32), zeroblob(32), 1)")
  }

  private func insertion(state: String, holdExpiresAt: String) -> String {
    """
    INSERT INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state, patient_id,
      session_hash, hold_expires_at, wall_date, wall_minute, time_zone, tzdata_version, created_at,
      changed_at, changed_by)
    VALUES (1, \(one.npi), \(one.rawValue), \(nine), \(nine + 1800), 'in-person', '\(state)', 1,
      zeroblob(32), \(holdExpiresAt), 0, 0, 'UTC', '2026f', 1, 1, 'shell')
    """
  }

  private func message(kind: String = "confirmation", state: String = "waiting") -> String {
    """
    INSERT INTO message_job (claim_id, kind, recipient, state, due_at, next_at, expires_at)
    VALUES (1, '\(kind)', 'patient', '\(state)', 1, 1, 2)
    """
  }

  @Test func onlyKnownStatesAreWritten() throws {
    for (state, end) in [("boked", "NULL"), ("", "1"), ("Held", "1"), ("held", "NULL")] {
      #expect(throws: (any Error).self) {
        try clinic.stray(insertion(state: state, holdExpiresAt: end))
      }
    }
    try clinic.stray(insertion(state: "held", holdExpiresAt: "9"))
    for state in ["released", "expired", "cancelled", "completed"] {
      #expect(throws: (any Error).self) { try clinic.stray(message(state: state)) }
    }
    for (kind, state) in [("offfer", "waiting"), ("offer", "sent"), ("offer", "delivered")] {
      #expect(throws: (any Error).self) { try clinic.stray(message(kind: kind, state: state)) }
    }
    for kind in MessageKind.allCases { try clinic.stray(message(kind: kind.rawValue)) }
  }

  /// The two indexes of live claims keep their list, which their queries repeat.
  @Test func onlyTheIndexesOfLiveClaimsMakeTablesInMemory() throws {
    let statements = [
      insertion(state: "booked", holdExpiresAt: "NULL"), message(),
      "INSERT INTO outbox (at, kind, claim_id) VALUES (1, 'booked', 1)",
      """
      INSERT INTO audit (sequence, at, actor, action, subject, mac)
      VALUES (1, 1, 'system', 'book', 'a-1', zeroblob(32))
      """,
    ]
    let made = try store.read { transaction in
      try statements.map { sql in
        try Row.fetchAll(transaction.db, sql: "EXPLAIN " + sql)
          .count { $0["opcode"] as String == "OpenEphemeral" }
      }
    }
    #expect(made[0] <= 2 && made.dropFirst().allSatisfy { $0 == 0 }, "\(made)")
  }
}
