public import CivilTime
public import Privacy
public import ProviderDirectory
import Scheduling
public import Store

/// Who asks, as their session or the home's mode has shown.
struct Caller {
  let role: Role
  let actor: Actor
  /// Of a patient.
  var session: Session?
  /// Of the staff.
  var account: StaffAccount?
  var staffSession: StaffSession?
  var isInEmergency = false

  /// Whether the claim is of those that `Reach.own` means.
  func owns(_ claim: Claim) -> Bool {
    switch role {
    case .patient: claim.patient == session?.patient
    case .practitioner: claim.slot.role.npi == account?.post.npi
    case .frontDesk: account?.post.sites.contains(claim.slot.role.site) ?? false
    default: false
    }
  }

  /// Whether they are the practitioner's own roles, or at the front desk's sites.
  func owns(_ roles: [RoleID]) -> Bool {
    switch role {
    case .practitioner: roles.allSatisfy { $0.npi == account?.post.npi }
    case .frontDesk: roles.allSatisfy { account?.post.sites.contains($0.site) ?? false }
    default: false
    }
  }
}

/// Who is signed in, for people to see.
public struct SignedIn: Hashable, Sendable {
  public let role: Role
  /// `Actor.description`.
  public let name: String
  public let patient: PatientID?
  public let post: StaffPost?
  /// When the session ends if it is used, and if it is not.
  public let endsAt: Instant?
  public let idleEndsAt: Instant?
  public let emergencyEndsAt: Instant?
}

extension Bookings {
  /// Who asks, or the refusal of a session that may not.
  func caller(_ asker: Asker, _ transaction: WriteTransaction) throws -> Caller {
    switch asker {
    case .patient(let token): return try caller(token, transaction)
    case .frontDesk(let desk):
      guard try transaction.hasStaff() else {
        return Caller(role: .owner, actor: .frontDesk(desk.name))
      }
      return try caller(desk.token, transaction)
    }
  }

  private func caller(
    _ token: SessionToken?, _ transaction: WriteTransaction
  ) throws -> Caller {
    guard let token else { throw Refused(.notSignedIn) }
    if let session = try transaction.session(token) {
      try requireLive(
        session.createdAt, session.expiresAt, session.usedAt, session.endedAt, transaction)
      if isDueToTouch(session.usedAt, transaction) { try transaction.touch(session) }
      return Caller(role: .patient, actor: .patient(session.patient), session: session)
    }
    guard let session = try transaction.staffSession(token),
      let account = try transaction.staff(session.staff), account.endedAt == nil
    else { throw Refused(.notSignedIn) }
    try requireLive(
      session.createdAt, session.expiresAt, session.usedAt, session.endedAt, transaction)
    if isDueToTouch(session.usedAt, transaction) { try transaction.touch(session) }
    return Caller(
      role: account.post.role, actor: account.actor, account: account, staffSession: session,
      isInEmergency: try transaction.emergencyEnd(of: session) != nil)
  }

  private func requireLive(
    _ createdAt: Instant, _ expiresAt: Instant, _ usedAt: Instant, _ endedAt: Instant?,
    _ transaction: WriteTransaction
  ) throws {
    guard endedAt == nil else { throw Refused(.notSignedIn) }
    // The limit of now counts, should it have become shorter since.
    let end = min(
      expiresAt, createdAt.adding(seconds: limits.sessionSeconds),
      usedAt.adding(seconds: limits.idleSeconds))
    guard transaction.now < end else {
      throw Refused(.sessionExpired(at: end, zone: try Zone("Etc/UTC")))
    }
  }

  /// To the minute is enough, and saves most requests a page to write.
  private func isDueToTouch(_ usedAt: Instant, _ transaction: WriteTransaction) -> Bool {
    transaction.now >= usedAt.adding(seconds: min(60, limits.idleSeconds / 4))
  }

  /// The one check: refuses, and records, what the policy does not permit to the caller.
  ///
  /// - Parameters:
  ///   - owns: whether what is asked for is the caller's own, see `Reach.own`.
  ///   - patient: whose it is.
  ///   - subject: what it is, as the audit trail names it.
  ///   - refusal: the answer, where that is not to tell what there is.
  func require(
    _ action: Action, _ caller: Caller, owns: Bool, of patient: PatientID? = nil,
    _ subject: String, else refusal: Refusal? = nil, _ transaction: WriteTransaction
  ) throws {
    let usual = Policy.reach(of: caller.role, action)
    if usual == .any || (usual == .own && owns) { return }
    let reach = Policy.reach(of: caller.role, action, inEmergency: caller.isInEmergency)
    guard reach == .any else {
      try refuse(action, caller, of: patient, subject, transaction)
      // To whom it is never permitted may be told so.
      throw Refused(
        usual == .own
          ? refusal ?? Self.notPermitted(action, caller, usual)
          : Self.notPermitted(action, caller, usual))
    }
    try transaction.audit(
      .readInEmergency, of: patient, subject: subject, by: caller.actor, vault: vault)
  }

  func refuse(
    _ action: Action, _ caller: Caller, of patient: PatientID? = nil, _ subject: String,
    _ transaction: WriteTransaction
  ) throws {
    try transaction.audit(
      .refused, of: patient, subject: "\(action.rawValue) \(subject)", by: caller.actor,
      vault: vault)
  }

  private static func notPermitted(_ action: Action, _ caller: Caller, _ reach: Reach) -> Refusal {
    let isOthers = reach == .own
    let canBreakGlass =
      isOthers && Policy.reach(of: caller.role, action, inEmergency: true) == .any
    let next =
      canBreakGlass
      ? "in an emergency, `nearcare break-glass open --reason …` shows it for an hour"
      : "sign in as somebody who may with `nearcare login`"
    return .notPermitted(
      "\(action.rawValue)\(isOthers ? " of what is not yours" : "")",
      to: "\([.administrator, .owner].contains(caller.role) ? "an" : "a") \(caller.role.rawValue)",
      next: next)
  }

  /// The patient's session that asks for `action`, or the refusal of one that may not.
  func session(
    _ token: SessionToken?, _ action: Action, _ transaction: WriteTransaction
  ) throws -> Session {
    let caller = try self.caller(token, transaction)
    try require(action, caller, owns: true, "", transaction)
    guard let session = caller.session else { throw Refused(.notSignedIn) }
    return session
  }

  /// Whether the asker may do `action` at all, or to these roles' schedules. Refusals are recorded.
  ///
  /// - Parameter roles: nil asks whether there is anything to which the asker may do it.
  public func permit(
    _ action: Action, to roles: [RoleID]? = nil, by asker: Asker
  ) throws -> Outcome<Actor> {
    try request { transaction in
      let caller: Caller
      do {
        caller = try self.caller(asker, transaction)
      } catch let refused as Refused {
        let nobody = Caller(role: .nobody, actor: .nobody)
        try refuse(action, nobody, "", transaction)
        throw refused
      }
      let subject = roles.map { $0.map { "role \($0)" }.prefix(3).joined(separator: " ") } ?? ""
      try require(
        action, caller, owns: roles.map(caller.owns) ?? true, subject, transaction)
      return caller.actor
    }
  }

  /// Who is signed in with a token.
  public func whoIs(_ token: SessionToken?) throws -> Outcome<SignedIn> {
    try request { transaction in
      let caller = try self.caller(token, transaction)
      let (created, expires, used) =
        caller.session.map { ($0.createdAt, $0.expiresAt, $0.usedAt) }
        ?? caller.staffSession.map { ($0.createdAt, $0.expiresAt, $0.usedAt) }
        ?? (transaction.now, transaction.now, transaction.now)
      return SignedIn(
        role: caller.role, name: caller.actor.description, patient: caller.session?.patient,
        post: caller.account?.post,
        endsAt: min(expires, created.adding(seconds: limits.sessionSeconds)),
        idleEndsAt: max(used, transaction.now).adding(seconds: limits.idleSeconds),
        emergencyEndsAt: try caller.staffSession.flatMap(transaction.emergencyEnd))
    }
  }
}
