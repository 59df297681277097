import CSQLite
import GRDB
import Synchronization

/// How a connection is set up; everything that durability and the lock file rely on.
enum Connection {
  static let busyTimeoutSeconds = 10.0
  static let busyTimeoutMilliseconds = Int(busyTimeoutSeconds * 1000)
  /// "ncar", so that `file` and a careless `--home` can tell the database from another.
  static let applicationID = 0x6e63_6172
  /// The log is cut back to this when it starts over.
  static let journalSizeLimitBytes = 64 << 20
  /// As much of the file as readers map; SQLite's own limit, 2 GB where it was built without
  /// another, may make it less.
  static let mappedBytes = 1 << 40

  static func reader(path: String, mapsDatabase: Bool = true) -> Configuration {
    var configuration = common(path: path)
    configuration.readonly = true
    configuration.prepareDatabase { db in
      // Else every page that a search looks at is copied out of the page cache by the kernel.
      try db.execute(sql: "PRAGMA mmap_size = \(mapsDatabase ? mappedBytes : 0)")
      if !mapsDatabase { _ = csqlite_unmap_sorter(db.sqliteConnection) }
      // For what is beyond the map: the upper pages of every tree, and some more.
      try db.execute(sql: "PRAGMA cache_size = -16384")
    }
    return configuration
  }

  static func writer(path: String, log: LogLength) -> Configuration {
    var configuration = common(path: path)
    configuration.prepareDatabase { db in
      let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      try expect("journal_mode", "wal", mode, path)
      // After WAL: entering WAL may lower it, and then a power cut drops acknowledged bookings.
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try expect("synchronous", "2", String.fetchOne(db, sql: "PRAGMA synchronous"), path)
      try db.execute(sql: "PRAGMA journal_size_limit = \(journalSizeLimitBytes)")
      try db.execute(sql: "PRAGMA cache_size = -65536")
      log.follow(db)
    }
    return configuration
  }

  private static func common(path: String) -> Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(busyTimeoutSeconds)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      try expect(
        "wal_autocheckpoint", "0", String.fetchOne(db, sql: "PRAGMA wal_autocheckpoint"), path)
      // A statement on roles that binds its run was prepared anew for each row.
      var planned: Int32 = 0
      let planning = csqlite_keep_plans(db.sqliteConnection, &planned)
      try expect("plans kept whatever is bound", "0 1", "\(planning) \(planned)", path)
      // The last connection to close would checkpoint, outside the lock.
      var kept: Int32 = 0
      let code = csqlite_keep_wal_on_close(db.sqliteConnection, &kept)
      try expect("no checkpoint on close", "0 1", "\(code) \(kept)", path)
    }
    return configuration
  }

  private static func expect(
    _ name: String, _ expected: String, _ found: String?, _ path: String
  ) throws {
    guard found != expected else { return }
    throw StoreError.setting(
      path: path, name: name, expected: expected, found: found ?? "nothing")
  }
}

/// How many frames the write-ahead log held after the last commit of one connection.
final class LogLength: Sendable {
  private let frames = Atomic<Int32>(0)
  private let commits = Atomic<Int>(0)

  var current: Int32 { frames.load(ordering: .relaxed) }

  /// From how many frames on the log is to be copied into the database.
  ///
  /// A command, which writes once or twice, leaves 1 MB at most: the first process to open the
  /// database reads the log through, so a long one would make the next command start slowly. A
  /// process that goes on writing lets it grow to 12 MB, so that fewer than one booking in a
  /// hundred, each of twelve pages and up to twice that among many claims, waits for a checkpoint,
  /// and pages that all of them change are copied once.
  var long: Int32 { commits.load(ordering: .relaxed) > 4 ? 3072 : 256 }

  /// Must outlive the connection; its configuration keeps it.
  func follow(_ db: Database) {
    sqlite3_wal_hook(
      db.sqliteConnection,
      { context, _, _, frames in
        Unmanaged<LogLength>.fromOpaque(context!).takeUnretainedValue()
          .count(frames)
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func count(_ frames: Int32) {
    self.frames.store(frames, ordering: .relaxed)
    commits.add(1, ordering: .relaxed)
  }
}
