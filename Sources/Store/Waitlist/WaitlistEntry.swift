public import CivilTime
public import Privacy

/// How soon somebody needs to be seen; the more urgent are offered a slot first.
public enum Severity: Int, Hashable, Sendable, CaseIterable {
  case urgent = 1
  case soon
  case routine
}

/// A patient's place in the line for a slot.
public struct WaitlistEntry: Hashable, Sendable {
  /// It changes along these edges only:
  ///
  ///     waiting → offered | left | over
  ///     offered → waiting | claimed
  public enum State: String, Hashable, Sendable, CaseIterable {
    case waiting, offered, claimed, left
    /// No slot that it wants is left to begin.
    case over
  }

  public var id: WaitlistID
  public var patient: PatientID
  /// The hash of the session that joined.
  public var sessionHash: [UInt8]
  public var state: State
  public var severity: Severity
  /// `Privacy.Sealer`'s bytes of what is waited for.
  public var sealedWish: [UInt8]
  /// The visit to be given up for a slot.
  public var replaces: ClaimID?
  public var idempotencyKey: String?
  public var createdAt: Instant
  /// No slot that it wants begins at or after this.
  public var closesAt: Instant
  public var changedAt: Instant

  public init(
    id: WaitlistID, patient: PatientID, sessionHash: [UInt8], state: State = .waiting,
    severity: Severity, sealedWish: [UInt8], replaces: ClaimID?, idempotencyKey: String?,
    createdAt: Instant, closesAt: Instant, changedAt: Instant
  ) {
    self.id = id
    self.patient = patient
    self.sessionHash = sessionHash
    self.state = state
    self.severity = severity
    self.sealedWish = sealedWish
    self.replaces = replaces
    self.idempotencyKey = idempotencyKey
    self.createdAt = createdAt
    self.closesAt = closesAt
    self.changedAt = changedAt
  }
}

/// Where somebody stands in line: by severity, then by who joined first.
public struct LinePlace: Hashable, Sendable {
  let severity: Int64
  let position: Int64

  /// Before everybody.
  public static let front = LinePlace(severity: 0, position: 0)
}

extension Vault {
  /// What somebody waits for, bound to their entry.
  public func seal(wish: String, of entry: WaitlistID) throws(SealingError) -> [UInt8] {
    try sealer.seal(
      wish, table: "waitlist", row: String(entry.rawValue), column: "wish_sealed")
  }

  public func open(wish: [UInt8], of entry: WaitlistID) throws(SealingError) -> String {
    try sealer.open(
      wish, table: "waitlist", row: String(entry.rawValue), column: "wish_sealed")
  }

  /// 32 bytes by which a freed slot finds those who want it; see `WaitlistSchema`.
  public func hash(ofWishKey text: String) -> [UInt8] { blindIndex.hash(ofWishKey: text) }

  /// Under which a wish may have been written: a hash for each key of the blind index.
  public func hashes(ofWishKey text: String) -> [[UInt8]] {
    blindIndexes.map { $0.hash(ofWishKey: text) }
  }
}
