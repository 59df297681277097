import GRDB
public import Privacy

/// What was done with patient data.
public enum AuditAction: String, Hashable, Sendable, CaseIterable {
  case createPatient = "create-patient"
  case readPatient = "read-patient"
  case signIn = "sign-in"
  case signOut = "sign-out"
  case hold, release, book, reschedule, cancel
  case extendHold = "extend-hold"
  /// A front desk's cancellation against the rules; its reason is sealed beside the visit.
  case overrideCancel = "override-cancel"
  case checkIn = "check-in"
  case noShow = "no-show"
  case complete
  case listAppointments = "list-appointments"
  case readHistory = "read-history"
  case joinWaitlist = "join-waitlist"
  case listWaitlist = "list-waitlist"
  case leaveWaitlist = "leave-waitlist"
  case offer
  case claimOffer = "claim-offer"
  case restore
  case listStranded = "list-stranded"
  case listShifted = "list-shifted"
}

extension WriteTransaction {
  /// Adds a row to the trail, in this transaction. `subject` names what was touched, never its
  /// contents.
  public func audit(
    _ action: AuditAction, of patient: PatientID?, subject: String, by actor: Actor, vault: Vault
  ) throws {
    let head = try auditHead()
    let fields = [
      String(now.secondsSinceEpoch), actor.description, action.rawValue,
      patient.map { String($0.rawValue) }, subject,
    ]
    let row = vault.auditChain.row(after: head, fields: fields)
    try execute(
      """
      INSERT INTO audit (sequence, at, actor, action, patient_id, subject, mac)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      [
        row.sequence, now.secondsSinceEpoch, actor.description, action.rawValue,
        patient?.rawValue, subject, row.mac.blob,
      ])
  }
}

extension ReadTransaction {
  /// Where the trail ends now.
  public func auditHead() throws -> AuditHead {
    let statement = try db.cachedStatement(
      sql: "SELECT sequence, mac FROM audit ORDER BY sequence DESC LIMIT 1")
    guard let row = try Row.fetchOne(statement) else { return .empty }
    var columns = Columns(row, table: "audit", path: path)
    return try AuditHead(sequence: columns.next(Int64.self), mac: columns.bytes())
  }

  /// Recomputes the whole chain.
  ///
  /// Throws `AuditBreak` at the first row that was changed, removed or moved.
  @discardableResult
  public func verifyAudit(vault: Vault) throws -> AuditHead {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT sequence, at, actor, action, patient_id, subject, mac FROM audit ORDER BY sequence
        """)
    var head = AuditHead.empty
    while let row = try rows.next() {
      var columns = Columns(row, table: "audit", path: path)
      let sequence = try columns.next(Int64.self)
      let fields = try [
        String(columns.next(Int64.self)), columns.next(String.self), columns.next(String.self),
        columns.nextIfPresent(Int64.self).map { String($0) }, columns.next(String.self),
      ]
      let mac = try columns.bytes()
      head = try vault.auditChain.advance(
        head, over: AuditRow(sequence: sequence, fields: fields, mac: mac))
    }
    return head
  }

  /// How many rows the trail has for one patient.
  public func auditCount(of patient: PatientID) throws -> Int {
    let statement = try db.cachedStatement(
      sql: "SELECT count(*) FROM audit WHERE patient_id = ?")
    return try Int.fetchOne(statement, arguments: [patient.rawValue]) ?? 0
  }
}
