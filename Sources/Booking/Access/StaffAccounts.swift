public import Privacy
import Scheduling
public import Store

extension Bookings {
  /// Makes an account of the staff and the secret of its one-time codes.
  ///
  /// The first account must be an administrator's. It closes the home to its owner: from then on
  /// all that is for the staff needs an account of the right role.
  ///
  /// - Throws: `StaffError`, `PassphraseError`.
  public func addStaff(
    login: String, _ post: StaffPost, passphrase: String, by asker: Asker
  ) throws -> Outcome<OneTimeSecret> {
    let login = try StaffAccount.checked(login: login)
    let credential = try newCredential(passphrase, login)
    return try request { transaction in
      let caller = try self.caller(asker, transaction)
      try require(.manageStaff, caller, owns: false, "add \(login)", transaction)
      guard try transaction.hasStaff() || post.role == .administrator else {
        throw Refused(.firstIsAdministrator)
      }
      guard try transaction.staff(login: login) == nil else { throw Refused(.loginTaken(login)) }
      try transaction.insertStaff(login: login, post, credential.credential, vault: vault)
      try transaction.audit(
        .addStaff, of: nil, subject: "\(login) \(post.role.rawValue)", by: caller.actor,
        vault: vault)
      return credential.codes
    }
  }

  /// Every account, closed ones too.
  public func staff(by asker: Asker) throws -> Outcome<[StaffAccount]> {
    try request { transaction in
      let caller = try self.caller(asker, transaction)
      try require(.manageStaff, caller, owns: false, "list", transaction)
      return try transaction.staff()
    }
  }

  /// Gives an account another post; its sessions end.
  public func changeStaff(
    login: String, to post: StaffPost, by asker: Asker
  ) throws -> Outcome<StaffAccount> {
    let what = "post \(post.role.rawValue)"
    return try change(login, what, .changeStaff, by: asker) { account, transaction in
      if post.role != .administrator { try requireAnother(account, transaction) }
      let credential = try transaction.credential(of: account, vault: vault)
      try transaction.update(account, to: post, credential, vault: vault)
    }
  }

  /// Gives an account another passphrase and other one-time codes; its sessions end.
  public func resetStaff(
    login: String, passphrase: String, by asker: Asker
  ) throws -> Outcome<OneTimeSecret> {
    let credential = try newCredential(passphrase, login)
    let outcome = try change(login, "credential", .changeStaff, by: asker) { account, transaction in
      try transaction.update(account, to: account.post, credential.credential, vault: vault)
      try transaction.set(nil, under: account.login, vault: vault)
    }
    switch outcome {
    case .refused(let refusal): return .refused(refusal)
    case .done: return .done(credential.codes)
    }
  }

  /// Closes an account for good; its sessions end.
  public func closeStaff(login: String, by asker: Asker) throws -> Outcome<StaffAccount> {
    try change(login, "account", .closeStaff, by: asker) { account, transaction in
      try requireAnother(account, transaction)
      try transaction.close(account)
    }
  }

  private func newCredential(
    _ passphrase: String, _ login: String
  ) throws -> (credential: Credential, codes: OneTimeSecret) {
    let codes = OneTimeSecret.random(random)
    let verifier = try PassphraseVerifier(
      try Passphrase(choosing: passphrase, for: login), cost: limits.passphraseCost,
      random: random)
    return (Credential(verifier: verifier, codes: codes), codes)
  }

  private func change(
    _ login: String, _ what: String, _ action: AuditAction, by asker: Asker,
    _ body: (StaffAccount, WriteTransaction) throws -> Void
  ) throws -> Outcome<StaffAccount> {
    try request { transaction in
      let caller = try self.caller(asker, transaction)
      try require(.manageStaff, caller, owns: false, "\(what) of \(login)", transaction)
      guard let account = try transaction.staff(login: login), account.endedAt == nil else {
        throw Refused(.unknownLogin(login))
      }
      try body(account, transaction)
      try transaction.audit(
        action, of: nil, subject: "\(what) of \(login)", by: caller.actor, vault: vault)
      return try transaction.staff(account.id) ?? account
    }
  }

  private func requireAnother(
    _ account: StaffAccount, _ transaction: ReadTransaction
  ) throws {
    let others = try transaction.staff().filter {
      $0.post.role == .administrator && $0.endedAt == nil && $0.id != account.id
    }
    if account.post.role == .administrator, others.isEmpty { throw Refused(.lastAdministrator) }
  }
}
