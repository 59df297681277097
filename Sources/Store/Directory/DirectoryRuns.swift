public import CivilTime
import GRDB

/// The kinds of provider files that feed the directory.
public enum FeedKind: String, Hashable, Sendable, CaseIterable {
  case nppes, sites, deactivations, plans, networks, schedules
}

/// Which rows make up the directory. Every row is marked with the run that last saw it; an update
/// marks what it sees with the run of the full load that it continues, so that together they are
/// what one load of all their files would be.
public struct DirectoryVersion: Hashable, Sendable {
  /// The mark of practitioners, roles and deactivations: the last full load.
  public let roles: Int64
  /// The mark of plans and networks: the last run that was given network files.
  public let networks: Int64

  public init(roles: Int64, networks: Int64) {
    self.roles = roles
    self.networks = networks
  }
}

/// A run of the indexer, and the version of the directory that it makes.
public struct DirectoryRun: Hashable, Sendable {
  public let number: Int64
  public let version: DirectoryVersion
}

/// One file of one run: what its rows are marked with.
public struct Feed: Hashable, Sendable {
  public let number: Int64
  public let kind: FeedKind
  /// The mark of its rows.
  let run: Int64
  /// The mark of the roles that its rows may name.
  let roles: Int64
  /// Whether the run continues another, whose index lacks what its rows say.
  let isUpdate: Bool
}

extension WriteTransaction {
  /// Opens a full load: only what it sees makes up the directory that it leads to.
  public func beginFullLoad() throws -> DirectoryRun {
    let number = try nextRun()
    return try begin(number, DirectoryVersion(roles: number, networks: number))
  }

  /// Opens an update of the last full load.
  ///
  /// - Parameter replacesNetworks: whether plans and networks are to be what its files say, and not
  ///   what they were.
  /// - Throws: `StoreError.noFullLoad` when there is none, or a later run that marks rows anew did
  ///   not come to its end; `.olderFullLoad` when it did not read all that is read now.
  public func beginUpdate(replacesNetworks: Bool) throws -> DirectoryRun {
    guard let version = try directoryVersion() else {
      throw StoreError.noFullLoad(path: path, unfinished: nil)
    }
    let unfinished = try Int64.fetchOne(
      db,
      sql: """
        SELECT run_id FROM directory_run
        WHERE finished_at IS NULL AND (
          (run_id > ? AND roles_run = run_id) OR (? AND run_id > ? AND networks_run = run_id))
        ORDER BY run_id LIMIT 1
        """, arguments: [version.roles, !replacesNetworks, version.networks])
    if let unfinished { throw StoreError.noFullLoad(path: path, unfinished: unfinished) }
    let readsLicences = try Bool.fetchOne(
      db, sql: "SELECT reads_licences FROM directory_run WHERE run_id = ?",
      arguments: [version.roles])
    guard readsLicences == true else {
      throw StoreError.olderFullLoad(path: path, run: version.roles)
    }
    let number = try nextRun()
    return try begin(
      number,
      DirectoryVersion(
        roles: version.roles, networks: replacesNetworks ? number : version.networks))
  }

  private func nextRun() throws -> Int64 {
    (try Int64.fetchOne(db, sql: "SELECT max(run_id) FROM directory_run") ?? 0) + 1
  }

  private func begin(_ number: Int64, _ version: DirectoryVersion) throws -> DirectoryRun {
    try execute(
      """
      INSERT INTO directory_run (run_id, started_at, note, roles_run, networks_run,
        reads_licences)
      VALUES (?, ?, 'loading', ?, ?, 1)
      """, [number, now.secondsSinceEpoch, version.roles, version.networks])
    return DirectoryRun(number: number, version: version)
  }

  /// - Parameters:
  ///   - note: what became of it, for people.
  ///   - index: the index that was published; nil where it is no run's.
  ///   - changes: the changes that are in it.
  public func finish(
    _ run: DirectoryRun, note: String, index: PublishedIndex? = nil,
    changes: DirectoryChanges? = nil
  ) throws {
    try execute(
      """
      UPDATE directory_run SET finished_at = ?, note = ?, generation = ?, content_digest = ?
      WHERE run_id = ?
      """,
      [
        now.secondsSinceEpoch, note, index?.name ?? "", index?.contentDigest ?? "", run.number,
      ])
    guard let changes else { return }
    try execute("DELETE FROM directory_change WHERE change_no <= ?", [changes.last])
  }

  /// Notes that the roles of a practitioner may be others than the published index has them; 0 for
  /// everybody's.
  func noteChange(of npi: Int64) throws {
    try BulkStatement(self, "INSERT INTO directory_change (npi) VALUES (?)").begin().bind(npi).run()
  }

  public func beginFeed(_ kind: FeedKind, name: String, run: DirectoryRun) throws -> Feed {
    try execute(
      "INSERT INTO feed (run_id, kind, name) VALUES (?, ?, ?)", [run.number, kind.rawValue, name])
    let number = db.lastInsertedRowID
    let version = run.version
    let mark = kind == .plans || kind == .networks ? version.networks : version.roles
    let isUpdate = version.roles != run.number
    // A plan's name and insurer stand in the documents of all its roles.
    if isUpdate, kind == .plans || kind == .networks { try noteChange(of: 0) }
    return Feed(
      number: number, kind: kind, run: mark, roles: version.roles,
      isUpdate: isUpdate)
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

/// An index as a finished run published it.
public struct PublishedIndex: Hashable, Sendable {
  public let name: String
  /// SHA-256 of its content.
  public let contentDigest: String

  public init(name: String, contentDigest: String) {
    self.name = name
    self.contentDigest = contentDigest
  }
}

/// What was written to the directory since the last finished run.
public struct DirectoryChanges: Hashable, Sendable {
  /// The index that the run published; nil before the first.
  public let since: PublishedIndex?
  /// NPIs; nil when anybody's roles may have changed.
  public let practitioners: Set<Int64>?
  /// The number of the last change.
  let last: Int64
}

extension ReadTransaction {
  public func directoryChanges() throws -> DirectoryChanges {
    var last: Int64 = 0
    var practitioners: Set<Int64> = []
    try forEachRow("SELECT change_no, npi FROM directory_change ORDER BY change_no", []) { row in
      last = row.integer(0)
      practitioners.insert(row.integer(1))
    }
    let published = try Row.fetchOne(
      db,
      sql: """
        SELECT generation, content_digest FROM directory_run
        WHERE finished_at IS NOT NULL ORDER BY run_id DESC LIMIT 1
        """
    ).map { PublishedIndex(name: $0[0], contentDigest: $0[1]) }
    return DirectoryChanges(
      since: published, practitioners: practitioners.contains(0) ? nil : practitioners, last: last)
  }

  /// What the last finished run left; nil before the first one.
  public func directoryVersion() throws -> DirectoryVersion? {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT roles_run, networks_run FROM directory_run
        WHERE finished_at IS NOT NULL ORDER BY run_id DESC LIMIT 1
        """)
    return row.map { DirectoryVersion(roles: $0[0], networks: $0[1]) }
  }
}

/// A file that the directory was made of, or was to be.
public struct FeedRecord: Hashable, Sendable {
  public let run: Int64
  public let kind: FeedKind
  public let name: String
  /// When its run began.
  public let read: Instant
  /// When its run came to its end; nil for one that did not.
  public let finished: Instant?
  public let rows, accepted, rejected: Int
  /// Why nothing of it was applied; nil for a sound file.
  public let quarantined: String?
}

extension ReadTransaction {
  /// The files of a version of the directory, in the order in which they were read. Those of
  /// updates that did not come to their end are among them, because what was read of them stays.
  public func feeds(of version: DirectoryVersion) throws -> [FeedRecord] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT f.run_id, f.kind, f.name, r.started_at, r.finished_at, f.rows, f.accepted,
          f.rejected, f.quarantined
        FROM feed AS f JOIN directory_run AS r ON r.run_id = f.run_id
        WHERE r.roles_run = ? AND (f.kind NOT IN ('plans', 'networks') OR r.networks_run = ?)
        ORDER BY f.feed_no
        """, arguments: [version.roles, version.networks])
    return try rows.map { row in
      guard let kind = FeedKind(rawValue: row[1]) else {
        throw StoreError.unreadableRow(
          path: path, table: "feed", row: row[2], detail: "its kind is unknown")
      }
      return FeedRecord(
        run: row[0], kind: kind, name: row[2], read: Instant(secondsSinceEpoch: row[3]),
        finished: (row[4] as Int64?).map { Instant(secondsSinceEpoch: $0) }, rows: row[5],
        accepted: row[6], rejected: row[7], quarantined: row[8])
    }
  }

  /// The names of the sound files of a version, by kind.
  public func feedNames(of version: DirectoryVersion) throws -> [String: String] {
    var names: [String: [String]] = [:]
    for feed in try feeds(of: version) where feed.quarantined == nil {
      names[feed.kind.rawValue, default: []].append(feed.name)
    }
    return names.mapValues { $0.joined(separator: ", ") }
  }
}
