import CXapian
import Foundation
import Testing

/// Groups of alternatives within ranges, against sets.
@Suite struct IntersectionTests {
  @Test(arguments: 1...8)
  func theMatchIsThatOfSets(seed: Int) throws {
    var random = Numbers(state: UInt64(seed))
    var template = Array("\(NSTemporaryDirectory())/nearcare-match-XXXXXX".utf8CString)
    let directory = String(cString: try #require(mkdtemp(&template)))
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let documents = 3000
    let carriers = try build(directory, documents: documents, &random)
    var database: OpaquePointer?
    var message: UnsafeMutablePointer<CChar>?
    try #require(openDatabase([directory], &database, &message) == NCX_OK)
    defer { ncx_database_free(database) }
    for _ in 0..<200 {
      let groups = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        (0..<Int.random(in: 1...4, using: &random)).map { _ in
          Int.random(in: 0...carriers.count, using: &random)
        }
      }
      let ranges = self.ranges(documents, &random)
      var expected = Set(ranges.flatMap { Array($0.first...$0.last) })
      for group in groups {
        expected.formIntersection(
          group.reduce(into: Set<UInt32>()) { union, term in
            if term < carriers.count { union.formUnion(carriers[term]) }
          })
      }
      #expect(try intersect(database, groups, ranges) == expected.sorted())
    }
  }

  /// Whenever the limit ends the walk, what was found is the beginning of the match.
  @Test func aLimitEndsTheWalk() throws {
    var random = Numbers(state: 9)
    var template = Array("\(NSTemporaryDirectory())/nearcare-match-XXXXXX".utf8CString)
    let directory = String(cString: try #require(mkdtemp(&template)))
    defer { try? FileManager.default.removeItem(atPath: directory) }
    _ = try build(directory, documents: 3000, &random)
    var database: OpaquePointer?
    var message: UnsafeMutablePointer<CChar>?
    try #require(openDatabase([directory], &database, &message) == NCX_OK)
    defer { ncx_database_free(database) }
    let everywhere = [ncx_range(first: 1, last: 3000)]
    let all = try intersect(database, [[0, 1]], everywhere)
    var lengths: [Int] = []
    for patience in 0...20 {
      var questionsLeft = patience
      var matches = ncx_matches()
      let status = withUnsafeMutablePointer(to: &questionsLeft) { left in
        var limit = ncx_limit(
          is_over: { context in
            let left = context!.assumingMemoryBound(to: Int.self)
            left.pointee -= 1
            return left.pointee < 0
          }, context: UnsafeMutableRawPointer(left))
        return [CChar]([84, 48, 84, 49]).withUnsafeBufferPointer { bytes in
          [UInt32]([2, 4]).withUnsafeBufferPointer { ends in
            ncx_database_intersect(
              database, ncx_terms(bytes: bytes.baseAddress, ends: ends.baseAddress, count: 2), [2],
              1, everywhere, 1, &limit, &matches, &message)
          }
        }
      }
      try #require(status == NCX_OK)
      let found = Array(UnsafeBufferPointer(start: matches.documents, count: matches.count))
      #expect(found == Array(all.prefix(found.count)))
      #expect(matches.is_complete == (found.count == all.count))
      lengths.append(found.count)
    }
    #expect(lengths == lengths.sorted() && lengths[0] < lengths[1] && lengths[20] == all.count)
  }

  struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ state >> 29) &* 0xBF58_476D_1CE4_E5B9
    }
  }

  /// Terms T0, T1 … are the rarer the later; returns which documents carry each.
  func build(
    _ path: String, documents: Int, _ random: inout Numbers
  ) throws -> [Set<UInt32>] {
    var carriers = [Set<UInt32>](repeating: [], count: 8)
    var writer: OpaquePointer?
    var message: UnsafeMutablePointer<CChar>?
    try #require(ncx_writer_open(path, &writer, &message) == NCX_OK)
    defer { ncx_writer_free(writer) }
    for document in 1...UInt32(documents) {
      let terms = carriers.indices.filter { Int.random(in: 0..<(1 << $0), using: &random) == 0 }
      for term in terms { carriers[term].insert(document) }
      var id: UInt32 = 0
      let bytes = terms.flatMap { term -> [CChar] in [84, 48 + CChar(term)] }
      let ends = terms.indices.map { 2 * UInt32($0 + 1) }
      let status = bytes.withUnsafeBufferPointer { bytes in
        ends.withUnsafeBufferPointer { ends in
          var value = ncx_document()
          value.filters = ncx_terms(
            bytes: bytes.baseAddress, ends: ends.baseAddress, count: terms.count)
          return ncx_writer_add(writer, &value, &id, &message)
        }
      }
      try #require(status == NCX_OK && id == document)
    }
    try #require(ncx_writer_commit(writer, &message) == NCX_OK)
    return carriers
  }

  func ranges(_ documents: Int, _ random: inout Numbers) -> [ncx_range] {
    if Int.random(in: 0..<3, using: &random) == 0 {
      return [ncx_range(first: 1, last: UInt32(documents))]
    }
    let cuts = Set((0..<10).map { _ in UInt32.random(in: 1...UInt32(documents), using: &random) })
      .sorted()
    return stride(from: 0, to: cuts.count - 1, by: 2).map {
      ncx_range(first: cuts[$0], last: cuts[$0 + 1] - 1)
    }
  }

  func intersect(
    _ database: OpaquePointer?, _ groups: [[Int]], _ ranges: [ncx_range]
  ) throws -> [UInt32] {
    let terms = groups.joined()
    let bytes = terms.flatMap { term -> [CChar] in [84, 48 + CChar(term)] }
    let ends = (0..<groups.joined().count).map { 2 * UInt32($0 + 1) }
    var count: UInt32 = 0
    let groupEnds = groups.map { group in
      count += UInt32(group.count)
      return count
    }
    var matches = ncx_matches()
    var message: UnsafeMutablePointer<CChar>?
    let status = bytes.withUnsafeBufferPointer { bytes in
      ends.withUnsafeBufferPointer { ends in
        ncx_database_intersect(
          database, ncx_terms(bytes: bytes.baseAddress, ends: ends.baseAddress, count: ends.count),
          groupEnds, groupEnds.count, ranges, ranges.count, nil, &matches, &message)
      }
    }
    try #require(status == NCX_OK)
    #expect(matches.upper_bound >= matches.count)
    return Array(UnsafeBufferPointer(start: matches.documents, count: matches.count))
  }
}
