import Foundation
import Privacy
import Synchronization
import Testing

@Suite struct KeyFileTests {
  @Test func aNewKeyIsKeptAndLoadedAgain() throws {
    try withFolder { folder in
      let file = KeyFile(path: "\(folder)/key")
      let made = try file.loadOrCreate()
      let loaded = try file.load()
      let again = try file.loadOrCreate()
      #expect(made.id == loaded.id && loaded.id == again.id)
      let sealed = try Sealer(key: made).seal("Ann", table: "patient", row: "1", column: "name")
      let opened = try Sealer(key: again).open(sealed, table: "patient", row: "1", column: "name")
      #expect(opened == "Ann")
      #expect(try mode(of: file.path) == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["key"])
    }
  }

  @Test func twoKeysDiffer() throws {
    try withFolder { folder in
      let first = try KeyFile(path: "\(folder)/a").loadOrCreate()
      let second = try KeyFile(path: "\(folder)/b").loadOrCreate()
      #expect(first.id != second.id)
      #expect(try contents(of: "\(folder)/a") != contents(of: "\(folder)/b"))
    }
  }

  @Test func aMissingKeyIsNotMadeWhereItMustExist() throws {
    try withFolder { folder in
      let path = "\(folder)/key"
      #expect(throws: PrivateFileError.missing(path: path)) { try KeyFile(path: path).load() }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test(arguments: [0o644, 0o640, 0o604, 0o620, 0o602, 0o610, 0o666, 0o777, 0o700])
  func aKeyThatOthersMayTouchIsRefused(loose: Int) throws {
    try withFolder { folder in
      let file = KeyFile(path: "\(folder)/key")
      _ = try file.loadOrCreate()
      try setMode(loose, of: file.path)
      let error = try #require(throws: PrivateFileError.self) { try file.loadOrCreate() }
      #expect(error == .looseMode(path: file.path, mode: UInt32(loose)))
      let message = "\(error)"
      #expect(message.contains(file.path))
      #expect(message.contains("0" + String(loose, radix: 8)))
      #expect(message.contains("chmod 600 '\(file.path)'"))
      #expect(try mode(of: file.path) == loose, "a loose mode is reported, not repaired")
    }
  }

  @Test func aReadOnlyKeyIsFine() throws {
    try withFolder { folder in
      let file = KeyFile(path: "\(folder)/key")
      let made = try file.loadOrCreate()
      try setMode(0o400, of: file.path)
      #expect(try file.load().id == made.id)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "SKIPPED (needs root to give a file away)"))
  func aKeyOfSomebodyElseIsRefused() throws {
    try withFolder { folder in
      let file = KeyFile(path: "\(folder)/key")
      _ = try file.loadOrCreate()
      #expect(chown(file.path, 12345, 12345) == 0)
      let error = try #require(throws: PrivateFileError.self) { try file.load() }
      #expect(error == .notOwned(path: file.path, owner: 12345, user: 0))
      #expect("\(error)".contains("12345"))
    }
  }

  @Test func whatIsNoFileIsRefused() throws {
    try withFolder { folder in
      let path = "\(folder)/key"
      #expect(mkfifo(path, 0o600) == 0)
      #expect(throws: PrivateFileError.notRegularFile(path: path)) {
        try KeyFile(path: path).load()
      }
      let missing = "\(folder)/nowhere/key"
      #expect(throws: PrivateFileError.system(path: missing, operation: "create", code: ENOENT)) {
        try KeyFile(path: missing).loadOrCreate()
      }
    }
  }

  @Test func everyFlippedBitAndEveryShorterFileIsDamage() throws {
    try withFolder { folder in
      let file = KeyFile(path: "\(folder)/key")
      _ = try file.loadOrCreate(random: seeded(7))
      let good = try contents(of: file.path)
      var damaged: [[UInt8]] = (0..<good.count).map { Array(good[..<$0]) }
      for bit in 0..<(good.count * 8) {
        var bytes = good
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        damaged.append(bytes)
      }
      damaged += [
        good + [10], good + good, Array("hello\n".utf8), [UInt8](repeating: 0, count: 600),
      ]
      for bytes in damaged {
        try overwrite(file.path, with: bytes)
        let error = try #require(throws: PrivateFileError.self) { try file.loadOrCreate() }
        switch error {
        case .damaged(file.path, _), .unsupportedVersion(file.path, _): break
        default: Issue.record("\(error) for \(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(try contents(of: file.path) == bytes, "a damaged key is never replaced")
      }
      try overwrite(file.path, with: good)
      _ = try file.load()
    }
  }

  @Test func aFileOfALaterFormatSaysSo() throws {
    try withFolder { folder in
      let file = KeyFile(path: "\(folder)/key")
      _ = try file.loadOrCreate()
      try overwrite(file.path, with: Array("nearcare-key 2\nwhatever\n".utf8))
      #expect(throws: PrivateFileError.unsupportedVersion(path: file.path, version: "2")) {
        try file.load()
      }
    }
  }

  /// Nothing in the process serializes the threads, so they meet in the file system as processes
  /// do.
  @Test func ofManyWhoMakeAKeyAtOnceAllGetTheSame() throws {
    try withFolder { folder in
      for round in 0..<40 {
        let file = KeyFile(path: "\(folder)/key\(round)")
        let ids = Mutex<[KeyID]>([])
        let failures = Mutex<[String]>([])
        let gate = DispatchSemaphore(value: 0)
        let threads = DispatchGroup()
        for _ in 0..<12 {
          threads.enter()
          Thread.detachNewThread {
            gate.wait()
            do {
              let key = try file.loadOrCreate()
              ids.withLock { $0.append(key.id) }
            } catch {
              failures.withLock { $0.append("\(error)") }
            }
            threads.leave()
          }
        }
        for _ in 0..<12 { gate.signal() }
        threads.wait()
        #expect(failures.withLock { $0 } == [])
        let seen = ids.withLock { $0 }
        #expect(seen.count == 12)
        #expect(Set(seen) == [try file.load().id])
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.count == 40, "drafts are removed: \(left)")
    }
  }

  @Test func printingAKeyShowsItsIdAlone() throws {
    try withFolder { folder in
      let file = KeyFile(path: "\(folder)/key")
      let key = try file.loadOrCreate()
      let lines = String(decoding: try contents(of: file.path), as: UTF8.self).split(
        separator: "\n")
      let secret = try #require(lines[2].split(separator: " ").last)
      #expect(secret.count == 64)
      var dumped = ""
      dump(key, to: &dumped)
      for text in ["\(key)", String(reflecting: key), dumped] {
        #expect(text.contains(key.id.description))
        #expect(!text.contains(secret.prefix(8)))
      }
    }
  }
}
