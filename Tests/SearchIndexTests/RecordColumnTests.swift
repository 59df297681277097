import Foundation
import TestSupport
import Testing

@testable import SearchIndex

/// Records come back as they were put in, from shards and from what an update continues.
@Suite struct RecordColumnTests {
  let directory: TemporaryDirectory
  var generator = SeededGenerator(seed: 11)

  init() throws { directory = try TemporaryDirectory() }

  private var path: String { "\(directory.path)/records" }

  private mutating func records(_ count: Int, longest: Int) -> [[UInt8]] {
    (0..<count).map { _ in
      (0..<Int.random(in: 0...longest, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
    }
  }

  private func part(_ records: [[UInt8]], _ name: String) throws -> RecordPart {
    var appender = try RecordAppender(path: "\(directory.path)/\(name)")
    for record in records { try appender.add(record) }
    return try appender.finish()
  }

  private func expect(_ column: RecordColumn, _ records: [[UInt8]]) throws {
    #expect(column.count == records.count)
    for (index, record) in records.enumerated() {
      #expect(try Array(column.record(of: UInt32(index + 1))) == record)
    }
    for document in [0, UInt32(records.count + 1), .max] {
      #expect(throws: IndexError.noSuchDocument(document)) { try column.record(of: document) }
    }
  }

  /// More than the appender keeps in memory and than the starts are written at once.
  @Test mutating func partsFollowEachOther() throws {
    let first = records(9000, longest: 90)
    let second = records(500, longest: 3000)
    let third = records(1, longest: 1 << 20)
    let parts = try [part(first, "a"), part([], "b"), part(second, "c"), part(third, "d")]
    try RecordColumn.write(nil, parts, to: path)
    try expect(try RecordColumn(path: path), first + second + third)
  }

  @Test mutating func anUpdateKeepsTheFirstAndAppendsItsOwn() throws {
    let before = records(300, longest: 200)
    try RecordColumn.write(nil, [try part(before, "a")], to: path)
    let added = records(40, longest: 200)
    let updated = "\(directory.path)/updated"
    for kept in [0, 1, 299, 300] {
      try RecordColumn.write(
        (try RecordColumn(path: path), kept), [try part(added, "b")], to: updated)
      try expect(try RecordColumn(path: updated), before.prefix(kept) + added)
    }
  }

  @Test func noRecordsAreAColumnToo() throws {
    try RecordColumn.write(nil, [try part([], "a")], to: path)
    try expect(try RecordColumn(path: path), [])
  }

  /// The manifest's SHA-256 tells of damage before anything is read; and what gets by leads no
  /// reader out of the file.
  @Test mutating func damageLeadsNobodyAstray() throws {
    try RecordColumn.write(nil, [try part(records(50, longest: 60), "a")], to: path)
    let sound = try Data(contentsOf: URL(fileURLWithPath: path))
    for round in 0..<2000 {
      var bytes = sound
      if round % 4 == 0 {
        bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))
      } else {
        // Header and starts, where a wrong byte matters.
        let offset = Int.random(in: 0..<64 + 8 * 51, using: &generator)
        bytes[offset] = UInt8.random(in: 0...255, using: &generator)
      }
      try bytes.write(to: URL(fileURLWithPath: path))
      do throws(IndexError) {
        let column = try RecordColumn(path: path)
        for document in 1...UInt32(max(column.count, 1)) {
          let record = try column.record(of: document)
          #expect(record.count <= bytes.count)
          _ = Array(record)
        }
      } catch {
        switch error {
        case .corrupt, .unsupportedVersion, .noSuchDocument: break
        default: Issue.record("\(error)")
        }
      }
    }
  }

  @Test func aPartThatIsCutShortIsFound() throws {
    var short = try part([[1, 2, 3], [4]], "a")
    short.sizes[1] = 9
    #expect(throws: IndexError.self) { try RecordColumn.write(nil, [short], to: path) }
  }

  /// The device accepts no byte.
  @Test func aFullDiskIsNamed() throws {
    #expect(throws: IndexError.self) {
      var appender = try RecordAppender(path: "/dev/full")
      try appender.add([1, 2, 3])
      _ = try appender.finish()
    }
  }
}
