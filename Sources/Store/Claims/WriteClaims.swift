public import CivilTime
import GRDB

extension WriteTransaction {
  /// Adds a live claim; returns what the guards refused it for, or nil when it stands.
  public func place(_ claim: Claim) throws -> ClaimConflict? {
    try refusable {
      try execute(
        """
        INSERT INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state,
          patient_id, session_hash, hold_expires_at, wall_date, wall_minute, time_zone,
          tzdata_version, reason_sealed, idempotency_key, created_at, changed_at, changed_by,
          kind, before_s, after_s, room_id, replaces_id, series_id, waitlist_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          claim.id.rawValue, claim.slot.role.npi.number, claim.slot.role.rawValue,
          claim.slot.start.secondsSinceEpoch, claim.slot.end.secondsSinceEpoch,
          claim.slot.visitType.rawValue,
          claim.state.rawValue, claim.patient.rawValue, claim.sessionHash,
          claim.holdExpiresAt?.secondsSinceEpoch, claim.wall.date.daysSinceEpoch,
          claim.wall.time.minutes, claim.timeZone, claim.tzdataVersion, claim.sealedReason,
          claim.idempotencyKey, claim.createdAt.secondsSinceEpoch,
          claim.changedAt.secondsSinceEpoch, claim.changedBy,
          claim.slot.kind?.description ?? "", claim.beforeSeconds, claim.afterSeconds, claim.room,
          claim.replaces?.rawValue, claim.series?.rawValue, claim.entry?.rawValue,
        ])
    }
  }

  /// Turns a hold into a booked visit; returns what the guards refused it for, or nil when it
  /// stands.
  ///
  /// - Parameters:
  ///   - room: nil for a visit that takes none.
  ///   - replaces: a visit that was ended as rescheduled and names this one.
  ///   - series: the first claim of the series that this one belongs to.
  public func book(
    _ hold: ClaimID, room: Int64?, sealedReason: [UInt8]?, idempotencyKey: String?,
    replaces: ClaimID? = nil, series: ClaimID? = nil, by actor: Actor
  ) throws -> ClaimConflict? {
    try refusable {
      try execute(
        """
        UPDATE claim SET state = 'booked', room_id = ?, reason_sealed = ?, idempotency_key = ?,
          replaces_id = ?, series_id = ?, changed_at = ?, changed_by = ? WHERE claim_id = ?
        """,
        [
          room, sealedReason, idempotencyKey, replaces?.rawValue, series?.rawValue,
          now.secondsSinceEpoch, actor.description, hold.rawValue,
        ])
    }
  }

  /// Gives a hold more time, once.
  public func extend(_ hold: ClaimID, until end: Instant, by actor: Actor) throws {
    try execute(
      """
      UPDATE claim SET hold_expires_at = ?, hold_extended = 1, changed_at = ?, changed_by = ?
        WHERE claim_id = ?
      """,
      [end.secondsSinceEpoch, now.secondsSinceEpoch, actor.description, hold.rawValue])
  }

  /// Moves a claim on to another state. A change that no claim makes is a fault:
  /// `StoreError.statement`.
  public func end(_ id: ClaimID, as state: ClaimState, by actor: Actor) throws {
    try execute(
      "UPDATE claim SET state = ?, changed_at = ?, changed_by = ? WHERE claim_id = ?",
      [state.rawValue, now.secondsSinceEpoch, actor.description, id.rawValue])
  }

  /// Cancels a visit.
  ///
  /// - Parameter isLate: whether it was within the practice's notice.
  public func cancel(
    _ id: ClaimID, sealedReason: [UInt8]?, isLate: Bool, by actor: Actor
  ) throws {
    try execute(
      """
      UPDATE claim SET state = 'cancelled', end_reason_sealed = ?, ended_late = ?, changed_at = ?,
        changed_by = ? WHERE claim_id = ?
      """,
      [
        sealedReason, isLate, now.secondsSinceEpoch, actor.description, id.rawValue,
      ])
  }

  /// Ends a visit whose place `successor` takes, which must be booked, as its replacement, before
  /// the transaction ends.
  public func reschedule(
    _ id: ClaimID, to successor: ClaimID, isLate: Bool, by actor: Actor
  ) throws {
    try execute(
      """
      UPDATE claim SET state = 'rescheduled', replaced_by_id = ?, ended_late = ?, changed_at = ?,
        changed_by = ? WHERE claim_id = ?
      """,
      [
        successor.rawValue, isLate, now.secondsSinceEpoch, actor.description, id.rawValue,
      ])
  }

  /// Runs `body` so that all it writes stands, or, when it throws, none of it; the transaction goes
  /// on either way.
  public func allOrNothing<T>(_ body: () throws -> T) throws -> T {
    var result: T?
    try db.inSavepoint {
      result = try body()
      return .commit
    }
    return result!
  }

  func execute(_ sql: String, _ arguments: Arguments) throws {
    try db.cachedStatement(sql: sql).run(arguments)
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
      case .edge, .fixedColumn, .holdOver, .replacement, .neverDeleted, .namesNobody,
        .roomElsewhere, .roomMoved, .roomKept, .named, .entryTaken, nil:
        throw error
      }
    }
  }
}
