import GRDB

/// The kinds of provider files that feed the directory.
public enum FeedKind: String, Hashable, Sendable, CaseIterable {
  case nppes, sites, deactivations, plans, networks, schedules
}

/// One file of one run: what its rows are marked with.
public struct Feed: Hashable, Sendable {
  public let run: Int64
  public let number: Int64
  public let kind: FeedKind
}

extension WriteTransaction {
  /// Opens a run, to which everything that it sees is marked. Its number is above all others.
  public func beginDirectoryRun(note: String) throws -> Int64 {
    let last = try Int64.fetchOne(db, sql: "SELECT max(run_id) FROM directory_run") ?? 0
    try execute(
      "INSERT INTO directory_run (run_id, started_at, note) VALUES (?, ?, ?)",
      [last + 1, now.secondsSinceEpoch, note])
    return last + 1
  }

  public func finishDirectoryRun(_ run: Int64, note: String) throws {
    try execute(
      "UPDATE directory_run SET finished_at = ?, note = ? WHERE run_id = ?",
      [now.secondsSinceEpoch, note, run])
  }

  public func beginFeed(_ kind: FeedKind, name: String, run: Int64) throws -> Feed {
    try execute(
      "INSERT INTO feed (run_id, kind, name) VALUES (?, ?, ?)", [run, kind.rawValue, name])
    return Feed(run: run, number: db.lastInsertedRowID, kind: kind)
  }

  /// - Parameter quarantined: why nothing of the file was applied; nil for a sound one.
  public func finishFeed(
    _ feed: Feed, rows: Int, accepted: Int, rejected: Int, quarantined: String?
  ) throws {
    try execute(
      """
      UPDATE feed SET rows = ?, accepted = ?, rejected = ?, quarantined = ? WHERE feed_no = ?
      """, [rows, accepted, rejected, quarantined, feed.number])
  }
}
