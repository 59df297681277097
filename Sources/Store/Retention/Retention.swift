import CivilTime
import GRDB
import Privacy

/// How long what is kept.
public struct RetentionRules: Hashable, Sendable {
  /// From the end of a visit on.
  public var appointmentYears: Int
  public var auditYears: Int

  /// 45 CFR 164.316(b)(2) asks for six years of what documents the safeguards.
  public static let fewestAuditYears = 6

  public init(appointmentYears: Int = 10, auditYears: Int = fewestAuditYears) {
    self.appointmentYears = appointmentYears
    self.auditYears = max(auditYears, Self.fewestAuditYears)
  }

  /// Years of 365.25 days and one day more, so that nothing goes too early.
  static func moment(_ years: Int, before now: Instant) -> Instant {
    now.adding(seconds: -(Int64(years) * 31_557_600 + 86_400))
  }
}

/// What is past its time, or what was removed.
public struct RetentionCount: Hashable, Sendable {
  /// Holds and visits, whatever became of them.
  public var claims = 0
  public var waitlistEntries = 0
  /// Of whom nothing else is kept.
  public var patients = 0
  public var auditRows = 0
  /// Holds and visits past their time that a legal hold keeps.
  public var keptByLegalHold = 0

  public init() {}
}

extension Store {
  /// What `applyRetention` would remove now. Patients are those who already have nothing else.
  public func retentionDue(_ rules: RetentionRules) throws -> RetentionCount {
    try read { transaction in
      var due = RetentionCount()
      let cutoff = RetentionRules.moment(rules.appointmentYears, before: transaction.now)
      due.claims = try transaction.count("claim AS c", ReadTransaction.dueClaims, cutoff)
      due.waitlistEntries = try transaction.count(
        "waitlist AS w", ReadTransaction.dueEntries, cutoff)
      due.patients = try transaction.count("patient AS p", ReadTransaction.duePatients, cutoff)
      due.keptByLegalHold = try transaction.count(
        "claim AS c", "c.ends_at < ?1 AND \(ReadTransaction.isHeld("c.patient_id"))", cutoff)
      let audit = RetentionRules.moment(rules.auditYears, before: transaction.now)
      due.auditRows = Int(
        max(try transaction.auditEnd(before: audit) - transaction.auditStart(), 0))
      return due
    }
  }

  /// Removes what is past its time and under no legal hold, in short transactions, each of which
  /// leaves its row in the audit trail. The trail itself goes by stretches from its beginning; each
  /// leaves a sealed note of where the chain goes on. Then the file is written anew, for which
  /// others wait, or some of what was removed would stand on in it.
  public func applyRetention(
    _ rules: RetentionRules, by actor: Actor, vault: Vault, batch: Int = 500
  ) throws -> RetentionCount {
    var done = RetentionCount()
    while true {
      let step = try write { try $0.removeRecords(rules, batch, by: actor, vault: vault) }
      done.claims += step.claims
      done.waitlistEntries += step.waitlistEntries
      done.patients += step.patients
      guard step != RetentionCount() else { break }
    }
    while true {
      let rows = try write { try $0.removeAudit(rules, batch * 20, by: actor, vault: vault) }
      done.auditRows += rows
      guard rows > 0 else { break }
    }
    if done == RetentionCount() { try checkpoint() } else { try rewrite() }
    done.keptByLegalHold = try retentionDue(rules).keptByLegalHold
    return done
  }
}

extension ReadTransaction {
  fileprivate static func isHeld(_ patient: String) -> String {
    """
    EXISTS (SELECT 1 FROM legal_hold AS h WHERE h.lifted_at IS NULL
      AND (h.patient_id IS NULL OR h.patient_id = \(patient)))
    """
  }

  /// One that names another, or is named by it, goes when both are past their time.
  fileprivate static let dueClaims = """
    c.ends_at < ?1 AND NOT \(isHeld("c.patient_id"))
      AND NOT EXISTS (SELECT 1 FROM claim AS o
        WHERE o.claim_id IN (c.replaced_by_id, c.replaces_id) AND o.ends_at >= ?1)
      AND NOT EXISTS (SELECT 1 FROM waitlist AS e
        WHERE e.replaces_id = c.claim_id AND NOT (e.closes_at < ?1 AND e.state <> 'offered'))
    """
  fileprivate static let dueEntries = """
    w.closes_at < ?1 AND w.state <> 'offered' AND NOT \(isHeld("w.patient_id"))
    """
  fileprivate static let duePatients = """
    p.created_at < ?1 AND NOT \(isHeld("p.patient_id"))
      AND NOT EXISTS (SELECT 1 FROM claim AS c WHERE c.patient_id = p.patient_id)
      AND NOT EXISTS (SELECT 1 FROM waitlist AS w WHERE w.patient_id = p.patient_id)
      AND NOT EXISTS (SELECT 1 FROM session AS s
        WHERE s.patient_id = p.patient_id AND s.used_at >= ?1)
    """

  fileprivate func count(_ table: String, _ condition: String, _ cutoff: Instant) throws -> Int {
    try Int.fetchOne(
      db, sql: "SELECT count(*) FROM \(table) WHERE \(condition)",
      arguments: [cutoff.secondsSinceEpoch]) ?? 0
  }

  /// The last row of the trail's beginning in which all is older than `cutoff` and nothing is of a
  /// patient under a legal hold. The trail's last row stays in any case.
  fileprivate func auditEnd(before cutoff: Instant) throws -> Int64 {
    let kept = try Int64.fetchOne(
      db,
      sql: """
        SELECT min(sequence) FROM audit AS a
        WHERE a.at >= ? OR \(Self.isHeld("a.patient_id"))
          OR sequence = (SELECT max(sequence) FROM audit)
        """, arguments: [cutoff.secondsSinceEpoch])
    return (kept ?? 1) - 1
  }

  /// How many rows of the trail's beginning are gone.
  fileprivate func auditStart() throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT coalesce(max(last_sequence), 0) FROM audit_segment") ?? 0
  }
}

extension WriteTransaction {
  fileprivate func removeRecords(
    _ rules: RetentionRules, _ limit: Int, by actor: Actor, vault: Vault
  ) throws -> RetentionCount {
    try db.execute(sql: "PRAGMA secure_delete = ON")
    let cutoff = RetentionRules.moment(rules.appointmentYears, before: now)
    var done = RetentionCount()
    let entries = try due("waitlist_id", "waitlist AS w", Self.dueEntries, cutoff, limit)
    let claims = try due("claim_id", "claim AS c", Self.dueClaims, cutoff, limit)
    done.waitlistEntries = entries.count
    done.claims = claims.count
    let guards = [
      "waitlist_delete", "claim_delete", "claim_history_no_delete", "outbox_no_delete",
      "message_job_delete",
    ]
    try withoutGuards(guards) {
      try delete(from: "waitlist_key", "waitlist_id", entries)
      try delete(from: "waitlist", "waitlist_id", entries)
      try execute(
        """
        DELETE FROM message_attempt WHERE job_id IN (SELECT job_id FROM message_job
          WHERE claim_id IN (SELECT value FROM json_each(?)))
        """, [Self.list(claims)])
      try delete(from: "message_job", "claim_id", claims)
      try delete(from: "video_room", "claim_id", claims)
      try delete(from: "outbox", "claim_id", claims)
      try delete(from: "claim_history", "claim_id", claims)
      try delete(from: "claim", "claim_id", claims)
    }
    let patients = try due("patient_id", "patient AS p", Self.duePatients, cutoff, limit)
    done.patients = patients.count
    for table in ["session", "patient_secret", "message_preference", "patient"] {
      try delete(from: table, "patient_id", patients)
    }
    guard done != RetentionCount() else { return done }
    try audit(
      .removeRecords, of: nil,
      subject: "\(claims.count) claims, \(entries.count) entries, \(patients.count) patients",
      by: actor, vault: vault)
    return done
  }

  fileprivate func removeAudit(
    _ rules: RetentionRules, _ limit: Int, by actor: Actor, vault: Vault
  ) throws -> Int {
    let cutoff = RetentionRules.moment(rules.auditYears, before: now)
    let first = try auditStart() + 1
    let last = min(try auditEnd(before: cutoff), first + Int64(limit) - 1)
    guard last >= first else { return 0 }
    let mac = try fetchFirst(
      db.cachedStatement(sql: "SELECT mac FROM audit WHERE sequence = ?"), [last], from: "audit"
    ) { try $0.bytes() }
    guard let mac else { throw AuditBreak.sequence(expected: last, found: last + 1) }
    let head = AuditHead(sequence: last, mac: mac)
    // What is not whole is not removed, or the note would vouch for it.
    try verifyAudit(vault: vault)
    let segment = AuditSegment(first: first, head: head, removedAt: now)
    try execute(
      """
      INSERT INTO audit_segment (first_sequence, last_sequence, mac, removed_at, code)
      VALUES (?, ?, ?, ?, ?)
      """,
      [first, last, head.mac, now.secondsSinceEpoch, segment.code(vault)])
    try withoutGuards(["audit_no_delete"]) {
      try execute("DELETE FROM audit WHERE sequence <= ?", [last])
    }
    try audit(
      .removeAudit, of: nil, subject: "audit rows \(first) to \(last), head \(head)", by: actor,
      vault: vault)
    return Int(last - first + 1)
  }

  private func due(
    _ key: String, _ table: String, _ condition: String, _ cutoff: Instant, _ limit: Int
  ) throws -> [Int64] {
    try Int64.fetchAll(
      db, sql: "SELECT \(key) FROM \(table) WHERE \(condition) ORDER BY \(key) LIMIT ?2",
      arguments: [cutoff.secondsSinceEpoch, limit])
  }

  private func delete(from table: String, _ key: String, _ values: [Int64]) throws {
    guard !values.isEmpty else { return }
    try execute(
      "DELETE FROM \(table) WHERE \(key) IN (SELECT value FROM json_each(?))",
      [Self.list(values)])
  }

  /// Runs `body` without these triggers, which are there again, as they were, when the transaction
  /// ends: nobody else sees the database without them.
  func withoutGuards<T>(_ names: [String], _ body: () throws -> T) throws -> T {
    let statements = try names.map { name in
      guard
        let sql = try String.fetchOne(
          db, sql: "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?",
          arguments: [name])
      else { throw StoreError.damaged(path: path, detail: "its trigger \(name) is missing") }
      return sql
    }
    for name in names { try db.execute(sql: "DROP TRIGGER \(name)") }
    let result = try body()
    for sql in statements { try db.execute(sql: sql) }
    return result
  }
}

/// A stretch of the trail's beginning that was removed.
struct AuditSegment {
  let first: Int64
  /// Where it ended.
  let head: AuditHead
  let removedAt: Instant

  func code(_ vault: Vault) -> [UInt8] {
    vault.auditChain.code(
      of: head, fields: ["removed segment", String(first), String(removedAt.secondsSinceEpoch)])
  }
}

extension ReadTransaction {
  /// Where the chain that is left begins: after the last stretch that was removed.
  func auditStartHead(vault: Vault) throws -> AuditHead {
    try lastAuditSegment(vault: vault)?.head ?? .empty
  }

  /// The stretch of the trail that was removed last.
  func lastAuditSegment(vault: Vault) throws -> AuditSegment? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT last_sequence, first_sequence, mac, removed_at, code FROM audit_segment
        ORDER BY last_sequence DESC LIMIT 1
        """)
    return try fetchFirst(statement, from: "audit_segment") { columns in
      let last = try columns.next(Int64.self)
      let segment = try AuditSegment(
        first: columns.next(Int64.self),
        head: AuditHead(sequence: last, mac: columns.bytes()), removedAt: columns.instant())
      guard constantTimeEqual(try columns.bytes(), segment.code(vault)) else {
        throw AuditBreak.segment(last: last)
      }
      return segment
    }
  }
}
