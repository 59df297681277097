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

/// A visit, from its booking on.
public struct Appointment: Hashable, Sendable {
  public enum Status: String, Hashable, Sendable, CaseIterable {
    case booked
    case checkedIn = "checked-in"
    case completed
    case noShow = "no-show"
    case cancelled, rescheduled

    /// Nil for a state that no visit is in.
    init?(_ state: ClaimState) { self.init(rawValue: state.rawValue) }
  }

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
  /// Why it was cancelled, where that was said.
  public internal(set) var cancelReason: String?
  /// Whether it was cancelled or rescheduled within the practice's notice; false until then.
  public internal(set) var isLate = false
  /// The appointment whose place it took, and the one that took its place.
  public internal(set) var replaces: ClaimID?
  public internal(set) var replacedBy: ClaimID?
  /// The first appointment of its series.
  public internal(set) var series: ClaimID?

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

/// One line of a visit's story.
public struct VisitEvent: Hashable, Sendable {
  /// The appointment as it is now.
  public let appointment: Appointment
  public let state: ClaimState
  public let at: Instant
  /// `patient p-…`, `front-desk NAME` or `system`.
  public let by: String
  /// What it was besides the state: a hold `extended`, a visit ended `late`.
  public let detail: String?

  init(_ appointment: Appointment, _ event: ClaimEvent) {
    self.appointment = appointment
    state = event.state
    at = event.at
    by = event.by
    detail = event.detail
  }
}

/// Who asks for something to be done with a visit.
public enum Asker: Sendable {
  /// Whose session it is: a patient, or somebody of the staff.
  case patient(SessionToken?)
  /// Somebody of the practice.
  case frontDesk(FrontDesk)
}

/// Somebody of the practice. In a home without staff accounts that is whoever owns its files, by
/// their name on the machine; in any other, whose account the session is.
public struct FrontDesk: Sendable {
  /// As the audit trail records the owner; no spaces.
  public let name: String
  public let token: SessionToken?

  public init(name: String, token: SessionToken? = nil) {
    self.name = name
    self.token = token
  }
}

public struct BookingLimits: Hashable, Sendable {
  public var holdSeconds: Int64
  /// Live holds of one patient at a time, over all sessions; offers from the waitlist not counted.
  public var holdsPerPatient: Int
  /// A session ends so long after it began, and so long after it was last used.
  public var sessionSeconds: Int64
  public var idleSeconds: Int64
  /// A visit that is cancelled or moved later than this before its start is flagged, where the
  /// practice has no notice of its own.
  public var cancelNoticeSeconds: Int64
  /// How long before its start a patient can be checked in.
  public var checkInSeconds: Int64
  public var seriesWeeks: ClosedRange<Int>
  /// How long a slot is held for somebody on the waitlist.
  public var offerSeconds: Int64
  /// Entries of one patient that wait at a time.
  public var entriesPerPatient: Int
  /// How many of those in line one transaction asks; the next one that touches the practitioner,
  /// or the next round of work, goes on with the rest.
  public var entriesPerTurn: Int
  /// How long somebody who has broken the glass sees others' patients.
  public var emergencySeconds: Int64 = 3600
  /// Failures to sign in under one name until it is refused for a while.
  public var freeAttempts = 5
  public var passphraseCost = PassphraseVerifier.Cost.standard

  public init(
    holdSeconds: Int64 = 300, holdsPerPatient: Int = 5, sessionSeconds: Int64 = 12 * 3600,
    idleSeconds: Int64 = 900,
    cancelNoticeSeconds: Int64 = 86_400, checkInSeconds: Int64 = 4 * 3600,
    seriesWeeks: ClosedRange<Int> = 2...52, offerSeconds: Int64 = 1800, entriesPerPatient: Int = 10,
    entriesPerTurn: Int = 500
  ) {
    self.holdSeconds = holdSeconds
    self.holdsPerPatient = holdsPerPatient
    self.sessionSeconds = sessionSeconds
    self.idleSeconds = idleSeconds
    self.cancelNoticeSeconds = cancelNoticeSeconds
    self.checkInSeconds = checkInSeconds
    self.seriesWeeks = seriesWeeks
    self.offerSeconds = offerSeconds
    self.entriesPerPatient = entriesPerPatient
    self.entriesPerTurn = entriesPerTurn
  }

  /// Holds of five minutes, five a patient; sessions of twelve hours, fifteen minutes unused; a
  /// day's notice; offers of thirty minutes.
  public static let standard = BookingLimits()
}
