import CivilTime
public import Privacy
import Scheduling
public import Store

extension Bookings {
  /// Books a slot, or what a hold of the session keeps.
  ///
  /// - Parameter idempotencyKey: chosen by the caller for one request. The same patient's same key
  ///   gives the same appointment, so a request whose answer was lost can be repeated; for another
  ///   place it is refused as `idempotency-key-reused`. Another patient's keys are their own.
  public func book(
    _ place: Place, reason: String? = nil, idempotencyKey: String? = nil,
    as token: SessionToken?
  ) throws -> Outcome<Appointment> {
    try request { transaction in
      let session = try self.session(token, transaction)
      if let idempotencyKey,
        let earlier = try transaction.claim(of: session.patient, idempotencyKey: idempotencyKey)
      {
        guard isSame(place, earlier) else {
          throw Refused(
            .idempotencyKeyReused(idempotencyKey, by: earlier.id.appointmentText))
        }
        return try appointment(earlier)
      }
      let held: Claim?
      let slot: SlotID
      switch place {
      case .hold(let id):
        let claim = try usableHold(id, of: session, transaction)
        (held, slot) = (claim, claim.slot)
      case .slot(let wanted):
        (held, slot) = (try liveHold(on: wanted, of: session, transaction), wanted)
      }
      return try book(
        slot, held: held, for: session, reason: reason, idempotencyKey: idempotencyKey,
        transaction)
    }
  }

  private func book(
    _ slot: SlotID, held: Claim?, for session: Session, reason: String?, idempotencyKey: String?,
    _ transaction: WriteTransaction
  ) throws -> Appointment {
    let schedule = try self.schedule(of: slot, transaction)
    let actor = Actor.patient(session.patient)
    let visits = try transaction.bookedVisits(
      of: session.patient, overlapping: slot.start..<slot.end)
    let room = try checkRules(
      slot, schedule, held: held,
      patientBusy: visits.map { Busy(start: $0.slot.start, end: $0.slot.end) }, transaction)
    let id: ClaimID
    if let held {
      id = held.id
      let sealed = try reason.map { try vault.seal(reason: $0, of: id) }
      if let conflict = try transaction.book(
        id, room: room?.id, sealedReason: sealed, idempotencyKey: idempotencyKey, by: actor)
      {
        throw Refused(refusal(of: conflict, slot, schedule, idempotencyKey))
      }
    } else {
      id = try self.place(
        .booked, slot, schedule, room: room, for: session, idempotencyKey: idempotencyKey,
        reason: reason, transaction
      ).id
    }
    try transaction.post(.booked, of: id)
    try transaction.audit(
      .book, of: session.patient, subject: id.appointmentText, by: actor, vault: vault)
    return try appointment(id, transaction)
  }

  /// The patient's booked and cancelled visits, by start.
  public func appointments(as token: SessionToken?) throws -> Outcome<[Appointment]> {
    try request { transaction in
      let session = try self.session(token, transaction)
      let claims = try transaction.claims(of: session.patient, in: [.booked, .cancelled])
      try transaction.audit(
        .listAppointments, of: session.patient, subject: "claim",
        by: .patient(session.patient), vault: vault)
      return try claims.map(appointment)
    }
  }

  /// Cancels a visit that has not started; its time is free again at once.
  public func cancel(_ id: ClaimID, as token: SessionToken?) throws -> Outcome<Appointment> {
    try request { transaction in
      let session = try self.session(token, transaction)
      guard let claim = try transaction.claim(id), claim.patient == session.patient,
        claim.state == .booked || claim.state == .cancelled
      else { throw Refused(.unknownAppointment(id.appointmentText)) }
      let zone = try Zone(claim.timeZone)
      guard claim.state == .booked else {
        throw Refused(.alreadyCancelled(id.appointmentText, at: claim.changedAt, zone: zone))
      }
      guard transaction.now < claim.slot.start else {
        throw Refused(
          .appointmentStarted(id.appointmentText, start: claim.slot.start, zone: zone))
      }
      let actor = Actor.patient(session.patient)
      try transaction.end(id, as: .cancelled, by: actor)
      try transaction.post(.cancelled, of: id)
      try transaction.audit(
        .cancel, of: session.patient, subject: id.appointmentText, by: actor, vault: vault)
      return try appointment(id, transaction)
    }
  }

  private func isSame(_ place: Place, _ earlier: Claim) -> Bool {
    switch place {
    case .hold(let id): earlier.id == id
    case .slot(let slot): earlier.slot == slot
    }
  }

  /// The claim of a hold that can still be booked.
  private func usableHold(
    _ id: ClaimID, of session: Session, _ transaction: WriteTransaction
  ) throws -> Claim {
    let claim = try hold(id, of: session, transaction)
    switch claim.state {
    case .booked, .cancelled:
      throw Refused(.holdUsed(id.holdText, appointment: id.appointmentText))
    case .released:
      throw Refused(.unknownHold(id.holdText))
    case .held where !claim.hasExpired(at: transaction.now):
      return claim
    case .held, .expired:
      if claim.state == .held { try transaction.end(id, as: .expired, by: .system) }
      throw Refused(
        .holdExpired(
          id.holdText, slot: claim.slot, at: claim.holdExpiresAt ?? claim.changedAt,
          zone: try Zone(claim.timeZone)))
    }
  }

  /// As the transaction has left it.
  private func appointment(
    _ id: ClaimID, _ transaction: WriteTransaction
  ) throws -> Appointment {
    guard let claim = try transaction.claim(id) else { throw BookingFault.claimVanished(id) }
    return try appointment(claim)
  }

  private func appointment(_ claim: Claim) throws -> Appointment {
    Appointment(
      id: claim.id, status: claim.state == .cancelled ? .cancelled : .booked, slot: claim.slot,
      wall: claim.wall, zone: try Zone(claim.timeZone), tzdataVersion: claim.tzdataVersion,
      reason: try claim.sealedReason.map { try vault.open(reason: $0, of: claim.id) },
      bookedAt: claim.createdAt, changedAt: claim.changedAt)
  }
}
