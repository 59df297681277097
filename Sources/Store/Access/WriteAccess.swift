public import CivilTime
import Foundation
import GRDB
import Privacy

extension WriteTransaction {
  /// Throws `StoreError.statement` when the login is taken; ask `staff(login:)` first.
  public func insertStaff(
    login: String, _ post: StaffPost, _ credential: Credential, vault: Vault
  ) throws {
    let (passphrase, codes) = try sealed(credential, in: SecretCell(login, post), vault)
    try execute(
      """
      INSERT INTO staff (login, role, npi, sites, passphrase_sealed, code_sealed, created_at,
        changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        login, post.role.rawValue, post.npi?.number, post.siteText, passphrase, codes,
        now.secondsSinceEpoch, now.secondsSinceEpoch,
      ])
  }

  /// Gives an account another post or another credential, and ends its sessions.
  public func update(
    _ account: StaffAccount, to post: StaffPost, _ credential: Credential, vault: Vault
  ) throws {
    let (passphrase, codes) = try sealed(credential, in: SecretCell(account.login, post), vault)
    try execute(
      """
      UPDATE staff SET role = ?, npi = ?, sites = ?, passphrase_sealed = ?, code_sealed = ?,
        code_step = ?, changed_at = ? WHERE staff_id = ?
      """,
      [
        post.role.rawValue, post.npi?.number, post.siteText, passphrase, codes,
        credential.codeStep, now.secondsSinceEpoch, account.id.rawValue,
      ])
    try endSessions(of: account)
  }

  /// Closes an account and ends its sessions.
  public func close(_ account: StaffAccount) throws {
    try execute(
      "UPDATE staff SET ended_at = ?, changed_at = ? WHERE staff_id = ? AND ended_at IS NULL",
      [now.secondsSinceEpoch, now.secondsSinceEpoch, account.id.rawValue])
    try endSessions(of: account)
  }

  /// Sets or replaces what a patient signs in by.
  public func set(_ credential: Credential, of patient: PatientID, vault: Vault) throws {
    let (passphrase, codes) = try sealed(credential, in: SecretCell(patient), vault)
    try execute(
      """
      INSERT INTO patient_secret (patient_id, passphrase_sealed, code_sealed, code_step, changed_at)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (patient_id) DO UPDATE SET passphrase_sealed = excluded.passphrase_sealed,
        code_sealed = excluded.code_sealed, code_step = excluded.code_step,
        changed_at = excluded.changed_at
      """,
      [patient.rawValue, passphrase, codes, credential.codeStep, now.secondsSinceEpoch])
  }

  /// Notes the step whose code was used.
  public func use(codeStep: Int64, of account: StaffAccount) throws {
    try execute(
      "UPDATE staff SET code_step = ? WHERE staff_id = ?", [codeStep, account.id.rawValue])
  }

  public func use(codeStep: Int64, of patient: PatientID) throws {
    try execute(
      "UPDATE patient_secret SET code_step = ? WHERE patient_id = ?",
      [codeStep, patient.rawValue])
  }

  private func sealed(
    _ credential: Credential, in cell: SecretCell, _ vault: Vault
  ) throws -> (passphrase: [UInt8], codes: [UInt8]?) {
    let passphrase = try vault.sealer.seal(
      credential.verifier.description, table: cell.table, row: cell.row,
      column: "passphrase_sealed")
    let codes = try credential.codes.map {
      try vault.sealer.seal($0.text, table: cell.table, row: cell.row, column: "code_sealed")
    }
    return (passphrase, codes)
  }

  public func insert(_ session: StaffSession) throws {
    try execute(
      """
      INSERT INTO staff_session (token_hash, staff_id, created_at, expires_at, used_at)
      VALUES (?, ?, ?, ?, ?)
      """,
      [
        session.tokenHash, session.staff.rawValue, session.createdAt.secondsSinceEpoch,
        session.expiresAt.secondsSinceEpoch, session.usedAt.secondsSinceEpoch,
      ])
  }

  /// Notes that the session is in use.
  public func touch(_ session: StaffSession) throws {
    try execute(
      "UPDATE staff_session SET used_at = ? WHERE token_hash = ?",
      [now.secondsSinceEpoch, session.tokenHash])
  }

  public func end(_ session: StaffSession) throws {
    try execute(
      "UPDATE staff_session SET ended_at = ? WHERE token_hash = ? AND ended_at IS NULL",
      [now.secondsSinceEpoch, session.tokenHash])
  }

  private func endSessions(of account: StaffAccount) throws {
    try execute(
      "UPDATE staff_session SET ended_at = ? WHERE staff_id = ? AND ended_at IS NULL",
      [now.secondsSinceEpoch, account.id.rawValue])
  }

  public func openEmergency(
    in session: StaffSession, until end: Instant, reason: String, vault: Vault
  ) throws {
    let number =
      try Int64.fetchOne(db, sql: "SELECT coalesce(max(emergency_id), 0) + 1 FROM emergency") ?? 1
    let sealed = try vault.sealer.seal(
      reason, table: "emergency", row: String(number), column: "reason_sealed")
    try execute(
      """
      INSERT INTO emergency (emergency_id, staff_id, token_hash, opened_at, ends_at, reason_sealed)
      VALUES (?, ?, ?, ?, ?, ?)
      """,
      [
        number, session.staff.rawValue, session.tokenHash, now.secondsSinceEpoch,
        end.secondsSinceEpoch, sealed,
      ])
  }

  /// Writes how often signing in under a name has failed; nil once it has worked.
  public func set(
    _ attempts: SignInAttempts?, under name: String, vault: Vault
  ) throws {
    let hash = vault.blindIndex.hash(ofLogin: name)
    for former in vault.blindIndexes.dropFirst() {
      try execute(
        "DELETE FROM sign_in_attempt WHERE name_hash = ?", [former.hash(ofLogin: name)])
    }
    guard let attempts else {
      return try execute("DELETE FROM sign_in_attempt WHERE name_hash = ?", [hash])
    }
    try execute(
      """
      INSERT INTO sign_in_attempt (name_hash, attempts, locked_until) VALUES (?, ?, ?)
      ON CONFLICT (name_hash) DO UPDATE
        SET attempts = excluded.attempts, locked_until = excluded.locked_until
      """,
      [hash, attempts.count, attempts.lockedUntil.secondsSinceEpoch])
  }
}
