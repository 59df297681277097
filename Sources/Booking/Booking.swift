import CivilTime
public import Privacy
import Scheduling
public import Store

/// What is written down with a visit when it is booked.
struct VisitRequest {
  var reason: String?
  var idempotencyKey: String?
  /// The visit whose place it takes.
  var replacing: Claim?
  /// The first claim of its series.
  var series: ClaimID?
}

extension Bookings {
  /// Books a slot, or what a hold of the session or an offer to the patient keeps.
  ///
  /// - Parameter idempotencyKey: chosen by the caller for one request. The same patient's same key
  ///   gives the same appointment, so a request whose answer was lost can be repeated; for another
  ///   place it is refused as `idempotency-key-reused`. Another patient's keys are their own.
  public func book(
    _ place: Place, reason: String? = nil, idempotencyKey: String? = nil,
    as token: SessionToken?
  ) throws -> Outcome<Appointment> {
    try request { transaction in
      let session = try self.session(token, .bookVisit, transaction)
      if let earlier = try self.earlier(idempotencyKey, of: session, transaction) {
        guard isSame(place, earlier), earlier.replaces == nil, earlier.series == nil else {
          throw reused(idempotencyKey, by: earlier)
        }
        return try show(earlier, to: .patient(session.patient), transaction)
      }
      let (slot, held) = try resolve(place, of: session, transaction)
      let request = VisitRequest(reason: reason, idempotencyKey: idempotencyKey)
      return try appointment(try book(slot, held: held, for: session, request, transaction))
    }
  }

  /// Gives the patient's visit another slot and frees the old one, or changes nothing.
  ///
  /// Repeating the request gives the appointment that it made, with or without a key.
  public func reschedule(
    _ id: ClaimID, to place: Place, idempotencyKey: String? = nil, as token: SessionToken?
  ) throws -> Outcome<Appointment> {
    try request { transaction in
      let session = try self.session(token, .moveVisit, transaction)
      if let earlier = try self.earlier(idempotencyKey, of: session, transaction) {
        guard isSame(place, earlier), earlier.replaces == id else {
          throw reused(idempotencyKey, by: earlier)
        }
        return try show(earlier, to: .patient(session.patient), transaction)
      }
      let (old, _) = try self.visit(id, of: .patient(token), .moveVisit, transaction)
      if let successor = try old.replacedBy.flatMap(transaction.claim), isSame(place, successor) {
        return try show(successor, to: .patient(session.patient), transaction)
      }
      try requireToCome(old, transaction)
      let (slot, held) = try resolve(place, of: session, transaction)
      guard slot != old.slot else {
        throw Refused(
          .sameSlot(id.appointmentText, zone: try Zone(old.timeZone), start: slot.start))
      }
      var request = VisitRequest(idempotencyKey: idempotencyKey, replacing: old)
      request.reason = try old.sealedReason.map { try vault.open(reason: $0, of: old.id) }
      return try appointment(try book(slot, held: held, for: session, request, transaction))
    }
  }

  /// Asks the rules, and writes the visit with all that belongs to it.
  ///
  /// - Parameter id: of the claim, when it was chosen before and nothing is held.
  func book(
    _ slot: SlotID, held: Claim?, for session: Session, _ request: VisitRequest,
    id chosen: ClaimID? = nil, _ transaction: WriteTransaction
  ) throws -> Claim {
    let schedule = try self.schedule(of: slot, transaction)
    var visit = request
    if visit.replacing == nil { visit.replacing = try replaced(byOffer: held, transaction) }
    if let old = visit.replacing { try settle(old.slot.role.npi, transaction) }
    let visits = try transaction.bookedVisits(
      of: session.patient, overlapping: slot.start..<slot.end)
    let room = try checkRules(
      slot, schedule, held: held, replacing: visit.replacing?.id,
      patientBusy: visits.filter { $0.id != visit.replacing?.id }
        .map { Busy(start: $0.slot.start, end: $0.slot.end) }, transaction)
    let id = try held?.id ?? chosen ?? freeID(transaction)
    if let old = visit.replacing {
      // The old visit ends first, because the new one may overlap it.
      try transaction.allOrNothing {
        try transaction.reschedule(
          old.id, to: id, isLate: try isLate(old, transaction), by: .patient(session.patient))
        try write(id, slot, schedule, room, held: held, for: session, visit, transaction)
      }
    } else {
      try write(id, slot, schedule, room, held: held, for: session, visit, transaction)
    }
    let booked = try record(id, held: held, visit, for: session, transaction)
    if let old = visit.replacing { try offer(freed: [old], by: old.patient, transaction) }
    return booked
  }

  private func write(
    _ id: ClaimID, _ slot: SlotID, _ schedule: Schedule, _ room: Room?, held: Claim?,
    for session: Session, _ visit: VisitRequest, _ transaction: WriteTransaction
  ) throws {
    guard held != nil else {
      return try place(
        id, .booked, slot, schedule, room: room, for: ClaimOwner(session), visit, transaction)
    }
    let conflict = try transaction.book(
      id, room: room?.id, sealedReason: try visit.reason.map { try vault.seal(reason: $0, of: id) },
      idempotencyKey: visit.idempotencyKey, replaces: visit.replacing?.id, series: visit.series,
      by: .patient(session.patient))
    if let conflict {
      throw Refused(refusal(of: conflict, slot, schedule, visit.idempotencyKey))
    }
  }

  private func record(
    _ id: ClaimID, held: Claim?, _ visit: VisitRequest, for session: Session,
    _ transaction: WriteTransaction
  ) throws -> Claim {
    let actor = Actor.patient(session.patient)
    let kind: OutboxEvent.Kind
    let action: AuditAction
    if let entry = held?.entry {
      try transaction.move(entry, to: .claimed, by: actor)
      (kind, action) = (.claimed, .claimOffer)
    } else if visit.replacing != nil {
      (kind, action) = (.rescheduled, .reschedule)
    } else {
      (kind, action) = (.booked, .book)
    }
    let booked = try announce(kind, of: id, transaction)
    try transaction.audit(
      action, of: session.patient, subject: id.appointmentText, by: actor, vault: vault)
    return booked
  }

  /// The slot that a place names, and the hold on it that the session may book.
  func resolve(
    _ place: Place, of session: Session, _ transaction: WriteTransaction
  ) throws -> (SlotID, held: Claim?) {
    switch place {
    case .hold(let id):
      let claim = try usableHold(id, of: session, transaction)
      return (claim.slot, claim)
    case .slot(let wanted):
      try settle(wanted.role.npi, transaction)
      return (wanted, try liveHold(on: wanted, of: session, transaction))
    }
  }

  /// What the patient's key made before.
  func earlier(
    _ idempotencyKey: String?, of session: Session, _ transaction: WriteTransaction
  ) throws -> Claim? {
    guard let idempotencyKey else { return nil }
    return try transaction.claim(of: session.patient, idempotencyKey: idempotencyKey)
  }

  func reused(_ idempotencyKey: String?, by earlier: Claim) -> Refused {
    Refused(.idempotencyKeyReused(idempotencyKey ?? "", by: earlier.id.appointmentText))
  }

  func isSame(_ place: Place, _ earlier: Claim) -> Bool {
    switch place {
    case .hold(let id): earlier.id == id
    case .slot(let slot): earlier.slot == slot
    }
  }

  /// The claim of a hold that can still be booked.
  func usableHold(
    _ id: ClaimID, of session: Session, _ transaction: WriteTransaction
  ) throws -> Claim {
    let claim = try hold(id, of: session, transaction)
    try settle(claim.slot.role.npi, transaction)
    switch claim.state {
    case .held where !claim.hasExpired(at: transaction.now): return claim
    case .held, .expired:
      throw Refused(
        .holdExpired(
          id.holdText, slot: claim.slot, at: claim.holdExpiresAt ?? claim.changedAt,
          zone: try Zone(claim.timeZone)))
    case .released: throw Refused(.unknownHold(id.holdText))
    case .booked, .cancelled, .rescheduled, .checkedIn, .noShow, .completed:
      throw Refused(.holdUsed(id.holdText, appointment: id.appointmentText))
    }
  }
}
