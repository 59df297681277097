public import CivilTime
import GRDB
public import ProviderDirectory
import Scheduling

extension ReadTransaction {
  /// Nil when there is none of that id.
  public func claim(_ id: ClaimID) throws -> Claim? {
    try claims(where: "claim_id = ?", [id.rawValue]).first
  }

  /// Whether there is one of that id.
  public func isClaim(_ id: ClaimID) throws -> Bool {
    let statement = try db.cachedStatement(sql: "SELECT 1 FROM claim WHERE claim_id = ?")
    return try fetchFirst(statement, [id.rawValue], from: "claim") { _ in true } ?? false
  }

  /// What the patient booked under this key before; nil when the key is new.
  public func claim(of patient: PatientID, idempotencyKey: String) throws -> Claim? {
    try claims(
      where: "patient_id = ? AND idempotency_key = ?", [patient.rawValue, idempotencyKey]
    ).first
  }

  /// Whether every one of these is a booked visit.
  public func areBooked(_ claims: [ClaimID]) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT count(*) FROM claim
        WHERE claim_id IN (SELECT value FROM json_each(?)) AND state = 'booked'
        """)
    return try Int.fetchOne(statement, arguments: [Self.list(claims.map(\.rawValue))])
      == claims.count
  }

  /// The claims of the series that begins with `first`, by start.
  public func series(_ first: ClaimID) throws -> [Claim] {
    try claims(where: "series_id = ? ORDER BY starts_at", [first.rawValue])
  }

  /// The patient's claims in any of `states`, by start, at most `limit`.
  public func claims(
    of patient: PatientID, in states: Set<ClaimState>, limit: Int = 1000
  ) throws -> [Claim] {
    let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
    return try claims(
      where: """
        patient_id = ? AND state IN (\(names)) ORDER BY starts_at, claim_id LIMIT \(limit)
        """, [patient.rawValue])
  }

  /// The patient's visits to come, or under way, that overlap `range`.
  public func bookedVisits(
    of patient: PatientID, overlapping range: Range<Instant>
  ) throws -> [Claim] {
    try claims(
      where: """
        patient_id = ? AND \(ClaimSchema.visiting) AND starts_at < ? AND starts_at > ?
          AND ends_at > ? ORDER BY starts_at
        """,
      [
        patient.rawValue, range.upperBound.secondsSinceEpoch,
        range.lowerBound.secondsSinceEpoch - ClaimSchema.maxVisitSeconds,
        range.lowerBound.secondsSinceEpoch,
      ])
  }

  /// The live claims on the person, at any site, that overlap `range`; expired holds among them.
  public func liveClaims(
    of npi: NPI, overlapping range: Range<Instant>
  ) throws -> [Claim] {
    try claims(
      where: """
        npi = ? AND \(ClaimSchema.live) AND starts_at < ? AND starts_at > ?
          AND ends_at > ? ORDER BY starts_at
        """,
      [
        npi.number, range.upperBound.secondsSinceEpoch,
        range.lowerBound.secondsSinceEpoch - ClaimSchema.maxVisitSeconds,
        range.lowerBound.secondsSinceEpoch,
      ])
  }

  /// The holds on the person, at any site, and on the rooms there, that have run out by `now`
  /// though their rows say held.
  public func expiredHolds(of npi: NPI) throws -> [Claim] {
    // Sorted here: asked at every booking, and SQLite would set up a sorter for few or none.
    let own = try claims(
      where: "npi = ? AND state = 'held' AND hold_expires_at <= ?",
      [npi.number, now.secondsSinceEpoch]
    ).sorted { ($0.slot.start, $0.id) < ($1.slot.start, $1.id) }
    let rooms = try rooms(atSitesOf: npi)
    guard !rooms.isEmpty else { return own }
    return own
      + (try claims(
        where: """
          room_id IN (SELECT value FROM json_each(?)) AND \(ClaimSchema.live) AND state = 'held'
            AND hold_expires_at <= ? AND npi <> ? ORDER BY starts_at, claim_id
          """, [Self.list(rooms), now.secondsSinceEpoch, npi.number]))
  }

  private func rooms(atSitesOf npi: NPI) throws -> [Int64] {
    var rooms: [Int64] = []
    let first = npi.number << 30
    try forEachRow(
      """
      SELECT room_id FROM role CROSS JOIN room ON room.site = role.role_id & 1073741823
      WHERE role.role_id BETWEEN ? AND ?
      """, [first, first | 0x3fff_ffff]
    ) { rooms.append($0.integer(0)) }
    return rooms
  }

  /// The live claims on these rooms that overlap `range`; expired holds among them.
  public func liveClaims(
    onRooms rooms: [Int64], overlapping range: Range<Instant>
  ) throws -> [Claim] {
    guard !rooms.isEmpty else { return [] }
    return try claims(
      where: """
        room_id IN (SELECT value FROM json_each(?)) AND \(ClaimSchema.live)
          AND starts_at < ? AND starts_at > ? AND ends_at > ?
        """,
      [
        Self.list(rooms), range.upperBound.secondsSinceEpoch,
        range.lowerBound.secondsSinceEpoch - ClaimSchema.maxVisitSeconds,
        range.lowerBound.secondsSinceEpoch,
      ])
  }

  /// Visits booked at the roles that start after `now`, by start.
  public func visitsToCome(at roles: [RoleID]) throws -> [Claim] {
    try claims(
      where: """
        role_id IN (SELECT value FROM json_each(?)) AND state = 'booked' AND starts_at > ?
          ORDER BY starts_at, claim_id
        """, [Self.list(roles.map(\.rawValue)), now.secondsSinceEpoch])
  }

  /// Visits at the roles that start within `range`, whatever became of them, by start.
  public func visits(at roles: [RoleID], starting range: Range<Instant>) throws -> [Claim] {
    try claims(
      where: """
        role_id IN (SELECT value FROM json_each(?)) AND starts_at >= ? AND starts_at < ?
          AND state NOT IN ('held', 'released', 'expired') ORDER BY starts_at, claim_id
        """,
      [
        Self.list(roles.map(\.rawValue)), range.lowerBound.secondsSinceEpoch,
        range.upperBound.secondsSinceEpoch,
      ])
  }

  /// Those on whom such holds lie, at most `limit`.
  public func practitionersWithExpiredHolds(limit: Int) throws -> [NPI] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT DISTINCT npi FROM claim INDEXED BY claim_held
          WHERE state = 'held' AND hold_expires_at <= ? ORDER BY npi LIMIT ?
        """)
    return try Int64.fetchAll(statement, arguments: [now.secondsSinceEpoch, limit])
      .compactMap { NPI($0) }
  }

  /// Every state the claim was in, oldest first; an entry may repeat a state in which something
  /// else about the claim changed.
  public func history(of id: ClaimID) throws -> [ClaimEvent] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT state, changed_at, changed_by, detail FROM claim_history WHERE claim_id = ?
          ORDER BY history_no
        """)
    return try fetchAll(statement, [id.rawValue], from: "claim_history") { columns in
      return try ClaimEvent(
        state: columns.next(String.self, ClaimState.init(rawValue:)), at: columns.instant(),
        by: columns.next(String.self), detail: columns.nextIfPresent(String.self))
    }
  }

  func claims(where condition: String, _ arguments: Arguments) throws -> [Claim] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT claim_id, role_id, starts_at, ends_at, visit_type, kind, state, patient_id,
          session_hash, hold_expires_at, wall_date, wall_minute, time_zone, tzdata_version,
          reason_sealed, idempotency_key, before_s, after_s, room_id, created_at, changed_at,
          changed_by, replaces_id, series_id, waitlist_id, replaced_by_id, hold_extended,
          ended_late, end_reason_sealed
        FROM claim WHERE \(condition)
        """)
    return try fetchAll(statement, arguments, from: "claim", claim)
  }

  private func claim(_ columns: inout Columns) throws -> Claim {
    var claim = try Claim(
      id: columns.next(Int64.self, ClaimID.init(rawValue:)),
      slot: slot(&columns),
      state: columns.next(String.self, ClaimState.init(rawValue:)),
      patient: columns.next(Int64.self, PatientID.init(rawValue:)),
      sessionHash: columns.bytes(), holdExpiresAt: columns.instantIfPresent(),
      wall: wall(&columns), timeZone: columns.next(String.self),
      tzdataVersion: columns.next(String.self), sealedReason: columns.bytesIfPresent(),
      idempotencyKey: columns.nextIfPresent(String.self), beforeSeconds: columns.next(Int64.self),
      afterSeconds: columns.next(Int64.self), room: columns.nextIfPresent(Int64.self),
      createdAt: columns.instant(),
      changedAt: columns.instant(), changedBy: columns.next(String.self),
      replaces: columns.claimIfPresent(), series: columns.claimIfPresent(),
      entry: columns.nextIfPresent(Int64.self, WaitlistID.init(rawValue:)))
    claim.replacedBy = try columns.claimIfPresent()
    claim.isExtended = try columns.next(Bool.self)
    claim.isLate = try columns.nextIfPresent(Bool.self)
    claim.sealedEndReason = try columns.bytesIfPresent()
    return claim
  }

  private func slot(_ columns: inout Columns) throws -> SlotID {
    let role = try columns.next(Int64.self, RoleID.init(rawValue:))
    let start = try columns.instant()
    let end = try columns.instant()
    let visitType = try columns.next(String.self, VisitType.init(rawValue:))
    return try columns.next(String.self) { kind in
      let name = ShortName(kind)
      guard kind.isEmpty || name != nil else { return nil }
      return SlotID(
        role: role, start: start, minutes: Int(end.seconds(since: start) / 60),
        visitType: visitType, kind: name)
    }
  }

  private func wall(_ columns: inout Columns) throws -> CivilDateTime {
    let date = try columns.next(Int32.self)
    return try columns.next(Int.self) { minute in
      TimeOfDay(minutes: minute).flatMap {
        CivilDateTime(date: CivilDate(daysSinceEpoch: date), time: $0)
      }
    }
  }
}

extension Columns {
  fileprivate mutating func claimIfPresent() throws -> ClaimID? {
    try nextIfPresent(Int64.self, ClaimID.init(rawValue:))
  }
}
