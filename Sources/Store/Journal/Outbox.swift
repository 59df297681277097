public import CivilTime
import GRDB

/// Something that happened to a claim and that somebody may have to be told.
public struct OutboxEvent: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case booked, rescheduled, cancelled
    case checkedIn = "checked-in"
    case noShow = "no-show"
    case completed
    /// A slot was held for somebody on the waitlist; they claimed it, or let it go.
    case offered, claimed, lapsed
  }

  /// 1, 2, 3 … in the order of the transactions, without holes.
  public var sequence: Int64
  public var at: Instant
  public var kind: Kind
  public var claim: ClaimID
}

extension ReadTransaction {
  /// The events after `sequence`, oldest first.
  public func outboxEvents(after sequence: Int64, limit: Int) throws -> [OutboxEvent] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT sequence, at, kind, claim_id FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?
        """)
    return try fetchAll(statement, [sequence, limit], from: "outbox") { columns in
      return try OutboxEvent(
        sequence: columns.next(Int64.self), at: columns.instant(),
        kind: columns.next(String.self, OutboxEvent.Kind.init(rawValue:)),
        claim: columns.next(Int64.self, ClaimID.init(rawValue:)))
    }
  }

  /// The last event that `reader` has dealt with, 0 at first.
  public func outboxPosition(of reader: String) throws -> Int64 {
    let statement = try db.cachedStatement(
      sql: "SELECT sequence FROM outbox_reader WHERE reader = ?")
    return try Int64.fetchOne(statement, arguments: [reader]) ?? 0
  }
}

extension WriteTransaction {
  /// Adds an event, in the transaction that makes it true. SQLite numbers it after the last one;
  /// writers take turns and a rolled-back one leaves no row, so the numbers have no holes.
  public func post(_ kind: OutboxEvent.Kind, of claim: ClaimID) throws {
    try execute(
      "INSERT INTO outbox (at, kind, claim_id) VALUES (?, ?, ?)",
      [now.secondsSinceEpoch, kind.rawValue, claim.rawValue])
  }

  /// Records that `reader` has dealt with everything up to `sequence`.
  public func moveOutboxPosition(of reader: String, to sequence: Int64) throws {
    try execute(
      """
      INSERT INTO outbox_reader (reader, sequence) VALUES (?, ?)
      ON CONFLICT (reader) DO UPDATE SET sequence = excluded.sequence
      """,
      [reader, sequence])
  }
}
