public import CivilTime
import GRDB
import Privacy

/// Stops retention from removing a patient's records, or anybody's, while a dispute goes on.
public struct LegalHold: Hashable, Sendable {
  public let number: Int64
  /// Nil for everybody's.
  public let patient: PatientID?
  public let reason: String
  public let placedAt: Instant
  public let liftedAt: Instant?
}

extension ReadTransaction {
  /// Every hold, lifted ones too, in the order of placing.
  public func legalHolds(vault: Vault) throws -> [LegalHold] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT hold_id, patient_id, reason_sealed, placed_at, lifted_at FROM legal_hold
        ORDER BY hold_id
        """)
    return try fetchAll(statement, from: "legal_hold") { columns in
      let number = try columns.next(Int64.self)
      return try LegalHold(
        number: number, patient: columns.nextIfPresent(Int64.self, PatientID.init(rawValue:)),
        reason: vault.sealer.open(
          columns.bytes(), table: "legal_hold", row: String(number), column: "reason_sealed"),
        placedAt: columns.instant(), liftedAt: columns.instantIfPresent())
    }
  }
}

extension WriteTransaction {
  /// - Parameter patient: nil for everybody's records.
  public func placeLegalHold(
    on patient: PatientID?, reason: String, by actor: Actor, vault: Vault
  ) throws -> Int64 {
    let number =
      try Int64.fetchOne(db, sql: "SELECT coalesce(max(hold_id), 0) + 1 FROM legal_hold") ?? 1
    let sealed = try vault.sealer.seal(
      reason, table: "legal_hold", row: String(number), column: "reason_sealed")
    try execute(
      "INSERT INTO legal_hold (hold_id, patient_id, reason_sealed, placed_at) VALUES (?, ?, ?, ?)",
      [number, patient?.rawValue, sealed, now.secondsSinceEpoch])
    try audit(
      .placeLegalHold, of: patient, subject: "legal hold \(number)", by: actor, vault: vault)
    return number
  }

  /// False when there is no such hold, or it was lifted before.
  public func liftLegalHold(_ number: Int64, by actor: Actor, vault: Vault) throws -> Bool {
    try execute(
      "UPDATE legal_hold SET lifted_at = ? WHERE hold_id = ? AND lifted_at IS NULL",
      [now.secondsSinceEpoch, number])
    guard db.changesCount == 1 else { return false }
    let patient = try Int64.fetchOne(
      db, sql: "SELECT patient_id FROM legal_hold WHERE hold_id = ?", arguments: [number])
    try audit(
      .liftLegalHold, of: patient.flatMap { PatientID(rawValue: $0) },
      subject: "legal hold \(number)", by: actor, vault: vault)
    return true
  }
}
