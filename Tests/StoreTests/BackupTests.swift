import CivilTime
import Foundation
import GRDB
import Glibc
import Privacy
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

@testable import Store

@Suite struct BackupTests {
  let clinic: TestClinic
  let store: Store
  let vault: Vault
  private var file: String { clinic.home.path + "/copy.sqlite" }
  private var before: String { clinic.home.path + "/before.sqlite" }

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
    vault = try Vault.open(for: store)
    for subject in ["one", "two", "three"] { try add(subject) }
  }

  private func add(_ subject: String) throws {
    try store.write {
      try $0.audit(.hold, of: nil, subject: subject, by: .system, vault: vault)
    }
  }

  private func subjects(_ store: Store) throws -> [String] {
    try store.read {
      try String.fetchAll($0.db, sql: "SELECT subject FROM audit ORDER BY sequence")
    }
  }

  private func change(_ sql: String) throws {
    try DatabaseQueue(path: file).inDatabase { try $0.execute(sql: sql) }
  }

  @Test func holdsEverythingInOnePrivateFile() throws {
    let manifest = try store.backUp(to: file, vault: vault)
    #expect(manifest.rows["audit"] == 3)
    #expect(manifest.audit.sequence == 3)
    #expect(try Store.verifyBackup(file, vault: vault) == manifest)
    var status = stat()
    #expect(stat(file, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    for end in ["-wal", "-shm", "-journal"] { #expect(access(file + end, F_OK) != 0, "\(end)") }
    #expect(
      throws: StoreError.cannotWrite(path: file, detail: "it exists already")
    ) {
      try store.backUp(to: file, vault: vault)
    }
  }

  /// Whoever has the database open goes on with what was restored, and what was written since is
  /// gone but for the row that says so.
  @Test func takesThePlaceOfEverything() throws {
    try store.backUp(to: file, vault: vault)
    let other = try clinic.open()
    try add("four")
    #expect(try subjects(other).count == 4)
    _ = try store.restore(from: file, keeping: before, vault: vault)
    let expected = ["one", "two", "three", "backup of 2026-11-23T13:00:00Z"]
    let again = try clinic.open()
    #expect(try subjects(store) == expected)
    #expect(try subjects(other) == expected)
    #expect(try subjects(again) == expected)
    try other.write { try $0.audit(.hold, of: nil, subject: "five", by: .system, vault: vault) }
    #expect(try store.read { try $0.verifyAudit(vault: vault) }.sequence == 5)
    #expect(try clinic.text("PRAGMA integrity_check") == "ok")
    #expect(
      try clinic.count("SELECT count(*) FROM sqlite_schema WHERE name = 'backup_manifest'") == 0)
    #expect(try Store.verifyBackup(before, vault: vault).audit.sequence == 4)
  }

  /// What others write while a backup is put in place is in the database after it, or in the copy
  /// of what was there before it.
  @Test func nothingWrittenMeanwhileIsLost() throws {
    try store.backUp(to: file, vault: vault)
    let written = Mutex<[String]>([])
    let done = Mutex(false)
    try inThreads(2) { number in
      if number == 0 {
        for round in 0..<5 {
          _ = try store.restore(from: file, keeping: before + "\(round)", vault: vault)
        }
        done.withLock { $0 = true }
      } else {
        var count = 0
        while !done.withLock({ $0 }) {
          count += 1
          try add("meanwhile \(count)")
          written.withLock { $0.append("meanwhile \(count)") }
        }
      }
    }
    var found = Set(try subjects(store))
    for round in 0..<5 {
      let kept = try DatabaseQueue(path: before + "\(round)")
      found.formUnion(
        try kept.read { try String.fetchAll($0, sql: "SELECT subject FROM audit") })
    }
    #expect(Set(written.withLock { $0 }).subtracting(found).isEmpty)
  }

  /// The backup's own table, which a copy by hand leaves in the database, stops neither.
  @Test func aDatabaseCopiedFromABackupIsBackedUpAgain() throws {
    try clinic.stray("CREATE TABLE backup_manifest (name TEXT)")
    try store.backUp(to: file, vault: vault)
    try Store.verifyBackup(file, vault: vault)
    _ = try store.restore(from: file, keeping: before, vault: vault)
  }

  @Test func isOneMomentWhileOthersWrite() throws {
    let done = Mutex(false)
    try inThreads(2) { number in
      if number == 0 {
        for round in 0..<10 {
          let path = file + "\(round)"
          let manifest = try store.backUp(to: path, vault: vault)
          #expect(try Store.verifyBackup(path, vault: vault) == manifest)
        }
        done.withLock { $0 = true }
      } else {
        while !done.withLock({ $0 }) { try add("more") }
      }
    }
  }

  @Test(arguments: [
    "DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE sequence = 3",
    "UPDATE backup_manifest SET value = 2 WHERE name = 'rows audit'",
    "DELETE FROM backup_manifest WHERE name = 'rows claim'",
    "DELETE FROM backup_manifest WHERE name = 'code'", "DROP TABLE backup_manifest",
    "INSERT INTO directory_run (run_id, started_at) VALUES (1, 1)", "PRAGMA application_id = 1",
  ])
  func changedBackupsReplaceNothing(how: String) throws {
    try store.backUp(to: file, vault: vault)
    try change(how)
    #expect(throws: StoreError.self) {
      try store.restore(from: file, keeping: before, vault: vault)
    }
    #expect(try subjects(store) == ["one", "two", "three"])
  }

  /// Whatever byte it is, in a page that is used or one that is not: SQLite itself keeps no sums.
  @Test func everyChangedByteIsFound() throws {
    try store.backUp(to: file, vault: vault)
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    var random = SeededGenerator(seed: 7)
    for _ in 0..<60 {
      var changed = whole
      changed[Int.random(in: 0..<whole.count, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
      try changed.write(to: URL(fileURLWithPath: file))
      #expect(throws: (any Error).self) { try Store.verifyBackup(file, vault: vault) }
    }
    try whole.write(to: URL(fileURLWithPath: file))
    try Store.verifyBackup(file, vault: vault)
    try (whole + Data([0])).write(to: URL(fileURLWithPath: file))
    #expect(throws: (any Error).self) { try Store.verifyBackup(file, vault: vault) }
  }

  /// A guard that was dropped before the backup was made would be missing from then on.
  @Test func aBackupWithoutAGuardReplacesNothing() throws {
    try clinic.stray("DROP TRIGGER claim_delete")
    try store.backUp(to: file, vault: vault)
    #expect(
      throws: StoreError.badBackup(path: file, detail: "its trigger claim_delete is missing")
    ) {
      try store.restore(from: file, keeping: before, vault: vault)
    }
  }

  @Test func anotherKeyReplacesNothing() throws {
    try store.backUp(to: file, vault: vault)
    let stranger = Vault(key: .random(.system))
    #expect(throws: StoreError.self) {
      try store.restore(from: file, keeping: before, vault: stranger)
    }
    #expect(try subjects(store) == ["one", "two", "three"])
  }
}
