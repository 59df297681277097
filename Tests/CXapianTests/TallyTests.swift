import CXapian
import Foundation
import Testing

/// Ordinals in values, counted over chosen documents; and notes of the database.
@Suite struct TallyTests {
  let tests: CXapianTests

  init() throws { tests = try CXapianTests() }

  /// Documents 1…4 list 0 and 300; nothing; 1; 0, 1 and 300.
  func fill() throws -> OpaquePointer {
    let writer = try tests.writer()
    let lists: [[UInt8]] = [[0, 0xac, 0x02], [], [1], [0, 1, 0xab, 0x02]]
    for list in lists {
      #expect(
        tests.add(["T"], to: writer, ordinals: list.map { CChar(bitPattern: $0) }).status == NCX_OK)
    }
    let note: [CChar] = [104, 105]
    note.withUnsafeBufferPointer { note in
      let note = ncx_bytes(bytes: note.baseAddress, count: note.count)
      #expect(tests.call { ncx_writer_set_note(writer, "key", 3, note, $0) }.status == NCX_OK)
    }
    tests.commit(writer)
    ncx_writer_free(writer)
    return try tests.reader()
  }

  func tally(_ reader: OpaquePointer, _ documents: [UInt32], ordinals: Int) -> [UInt32]? {
    var counts = [UInt32](repeating: 7, count: ordinals)
    let result = tests.call {
      ncx_database_tally(reader, 1, documents, documents.count, &counts, ordinals, $0)
    }
    if result.status == NCX_CORRUPT { return nil }
    #expect(result.status == NCX_OK)
    return counts
  }

  @Test func everyChosenDocumentIsSeenOnce() throws {
    let reader = try fill()
    defer { ncx_database_free(reader) }
    let all = try #require(tally(reader, [1, 2, 3, 4], ordinals: 301))
    #expect([all[0], all[1], all[300]] == [2, 2, 2])
    #expect(all.reduce(0, +) == 6)
    let some = try #require(tally(reader, [2, 4], ordinals: 301))
    #expect([some[0], some[1], some[300]] == [1, 1, 1])
    #expect(tally(reader, [], ordinals: 2) == [0, 0])
  }

  @Test func anOrdinalOutOfRangeIsDamage() throws {
    let reader = try fill()
    defer { ncx_database_free(reader) }
    #expect(tally(reader, [1], ordinals: 300) == nil)
    #expect(tally(reader, [3], ordinals: 2) == [0, 1])
  }

  /// A list cut inside a number, and a number of more than 35 bits.
  @Test(arguments: [[0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0x01]] as [[UInt8]])
  func aListThatEndsTooEarlyOrTooLateIsDamage(list: [UInt8]) throws {
    let writer = try tests.writer()
    tests.add(["T"], to: writer, ordinals: list.map { CChar(bitPattern: $0) })
    tests.commit(writer)
    ncx_writer_free(writer)
    let reader = try tests.reader()
    defer { ncx_database_free(reader) }
    #expect(tally(reader, [1], ordinals: 1000) == nil)
  }

  @Test func aNoteComesBackAlsoFromTheCompactedFile() throws {
    ncx_database_free(try fill())
    let one = "\(tests.directory)/one.glass"
    #expect(tests.call { compact(["\(tests.directory)/db"], one, $0) }.status == NCX_OK)
    let reader = try tests.reader("one.glass")
    defer { ncx_database_free(reader) }
    var note = ncx_bytes()
    #expect(tests.call { ncx_database_note(reader, "key", 3, &note, $0) }.status == NCX_OK)
    #expect(Array(UnsafeBufferPointer(start: note.bytes, count: note.count)) == [104, 105])
    #expect(tests.call { ncx_database_note(reader, "none", 4, &note, $0) }.status == NCX_OK)
    #expect(note.count == 0)
    #expect(tally(reader, [1, 2, 3, 4], ordinals: 301)?.reduce(0, +) == 6)
  }
}
