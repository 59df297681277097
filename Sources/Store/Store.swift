public import CivilTime
import GRDB
import Glibc
import Synchronization

/// The database of one home directory: SQLite in WAL mode, `synchronous=FULL`.
///
/// Readers see one consistent state and never wait for a writer. Writers of all processes take
/// turns on the lock file. Opening costs one read-only connection; the writing one is made by the
/// first write, so a home that cannot be written can still be searched.
public final class Store: Sendable {
  public let home: HomeDirectory
  let clock: Clock
  private let lockWaitSeconds: Double
  let readers: Readers
  private let writing = Mutex<Writer?>(nil)

  /// The connection that writes, and what guards it.
  struct Writer: Sendable {
    let lock: WriteLock
    let queue: DatabaseQueue
    let log: LogLength
  }

  /// Opens the database, creating and migrating it when needed and allowed.
  ///
  /// - Parameters:
  ///   - createIfMissing: false makes a missing database `StoreError.noDatabase`.
  ///   - lockWaitSeconds: how long a writer waits for the lock file before
  ///     `StoreError.tryLater`.
  ///   - mapsDatabase: whether readers map the file, which is the quickest for a search. Who reads
  ///     all of it keeps its memory small without.
  ///   - clock: read once for each transaction.
  /// - Throws: `StoreError`.
  public static func open(
    _ home: HomeDirectory, createIfMissing: Bool = true, lockWaitSeconds: Double = 10,
    mapsDatabase: Bool = true, clock: Clock
  ) throws -> Store {
    let path = home.databasePath
    return try StoreError.translating(path: path) {
      if access(path, F_OK) != 0 {
        guard createIfMissing else { throw StoreError.noDatabase(path: path) }
        try makeDirectory(home.path)
        let writer = try makeWriter(home, lockWaitSeconds)
        try writer.lock.hold { try writer.queue.inDatabase { try Migrations.run($0, path: path) } }
      }
      let readers = try openReaders(home, lockWaitSeconds, mapsDatabase: mapsDatabase)
      if try readers.read({ try Migrations.pending($0, path: path) }) {
        let writer = try makeWriter(home, lockWaitSeconds)
        try writer.lock.hold { try writer.queue.inDatabase { try Migrations.run($0, path: path) } }
      }
      return Store(home: home, clock: clock, lockWaitSeconds: lockWaitSeconds, readers: readers)
    }
  }

  private init(
    home: HomeDirectory, clock: Clock, lockWaitSeconds: Double,
    readers: Readers
  ) {
    self.home = home
    self.clock = clock
    self.lockWaitSeconds = lockWaitSeconds
    self.readers = readers
  }

  /// Runs `body` on one consistent state of the database; several threads may read at a time.
  public func read<T>(_ body: (ReadTransaction) throws -> T) throws -> T {
    let path = home.databasePath
    return try StoreError.translating(path: path) {
      try readers.read { db in try body(ReadTransaction(db, path: path, now: clock.now())) }
    }
  }

  /// Runs `body` in an immediate transaction under the lock file, and returns once it is on disk.
  /// When `body` throws, nothing has changed.
  ///
  /// Throws `StoreError.tryLater` when other writers keep the lock too long. Must not be nested.
  public func write<T>(_ body: (WriteTransaction) throws -> T) throws -> T {
    let path = home.databasePath
    return try StoreError.translating(path: path) {
      let writer = try writer()
      return try writer.lock.hold {
        try writer.queue.inDatabase { db in
          var result: T?
          try db.inTransaction(.immediate) {
            result = try body(WriteTransaction(db, path: path, now: clock.now()))
            return .commit
          }
          try Self.checkpointIfLong(db, writer.log)
          return result!
        }
      }
    }
  }

  /// Lets the transactions that `body` writes through this store reach the disk in their order but
  /// whenever it suits: a power cut may take the last of them back. For what is begun anew after
  /// one, as the rows of a run; the next transaction after it, and any other process's meanwhile,
  /// makes all before it durable too.
  public func withoutWaitingForDisk<T>(_ body: () throws -> T) throws -> T {
    try setSynchronous("NORMAL")
    let result = Result { try body() }
    try setSynchronous("FULL")
    return try result.get()
  }

  private func setSynchronous(_ mode: String) throws {
    try StoreError.translating(path: home.databasePath) {
      try writer().queue.inDatabase { try $0.execute(sql: "PRAGMA synchronous = \(mode)") }
    }
  }

  /// Copies the write-ahead log into the database file and empties it, under the lock file.
  ///
  /// Returns false when a reader still needed a part of the log.
  @discardableResult
  public func checkpoint() throws -> Bool {
    try StoreError.translating(path: home.databasePath) {
      let writer = try writer()
      return try writer.lock.hold {
        try writer.queue.inDatabase { db in
          try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")?[0] == 0
        }
      }
    }
  }

  /// Writes the whole file anew under the lock file, and empties the log; needs as much free space
  /// as the file takes, twice. A row that SQLite once moved to another page may still stand in the
  /// unused part of the first, which no deletion and no update overwrites.
  func rewrite() throws {
    try StoreError.translating(path: home.databasePath) {
      let writer = try writer()
      try writer.lock.hold {
        try writer.queue.inDatabase { db in
          // The copy that SQLite makes on the way stays in the home: elsewhere others may read it,
          // and there may be no room.
          let folder = home.path.replacing("'", with: "''")
          try db.execute(sql: "PRAGMA temp_store_directory = '\(folder)'")
          try db.execute(sql: "VACUUM")
        }
      }
    }
    // Pages of before stand in the log until it is emptied.
    try checkpoint()
  }

  func writer() throws -> Writer {
    try writing.withLock { writer in
      if let writer { return writer }
      let made = try Self.makeWriter(home, lockWaitSeconds)
      writer = made
      return made
    }
  }
}

extension Store {
  /// After so much, as a bulk load leaves, the log is emptied as well, if no reader needs it.
  private static let hugeLogFrames: Int32 = 4096

  /// The transaction before it is durable whatever happens here, so a checkpoint that fails must
  /// not take back the answer; the log stays as it is and the next write tries again.
  private static func checkpointIfLong(_ db: Database, _ log: LogLength) throws {
    guard log.current >= log.long else { return }
    do {
      try db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
      guard log.current >= hugeLogFrames else { return }
      // Emptying would otherwise wait for readers, with the lock file held.
      try db.execute(sql: "PRAGMA busy_timeout = 0")
      try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      try db.execute(sql: "PRAGMA busy_timeout = \(Connection.busyTimeoutMilliseconds)")
    } catch is DatabaseError {
      try db.execute(sql: "PRAGMA busy_timeout = \(Connection.busyTimeoutMilliseconds)")
    }
  }

  /// A read-only connection cannot make the log's files, which another program's clean close
  /// removes; a writer makes them again.
  private static func openReaders(
    _ home: HomeDirectory, _ lockWaitSeconds: Double, mapsDatabase: Bool
  ) throws -> Readers {
    let path = home.databasePath
    let configuration = Connection.reader(path: path, mapsDatabase: mapsDatabase)
    do {
      return try Readers(path: path, configuration: configuration)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
      let writer = try makeWriter(home, lockWaitSeconds)
      try writer.lock.hold {
        try writer.queue.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE; COMMIT") }
      }
      return try Readers(path: path, configuration: configuration)
    }
  }

  /// The configuration may switch a new file to WAL, which is a write: it too is under the lock.
  private static func makeWriter(
    _ home: HomeDirectory, _ lockWaitSeconds: Double
  ) throws -> Writer {
    let lock = try WriteLock(
      path: home.lockPath, turnstilePath: home.turnstilePath, waitSeconds: lockWaitSeconds)
    return try lock.hold {
      try makeFile(home.databasePath)
      let log = LogLength()
      let queue = try DatabaseQueue(
        path: home.databasePath,
        configuration: Connection.writer(path: home.databasePath, log: log))
      return Writer(lock: lock, queue: queue, log: log)
    }
  }

  /// Mode 0600 from the start; the log's files take the database's mode. An existing file is not
  /// opened: closing it again would drop SQLite's own locks in this process.
  private static func makeFile(_ path: String) throws(StoreError) {
    guard access(path, F_OK) != 0 else { return }
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
    close(descriptor)
  }

  /// Makes `path`, mode 0700, and the directories above it that are missing.
  private static func makeDirectory(_ path: String) throws(StoreError) {
    if access(path, F_OK) == 0 { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try makeDirectory(String(path[..<slash]))
    }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
  }
}
