import CivilTime
public import Privacy
public import Scheduling
public import Store

extension Bookings {
  /// Keeps a slot for the session that asks, for `BookingLimits.holdSeconds`.
  ///
  /// Holding a slot that the session holds already gives the same hold, with the time it has left.
  public func hold(_ slot: SlotID, as token: SessionToken?) throws -> Outcome<Hold> {
    try request { transaction in
      let session = try self.session(token, transaction)
      let schedule = try self.schedule(of: slot, transaction)
      if let own = try liveHold(on: slot, of: session, transaction) { return try hold(own) }
      let live = try transaction.claims(of: session.patient, in: [.held])
        .filter { $0.sessionHash == session.tokenHash && !$0.hasExpired(at: transaction.now) }
      guard live.count < limits.holdsPerSession else {
        throw Refused(.tooManyHolds(live: live.count, limit: limits.holdsPerSession))
      }
      let room = try checkRules(slot, schedule, patientBusy: [], transaction)
      let claim = try place(
        .held, slot, schedule, room: room, for: session, idempotencyKey: nil, reason: nil,
        transaction)
      try transaction.audit(
        .hold, of: session.patient, subject: claim.id.holdText, by: .patient(session.patient),
        vault: vault)
      return try hold(claim)
    }
  }

  /// Gives a held slot back. A hold that is over already counts as released.
  public func release(_ id: ClaimID, as token: SessionToken?) throws -> Outcome<Hold> {
    try request { transaction in
      let session = try self.session(token, transaction)
      let claim = try self.hold(id, of: session, transaction)
      switch claim.state {
      case .booked, .cancelled:
        throw Refused(.holdUsed(id.holdText, appointment: id.appointmentText))
      case .released, .expired: break
      case .held:
        let actor = Actor.patient(session.patient)
        let isOver = claim.hasExpired(at: transaction.now)
        try transaction.end(id, as: isOver ? .expired : .released, by: isOver ? .system : actor)
        try transaction.audit(
          .release, of: session.patient, subject: id.holdText, by: actor, vault: vault)
      }
      return try hold(claim)
    }
  }

  private func hold(_ claim: Claim) throws -> Hold {
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
    guard claim.sessionHash == session.tokenHash else {
      throw Refused(.notYourHold(id.holdText))
    }
    return claim
  }

  /// The session's own hold on exactly this slot, when it still lives.
  func liveHold(
    on slot: SlotID, of session: Session, _ transaction: WriteTransaction
  ) throws -> Claim? {
    try transaction.liveClaims(of: slot.role.npi, overlapping: slot.start..<slot.end)
      .first {
        $0.state == .held && $0.slot == slot && $0.sessionHash == session.tokenHash
          && !$0.hasExpired(at: transaction.now)
      }
  }
}

/// What cannot be while the database's guards stand.
public enum BookingFault: Error, Hashable, Sendable, CustomStringConvertible {
  case noExpiry(ClaimID)
  case claimVanished(ClaimID)
  case noWallTime(SlotID)
  case noFreeID(attempts: Int)

  public var description: String {
    switch self {
    case .noExpiry(let id):
      "hold \(id.holdText) has no time at which it ends: the database was changed by hand; "
        + "restore a backup"
    case .claimVanished(let id):
      "claim \(id.appointmentText) vanished while it was written: restore a backup"
    case .noWallTime(let slot): "slot \(slot) has no wall time in its zone: check package tzdata"
    case .noFreeID(let attempts):
      "\(attempts) random ids in a row were taken: the source of random numbers is broken"
    }
  }
}
