import CivilTime
import Geospatial
import ProviderDirectory
import TestSupport
import Testing

@testable import SearchIndex

/// The order `best` against sorting all that match by a key made of the whole role.
@Suite struct BestOrderTests {
  struct Key: Comparable {
    let isMentioned: Bool
    let name: Int
    let isOtherKind: Bool
    /// 0 for the first code asked for, 1 for another one of its grouping, 2 of another grouping.
    let exactness: Int
    /// Insurance is asked for, and every claim has a date, the last one long ago.
    let isStale: Bool
    let distance: Double
    let id: RoleID

    static func < (a: Key, b: Key) -> Bool {
      func number(_ flag: Bool) -> Int { flag ? 1 : 0 }
      func parts(_ key: Key) -> (Int, Int, Int, Int, Double, RoleID) {
        (
          number(key.isMentioned), key.name, number(key.isOtherKind),
          key.exactness * 2 + number(key.isStale), key.distance, key.id
        )
      }
      return parts(a) < parts(b)
    }
  }

  /// The letters of the made-up names, by hand.
  static let letters = [
    "Smith": "smith", "O'Brien": "obrien", "Núñez": "nunez", "Smith-Jones": "smithjones",
    "OBRIEN": "obrien", "DE LA CRUZ": "delacruz", "Müller": "muller", "Li": "li",
    "Łukasz": "lukasz", "Ann": "ann", "José": "jose", "Mary Lou": "marylou", "John": "john",
    "Zoë": "zoe",
  ]

  static func key(_ role: PractitionerRole, _ query: CandidateQuery, asked: [String]) -> Key {
    let primary = role.taxonomies.first
    let isAsked = query.specialties.isEmpty || query.specialties.contains { $0 == primary }
    let isOrganization: Bool
    let isWhole: Bool
    switch role.name {
    case .person(let first, _, let last, _, _):
      isOrganization = false
      var stretches: Set<String> = []
      for start in asked.indices {
        for end in start..<asked.count { stretches.insert(asked[start...end].joined()) }
      }
      let (given, surname) = (letters[first]!, letters[last]!)
      isWhole =
        asked.joined() == surname || (stretches.contains(surname) && stretches.contains(given))
    case .organization(let name):
      isOrganization = true
      let said = asked.last == "inc" ? asked.dropLast() : asked[...]
      isWhole = said.joined() == letters[name.replacing(" Clinic, Inc.", with: "")]! + "clinic"
    }
    var exactness = 0
    if isAsked, let first = query.specialties.first?.text, let own = primary?.text, own != first {
      exactness = own.prefix(2) == first.prefix(2) ? 1 : 2
    }
    let origin = query.origin ?? query.area?.center
    return Key(
      isMentioned: !isAsked, name: asked.isEmpty || isWhole ? 0 : isOrganization ? 2 : 1,
      isOtherKind: query.preferredKind.map { $0 != (isOrganization ? .organization : .individual) }
        ?? false,
      exactness: exactness,
      isStale: !query.insurance.isEmpty
        && !role.plans.contains { plan in
          plan.asOf.map { $0.daysSinceEpoch >= -180 } ?? true
        },
      distance: origin.map { Geodesic.distanceMeters($0, role.site.coordinate) } ?? 0, id: role.id)
  }

  /// What may be typed, and its letters word by word.
  static let names: [(typed: String, words: [String])] = [
    ("smith", ["smith"]), ("Jones", ["jones"]), ("O'Brien", ["obrien"]), ("obrien", ["obrien"]),
    ("de la cruz", ["de", "la", "cruz"]), ("cruz", ["cruz"]), ("Smith-Jones", ["smithjones"]),
    ("ann smith", ["ann", "smith"]), ("Smith John", ["smith", "john"]), ("ann", ["ann"]),
    ("mary lou núñez", ["mary", "lou", "nunez"]), ("mary li", ["mary", "li"]),
    ("clinic", ["clinic"]), ("Müller Clinic", ["muller", "clinic"]),
    ("li clinic inc", ["li", "clinic", "inc"]), ("q smith", ["q", "smith"]), ("inc", ["inc"]),
  ]

  static func randomQuery(
    _ made: inout MadeUpRoles
  ) throws -> (query: CandidateQuery, asked: [String]) {
    var query = CandidateQuery(order: .best)
    query.specialties = made.subset(MadeUpRoles.specialties).shuffled(using: &made.generator)
    query.preferredKind = [nil, .individual, .organization].randomElement(using: &made.generator)!
    if Int.random(in: 0..<3, using: &made.generator) == 0 {
      query.insurance = made.subset(MadeUpRoles.insurers).map { .insurer($0) }
    }
    var asked: [String] = []
    if Bool.random(using: &made.generator) {
      let name = names.randomElement(using: &made.generator)!
      (query.name, asked) = (name.typed, name.words)
    }
    let center = made.places.randomElement(using: &made.generator)!
    switch Int.random(in: 0..<3, using: &made.generator) {
    case 0: break
    case 1: query.origin = center
    default:
      query.area = try .circle(
        center: center, radiusMeters: .random(in: 1000...100_000, using: &made.generator))
    }
    return (query, asked)
  }

  @Test(arguments: [41, 42, 43] as [UInt64])
  func pagesAreThoseOfASort(seed: UInt64) throws {
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: seed, places: 12)
    let roles = made.roles(2000)
    let byID = Dictionary(uniqueKeysWithValues: roles.map { ($0.id, $0) })
    let searcher = try IndexSearcher(
      try publish(roles, to: IndexGenerations(root: "\(directory.path)/index")))
    var ranks = Set<MatchRank>()
    for number in 0..<300 {
      let (query, asked) = try Self.randomQuery(&made)
      let comment: Comment = "seed \(seed), query \(number): \(query)"
      var all = query
      (all.order, all.limit) = (.distance, 10_000)
      let matching = try searcher.candidates(all).candidates
      let expected = matching.map { Self.key(byID[$0.roleID]!, query, asked: asked) }.sorted()
      var page = query
      page.limit = [1, 7, 100, 10_000].randomElement(using: &made.generator)!
      for _ in 0..<4 {
        let wanted = expected.dropFirst(page.offset).prefix(page.limit)
        let found = try searcher.candidates(page).candidates
        try #require(found.map(\.roleID) == wanted.map(\.id), comment)
        for (candidate, key) in zip(found, wanted) {
          #expect(
            Int(candidate.rank.specialty.rawValue) == (key.isMentioned ? 3 : key.exactness), comment
          )
          #expect(Int(candidate.rank.name.rawValue) == key.name, comment)
          #expect(candidate.rank.isOtherKind == key.isOtherKind, comment)
          #expect(candidate.rank.isStale == key.isStale, comment)
          ranks.insert(candidate.rank)
        }
        page.offset += page.limit
      }
    }
    let fresh = ranks.filter { !$0.isStale }
    #expect(fresh.count == 24, "the queries of seed \(seed) hardly differ")
    #expect(ranks.count > fresh.count)
  }

  @Test func codesHaveNumbersOfTheirOwn() throws {
    let codes = try TaxonomyCatalog().allEntries.map(\.code)
    let numbers = Set(codes.map(RoleTraits.number))
    #expect(codes.count == 883)
    #expect(numbers.count == codes.count)
    #expect(numbers.max()! < 1 << 47 && numbers.min()! > 0)
  }

  @Test(
    arguments: [
      ("Ann", "O'Brien", "ANN", "O BRIEN", true), ("Ann", "OBRIEN", "ann", "o\u{2019}brien", true),
      ("Mary-Lou", "Smith Jones", "mary lou", "SMITH-JONES", true),
      ("José", "Núñez", "Jose", "Nunez", true), ("Ann", "Smith", "Ann", "Smyth", false),
    ])
  func namesWrittenOtherwiseHaveOneKey(
    first: String, last: String, otherFirst: String, otherLast: String, areSame: Bool
  ) {
    func key(_ first: String, _ last: String) -> NameKey {
      NameKey(
        WordsOfName(.person(first: first, middle: "X", last: last, suffix: "", credential: "")))
    }
    #expect((key(first, last) == key(otherFirst, otherLast)) == areSame)
  }

  @Test(
    arguments: [
      ("Mercy Clinic, Inc.", "MERCY CLINIC", true), ("Mercy Clinic P.C.", "Mercy Clinic", true),
      ("Inc", "LLC", false), ("Mercy Clinic", "Mercy", false),
    ])
  func legalFormsAreNoPartOfAName(one: String, other: String, areSame: Bool) {
    let keys = [one, other].map { NameKey(WordsOfName(.organization($0))) }
    #expect((keys[0] == keys[1]) == areSame)
  }
}
