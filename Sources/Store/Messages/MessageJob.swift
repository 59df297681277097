public import CivilTime
public import Privacy

/// What a message says.
public enum MessageKind: String, Hashable, Sendable, CaseIterable {
  case confirmation, change, cancellation
  case reminder24h = "reminder-24h"
  case reminder1h = "reminder-1h"
  /// A slot is held for somebody on the waitlist.
  case offer

  /// The state in which a claim must be for this to be true of it.
  public var claimState: ClaimState {
    switch self {
    case .confirmation, .change, .reminder24h, .reminder1h: .booked
    case .cancellation: .cancelled
    case .offer: .held
    }
  }
}

public enum MessageRecipient: String, Hashable, Sendable, CaseIterable {
  case patient, practitioner
}

/// Something to be told at a time, unless it has stopped being true by then.
public struct PlannedMessage: Hashable, Sendable {
  public var kind: MessageKind
  public var recipient: MessageRecipient
  public var dueAt: Instant
  /// From this second on it is of no use to anybody; after `dueAt`.
  public var expiresAt: Instant

  public init(
    _ kind: MessageKind, to recipient: MessageRecipient = .patient, dueAt: Instant,
    expiresAt: Instant
  ) {
    self.kind = kind
    self.recipient = recipient
    self.dueAt = dueAt
    self.expiresAt = expiresAt
  }
}

/// Where a message stands. It ends as delivered, given up or cancelled, once.
public enum MessageState: String, Hashable, Sendable, CaseIterable {
  case waiting
  /// A worker has it until its lease ends.
  case leased
  case delivered
  case givenUp = "given-up"
  case cancelled
}

public struct MessageJob: Hashable, Sendable {
  public var id: Int64
  public var claim: ClaimID
  public var patient: PatientID
  public var kind: MessageKind
  public var recipient: MessageRecipient
  /// 1, and one more each time somebody has it sent again.
  public var round: Int
  public var state: MessageState
  public var dueAt: Instant
  public var expiresAt: Instant
  /// When it may be tried; of a leased one, when the lease ends.
  public var nextAt: Instant
  /// By which it went, once delivered.
  public var channel: String?
  public var providerID: String?
  /// Why it was not delivered.
  public var outcome: String?
  public var endedAt: Instant?
  /// `Privacy.Sealer`'s bytes of what was sent.
  public var sealedBody: [UInt8]?

  /// One message, whoever sends it how often: `a-1nr7pm40k2vf8.reminder-1h.patient.1`.
  public var key: String {
    "\(claim.appointmentText).\(kind.rawValue).\(recipient.rawValue).\(round)"
  }
}

/// One try to deliver.
public struct MessageAttempt: Hashable, Sendable {
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    case delivered
    /// The channel will not take this message, now or later.
    case refused
    /// It may later.
    case failed
  }

  public var at: Instant
  public var channel: String
  public var outcome: Outcome
  /// The channel's own words; of a delivered one, its id for the message.
  public var detail: String

  public init(at: Instant, channel: String, outcome: Outcome, detail: String) {
    self.at = at
    self.channel = channel
    self.outcome = outcome
    self.detail = detail
  }
}

extension Vault {
  /// What was sent, bound to its job.
  public func seal(body: String, of job: MessageJob) throws(SealingError) -> [UInt8] {
    try sealer.seal(body, table: "message_job", row: String(job.id), column: "body_sealed")
  }

  /// Nil when nothing was sent.
  public func body(of job: MessageJob) throws(SealingError) -> String? {
    guard let sealed = job.sealedBody else { return nil }
    return try sealer.open(
      sealed, table: "message_job", row: String(job.id), column: "body_sealed")
  }
}
