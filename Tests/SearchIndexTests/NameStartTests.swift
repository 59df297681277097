import ProviderDirectory
import TestSupport
import Testing

@testable import SearchIndex

/// Partial names against a scan of every name.
@Suite struct NameStartTests {
  static let letters = Array("abno'- ")

  static func name(_ generator: inout SeededGenerator, _ length: ClosedRange<Int>) -> String {
    let count = Int.random(in: length, using: &generator)
    return String((0..<count).map { _ in letters.randomElement(using: &generator)! })
  }

  /// Independent of terms: each word of the query, whole or as a start, is a word of the name, or
  /// all its parts are.
  static func matches(_ name: String, _ query: String) -> Bool {
    let has = NameWords.words(of: name).flatMap { word in
      ([word.parts.flatMap { $0 }] + word.parts).map { String(decoding: $0, as: UTF8.self) }
    }
    return query.split(separator: " ").allSatisfy { typed in
      let isStart = typed.hasSuffix("*")
      let parts = typed.filter { $0 != "*" }.split(whereSeparator: { "'-".contains($0) })
        .map(String.init)
      func occurs(_ text: String, isStart: Bool) -> Bool {
        has.contains { isStart ? $0.hasPrefix(text) : $0 == text }
      }
      return parts.isEmpty || occurs(parts.joined(), isStart: isStart)
        || parts.indices.allSatisfy {
          // Each part in its place, or the whole word, as the index decides part by part.
          occurs(parts[$0], isStart: isStart && $0 == parts.count - 1)
            || occurs(parts.joined(), isStart: isStart)
        }
    }
  }

  /// Nil where the part before the star is too short.
  static func page(_ searcher: IndexSearcher, _ query: String) throws -> CandidatePage? {
    do {
      return try searcher.candidates(CandidateQuery(name: query, limit: 10_000))
    } catch IndexError.nameTooWide(let start)
      where start.utf8.count < CandidateQuery.shortestNameStart
    {
      return nil
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func startsFindThoseOfAFullScan(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: seed)
    let roles = made.roles(300).map { role in
      var role = role
      role.name = .person(
        first: Self.name(&generator, 1...4), middle: "", last: Self.name(&generator, 2...7),
        suffix: "", credential: "")
      return role
    }
    let searcher = try IndexSearcher(
      try publish(roles, to: IndexGenerations(root: "\(directory.path)/index")))
    var found = 0
    for _ in 0..<400 {
      let query = "\(Self.name(&generator, 2...5))\(Bool.random(using: &generator) ? "*" : "")"
      guard let page = try Self.page(searcher, query) else { continue }
      let expected = roles.filter { role in
        guard case .person(let first, _, let last, _, _) = role.name else { return false }
        return Self.matches("\(first) \(last)", query)
      }
      #expect(
        Set(page.candidates.map(\.roleID)) == Set(expected.map(\.id)), "seed \(seed): \(query)")
      found += expected.isEmpty ? 0 : 1
    }
    #expect(found > 100)
  }

  @Test func moreNamesThanTheLimitAreRefused() throws {
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: 4)
    let roles = made.roles(CandidateQuery.widestName + 2).enumerated().map { index, role in
      var role = role
      role.name = .organization(index == 0 ? "lbx" : "lax\(index)")
      return role
    }
    let searcher = try IndexSearcher(
      try publish(roles, to: IndexGenerations(root: "\(directory.path)/index")))
    #expect(try searcher.candidates(CandidateQuery(name: "lb*")).inArea == 1)
    #expect(try searcher.candidates(CandidateQuery(name: "lax1*")).inArea == 111)
    #expect(throws: IndexError.nameTooWide("la")) {
      try searcher.candidates(CandidateQuery(name: "la*"))
    }
  }
}
