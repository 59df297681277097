public import CivilTime
import GRDB
public import Privacy

/// A row of the trail as people read it.
public struct AuditEntry: Hashable, Sendable {
  public let sequence: Int64
  public let at: Instant
  /// `patient p-…`, `front-desk NAME`, `administrator NAME`, `system` or `clinic`, see `Actor`.
  public let actor: String
  /// An `AuditAction`, or one that another version of the program has written.
  public let action: String
  public let patient: PatientID?
  public let subject: String
}

/// Which rows of the trail to show.
public struct AuditFilter: Hashable, Sendable {
  public var patient: PatientID?
  public var action: AuditAction?
  /// Both ends belong to it; nil is open.
  public var from, to: Instant?
  /// The newest so many.
  public var limit: Int

  public init(
    patient: PatientID? = nil, action: AuditAction? = nil, from: Instant? = nil, to: Instant? = nil,
    limit: Int
  ) {
    self.patient = patient
    self.action = action
    self.from = from
    self.to = to
    self.limit = limit
  }
}

extension ReadTransaction {
  /// Where the trail ends now.
  public func auditHead() throws -> AuditHead {
    let statement = try db.cachedStatement(
      sql: "SELECT sequence, mac FROM audit ORDER BY sequence DESC LIMIT 1")
    return try fetchFirst(statement, from: "audit") { columns in
      try AuditHead(sequence: columns.next(Int64.self), mac: columns.bytes())
    } ?? .empty
  }

  /// Recomputes the whole chain, and calls `body` with each row once it has been found in order.
  ///
  /// Throws `AuditBreak` at the first row that was changed, removed or moved, and when the trail
  /// does not hold the row of `kept`, a head of this trail that was kept elsewhere.
  @discardableResult
  public func verifyAudit(
    vault: Vault, since kept: AuditHead? = nil, _ body: (AuditEntry) throws -> Void = { _ in }
  ) throws -> AuditHead {
    var head = try auditStartHead(vault: vault)
    if let kept, kept.sequence <= head.sequence {
      guard kept.sequence == head.sequence || kept.sequence == 0 else {
        throw AuditBreak.removed(head: kept, start: head.sequence)
      }
      guard kept == head || kept == .empty else {
        throw AuditBreak.notTheTrail(of: kept, end: head.sequence)
      }
    }
    let statement = try db.makeStatement(
      sql: """
        SELECT sequence, at, actor, action, patient_id, subject, mac FROM audit ORDER BY sequence
        """)
    try statement.forEachRow(from: "audit", path: path) { columns in
      let sequence = try columns.next(Int64.self)
      let entry = try AuditEntry(sequence: sequence, &columns)
      let fields = [
        String(entry.at.secondsSinceEpoch), entry.actor, entry.action,
        entry.patient.map { String($0.rawValue) }, entry.subject,
      ]
      let mac = try columns.bytes()
      head = try vault.auditChain.advance(
        head, over: AuditRow(sequence: sequence, fields: fields, mac: mac))
      if let kept, kept.sequence == sequence, kept != head {
        throw AuditBreak.notTheTrail(of: kept, end: sequence)
      }
      try body(entry)
    }
    if let kept, kept.sequence > head.sequence {
      throw AuditBreak.notTheTrail(of: kept, end: head.sequence)
    }
    return head
  }

  /// The newest rows that pass `filter`, the oldest of them first.
  public func auditEntries(_ filter: AuditFilter) throws -> [AuditEntry] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT sequence, at, actor, action, patient_id, subject FROM audit
        WHERE (?1 IS NULL OR patient_id = ?1) AND (?2 IS NULL OR action = ?2)
          AND (?3 IS NULL OR at >= ?3) AND (?4 IS NULL OR at <= ?4)
        ORDER BY sequence DESC LIMIT ?5
        """)
    return try fetchAll(
      statement,
      [
        filter.patient?.rawValue, filter.action?.rawValue, filter.from?.secondsSinceEpoch,
        filter.to?.secondsSinceEpoch, filter.limit,
      ], from: "audit"
    ) { columns in
      try AuditEntry(sequence: columns.next(Int64.self), &columns)
    }.reversed()
  }
}

extension AuditEntry {
  /// From the columns after the number.
  fileprivate init(sequence: Int64, _ columns: inout Columns) throws {
    self.sequence = sequence
    at = try columns.instant()
    actor = try columns.next(String.self)
    action = try columns.next(String.self)
    patient = try columns.nextIfPresent(Int64.self, PatientID.init(rawValue:))
    subject = try columns.next(String.self)
  }
}
