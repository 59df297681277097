import Privacy

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
  /// A visit shown as the answer to a repeated request.
  case readAppointment = "read-appointment"
  case readAgenda = "read-agenda"
  case findPatient = "find-patient"
  /// Somebody asked for what they may not have.
  case refused
  case signInRefused = "sign-in-refused"
  case setPassphrase = "set-passphrase"
  case addStaff = "add-staff"
  case changeStaff = "change-staff"
  case closeStaff = "close-staff"
  case breakGlass = "break-glass"
  /// Something of others' patients was seen in an emergency.
  case readInEmergency = "read-in-emergency"
  case rotateKeys = "rotate-keys"
  case removeRecords = "remove-records"
  case removeAudit = "remove-audit"
  case placeLegalHold = "place-legal-hold"
  case liftLegalHold = "lift-legal-hold"
  case listLegalHolds = "list-legal-holds"
  case readAudit = "read-audit"
  case exportAudit = "export-audit"
  case sendMessage = "send-message"
  case listMessages = "list-messages"
  case readMessage = "read-message"
  case resendMessage = "resend-message"
  case readPreferences = "read-preferences"
  case setPreferences = "set-preferences"
  case readNotices = "read-notices"
  case setNotices = "set-notices"

  /// Whether nothing that is sealed comes with it, so that a worn key does not stop it: whoever may
  /// change the key has to be able to sign in.
  var sealsNothing: Bool {
    switch self {
    case .signIn, .signInRefused, .signOut, .refused, .rotateKeys, .readPatient, .findPatient,
      .listAppointments, .readAppointment, .readHistory, .readAgenda, .readInEmergency,
      .listWaitlist, .listMessages, .readMessage, .readPreferences,
      .readNotices, .readAudit, .exportAudit, .listLegalHolds:
      true
    default: false
    }
  }
}

extension WriteTransaction {
  /// Adds a row to the trail, in this transaction. `subject` names what was touched, never its
  /// contents.
  public func audit(
    _ action: AuditAction, of patient: PatientID?, subject: String, by actor: Actor, vault: Vault
  ) throws {
    let head = try auditHead()
    // Whoever seals something writes such a row, so the count of seals is bounded by it.
    let seals = try sealsAtMost(auditSequence: head.sequence, vault: vault)
    guard seals < Keyring.mostSeals || action.sealsNothing else {
      throw SealingError.worn(key: vault.ring.current.key.id, values: seals)
    }
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
        patient?.rawValue, subject, row.mac,
      ])
  }
}
