import CivilTime
public import Privacy
import ProviderDirectory
public import Scheduling
public import Store

extension Bookings {
  /// Keeps a slot for the session that asks, for `BookingLimits.holdSeconds`.
  ///
  /// Holding a slot that the session holds already gives the same hold, with the time it has left.
  public func hold(_ slot: SlotID, as token: SessionToken?) throws -> Outcome<Hold> {
    try request { transaction in
      let session = try self.session(token, .holdSlot, transaction)
      let schedule = try self.schedule(of: slot, transaction)
      try settle(slot.role.npi, transaction)
      if let own = try liveHold(on: slot, of: session, transaction) { return try hold(own) }
      let live = try transaction.claims(of: session.patient, in: [.held])
        .filter { $0.entry == nil && !$0.hasExpired(at: transaction.now) }
      guard live.count < limits.holdsPerPatient else {
        throw Refused(.tooManyHolds(live: live.count, limit: limits.holdsPerPatient))
      }
      let room = try checkRules(slot, schedule, patientBusy: [], transaction)
      let id = try freeID(transaction)
      try place(
        id, .held, slot, schedule, room: room, for: ClaimOwner(session), VisitRequest(),
        transaction)
      try transaction.audit(
        .hold, of: session.patient, subject: id.holdText, by: .patient(session.patient),
        vault: vault)
      return try hold(try claim(id, transaction))
    }
  }

  /// Gives a hold as much time again, once, and not past the visit's start. Offers from the
  /// waitlist have no more.
  public func extend(_ id: ClaimID, as token: SessionToken?) throws -> Outcome<Hold> {
    try request { transaction in
      let session = try self.session(token, .holdSlot, transaction)
      let claim = try usableHold(id, of: session, transaction)
      let zone = try Zone(claim.timeZone)
      let now = try hold(claim).expiresAt
      guard claim.entry == nil else {
        throw Refused(.offerNotExtended(id.holdText, until: now, zone: zone))
      }
      let end = min(now.adding(seconds: limits.holdSeconds), claim.slot.start)
      guard !claim.isExtended, end > now else {
        throw Refused(.holdExtended(id.holdText, until: now, zone: zone))
      }
      let actor = Actor.patient(session.patient)
      try transaction.extend(id, until: end, by: actor)
      try transaction.audit(
        .extendHold, of: session.patient, subject: id.holdText, by: actor, vault: vault)
      return try hold(try self.claim(id, transaction))
    }
  }

  /// Gives a held slot back, or declines an offer. A hold that is over already counts as released.
  public func release(_ id: ClaimID, as token: SessionToken?) throws -> Outcome<Hold> {
    try request { transaction in
      let session = try self.session(token, .holdSlot, transaction)
      let claim = try self.hold(id, of: session, transaction)
      try settle(claim.slot.role.npi, transaction)
      switch claim.state {
      case .released, .expired: break
      case .held where claim.hasExpired(at: transaction.now): break
      case .held:
        try release(claim, by: .patient(session.patient), transaction)
        try offer(freed: [claim], by: claim.patient, transaction)
      default: throw Refused(.holdUsed(id.holdText, appointment: id.appointmentText))
      }
      return try hold(claim)
    }
  }

  /// Ends a live hold; its time is not offered yet.
  func release(_ claim: Claim, by actor: Actor, _ transaction: WriteTransaction) throws {
    try transaction.end(claim.id, as: .released, by: actor)
    try lapse(claim, transaction)
    try transaction.audit(
      .release, of: claim.patient, subject: claim.id.holdText, by: actor, vault: vault)
  }

  /// Ends the person's holds that have run out, and offers their time, and new hours, to whoever
  /// waits for it. Every request that may need the time begins with it, so nothing hangs on a
  /// sweeper.
  @discardableResult
  func settle(_ npi: NPI, _ transaction: WriteTransaction) throws -> WorkDone {
    var done = WorkDone()
    let over = try transaction.expiredHolds(of: npi)
    if !over.isEmpty {
      for claim in over {
        try transaction.end(claim.id, as: .expired, by: .system)
        try lapse(claim, transaction)
      }
      done.expiredHolds = over.count
      done.offers = try offer(freed: over, transaction)
    }
    done += try offerNewHours(of: npi, transaction)
    return done
  }

  func hold(_ claim: Claim) throws -> Hold {
    guard let expiresAt = claim.holdExpiresAt else { throw BookingFault.noExpiry(claim.id) }
    return Hold(id: claim.id, slot: claim.slot, expiresAt: expiresAt)
  }

  /// The claim that a hold's id names, if the session may use it.
  func hold(
    _ id: ClaimID, of session: Session, _ transaction: WriteTransaction
  ) throws -> Claim {
    guard let claim = try transaction.claim(id), claim.holdExpiresAt != nil else {
      throw Refused(.unknownHold(id.holdText))
    }
    guard isOwn(claim, of: session) else { throw Refused(.notYourHold(id.holdText)) }
    return claim
  }

  /// The asker's own hold on exactly this slot, when it still lives.
  func liveHold(
    on slot: SlotID, of session: Session, _ transaction: WriteTransaction
  ) throws -> Claim? {
    try transaction.liveClaims(of: slot.role.npi, overlapping: slot.start..<slot.end)
      .first {
        $0.state == .held && $0.slot == slot && isOwn($0, of: session)
          && !$0.hasExpired(at: transaction.now)
      }
  }

  /// A hold is the session's that made it; an offer is the patient's, at any terminal.
  private func isOwn(_ claim: Claim, of session: Session) -> Bool {
    claim.entry == nil
      ? claim.sessionHash == session.tokenHash : claim.patient == session.patient
  }
}

/// What cannot be while the database's guards stand.
public enum BookingFault: Error, Hashable, Sendable, CustomStringConvertible {
  case noExpiry(ClaimID)
  case claimVanished(ClaimID)
  case noWallTime(SlotID)
  case noFreeID(attempts: Int)
  case noOffer(WaitlistID)
  case unreadableWish(WaitlistID)

  public var description: String {
    switch self {
    case .noExpiry(let id):
      "hold \(id.holdText) has no time at which it ends: the database was changed by hand; "
        + "restore a backup"
    case .claimVanished(let id):
      "claim \(id.appointmentText) vanished while it was written: restore a backup"
    case .noWallTime(let slot): "slot \(slot) has no wall time in its zone: check package tzdata"
    case .noOffer(let id):
      "waitlist entry \(id) is offered or claimed, and no slot is: restore a backup"
    case .unreadableWish(let id):
      "waitlist entry \(id) holds a wish that this nearcare cannot read: upgrade nearcare, or "
        + "restore a backup"
    case .noFreeID(let attempts):
      "\(attempts) random ids in a row were taken: the source of random numbers is broken"
    }
  }
}
