public import ProviderDirectory

/// What a sweep did with the roles that are no longer in the directory.
public struct SweepTally: Hashable, Sendable {
  public var removed = 0
  /// Kept, and unlisted now, because a visit or a hold, past or coming, refers to them.
  public var unlisted = 0
  /// Those kept, now or in a run before, that have a visit still to come.
  public var withVisits: [RoleID] = []

  public init() {}
}

extension Store {
  /// Takes everything out of the directory that is not of the version that `run` makes, in
  /// transactions of at most `batch` rows so that bookings go on in between. Schedules stay: a role
  /// that comes back has its hours again.
  public func sweepDirectory(
    _ run: DirectoryRun, batch: Int, afterEachBatch: () -> Void
  ) throws -> SweepTally {
    var tally = SweepTally()
    let networks = run.version.networks
    let areNetworksNew = networks == run.number
    let run = run.version.roles
    // Once everything of before has left, what an update takes out is found by its marks.
    let isSwept = try read { try $0.isSwept(run) }
    let gone = isSwept ? "(run_id = 0 OR listed = 0)" : "true"
    try sweep("role", "role_id", where: gone, run: run, batch: batch, afterEachBatch) {
      transaction, list in
      try transaction.sweepRoles(list, into: &tally)
    }
    let retired = isSwept ? "run_id = 0" : "true"
    try sweep("practitioner", "npi", where: retired, run: run, batch: batch, afterEachBatch) {
      transaction, list in
      try transaction.execute(
        """
        DELETE FROM practitioner
        WHERE npi IN (SELECT value FROM json_each(?1)) AND NOT EXISTS (
          SELECT 1 FROM role
          WHERE role_id BETWEEN practitioner.npi << 30 AND (practitioner.npi << 30) + 1073741823)
        """, [list])
    }
    if !isSwept {
      try sweep("deactivation", "npi", run: run, batch: batch, afterEachBatch) {
        try $0.execute(
          "DELETE FROM deactivation WHERE npi IN (SELECT value FROM json_each(?))", [$1])
      }
      try write {
        try $0.execute("UPDATE directory_run SET swept = 1 WHERE run_id = ?", [run])
      }
    }
    guard areNetworksNew else { return tally }
    try sweep("network", "role_id", run: networks, batch: batch, afterEachBatch) {
      try $0.execute(
        """
        DELETE FROM network
        WHERE role_id IN (SELECT value FROM json_each(?)) AND run_id <> ?
        """, [$1, networks])
    }
    try sweep("plan", "plan_no", run: networks, batch: batch, afterEachBatch) {
      try $0.execute("DELETE FROM plan WHERE plan_no IN (SELECT value FROM json_each(?))", [$1])
    }
    return tally
  }

  /// Pages through a table's stale keys: found by reading, which waits for nobody, and only then
  /// removed under the lock.
  private func sweep(
    _ table: String, _ key: String, where condition: String = "true", run: Int64, batch: Int,
    _ afterEachBatch: () -> Void, _ remove: (WriteTransaction, String) throws -> Void
  ) throws {
    var last: Int64 = -1
    while true {
      var stale: [Int64] = []
      try read { transaction in
        try transaction.forEachRow(
          """
          SELECT DISTINCT \(key) FROM \(table)
          WHERE \(condition) AND \(key) > ? AND run_id <> ?
          ORDER BY \(key) LIMIT ?
          """, [last, run, batch]
        ) { stale.append($0.integer(0)) }
      }
      guard let highest = stale.last else { return }
      try write { try remove($0, ReadTransaction.list(stale)) }
      afterEachBatch()
      last = highest
    }
  }
}

extension ReadTransaction {
  /// Whether nothing from before this full load is left.
  fileprivate func isSwept(_ fullLoad: Int64) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT swept FROM directory_run WHERE run_id = ?", arguments: [fullLoad]) ?? false
  }
}

extension WriteTransaction {
  fileprivate func sweepRoles(_ list: String, into tally: inout SweepTally) throws {
    try forEachRow(
      """
      SELECT DISTINCT role_id FROM claim
      WHERE role_id IN (SELECT value FROM json_each(?)) AND ends_at > ?
        AND (\(ClaimSchema.visiting) OR (state = 'held' AND hold_expires_at > ?))
      ORDER BY role_id
      """, [list, now.secondsSinceEpoch, now.secondsSinceEpoch]
    ) { row in
      if let role = RoleID(rawValue: row.integer(0)) { tally.withVisits.append(role) }
    }
    try execute(
      """
      DELETE FROM role WHERE role_id IN (SELECT value FROM json_each(?))
        AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.role_id = role.role_id)
      """, [list])
    tally.removed += db.changesCount
    try execute(
      """
      UPDATE role SET listed = 0
      WHERE listed = 1 AND role_id IN (SELECT value FROM json_each(?))
      """, [list])
    tally.unlisted += db.changesCount
    try execute("DELETE FROM network WHERE role_id IN (SELECT value FROM json_each(?))", [list])
  }
}
