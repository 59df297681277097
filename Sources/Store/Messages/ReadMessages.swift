import GRDB
public import ProviderDirectory

/// The newest of many messages.
public struct NewestMessages: Sendable {
  /// The oldest of them first.
  public let messages: [MessageJob]
  /// How many there are that are older than these.
  public let older: Int
}

extension ReadTransaction {
  /// The newest messages about visits of a patient, nil for anybody's, at roles that `isWanted`
  /// says so of.
  public func messages(
    about patient: PatientID?, in states: Set<MessageState> = Set(MessageState.allCases),
    limit: Int, at isWanted: (RoleID) -> Bool = { _ in true }
  ) throws -> NewestMessages {
    let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
    let newestFirst = "coalesce(j.ended_at, j.next_at) DESC, j.job_id DESC"
    var known: [Int64: Bool] = [:]
    var (newest, older): ([Int64], Int) = ([], 0)
    try forEachRow(
      """
      SELECT j.job_id, c.role_id FROM message_job AS j JOIN claim AS c ON c.claim_id = j.claim_id
      WHERE (?1 IS NULL OR c.patient_id = ?1) AND j.state IN (\(names)) ORDER BY \(newestFirst)
      """, [patient?.rawValue]
    ) { row in
      let role = row.integer(1)
      let wanted = known[role] ?? RoleID(rawValue: role).map(isWanted) ?? false
      known[role] = wanted
      guard wanted else { return }
      if newest.count < limit { newest.append(row.integer(0)) } else { older += 1 }
    }
    let messages = try messages(
      where: "j.job_id IN (SELECT value FROM json_each(?)) ORDER BY \(newestFirst)",
      [Self.list(newest)])
    return NewestMessages(messages: messages.reversed(), older: older)
  }

  /// Messages that a worker would send now, at most `limit`, the longest due first.
  public func dueMessages(limit: Int) throws -> [MessageJob] {
    try messages(
      where: """
        j.state IN ('waiting', 'leased') AND j.next_at <= ? ORDER BY j.next_at, j.job_id LIMIT ?
        """, [now.secondsSinceEpoch, limit])
  }

  /// What was to be said of one visit, in the order in which it was due.
  public func messages(of claim: ClaimID) throws -> [MessageJob] {
    try messages(where: "j.claim_id = ? ORDER BY j.due_at, j.job_id", [claim.rawValue])
  }

  /// Every try to deliver, oldest first.
  public func attempts(of job: MessageJob) throws -> [MessageAttempt] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT at, channel, outcome, detail FROM message_attempt WHERE job_id = ? ORDER BY number
        """)
    return try fetchAll(statement, [job.id], from: "message_attempt") { columns in
      return try MessageAttempt(
        at: columns.instant(), channel: columns.next(String.self),
        outcome: columns.next(String.self, MessageAttempt.Outcome.init(rawValue:)),
        detail: columns.next(String.self))
    }
  }

  /// Whether a leased message is still this lease's to send, for `seconds` more at least, and still
  /// true: asked again before each one is sent, because its visit may have been cancelled since.
  public func maySend(_ job: MessageJob, lease: [UInt8], forSeconds seconds: Int64) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: """
        SELECT count(*) FROM message_job AS j JOIN claim AS c ON c.claim_id = j.claim_id
        WHERE j.job_id = ? AND j.state = 'leased' AND j.lease = ? AND j.next_at > ?
          AND j.expires_at > ? AND c.state = ?
          AND (c.state <> 'held' OR c.hold_expires_at > ?)
        """)
    let now = now.secondsSinceEpoch
    return try Int.fetchOne(
      statement,
      arguments: [
        job.id, lease.blob, now + seconds, now, job.kind.claimState.rawValue, now,
      ]) == 1
  }

  func messages(
    where condition: String, _ arguments: Arguments
  ) throws -> [MessageJob] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT \(MessageJob.columns) FROM message_job AS j JOIN claim AS c
          ON c.claim_id = j.claim_id WHERE \(condition)
        """)
    return try fetchAll(statement, arguments, from: "message_job") { columns in
      return try MessageJob(&columns)
    }
  }
}

extension MessageJob {
  fileprivate static let columns = """
    j.job_id, j.claim_id, c.patient_id, j.kind, j.recipient, j.round, j.state, j.due_at,
      j.expires_at, j.next_at, j.channel, j.provider_id, j.outcome, j.ended_at,
      j.body_sealed
    """

  fileprivate init(_ columns: inout Columns) throws {
    id = try columns.next(Int64.self)
    claim = try columns.next(Int64.self, ClaimID.init(rawValue:))
    patient = try columns.next(Int64.self, PatientID.init(rawValue:))
    kind = try columns.next(String.self, MessageKind.init(rawValue:))
    recipient = try columns.next(String.self, MessageRecipient.init(rawValue:))
    round = try columns.next(Int.self)
    state = try columns.next(String.self, MessageState.init(rawValue:))
    dueAt = try columns.instant()
    expiresAt = try columns.instant()
    nextAt = try columns.instant()
    channel = try columns.nextIfPresent(String.self)
    providerID = try columns.nextIfPresent(String.self)
    outcome = try columns.nextIfPresent(String.self)
    endedAt = try columns.instantIfPresent()
    sealedBody = try columns.bytesIfPresent()
  }
}
