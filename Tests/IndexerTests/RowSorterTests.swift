import Foundation
import TestSupport
import Testing

@testable import indexer

/// Beside Swift's own stable sort, with so little memory that there are many portions.
@Suite struct RowSorterTests {
  private typealias Entry = (key: Int64, row: [UInt32])

  private let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  private func sorted(_ entries: [Entry], portionBytes: Int) throws -> [Entry] {
    let sorter = RowSorter(in: scratch.path, portionBytes: portionBytes)
    for (key, row) in entries { try sorter.append(row, key: key) }
    #expect(sorter.count == entries.count)
    var found: [Entry] = []
    try sorter.forEach { found.append(($0, $1)) }
    return found
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func rowsComeByKeyThenAsTheyCame(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys = Int64.random(in: 1...3000, using: &random)
    // Few of them longer than what is read at once.
    let longest = seed % 5 == 0 ? 100_000 : 40
    let entries = (0..<(longest > 40 ? 60 : 5000)).map { number -> Entry in
      let count = Int.random(in: 0...longest, using: &random)
      let key = 1_000_000_000 + 9 * Int64.random(in: 0..<keys, using: &random)
      let words = (0..<count).map { _ in UInt32.random(in: 0...(.max), using: &random) }
      return (key, [UInt32(number)] + words)
    }
    let expected = entries.enumerated().sorted {
      ($0.element.key, $0.offset) < ($1.element.key, $1.offset)
    }.map(\.element)
    for portionBytes in [1, 2000, 60_000, 1 << 25] {
      let found = try sorted(entries, portionBytes: portionBytes)
      #expect(found.map(\.key) == expected.map(\.key))
      #expect(found.map(\.row) == expected.map(\.row), "portions of \(portionBytes) bytes")
    }
  }

  @Test func nothingIsNothing() throws {
    #expect(try sorted([], portionBytes: 1).isEmpty)
  }

  /// Neither while it is used nor after a kill does a name stand in the folder; what one of that
  /// name left is not read.
  @Test func theFileHasNoName() throws {
    _ = try scratch.file("sorting", "what another left")
    let sorter = RowSorter(in: scratch.path, portionBytes: 1)
    for number in 0..<9 { try sorter.append([UInt32(number)], key: Int64(9 - number)) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == [])
    var rows: [[UInt32]] = []
    try sorter.forEach { rows.append($1) }
    #expect(rows == (0..<9).reversed().map { [UInt32($0)] })
  }

  @Test func aFolderThatIsGoneIsSaid() throws {
    let sorter = RowSorter(in: scratch.path + "/none", portionBytes: 1)
    #expect(throws: (any Error).self) { try sorter.append([1], key: 1) }
  }
}
