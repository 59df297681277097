import GRDB
import Glibc
import StoreTestSupport
import Testing

@testable import Store

@Suite struct OpeningTests {
  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func createsPrivateFiles() throws {
    let temporary = try TestClinic()
    let store = try temporary.open()
    try store.write { _ in }
    let home = temporary.home
    #expect(mode(home.path) == 0o700)
    for path in [
      home.databasePath, home.lockPath, home.turnstilePath, home.databasePath + "-wal",
      home.databasePath + "-shm",
    ] {
      #expect(mode(path) == 0o600, "\(path)")
    }
  }

  @Test func missingDatabaseIsNamed() throws {
    let temporary = try TestClinic()
    #expect(throws: StoreError.noDatabase(path: temporary.home.databasePath)) {
      try temporary.open(createIfMissing: false)
    }
    #expect(access(temporary.home.path, F_OK) != 0, "nothing was created")
  }

  @Test func everyConnectionIsDurable() throws {
    let temporary = try TestClinic()
    let store = try temporary.open()
    let names = ["journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint"]
    let written = try store.write { transaction in
      try names.map { try String.fetchOne(transaction.db, sql: "PRAGMA \($0)") }
    }
    #expect(written == ["wal", "2", "1", "0"])
    let read = try store.read { transaction in
      try ["journal_mode", "foreign_keys", "wal_autocheckpoint"]
        .map { try String.fetchOne(transaction.db, sql: "PRAGMA \($0)") }
    }
    #expect(read == ["wal", "1", "0"])
  }

  /// And durable again after it, also when it throws.
  @Test func aRunMayBeDurableAtItsEnd() throws {
    struct Stop: Error {}
    let temporary = try TestClinic()
    let store = try temporary.open()
    func synchronous() throws -> Int? {
      try store.write { try Int.fetchOne($0.db, sql: "PRAGMA synchronous") }
    }
    let during = try store.withoutWaitingForDisk { try synchronous() }
    #expect(during == 1)
    #expect(try synchronous() == 2)
    #expect(throws: Stop.self) { try store.withoutWaitingForDisk { throw Stop() } }
    #expect(try synchronous() == 2)
  }

  @Test func readersCannotWrite() throws {
    let temporary = try TestClinic()
    let store = try temporary.open()
    #expect(throws: StoreError.self) {
      try store.read { try $0.db.execute(sql: "CREATE TABLE t (a)") }
    }
  }

  @Test func failedBodyChangesNothing() throws {
    struct Stop: Error {}
    let temporary = try TestClinic()
    let store = try temporary.open()
    #expect(throws: Stop.self) {
      try store.write {
        try $0.db.execute(sql: "INSERT INTO directory_run (run_id, started_at) VALUES (1, 1)")
        throw Stop()
      }
    }
    #expect(
      try store.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM directory_run") } == 0)
  }

  @Test func newerSchemaIsRefused() throws {
    let temporary = try TestClinic()
    try temporary.open().write { try $0.db.execute(sql: "PRAGMA user_version = 1000") }
    #expect(
      throws: StoreError.newerSchema(
        path: temporary.home.databasePath, found: 1000, known: Migrations.all.count)
    ) { try temporary.open() }
  }

  @Test func otherFilesAreDamaged() throws {
    let temporary = try TestClinic()
    mkdir(temporary.home.path, 0o700)
    let file = try #require(fopen(temporary.home.databasePath, "w"))
    fputs(String(repeating: "this is no database\n", count: 500), file)
    fclose(file)
    let error = #expect(throws: StoreError.self) { try temporary.open() }
    guard case .damaged? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func anotherProgramsDatabaseIsLeftAlone() throws {
    let temporary = try TestClinic()
    mkdir(temporary.home.path, 0o700)
    try DatabaseQueue(path: temporary.home.databasePath)
      .write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
    let error = #expect(throws: StoreError.self) { try temporary.open() }
    guard case .damaged? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Another program that closes cleanly checkpoints and removes the log.
  @Test func opensAfterTheLogWasRemoved() throws {
    let temporary = try TestClinic()
    try temporary.open().write {
      try $0.db.execute(sql: "INSERT INTO directory_run (run_id, started_at) VALUES (7, 1)")
    }
    try DatabaseQueue(path: temporary.home.databasePath).close()
    try DatabaseQueue(path: temporary.home.databasePath)
      .write { try $0.execute(sql: "DELETE FROM plan") }
    #expect(access(temporary.home.databasePath + "-wal", F_OK) != 0, "the log is gone")
    let run = try temporary.open()
      .read { try Int.fetchOne($0.db, sql: "SELECT max(run_id) FROM directory_run") }
    #expect(run == 7)
  }

  @Test func lockFileHeldElsewhereMakesWritersTryLater() throws {
    let temporary = try TestClinic()
    let store = try temporary.open(lockWaitSeconds: 0.2)
    let other = open(temporary.home.lockPath, O_RDWR | O_CLOEXEC)
    #expect(flock(other, LOCK_EX) == 0)
    #expect(throws: StoreError.tryLater(path: temporary.home.lockPath, waitedSeconds: 0.2)) {
      try store.write { _ in }
    }
    #expect(throws: StoreError.tryLater(path: temporary.home.lockPath, waitedSeconds: 0.2)) {
      try store.checkpoint()
    }
    _ = try store.read { try Int.fetchOne($0.db, sql: "SELECT 1") }
    close(other)
    try store.write { _ in }
  }
}
