public import CivilTime
public import Scheduling

/// Where a claim stands. It begins as held or booked and changes along these edges only:
///
///     held       → booked | released | expired
///     booked     → cancelled | rescheduled | checked-in | no-show
///     checked-in → completed | cancelled
public enum ClaimState: String, Hashable, Sendable, CaseIterable {
  case held, booked, released, expired, cancelled, rescheduled
  case checkedIn = "checked-in"
  case noShow = "no-show"
  case completed

  /// Takes the practitioner's time.
  public var isLive: Bool { self == .held || self == .booked || self == .checkedIn }

  /// Those of a visit, whatever became of it.
  public static let visits: Set<ClaimState> = [
    .booked, .cancelled, .rescheduled, .checkedIn, .noShow, .completed,
  ]
}

/// A stretch of one practitioner's time that a patient has held or booked.
public struct Claim: Hashable, Sendable {
  public var id: ClaimID
  public var slot: SlotID
  public var state: ClaimState
  public var patient: PatientID
  /// The hash of the session that made it.
  public var sessionHash: [UInt8]
  /// From this second on a held claim is no longer anybody's; nil for one that never was a hold.
  public var holdExpiresAt: Instant?
  /// Whether the hold was given more time.
  public var isExtended = false
  /// What the clock on the site's wall shows at `start`.
  public var wall: CivilDateTime
  /// IANA name of the site's zone.
  public var timeZone: String
  /// The tzdata release by which `wall` was worked out.
  public var tzdataVersion: String
  /// `Privacy.Sealer`'s bytes of what the patient gave as the reason.
  public var sealedReason: [UInt8]?
  public var idempotencyKey: String?
  /// What the visit keeps free around it, of its person and its room.
  public var beforeSeconds: Int64
  public var afterSeconds: Int64
  /// The room it takes; nil for none.
  public var room: Int64?
  public var createdAt: Instant
  public var changedAt: Instant
  /// `Actor.description` of who changed it last.
  public var changedBy: String
  /// `Privacy.Sealer`'s bytes of why it was cancelled.
  public var sealedEndReason: [UInt8]?
  /// Of a cancelled or rescheduled one: whether that was within the practice's notice.
  public var isLate: Bool?
  /// The visit whose place it took.
  public var replaces: ClaimID?
  /// The visit that took its place.
  public var replacedBy: ClaimID?
  /// The first claim of the series it belongs to.
  public var series: ClaimID?
  /// The waitlist entry that it was offered to.
  public var entry: WaitlistID?

  public init(
    id: ClaimID, slot: SlotID, state: ClaimState, patient: PatientID, sessionHash: [UInt8],
    holdExpiresAt: Instant? = nil, wall: CivilDateTime, timeZone: String, tzdataVersion: String,
    sealedReason: [UInt8]? = nil,
    idempotencyKey: String? = nil, beforeSeconds: Int64 = 0, afterSeconds: Int64 = 0,
    room: Int64? = nil, createdAt: Instant, changedAt: Instant, changedBy: String,
    replaces: ClaimID? = nil, series: ClaimID? = nil, entry: WaitlistID? = nil
  ) {
    self.id = id
    self.slot = slot
    self.state = state
    self.patient = patient
    self.sessionHash = sessionHash
    self.holdExpiresAt = holdExpiresAt
    self.wall = wall
    self.timeZone = timeZone
    self.tzdataVersion = tzdataVersion
    self.sealedReason = sealedReason
    self.idempotencyKey = idempotencyKey
    self.beforeSeconds = beforeSeconds
    self.afterSeconds = afterSeconds
    self.room = room
    self.createdAt = createdAt
    self.changedAt = changedAt
    self.changedBy = changedBy
    self.replaces = replaces
    self.series = series
    self.entry = entry
  }

  /// As the rule of placement sees it.
  public var busy: Busy {
    Busy(
      start: slot.start, end: slot.end, beforeSeconds: beforeSeconds, afterSeconds: afterSeconds,
      role: slot.role)
  }

  /// Whether it is a hold that nobody may use any more, though the row still says held.
  public func hasExpired(at now: Instant) -> Bool {
    guard state == .held, let holdExpiresAt else { return false }
    return holdExpiresAt <= now
  }
}

/// What the database's guards refused a claim for.
public enum ClaimConflict: Hashable, Sendable {
  /// A live claim of the same person, at any site, overlaps it.
  case practitioner
  /// A booked visit of the same patient overlaps it.
  case patient
  /// A live claim on the same room overlaps it.
  case room
  case idTaken
  case idempotencyKeyTaken
}

/// One entry of a claim's history.
public struct ClaimEvent: Hashable, Sendable {
  public var state: ClaimState
  public var at: Instant
  /// `Actor.description`.
  public var by: String
  /// What it was besides the state: a hold `extended`, a visit ended `late`.
  public var detail: String?
}
