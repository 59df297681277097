public import CivilTime
import GRDB
public import ProviderDirectory

extension WriteTransaction {
  /// Adds a live claim; returns what the guards refused it for, or nil when it stands.
  public func place(_ claim: Claim) throws -> ClaimConflict? {
    try refusable {
      try execute(
        """
        INSERT INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state,
          patient_id, session_hash, hold_expires_at, wall_date, wall_minute, time_zone,
          tzdata_version, reason_sealed, idempotency_key, created_at, changed_at, changed_by,
          kind, before_s, after_s, room_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          claim.id.rawValue, claim.slot.role.npi.number, claim.slot.role.rawValue,
          claim.slot.start.secondsSinceEpoch, claim.slot.end.secondsSinceEpoch,
          claim.slot.visitType.rawValue,
          claim.state.rawValue, claim.patient.rawValue, claim.sessionHash.blob,
          claim.holdExpiresAt?.secondsSinceEpoch, claim.wall.date.daysSinceEpoch,
          claim.wall.time.minutes, claim.timeZone, claim.tzdataVersion, claim.sealedReason?.blob,
          claim.idempotencyKey, claim.createdAt.secondsSinceEpoch,
          claim.changedAt.secondsSinceEpoch, claim.changedBy,
          claim.slot.kind?.description ?? "", claim.beforeSeconds, claim.afterSeconds, claim.room,
        ])
    }
  }

  /// Turns a hold into a booked visit in `room`; returns what the guards refused it for, or nil
  /// when it stands.
  public func book(
    _ hold: ClaimID, room: Int64?, sealedReason: [UInt8]?, idempotencyKey: String?, by actor: Actor
  ) throws -> ClaimConflict? {
    try refusable {
      try execute(
        """
        UPDATE claim SET state = 'booked', room_id = ?, reason_sealed = ?, idempotency_key = ?,
          changed_at = ?, changed_by = ? WHERE claim_id = ?
        """,
        [
          room, sealedReason?.blob, idempotencyKey, now.secondsSinceEpoch, actor.description,
          hold.rawValue,
        ])
    }
  }

  /// Ends a live claim. A change of state that no claim makes is a fault: `StoreError.statement`.
  public func end(_ id: ClaimID, as state: ClaimState, by actor: Actor) throws {
    try execute(
      "UPDATE claim SET state = ?, changed_at = ?, changed_by = ? WHERE claim_id = ?",
      [state.rawValue, now.secondsSinceEpoch, actor.description, id.rawValue])
  }

  /// Marks the person's holds that have run out by `now` and overlap `range`, so that their place
  /// can be claimed in this same transaction.
  public func clearExpiredHolds(of npi: NPI, overlapping range: Range<Instant>) throws {
    try execute(
      """
      UPDATE claim SET state = 'expired', changed_at = ?, changed_by = ?
      WHERE npi = ? AND state = 'held' AND hold_expires_at <= ? AND state IN ('held', 'booked')
        AND starts_at < ? AND starts_at > ? AND ends_at > ?
      """,
      [
        now.secondsSinceEpoch, Actor.system.description, npi.number, now.secondsSinceEpoch,
        range.upperBound.secondsSinceEpoch,
        range.lowerBound.secondsSinceEpoch - ClaimSchema.maxVisitSeconds,
        range.lowerBound.secondsSinceEpoch,
      ])
  }

  /// The same for the holds on these rooms, whoever practises there.
  public func clearExpiredHolds(ofRooms rooms: [Int64], overlapping range: Range<Instant>) throws {
    guard !rooms.isEmpty else { return }
    try execute(
      """
      UPDATE claim SET state = 'expired', changed_at = ?, changed_by = ?
      WHERE room_id IN (SELECT value FROM json_each(?)) AND state = 'held'
        AND hold_expires_at <= ? AND state IN ('held', 'booked')
        AND starts_at < ? AND starts_at > ? AND ends_at > ?
      """,
      [
        now.secondsSinceEpoch, Actor.system.description, Self.list(rooms), now.secondsSinceEpoch,
        range.upperBound.secondsSinceEpoch,
        range.lowerBound.secondsSinceEpoch - ClaimSchema.maxVisitSeconds,
        range.lowerBound.secondsSinceEpoch,
      ])
  }

  func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  /// Tells the guards' refusals from faults.
  private func refusable(_ body: () throws -> Void) throws -> ClaimConflict? {
    do {
      try body()
      return nil
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      switch error.message.flatMap(ClaimGuard.init(rawValue:)) {
      case .practitionerOverlap: return .practitioner
      case .patientOverlap: return .patient
      case .roomOverlap: return .room
      case .idTaken: return .idTaken
      case .idempotencyKeyTaken: return .idempotencyKeyTaken
      case .edge, .fixedColumn, .neverDeleted, .roomElsewhere, .roomMoved, nil: throw error
      }
    }
  }
}
