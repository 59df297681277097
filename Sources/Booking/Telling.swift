import CivilTime
import Store

/// What is to be told of a visit, and when.
///
/// Times are counted from the visit's instant, never from what a clock on a wall shows, so a
/// reminder stays 24 or 1 hours before it when the clocks change in between.
struct MessagePlan {
  static let dayBeforeSeconds: Int64 = 24 * 3600
  static let hourBeforeSeconds: Int64 = 3600

  /// The messages that an event makes due, now or later. A reminder whose time has passed is left
  /// out: who books inside 24 hours has just been told.
  ///
  /// - Parameter reminders: whether the practitioner wants to be told of reminders too; nil for one
  ///   who wants to be told nothing.
  static func messages(
    after event: OutboxEvent.Kind, of claim: Claim, toPractitioner reminders: Bool?, now: Instant
  ) -> [PlannedMessage] {
    let planned = messages(after: event, of: claim, now: now)
    guard let reminders else { return planned }
    // An offer is nothing to them yet.
    return planned
      + planned.compactMap { message in
        let isReminder = [.reminder24h, .reminder1h].contains(message.kind)
        guard message.kind != .offer, reminders || !isReminder else { return nil }
        return PlannedMessage(
          message.kind, to: .practitioner, dueAt: message.dueAt, expiresAt: message.expiresAt)
      }
  }

  static func messages(
    after event: OutboxEvent.Kind, of claim: Claim, now: Instant
  ) -> [PlannedMessage] {
    let start = claim.slot.start
    switch event {
    case .booked, .rescheduled, .claimed:
      let isLater = claim.series.map { $0 != claim.id } ?? false
      // A series is confirmed with its first visit.
      let first: MessageKind? =
        claim.replaces != nil ? .change : isLater ? nil : .confirmation
      let dayBefore = start.adding(seconds: -dayBeforeSeconds)
      let hourBefore = start.adding(seconds: -hourBeforeSeconds)
      return [
        first.flatMap { now < start ? PlannedMessage($0, dueAt: now, expiresAt: start) : nil },
        // By the hour before, the other reminder says the same.
        now < dayBefore
          ? PlannedMessage(.reminder24h, dueAt: dayBefore, expiresAt: hourBefore) : nil,
        now < hourBefore
          ? PlannedMessage(.reminder1h, dueAt: hourBefore, expiresAt: start) : nil,
      ].compactMap(\.self)
    case .cancelled:
      return now < start ? [PlannedMessage(.cancellation, dueAt: now, expiresAt: start)] : []
    case .offered:
      guard let end = claim.holdExpiresAt, now < end else { return [] }
      return [PlannedMessage(.offer, dueAt: now, expiresAt: end)]
    case .lapsed, .checkedIn, .noShow, .completed: return []
    }
  }
}

extension Bookings {
  /// Posts an event to the outbox, and plans what is to be told of it. Nothing is sent here: a
  /// booking neither waits for a message nor fails because of one.
  ///
  /// - Returns: the claim as it now stands.
  @discardableResult
  func announce(
    _ event: OutboxEvent.Kind, of id: ClaimID, _ transaction: WriteTransaction
  ) throws -> Claim {
    try transaction.post(event, of: id)
    let claim = try self.claim(id, transaction)
    try transaction.plan(
      MessagePlan.messages(
        after: event, of: claim,
        toPractitioner: try transaction.wantsReminders(claim.slot.role.npi),
        now: transaction.now), of: id)
    switch event {
    case .cancelled: try confirmRest(after: claim, transaction)
    case .rescheduled:
      if let old = try claim.replaces.flatMap(transaction.claim) {
        try confirmRest(after: old, transaction)
      }
    case .booked, .claimed, .offered, .lapsed, .checkedIn, .noShow, .completed: break
    }
    return claim
  }

  /// The confirmation of a series ends with the visit that it was planned of. Where it had not been
  /// sent, the next visit has it.
  private func confirmRest(after ended: Claim, _ transaction: WriteTransaction) throws {
    guard let series = ended.series else { return }
    let unsent = try transaction.messages(of: ended.id)
      .filter { $0.kind == .confirmation && $0.state == .cancelled }.map(\.recipient)
    guard !unsent.isEmpty else { return }
    let rest = try transaction.series(series).filter {
      $0.state == .booked && transaction.now < $0.slot.start
    }
    guard let next = rest.first else { return }
    let told = try rest.flatMap { try transaction.messages(of: $0.id) }
      .filter { $0.kind == .confirmation }
    try transaction.plan(
      Set(unsent).subtracting(told.map(\.recipient)).sorted { $0.rawValue < $1.rawValue }.map {
        PlannedMessage(
          .confirmation, to: $0, dueAt: transaction.now, expiresAt: next.slot.start)
      }, of: next.id)
  }
}
