public import CivilTime
public import Scheduling

/// Where a claim stands. Held and booked ones are live: they occupy the practitioner's time.
public enum ClaimState: String, Hashable, Sendable, CaseIterable {
  case held, booked, released, expired, cancelled

  public var isLive: Bool { self == .held || self == .booked }
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

  public init(
    id: ClaimID, slot: SlotID, state: ClaimState, patient: PatientID, sessionHash: [UInt8],
    holdExpiresAt: Instant? = nil, wall: CivilDateTime, timeZone: String, tzdataVersion: String,
    sealedReason: [UInt8]? = nil,
    idempotencyKey: String? = nil, beforeSeconds: Int64 = 0, afterSeconds: Int64 = 0,
    room: Int64? = nil, createdAt: Instant, changedAt: Instant, changedBy: String
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
}
