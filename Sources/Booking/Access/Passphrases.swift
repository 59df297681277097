public import Privacy
import Scheduling
public import Store

/// What setting a passphrase gives: the terminal's new session, and the secret of one-time codes
/// where new ones were asked for.
public struct PassphraseSet: Sendable {
  public let token: SessionToken
  public let codes: OneTimeSecret?
}

extension Bookings {
  /// Sets the passphrase of whoever is signed in, and ends all their sessions; the terminal gets a
  /// new one, with what the old one holds.
  ///
  /// - Parameters:
  ///   - present: the passphrase until now; nil for a patient who has none yet.
  ///   - newCodes: begins with a new secret of one-time codes; patients have none unless they ask.
  /// - Throws: `PassphraseError` for a passphrase that cannot be taken.
  public func setPassphrase(
    _ text: String, present: Passphrase?, newCodes: Bool, as token: SessionToken?
  ) throws -> Outcome<PassphraseSet> {
    let begun: Outcome<(name: String, credential: Credential?)> = try request { transaction in
      let caller = try self.caller(.patient(token), transaction)
      try require(.setPassphrase, caller, owns: true, "own", transaction)
      let credential = try credential(of: caller, transaction)
      if credential != nil { try countAttempt(under: guesses(of: caller), transaction) }
      return (caller.account?.login ?? "", credential)
    }
    let before: (name: String, credential: Credential?)
    switch begun {
    case .refused(let refusal): return .refused(refusal)
    case .done(let found): before = found
    }
    let isRight = try before.credential.map { try present.map($0.verifier.matches) ?? false }
    let passphrase = try Passphrase(choosing: text, for: before.name)
    let verifier = try PassphraseVerifier(passphrase, cost: limits.passphraseCost, random: random)
    let codes = newCodes ? OneTimeSecret.random(random) : nil
    return try request { transaction in
      let caller = try self.caller(.patient(token), transaction)
      let now = try credential(of: caller, transaction)
      guard isRight ?? true, now?.verifier == before.credential?.verifier else {
        try refuse(.setPassphrase, caller, of: caller.session?.patient, "own", transaction)
        throw Refused(.signInFailed)
      }
      try transaction.set(nil, under: guesses(of: caller), vault: vault)
      let fresh = Credential(
        verifier: verifier, codes: codes ?? now?.codes,
        codeStep: codes == nil ? now?.codeStep ?? 0 : 0)
      return PassphraseSet(token: try replace(fresh, of: caller, transaction), codes: codes)
    }
  }

  /// Whether the patient who is signed in could sign in again.
  public func hasPassphrase(_ patient: PatientID) throws -> Bool {
    try store.read { try $0.credential(of: patient, vault: vault) != nil }
  }

  /// The front desk gives a patient of theirs, who stands before them, another passphrase; all the
  /// patient's sessions end, and their one-time codes.
  public func resetPassphrase(
    of patient: PatientID, to text: String, by asker: Asker
  ) throws -> Outcome<PatientID> {
    let verifier = try PassphraseVerifier(
      try Passphrase(choosing: text, for: ""), cost: limits.passphraseCost, random: random)
    return try request { transaction in
      let caller = try self.caller(asker, transaction)
      try require(
        .resetPatient, caller, owns: try owns(patient, caller, transaction), of: patient,
        "patient", transaction)
      guard let known = try transaction.patient(patient, by: caller.actor, vault: vault) else {
        throw Refused(.unknownPatient("\(patient)"))
      }
      try transaction.set(
        Credential(verifier: verifier, codes: nil), of: patient, vault: vault)
      try transaction.set(nil, under: known.details.email.text, vault: vault)
      try transaction.endSessions(of: patient)
      try transaction.audit(
        .setPassphrase, of: patient, subject: "patient", by: caller.actor, vault: vault)
      return patient
    }
  }

  private func guesses(of caller: Caller) -> String { "passphrase of \(caller.actor)" }

  private func credential(
    of caller: Caller, _ transaction: ReadTransaction
  ) throws -> Credential? {
    if let account = caller.account {
      return try transaction.credential(of: account, vault: vault)
    }
    return try caller.session.flatMap { try transaction.credential(of: $0.patient, vault: vault) }
  }

  private func replace(
    _ credential: Credential, of caller: Caller, _ transaction: WriteTransaction
  ) throws -> SessionToken {
    let token = SessionToken.random(random)
    let (now, end) = (
      transaction.now, transaction.now.adding(seconds: limits.sessionSeconds)
    )
    if let account = caller.account {
      try transaction.update(account, to: account.post, credential, vault: vault)
      try transaction.insert(
        StaffSession(
          tokenHash: token.hash, staff: account.id, createdAt: now, expiresAt: end, usedAt: now))
    } else if let old = caller.session {
      let session = Session(
        tokenHash: token.hash, patient: old.patient, createdAt: now, expiresAt: end)
      try transaction.set(credential, of: old.patient, vault: vault)
      try transaction.endSessions(of: old.patient)
      try transaction.insert(session, vault: vault)
      try transaction.moveHolds(from: old, to: session)
    }
    try transaction.audit(
      .setPassphrase, of: caller.session?.patient, subject: "own", by: caller.actor, vault: vault)
    return token
  }
}
