import GRDB

/// A room that was made on a video server for a visit.
public struct NotedRoom: Hashable, Sendable {
  public var claim: ClaimID
  public var name: String
}

extension ReadTransaction {
  /// Visits by video whose room closes after now and was not made under `epoch`, the soonest first.
  public func visitsWithoutRoom(
    epoch: String, closesAfterSeconds: Int64, limit: Int
  ) throws -> [Claim] {
    try claims(
      where: """
        visit_type = 'telehealth' AND state IN ('booked', 'checked-in') AND ends_at > ?
          AND NOT EXISTS (SELECT 1 FROM video_room AS r WHERE r.claim_id = claim.claim_id
            AND r.epoch = ? AND r.removed_at IS NULL)
          ORDER BY starts_at, claim_id LIMIT ?
        """, [now.secondsSinceEpoch - closesAfterSeconds, epoch, limit])
  }

  /// Rooms of visits that are not to come, or that were named by another epoch's key.
  public func roomsWithoutVisit(
    epoch: String, closesAfterSeconds: Int64, limit: Int
  ) throws -> [NotedRoom] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT r.claim_id, r.name FROM video_room AS r JOIN claim AS c ON c.claim_id = r.claim_id
        WHERE r.removed_at IS NULL AND (r.epoch <> ? OR c.ends_at <= ?
          OR c.state NOT IN ('booked', 'checked-in')) ORDER BY r.claim_id LIMIT ?
        """)
    let over = now.secondsSinceEpoch - closesAfterSeconds
    return try fetchAll(statement, [epoch, over, limit], from: "video_room") { columns in
      return try NotedRoom(
        claim: columns.next(Int64.self, ClaimID.init(rawValue:)), name: columns.next(String.self))
    }
  }
}

extension WriteTransaction {
  public func noteRoom(named name: String, of claim: ClaimID, epoch: String) throws {
    try execute(
      """
      INSERT INTO video_room (claim_id, epoch, name, made_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (claim_id, epoch) DO UPDATE SET made_at = excluded.made_at, removed_at = NULL
      """, [claim.rawValue, epoch, name, now.secondsSinceEpoch])
  }

  public func noteRemoved(_ room: NotedRoom) throws {
    try execute(
      "UPDATE video_room SET removed_at = ? WHERE claim_id = ? AND name = ?",
      [now.secondsSinceEpoch, room.claim.rawValue, room.name])
  }
}
