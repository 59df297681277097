import CivilTime
import Privacy
public import Store

/// A message as it was sent, or will be.
public struct ToldMessage: Sendable {
  public let job: MessageJob
  /// Nil while nothing was sent.
  public let body: String?
  public let attempts: [MessageAttempt]
}

/// What was told of visits, and telling it again.
extension Bookings {
  /// The newest `limit` messages about the asker's own visits: a patient's, a practitioner's, or
  /// those at the front desk's sites.
  public func messages(
    in states: Set<MessageState>, limit: Int, by asker: Asker
  ) throws -> Outcome<NewestMessages> {
    try request { transaction in
      let caller = try self.caller(asker, transaction)
      try require(.listMessages, caller, owns: true, "messages", transaction)
      let patient = caller.session?.patient
      let isAnybody = patient != nil || Policy.reach(of: caller.role, .listMessages) == .any
      let newest = try transaction.messages(about: patient, in: states, limit: limit) {
        isAnybody || caller.owns([$0])
      }
      try transaction.audit(
        .listMessages, of: patient, subject: "message", by: caller.actor, vault: vault)
      return newest
    }
  }

  /// What a visit's people were told, each with its words and every try to deliver it.
  public func messages(of id: ClaimID, by asker: Asker) throws -> Outcome<[ToldMessage]> {
    try request { transaction in
      let (claim, actor) = try visit(id, of: asker, .readMessage, transaction)
      let told = try transaction.messages(of: id).map {
        ToldMessage(
          job: $0, body: try vault.body(of: $0), attempts: try transaction.attempts(of: $0))
      }
      try transaction.audit(
        .readMessage, of: claim.patient, subject: id.appointmentText, by: actor, vault: vault)
      return told
    }
  }

  /// Has a patient told once more what is true of a visit to come: that it is booked or moved, or
  /// of a cancelled one, that it is cancelled. What is still on its way is not doubled.
  public func resend(_ id: ClaimID, by asker: Asker) throws -> Outcome<MessageJob> {
    try request { transaction in
      let (claim, actor) = try visit(id, of: asker, .resendMessage, transaction)
      if claim.state != .cancelled { try requireBooked(claim) }
      guard transaction.now < claim.slot.start else {
        throw Refused(
          .appointmentStarted(
            id.appointmentText, start: claim.slot.start, zone: try Zone(claim.timeZone)))
      }
      let kinds: Set<MessageKind> =
        claim.state == .cancelled ? [.cancellation] : [.confirmation, .change]
      func last() throws -> MessageJob? {
        try transaction.messages(of: id)
          .filter { kinds.contains($0.kind) && $0.recipient == .patient }
          .max { $0.round < $1.round }
      }
      if let job = try last(), job.endedAt != nil {
        try transaction.planAgain(job, expiresAt: claim.slot.start)
      } else if try last() == nil {
        // Booked before there were messages.
        let kind: MessageKind =
          claim.state == .cancelled
          ? .cancellation : claim.replaces == nil ? .confirmation : .change
        try transaction.plan(
          [PlannedMessage(kind, dueAt: transaction.now, expiresAt: claim.slot.start)], of: id)
      }
      try transaction.audit(
        .resendMessage, of: claim.patient, subject: id.appointmentText, by: actor, vault: vault)
      guard let job = try last() else { throw BookingFault.claimVanished(id) }
      return job
    }
  }
}
