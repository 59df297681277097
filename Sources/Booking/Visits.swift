import CivilTime
public import Privacy
import Scheduling
public import Store

extension Bookings {
  /// The patient's visits, past and ended ones too, by start.
  public func appointments(as token: SessionToken?) throws -> Outcome<[Appointment]> {
    try request { transaction in
      let session = try self.session(token, .listVisits, transaction)
      let claims = try transaction.claims(of: session.patient, in: ClaimState.visits)
      try transaction.audit(
        .listAppointments, of: session.patient, subject: "claim",
        by: .patient(session.patient), vault: vault)
      return try claims.map(appointment)
    }
  }

  /// Everything that happened to a visit, to those whose place it took and to those that took its
  /// place, oldest first.
  public func history(of id: ClaimID, by asker: Asker) throws -> Outcome<[VisitEvent]> {
    try request { transaction in
      let (visit, actor) = try self.visit(id, of: asker, .readVisit, transaction)
      var first = visit
      while let earlier = try first.replaces.flatMap(transaction.claim) { first = earlier }
      var events: [VisitEvent] = []
      var next: Claim? = first
      while let claim = next {
        let appointment = try self.appointment(claim)
        events += try transaction.history(of: claim.id).map { VisitEvent(appointment, $0) }
        next = try claim.replacedBy.flatMap(transaction.claim)
      }
      try transaction.audit(
        .readHistory, of: visit.patient, subject: id.appointmentText, by: actor, vault: vault)
      return events
    }
  }

  /// Ends a visit that has not started; its time is free again at once, or goes to whoever waits
  /// for it. Within the practice's notice it is flagged as late.
  public func cancel(
    _ id: ClaimID, reason: String? = nil, as token: SessionToken?
  ) throws -> Outcome<Appointment> {
    try cancel(id, reason: reason, by: .patient(token))
  }

  /// - Parameter override: by the practice's desk, against the rules: after the start too, also of
  ///   a patient who has been checked in, and without the flag. `reason` says by which right.
  public func cancel(
    _ id: ClaimID, reason: String?, override: Bool = false, by asker: Asker
  ) throws -> Outcome<Appointment> {
    try request { transaction in
      let (claim, actor) = try visit(
        id, of: asker, override ? .overrideCancel : .cancelVisit, transaction)
      try settle(claim.slot.role.npi, transaction)
      if !override {
        try requireToCome(claim, transaction)
      } else if claim.state != .checkedIn {
        try requireBooked(claim)
      }
      try transaction.cancel(
        id, sealedReason: try reason.map { try vault.seal(endReason: $0, of: id) },
        isLate: try !override && isLate(claim, transaction), by: actor)
      let cancelled = try announce(.cancelled, of: id, transaction)
      try transaction.audit(
        override ? .overrideCancel : .cancel, of: claim.patient, subject: id.appointmentText,
        by: actor, vault: vault)
      try offer(freed: [claim], by: claim.patient, transaction)
      return try appointment(cancelled)
    }
  }

  /// The patient is here. Repeating it changes nothing.
  public func checkIn(_ id: ClaimID, by desk: FrontDesk) throws -> Outcome<Appointment> {
    try attend(id, .checkedIn, .checkedIn, .checkIn, by: desk) { claim, now in
      try requireBooked(claim)
      let opens = claim.slot.start.adding(seconds: -limits.checkInSeconds)
      guard (opens..<claim.slot.end).contains(now) else {
        throw Refused(
          .checkInClosed(
            id.appointmentText, from: opens, to: claim.slot.end, zone: try Zone(claim.timeZone)))
      }
    }
  }

  /// The patient did not come. Repeating it changes nothing.
  public func markNoShow(_ id: ClaimID, by desk: FrontDesk) throws -> Outcome<Appointment> {
    try attend(id, .noShow, .noShow, .noShow, by: desk) { claim, now in
      try requireBooked(claim)
      guard now >= claim.slot.start else {
        throw Refused(
          .notStarted(
            id.appointmentText, start: claim.slot.start, zone: try Zone(claim.timeZone)))
      }
    }
  }

  /// The visit of a patient who had been checked in is over. Repeating it changes nothing.
  public func complete(_ id: ClaimID, by desk: FrontDesk) throws -> Outcome<Appointment> {
    try attend(id, .completed, .completed, .complete, by: desk) { claim, _ in
      guard claim.state == .checkedIn else {
        throw Refused(.notBooked(id.appointmentText, state: claim.state.rawValue))
      }
    }
  }

  private func attend(
    _ id: ClaimID, _ state: ClaimState, _ kind: OutboxEvent.Kind, _ action: AuditAction,
    by desk: FrontDesk, _ check: (Claim, Instant) throws -> Void
  ) throws -> Outcome<Appointment> {
    try request { transaction in
      let (claim, actor) = try visit(id, of: .frontDesk(desk), .attendVisit, transaction)
      guard claim.state != state else { return try show(claim, to: actor, transaction) }
      try check(claim, transaction.now)
      try transaction.end(id, as: state, by: actor)
      let attended = try announce(kind, of: id, transaction)
      try transaction.audit(
        action, of: claim.patient, subject: id.appointmentText, by: actor, vault: vault)
      return try appointment(attended)
    }
  }
}

/// The steps that a visit's later life shares.
extension Bookings {
  /// A visit to which the asker may do `action`. A patient is told of somebody else's what they are
  /// told of one that nobody has.
  func visit(
    _ id: ClaimID, of asker: Asker, _ action: Action, _ transaction: WriteTransaction
  ) throws -> (Claim, Actor) {
    let caller = try self.caller(asker, transaction)
    let unknown = Refusal.unknownAppointment(id.appointmentText)
    guard let claim = try transaction.claim(id), ClaimState.visits.contains(claim.state) else {
      try require(action, caller, owns: true, id.appointmentText, transaction)
      try refuse(action, caller, id.appointmentText, transaction)
      throw Refused(unknown)
    }
    try require(
      action, caller, owns: caller.owns(claim), of: claim.patient, id.appointmentText,
      else: caller.role == .patient ? unknown : nil, transaction)
    return (claim, caller.actor)
  }

  /// A visit as the answer to a request that was made before: a read, and so on record.
  func show(
    _ claim: Claim, to actor: Actor, _ transaction: WriteTransaction
  ) throws -> Appointment {
    try transaction.audit(
      .readAppointment, of: claim.patient, subject: claim.id.appointmentText, by: actor,
      vault: vault)
    return try appointment(claim)
  }

  func requireBooked(_ claim: Claim) throws {
    let text = claim.id.appointmentText
    switch claim.state {
    case .booked: return
    case .cancelled:
      throw Refused(.alreadyCancelled(text, at: claim.changedAt, zone: try Zone(claim.timeZone)))
    case .rescheduled:
      throw Refused(
        .alreadyRescheduled(text, to: claim.replacedBy?.appointmentText ?? "another"))
    default: throw Refused(.notBooked(text, state: claim.state.rawValue))
    }
  }

  func requireToCome(_ claim: Claim, _ transaction: WriteTransaction) throws {
    try requireBooked(claim)
    guard transaction.now < claim.slot.start else {
      throw Refused(
        .appointmentStarted(
          claim.id.appointmentText, start: claim.slot.start, zone: try Zone(claim.timeZone)))
    }
  }

  /// Whether a visit that ends now ends within the practice's notice.
  func isLate(_ claim: Claim, _ transaction: WriteTransaction) throws -> Bool {
    let notice =
      try transaction.cancelNoticeSeconds(of: claim.slot.role) ?? limits.cancelNoticeSeconds
    return transaction.now > claim.slot.start.adding(seconds: -notice)
  }

  /// As the transaction has left it.
  func claim(_ id: ClaimID, _ transaction: WriteTransaction) throws -> Claim {
    guard let claim = try transaction.claim(id) else { throw BookingFault.claimVanished(id) }
    return claim
  }

  func appointment(_ claim: Claim) throws -> Appointment {
    Appointment(
      id: claim.id, status: Appointment.Status(claim.state) ?? .booked, slot: claim.slot,
      wall: claim.wall, zone: try Zone(claim.timeZone), tzdataVersion: claim.tzdataVersion,
      reason: try claim.sealedReason.map { try vault.open(reason: $0, of: claim.id) },
      bookedAt: claim.createdAt, changedAt: claim.changedAt,
      cancelReason: try claim.sealedEndReason.map { try vault.open(endReason: $0, of: claim.id) },
      isLate: claim.isLate ?? false, replaces: claim.replaces, replacedBy: claim.replacedBy,
      series: claim.series)
  }
}
