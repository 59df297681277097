/// Why a request cannot be met, though nothing is broken: a result, not an error.
public struct Refusal: Hashable, Sendable {
  public let code: Code
  /// Names the value, the limit and the next step, in one line.
  public let message: String
  /// Where one refusal stands for several: each of them.
  public let parts: [Refusal]

  public init(_ code: Code, _ message: String, parts: [Refusal] = []) {
    self.code = code
    self.message = message
    self.parts = parts
  }

  /// The refusals of the whole booking surface, in the order of precedence: where several apply,
  /// the first is the answer, and `why-not` lists them in this order.
  ///
  /// What cannot be read comes first, then who asks, then what is named and its state, then the
  /// rules of the schedule, and last the claims on the time, which may vanish again. So a slot of
  /// yesterday is `slot-in-past` whoever has taken it. The texts are contracts.
  public enum Code: String, CaseIterable, Hashable, Sendable {
    // The request
    case malformedSlot = "malformed-slot"
    case malformedTime = "malformed-time"

    // Who asks
    case notSignedIn = "not-signed-in"
    case sessionExpired = "session-expired"
    case lockedOut = "locked-out"
    case signInFailed = "sign-in-failed"
    case notPermitted = "not-permitted"
    case firstIsAdministrator = "first-is-administrator"
    case lastAdministrator = "last-administrator"
    case loginTaken = "login-taken"
    case unknownLogin = "unknown-login"
    case unknownPatient = "unknown-patient"
    case alreadyRegistered = "already-registered"

    // What is named, and its state
    case unknownRole = "unknown-role"
    case unknownHold = "unknown-hold"
    case notYourHold = "not-your-hold"
    case holdExpired = "hold-expired"
    case holdUsed = "hold-used"
    case holdExtended = "hold-extended"
    case unknownAppointment = "unknown-appointment"
    case alreadyCancelled = "already-cancelled"
    case alreadyRescheduled = "already-rescheduled"
    case notBooked = "not-booked"
    case appointmentStarted = "appointment-started"
    case checkInClosed = "check-in-closed"
    case notStarted = "not-started"
    case sameSlot = "same-slot"
    case unknownEntry = "unknown-entry"
    case entryOver = "entry-over"
    case noOffer = "no-offer"
    case offerExpired = "offer-expired"
    case idempotencyKeyReused = "idempotency-key-reused"
    case seriesLength = "series-length"
    case datesOver = "dates-over"

    // The rules of the schedule
    case slotInPast = "slot-in-past"
    case notice = "notice"
    case beyondHorizon = "beyond-horizon"
    case noSchedule = "no-schedule"
    case outsideSchedule = "outside-schedule"
    case holiday = "holiday"
    case timeOff = "time-off"
    case wrongVisitType = "wrong-visit-type"
    case wrongDuration = "wrong-duration"
    case offGrid = "off-grid"

    // The claims of others, and one's own
    case slotTaken = "slot-taken"
    case buffer = "buffer"
    case travelTime = "travel-time"
    case dayFull = "day-full"
    case weekFull = "week-full"
    case noRoom = "no-room"
    case patientBusy = "patient-busy"
    case tooManyHolds = "too-many-holds"
    case tooManyEntries = "too-many-entries"
    case seriesRefused = "series-refused"

    // The visits that a change of the schedule would leave without hours
    case strandsVisits = "strands-visits"
  }
}

extension Refusal: CustomStringConvertible {
  public var description: String { "\(code.rawValue): \(message)" }
}

extension Refusal.Code: Comparable {
  private static let ranks: [Refusal.Code: Int] = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($0.element, $0.offset) })

  /// The earlier one takes precedence.
  public static func < (a: Refusal.Code, b: Refusal.Code) -> Bool { ranks[a]! < ranks[b]! }
}

extension Refusal: Comparable {
  public static func < (a: Refusal, b: Refusal) -> Bool { a.code < b.code }
}
