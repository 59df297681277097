import GRDB
public import Privacy

extension ReadTransaction {
  /// The session that `token` names, though it may be signed out or past its time; nil when it is
  /// unknown.
  public func session(_ token: SessionToken) throws -> Session? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT token_hash, patient_id, created_at, expires_at, used_at, ended_at FROM session
        WHERE token_hash = ?
        """)
    return try fetchFirst(statement, [token.hash], from: "session") { columns in
      try Session(
        tokenHash: columns.bytes(), patient: columns.next(Int64.self, PatientID.init(rawValue:)),
        createdAt: columns.instant(), expiresAt: columns.instant(), usedAt: columns.instant(),
        endedAt: columns.instantIfPresent())
    }
  }
}

extension WriteTransaction {
  public func insert(_ session: Session, vault: Vault) throws {
    try execute(
      """
      INSERT INTO session (token_hash, patient_id, created_at, expires_at, used_at)
      VALUES (?, ?, ?, ?, ?)
      """,
      [
        session.tokenHash, session.patient.rawValue, session.createdAt.secondsSinceEpoch,
        session.expiresAt.secondsSinceEpoch, session.usedAt.secondsSinceEpoch,
      ])
    try audit(
      .signIn, of: session.patient, subject: "session", by: .patient(session.patient),
      vault: vault)
  }

  /// Notes that the session is in use.
  public func touch(_ session: Session) throws {
    try execute(
      "UPDATE session SET used_at = ? WHERE token_hash = ?",
      [now.secondsSinceEpoch, session.tokenHash])
  }

  /// Ends every session of the patient but one.
  public func endSessions(of patient: PatientID, except kept: Session? = nil) throws {
    try execute(
      """
      UPDATE session SET ended_at = ?1 WHERE patient_id = ?2 AND ended_at IS NULL
        AND token_hash IS NOT ?3
      """, [now.secondsSinceEpoch, patient.rawValue, kept?.tokenHash])
  }

  /// Gives what one session holds to another of the same patient.
  public func moveHolds(from old: Session, to new: Session) throws {
    try execute(
      """
      UPDATE claim SET session_hash = ? WHERE patient_id = ? AND state = 'held'
        AND session_hash = ?
      """, [new.tokenHash, old.patient.rawValue, old.tokenHash])
  }

  /// Signs out; no error when it was signed out before.
  public func end(_ session: Session, vault: Vault) throws {
    try execute(
      "UPDATE session SET ended_at = ? WHERE token_hash = ? AND ended_at IS NULL",
      [now.secondsSinceEpoch, session.tokenHash])
    try audit(
      .signOut, of: session.patient, subject: "session", by: .patient(session.patient),
      vault: vault)
  }
}
