import Foundation
import GRDB
import StoreTestSupport
import TestSupport
import Testing

@testable import Store

/// A file system of two megabytes that a test may fill and switch to read-only.
private final class SmallDisk {
  let path: String
  private let scratch: ScratchDirectory

  /// Mounting needs root, and a container may forbid it even so.
  static let isPossible: Bool = {
    do {
      _ = try SmallDisk()
      return true
    } catch {
      print("SKIPPED (needs the right to mount): tests of a full and of a read-only disk")
      return false
    }
  }()

  init() throws {
    scratch = try ScratchDirectory()
    path = scratch.path + "/disk"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try Self.run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path)
  }

  deinit {
    do { try Self.run("umount", "-l", path) } catch { print("still mounted: \(path): \(error)") }
  }

  func makeReadOnly() throws { try Self.run("mount", "-o", "remount,ro", path) }

  private static func run(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw POSIXError(.EPERM) }
  }
}

@Suite struct FaultTests {
  private static let note = String(repeating: "x", count: 1000)

  private func addRun(_ store: Store, _ number: Int) throws {
    try store.write {
      try $0.db.execute(
        sql: "INSERT INTO directory_run (run_id, started_at, note) VALUES (?, 1, ?)",
        arguments: [number, Self.note])
    }
  }

  private func runs(_ store: Store) throws -> Int {
    try store.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM directory_run") ?? -1 }
  }

  @Test(.enabled(if: SmallDisk.isPossible))
  func fullDiskLosesNothingAndRecoversByItself() throws {
    let disk = try SmallDisk()
    let clinic = try TestClinic(in: disk.path)
    let store = try clinic.open()
    try addRun(store, 0)
    let ballast = disk.path + "/ballast"
    #expect(FileManager.default.createFile(atPath: ballast, contents: nil))
    let handle = try #require(FileHandle(forWritingAtPath: ballast))
    while (try? handle.write(contentsOf: Data(count: 4096))) != nil {}
    try handle.close()

    var written = 1
    var fault: StoreError?
    while fault == nil && written < 2000 {
      do {
        try addRun(store, written)
        written += 1
      } catch let error as StoreError {
        fault = error
      }
    }
    guard case .inputOutput(let path, _)? = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
    #expect(path == clinic.home.databasePath)
    #expect(try runs(store) == written)
    #expect(try runs(clinic.open()) == written, "as another process sees it")
    unlink(ballast)
    try addRun(store, written)
    #expect(try runs(clinic.open()) == written + 1)
    #expect(try clinic.text("PRAGMA integrity_check") == "ok")
  }

  @Test(.enabled(if: SmallDisk.isPossible))
  func readOnlyHomeCanBeReadAndSaysWhyItCannotBeWritten() throws {
    let disk = try SmallDisk()
    let clinic = try TestClinic(in: disk.path)
    do {
      let store = try clinic.open()
      try addRun(store, 1)
    }
    try disk.makeReadOnly()
    let store = try clinic.open()
    #expect(try runs(store) == 1)
    let error = #expect(throws: StoreError.self) { try addRun(store, 2) }
    guard case .cannotWrite(let path, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(path == clinic.home.lockPath)
    #expect(try runs(store) == 1)
  }

  @Test(.enabled(if: SmallDisk.isPossible))
  func newHomeOnAReadOnlyDiskIsRefused() throws {
    let disk = try SmallDisk()
    try disk.makeReadOnly()
    let clinic = try TestClinic(in: disk.path)
    let error = #expect(throws: StoreError.self) { try clinic.open() }
    guard case .cannotWrite(clinic.home.path, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func parentThatIsAFileIsNamed() throws {
    let scratch = try ScratchDirectory()
    let clinic = try TestClinic(in: scratch.file("file", "text"))
    let error = #expect(throws: StoreError.self) { try clinic.open() }
    guard case .cannotWrite(clinic.home.path, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// One page of the middle is overwritten; what is read from it is a typed fault, never a trap.
  @Test func damagedPagesAreNamed() throws {
    let clinic = try TestClinic()
    do {
      let store = try clinic.open()
      for number in 0..<400 { try addRun(store, number) }
      try store.checkpoint()
    }
    let file = try #require(FileHandle(forUpdatingAtPath: clinic.home.databasePath))
    let pages = try file.seekToEnd() / 4096
    for page in (pages / 2)..<pages {
      try file.seek(toOffset: page * 4096)
      try file.write(contentsOf: Data(repeating: 0xa5, count: 4096))
    }
    try file.close()
    let store = try clinic.open()
    let error = #expect(throws: StoreError.self) {
      try store.read { try String.fetchAll($0.db, sql: "SELECT note FROM directory_run") }
    }
    guard case .damaged(clinic.home.databasePath, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  /// Many openers meet in a home that nobody has made yet.
  @Test func firstOpenersAgree() throws {
    for _ in 0..<10 {
      let clinic = try TestClinic()
      try inThreads(8) { number in try addRun(try clinic.open(), number) }
      #expect(try runs(clinic.open()) == 8)
    }
  }

  @Test func logIsCheckpointedAsItGrows() throws {
    let clinic = try TestClinic()
    let store = try clinic.open()
    for number in 0..<3600 { try addRun(store, number) }
    func logBytes() throws -> Int {
      let log = URL(fileURLWithPath: clinic.home.databasePath + "-wal")
      return try Data(contentsOf: log).count
    }
    #expect(try logBytes() < 3300 * 4120, "it starts over once it is copied")
    try store.write { transaction in
      for number in 10_000..<30_000 {
        try transaction.db.execute(
          sql: "INSERT INTO directory_run (run_id, started_at, note) VALUES (?, 1, ?)",
          arguments: [number, Self.note])
      }
    }
    #expect(try logBytes() == 0, "after a bulk load it is emptied")
    #expect(try store.checkpoint())
    #expect(try runs(clinic.open()) == 23_600)
  }

  @Test func errorsSayWhatToDo() {
    let cases: [(StoreError, [String])] = [
      (.noDatabase(path: "/x"), ["/x", "indexer run", "--home"]),
      (.cannotWrite(path: "/x", detail: "d"), ["/x", "d", "--home"]),
      (.inputOutput(path: "/x", detail: "disk full"), ["/x", "disk full", "repeat"]),
      (.tryLater(path: "/x", waitedSeconds: 10), ["/x", "10.0 s", "repeat"]),
      (.damaged(path: "/x", detail: "d"), ["/x", "d", "restore"]),
      (.newerSchema(path: "/x", found: 9, known: 1), ["/x", "9", "1", "upgrade"]),
      (.setting(path: "/x", name: "synchronous", expected: "2", found: "1"), ["synchronous", "2"]),
      (.unreadableRow(path: "/x", table: "t", row: "r", detail: "d"), ["/x", "t", "r", "restore"]),
      (.statement(path: "/x", detail: "d"), ["/x", "d", "report"]),
    ]
    for (error, parts) in cases {
      for part in parts { #expect(error.message.contains(part), "\(error)") }
    }
  }
}
