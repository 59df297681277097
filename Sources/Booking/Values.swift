public import CivilTime
public import Privacy
public import ProviderDirectory
public import Scheduling
public import Store

/// What `Bookings.register` gives a terminal.
public struct Registration: Sendable {
  public let patient: PatientID
  /// Signs the terminal in; only its hash is stored.
  public let token: SessionToken
  public let expiresAt: Instant
  /// False when the patient was known and has been signed in again.
  public let isNew: Bool
}

/// A slot kept for one session until `expiresAt`, that second not included.
public struct Hold: Hashable, Sendable {
  public let id: ClaimID
  public let slot: SlotID
  public let expiresAt: Instant

  /// As people type it, for example `h-1nr7pm40k2vf8`.
  public var text: String { id.holdText }
}

/// A booked or cancelled visit.
public struct Appointment: Hashable, Sendable {
  public enum Status: String, Hashable, Sendable { case booked, cancelled }

  public let id: ClaimID
  public let status: Status
  public let slot: SlotID
  /// What the clock on the site's wall shows at the start.
  public let wall: CivilDateTime
  public let zone: Zone
  /// The tzdata release by which `wall` was worked out.
  public let tzdataVersion: String
  public let reason: String?
  public let bookedAt: Instant
  public let changedAt: Instant

  /// As people type it, for example `a-1nr7pm40k2vf8`.
  public var text: String { id.appointmentText }
  public var role: RoleID { slot.role }
  public var start: Instant { slot.start }
  public var end: Instant { slot.end }
  public var visitType: VisitType { slot.visitType }
}

/// What is to be booked.
public enum Place: Hashable, Sendable {
  case slot(SlotID)
  case hold(ClaimID)

  /// Reads a slot id or a hold's text; nil for neither.
  public init?(_ text: String) {
    if let slot = SlotID(text) {
      self = .slot(slot)
    } else if let hold = ClaimID(hold: text) {
      self = .hold(hold)
    } else {
      return nil
    }
  }
}

public struct BookingLimits: Hashable, Sendable {
  public var holdSeconds: Int64
  /// Live holds of one session at a time.
  public var holdsPerSession: Int
  public var sessionSeconds: Int64

  public init(
    holdSeconds: Int64 = 300, holdsPerSession: Int = 5, sessionSeconds: Int64 = 30 * 86_400
  ) {
    self.holdSeconds = holdSeconds
    self.holdsPerSession = holdsPerSession
    self.sessionSeconds = sessionSeconds
  }

  /// Holds of five minutes, five a session; sessions of thirty days.
  public static let standard = BookingLimits()
}
