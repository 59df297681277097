public import CivilTime
public import Privacy
import Scheduling
public import Store

/// What somebody types to sign in.
public struct SignInAttempt: Sendable {
  /// A login of the staff, or a patient's e-mail address.
  public let name: String
  public let passphrase: Passphrase
  /// Six digits from an authenticator app; nil or empty for none.
  public let code: String?

  public init(name: String, passphrase: Passphrase, code: String?) {
    // An address has one spelling, or each other one would have attempts of its own.
    do throws(ContactError) {
      self.name = try EmailAddress(name).text
    } catch {
      self.name = String(name.lowercased().prefix(320))
    }
    self.passphrase = passphrase
    self.code = code
  }
}

/// What a terminal gets for it.
public struct SignIn: Sendable {
  public let token: SessionToken
  public let actor: Actor
  public let expiresAt: Instant
}

extension Bookings {
  /// Signs a terminal in. Whether nobody has the name, the passphrase is wrong or the code, the
  /// answer is the same and so is the work: one scrypt, two transactions, the same rows read and
  /// written, as many values opened, one audit row.
  ///
  /// Each attempt is counted before it is looked at, so that programs side by side get no more of
  /// them than one. After five in a row the name, had by somebody or not, is refused for a minute,
  /// and for twice as long after each further one, up to an hour.
  public func signIn(_ attempt: SignInAttempt) throws -> Outcome<SignIn> {
    let nobody = try Nobody(cost: limits.passphraseCost)
    let begun: Outcome<PassphraseVerifier> = try request { transaction in
      try countAttempt(under: attempt.name, transaction)
      return try record(of: attempt.name, else: nobody, transaction).credential.verifier
    }
    let verifier: PassphraseVerifier
    switch begun {
    case .refused(let refusal): return .refused(refusal)
    case .done(let found): verifier = found
    }
    // Outside of any transaction: nobody else shall wait for it.
    let matches = try verifier.matches(attempt.passphrase)
    return try request { transaction in
      // Read again: what was true before may have been changed meanwhile.
      let record = try record(of: attempt.name, else: nobody, transaction)
      let isSame = record.credential.verifier == verifier
      let step = codeStep(of: attempt, record.credential, else: nobody, transaction)
      guard let subject = record.subject, matches, isSame, let step else {
        try transaction.audit(
          .signInRefused, of: nil, subject: "session", by: .nobody, vault: vault)
        throw Refused(.signInFailed)
      }
      try transaction.set(nil, under: attempt.name, vault: vault)
      return try begin(subject, codeStep: step, transaction)
    }
  }

  private func record(
    of name: String, else nobody: Nobody, _ transaction: ReadTransaction
  ) throws -> SignInRecord {
    let email: EmailAddress
    do throws(ContactError) {
      email = try EmailAddress(name)
    } catch {
      return try transaction.signInRecord(login: name, else: nobody, vault: vault)
    }
    return try transaction.signInRecord(email: email, else: nobody, vault: vault)
  }

  /// The last step of codes used, with this one; nil when the code is wrong.
  private func codeStep(
    of attempt: SignInAttempt, _ credential: Credential, else nobody: Nobody,
    _ transaction: WriteTransaction
  ) -> Int64? {
    let step = (credential.codes ?? nobody.codes).step(
      of: attempt.code ?? "", at: transaction.now.secondsSinceEpoch, after: credential.codeStep)
    return credential.codes == nil ? credential.codeStep : step
  }

  func countAttempt(under name: String, _ transaction: WriteTransaction) throws {
    let before = try transaction.signInAttempts(under: name, vault: vault)
    if let before, transaction.now < before.lockedUntil {
      try transaction.audit(
        .signInRefused, of: nil, subject: "locked out", by: .nobody, vault: vault)
      throw Refused(.lockedOut(until: before.lockedUntil, zone: try Zone("Etc/UTC")))
    }
    // A day without one, and they are counted anew.
    let isFresh = before.map { transaction.now < $0.lockedUntil.adding(seconds: 86_400) } ?? false
    let count = (isFresh ? before?.count ?? 0 : 0) + 1
    // 5 in a row are free; the fifth failure closes the name for a minute, the sixth for two …
    let over = count - limits.freeAttempts
    let seconds = over < 0 ? 0 : min(Int64(60) << min(over, 16), 3600)
    try transaction.set(
      SignInAttempts(count: count, lockedUntil: transaction.now.adding(seconds: seconds)),
      under: name, vault: vault)
  }

  private func begin(
    _ subject: SignInRecord.Subject, codeStep: Int64, _ transaction: WriteTransaction
  ) throws -> SignIn {
    let now = transaction.now
    let token = SessionToken.random(random)
    let end = now.adding(seconds: limits.sessionSeconds)
    switch subject {
    case .patient(let patient):
      try transaction.use(codeStep: codeStep, of: patient)
      try transaction.insert(
        Session(tokenHash: token.hash, patient: patient, createdAt: now, expiresAt: end),
        vault: vault)
      return SignIn(token: token, actor: .patient(patient), expiresAt: end)
    case .staff(let account):
      try transaction.use(codeStep: codeStep, of: account)
      try transaction.insert(
        StaffSession(
          tokenHash: token.hash, staff: account.id, createdAt: now, expiresAt: end, usedAt: now))
      try transaction.audit(
        .signIn, of: nil, subject: "session", by: account.actor, vault: vault)
      return SignIn(token: token, actor: account.actor, expiresAt: end)
    }
  }

  /// Ends the session; its holds run out by themselves.
  public func signOut(_ token: SessionToken?) throws -> Outcome<Actor> {
    try request { transaction in
      let caller = try self.caller(.patient(token), transaction)
      if let session = caller.session { try transaction.end(session, vault: vault) }
      if let session = caller.staffSession {
        try transaction.end(session)
        try transaction.audit(
          .signOut, of: nil, subject: "session", by: caller.actor, vault: vault)
      }
      return caller.actor
    }
  }
}
