import Geospatial
import ProviderDirectory
import SearchIndex
import TestSupport
import Testing

@Suite struct NameSearchTests {
  let directory: TemporaryDirectory
  let searcher: IndexSearcher

  static let names = [
    "Mary O'Brien", "Mary OBRIEN", "Ann O BRIEN", "Brien O'Neil", "José Núñez", "Jane Smith-Jones",
    "Jane Smith", "Jones Smith", "Ivan Li",
  ]

  init() throws {
    directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: 9)
    let roles = made.roles(Self.names.count).enumerated().map { index, role in
      var role = role
      let words = Self.names[index].split(separator: " ", maxSplits: 1).map(String.init)
      role.name = .person(
        first: words[0], middle: "", last: words[1], suffix: "", credential: "MD")
      return role
    }
    searcher = try IndexSearcher(
      try publish(roles, to: IndexGenerations(root: "\(directory.path)/index")))
  }

  func found(_ name: String, _ order: CandidateOrder = .best) throws -> Set<String> {
    let page = try searcher.candidates(CandidateQuery(name: name, order: order))
    return Set(
      try page.candidates.map { candidate in
        guard
          case .person(let first, _, let last, _, _) = try searcher.role(candidate.documentID).name
        else { return "" }
        return "\(first) \(last)"
      })
  }

  @Test(
    arguments: [
      ("o'brien", ["Mary O'Brien", "Mary OBRIEN", "Ann O BRIEN", "Brien O'Neil"]),
      ("OBrien", ["Mary O'Brien", "Mary OBRIEN"]), ("nunez", ["José Núñez"]),
      ("NÚÑEZ josé", ["José Núñez"]), ("smith", ["Jane Smith-Jones", "Jane Smith", "Jones Smith"]),
      ("smith-jones", ["Jane Smith-Jones", "Jones Smith"]),
      ("jane smith", ["Jane Smith-Jones", "Jane Smith"]), ("jane brien", []), ("nobody", []),
    ] as [(String, [String])])
  func namesAreFoundHoweverTheyAreWritten(name: String, expected: [String]) throws {
    #expect(try found(name) == Set(expected))
    #expect(try found(name, .distance) == Set(expected))
  }

  @Test func theBestNameComesFirstAndPagesFollowOn() throws {
    let all = try searcher.candidates(CandidateQuery(name: "smith-jones", order: .best))
    guard case .person(_, _, let last, _, _) = try searcher.role(all.candidates[0].documentID).name
    else { return }
    #expect(last == "Smith-Jones")
    let second = try searcher.candidates(
      CandidateQuery(name: "smith-jones", order: .best, offset: 1, limit: 1))
    #expect(second.candidates == [all.candidates[1]])
    #expect(second.inArea == 2)
  }

  @Test(
    arguments: [
      ("smiht", "Smith"), ("Nuñes", "Nunez"), ("jane Smyth", "jane Smith"), ("O'Brein", "Obrien"),
      ("smith", nil), ("Smith-Jones", nil), ("brien-neil", nil), ("", nil), ("Lee", nil),
      ("Smi*", nil), ("Zzyzx", nil), ("Jnoess", nil),
    ] as [(String, String?)])
  func aNameThatNobodyHasIsCorrected(typed: String, shown: String?) throws {
    #expect(try searcher.correctedName(typed)?.text == shown)
  }

  @Test func noWordOfAnyoneIsCorrected() throws {
    for name in Self.names {
      #expect(try searcher.correctedName(name) == nil, "\(name)")
    }
  }

  @Test(
    arguments: [
      ("Sm*", ["Jane Smith-Jones", "Jane Smith", "Jones Smith"]),
      ("jon* smith", ["Jane Smith-Jones", "Jones Smith"]),
      ("O'Br*", ["Mary O'Brien", "Mary OBRIEN", "Ann O BRIEN", "Brien O'Neil"]),
      ("Núñ*", ["José Núñez"]), ("xy*", []),
      ("smith*", ["Jane Smith-Jones", "Jane Smith", "Jones Smith"]),
    ] as [(String, [String])])
  func aStarStandsForTheRestOfAWord(name: String, expected: [String]) throws {
    #expect(try found(name) == Set(expected))
    #expect(try found(name, .distance) == Set(expected))
  }

  @Test(arguments: [("S*", "s"), ("jane O'B*", "b")])
  func aStarAfterTooLittleIsRefused(name: String, start: String) throws {
    #expect(throws: IndexError.nameTooWide(start)) { try found(name) }
  }
}
