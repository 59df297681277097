import CivilTime
import GRDB
import Privacy

extension WriteTransaction {
  /// Takes over which messages were delivered, from the database that this one is to replace, so
  /// that what was sent since an older copy is not sent again. Of visits that the copy does not
  /// have, and of kinds that it had not planned, nothing is taken: what it believes of a visit may
  /// have to be told once more.
  ///
  /// - Parameters:
  ///   - present: opens what is sealed in `current`.
  ///   - vault: this database's.
  func keepDelivered(of current: ReadTransaction, present: Vault, vault: Vault) throws {
    var delivered: [Int64] = []
    try current.forEachRow(
      "SELECT job_id FROM message_job WHERE state = 'delivered' ORDER BY round, job_id", []
    ) { delivered.append($0.integer(0)) }
    for id in delivered {
      guard let told = try current.messages(where: "j.job_id = ?", [id]).first,
        let job = try counterpart(of: told)
      else { continue }
      try keep(told, try current.attempts(of: told), as: job, present, vault)
    }
  }

  /// The same message here, if it has not ended as delivered or given up; a round that somebody
  /// asked for since is added.
  private func counterpart(of told: MessageJob) throws -> MessageJob? {
    let same = "j.claim_id = ? AND j.kind = ? AND j.recipient = ?"
    let key: Arguments = [
      told.claim.rawValue, told.kind.rawValue, told.recipient.rawValue,
    ]
    let rounds = try messages(where: same, key)
    if let here = rounds.first(where: { $0.round == told.round }) {
      return [.delivered, .givenUp].contains(here.state) ? nil : here
    }
    guard !rounds.isEmpty else { return nil }
    try execute(
      """
      INSERT INTO message_job (claim_id, kind, recipient, round, due_at, next_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """,
      key + [
        told.round, told.dueAt.secondsSinceEpoch, told.dueAt.secondsSinceEpoch,
        told.expiresAt.secondsSinceEpoch,
      ])
    return try messages(where: "j.job_id = ?", [db.lastInsertedRowID]).first
  }

  private func keep(
    _ told: MessageJob, _ attempts: [MessageAttempt], as job: MessageJob, _ present: Vault,
    _ vault: Vault
  ) throws {
    let body = try present.body(of: told)
    try execute(
      """
      UPDATE message_job SET state = 'delivered', lease = NULL, channel = ?, provider_id = ?,
        outcome = NULL, body_sealed = ?, ended_at = ? WHERE job_id = ?
      """,
      [
        told.channel, told.providerID, try body.map { try vault.seal(body: $0, of: job) },
        told.endedAt?.secondsSinceEpoch, job.id,
      ])
    for attempt in attempts.dropFirst(try self.attempts(of: job).count) {
      try record(attempt, of: job)
    }
  }
}
