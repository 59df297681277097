public import CivilTime
import GRDB

extension WriteTransaction {
  /// Adds what is to be told of a claim, in the transaction that makes it true.
  public func plan(_ messages: [PlannedMessage], of claim: ClaimID) throws {
    guard !messages.isEmpty else { return }
    // One statement for all of them: every booking plans three.
    var arguments: Arguments = []
    for message in messages {
      let due = message.dueAt.secondsSinceEpoch
      arguments.values += [
        claim.rawValue, message.kind.rawValue, message.recipient.rawValue, due, due,
        message.expiresAt.secondsSinceEpoch,
      ]
    }
    let rows = Array(repeating: "(?, ?, ?, ?, ?, ?)", count: messages.count)
    try execute(
      """
      INSERT INTO message_job (claim_id, kind, recipient, due_at, next_at, expires_at)
      VALUES \(rows.joined(separator: ", "))
      """, arguments)
  }

  /// One more round of a message that has ended, due now.
  public func planAgain(_ job: MessageJob, expiresAt: Instant) throws {
    try execute(
      """
      INSERT INTO message_job (claim_id, kind, recipient, round, due_at, next_at, expires_at)
      SELECT claim_id, kind, recipient, max(round) + 1, ?, ?, ? FROM message_job
      WHERE claim_id = ? AND kind = ? AND recipient = ? GROUP BY claim_id
      """,
      [
        now.secondsSinceEpoch, now.secondsSinceEpoch, expiresAt.secondsSinceEpoch,
        job.claim.rawValue, job.kind.rawValue, job.recipient.rawValue,
      ])
  }

  /// Takes up to `limit` messages that are due, the longest due first, for `seconds`; then whoever
  /// comes next may take them.
  ///
  /// - Parameter lease: drawn for this call; ending a message takes it.
  public func leaseMessages(limit: Int, seconds: Int64, lease: [UInt8]) throws -> [MessageJob] {
    // A lease that ends later than any given now was given before the clock was set back.
    try execute(
      "UPDATE message_job SET next_at = ?1 WHERE state = 'leased' AND next_at > ?1 + ?2",
      [now.secondsSinceEpoch, seconds])
    let due = try dueMessages(limit: limit)
    let end = now.adding(seconds: seconds)
    for job in due {
      try execute(
        "UPDATE message_job SET state = 'leased', lease = ?, next_at = ? WHERE job_id = ?",
        [lease, end.secondsSinceEpoch, job.id])
    }
    return due.map { job in
      var job = job
      (job.state, job.nextAt) = (.leased, end)
      return job
    }
  }

  /// Gives a leased message back, to be tried from `instant` on; nothing when it is no longer this
  /// lease's.
  ///
  /// - Parameter attempt: what was tried; nil for a message that only has to wait.
  public func postpone(
    _ job: MessageJob, lease: [UInt8], until instant: Instant, after attempt: MessageAttempt?
  ) throws {
    try execute(
      """
      UPDATE message_job SET state = 'waiting', next_at = ?, lease = NULL
      WHERE job_id = ? AND lease = ? AND state = 'leased'
      """, [instant.secondsSinceEpoch, job.id, lease])
    if let attempt { try record(attempt, of: job) }
  }

  /// The channel has it. True also of a message whose visit was cancelled while it was on its way;
  /// false, with the try recorded alone, when another worker has taken it since.
  @discardableResult
  public func deliver(
    _ job: MessageJob, lease: [UInt8], by attempt: MessageAttempt, sealedBody: [UInt8]
  ) throws -> Bool {
    try execute(
      """
      UPDATE message_job SET state = 'delivered', channel = ?, provider_id = ?, outcome = NULL,
        body_sealed = ?, ended_at = ? WHERE job_id = ? AND lease = ?
        AND state IN ('leased', 'cancelled')
      """,
      [
        attempt.channel, attempt.detail, sealedBody, now.secondsSinceEpoch, job.id,
        lease,
      ])
    let isOurs = db.changesCount == 1
    try record(attempt, of: job)
    return isOurs
  }

  /// Ends a leased message as given up or cancelled; nothing when it is no longer this lease's.
  ///
  /// - Parameter outcome: why, in words that name nobody.
  public func end(
    _ job: MessageJob, lease: [UInt8], as state: MessageState, outcome: String,
    after attempt: MessageAttempt? = nil
  ) throws {
    try execute(
      """
      UPDATE message_job SET state = ?, outcome = ?, ended_at = ?
      WHERE job_id = ? AND lease = ? AND state = 'leased'
      """,
      [state.rawValue, outcome, now.secondsSinceEpoch, job.id, lease])
    if let attempt { try record(attempt, of: job) }
  }

  func record(_ attempt: MessageAttempt, of job: MessageJob) throws {
    try execute(
      """
      INSERT INTO message_attempt (job_id, number, at, channel, outcome, detail)
      SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5 FROM message_attempt
      WHERE job_id = ?1
      """,
      [
        job.id, attempt.at.secondsSinceEpoch, attempt.channel, attempt.outcome.rawValue,
        attempt.detail,
      ])
  }
}
