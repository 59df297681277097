import Foundation
import Geospatial
import ProviderDirectory
import TestSupport
import Testing

@testable import SearchIndex

/// Facet counts against a scan of all roles, and against the searches they promise.
@Suite struct FacetTests {
  static func values(of role: PractitionerRole) -> Set<FacetValue> {
    Set(role.taxonomies.map { FacetValue(.specialty, $0.text) })
      .union(indexedInsurers(role).map { FacetValue(.insurer, $0) })
      .union(role.plans.map { FacetValue(.plan, $0.planID) })
      .union(role.languages.map { FacetValue(.language, $0) })
  }

  static func searcher(_ roles: [PractitionerRole], in path: String) throws -> IndexSearcher {
    try IndexSearcher(try publish(roles, to: IndexGenerations(root: "\(path)/index")))
  }

  @Test(arguments: [41, 42, 43] as [UInt64])
  func countsAreThoseOfAFullScan(seed: UInt64) throws {
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(
      seed: seed, around: [(90.0, 0.0), (0, 180)].map { Coordinate(latitude: $0, longitude: $1)! })
    let roles = made.roles(2000)
    let searcher = try Self.searcher(roles, in: directory.path)
    var counted = 0
    for number in 0..<150 {
      var query = try CandidateOracleTests.randomQuery(&made, roles)
      if number % 5 == 0 { query.narrowed = [FacetValue(.language, "es")] }
      let radii = [1000, 20_000.5, 3e5, 2.1e7]
      let facets = try searcher.facets(of: query, radii: radii)
      let comment: Comment = "seed \(seed), query \(number): \(query)"
      let found = Self.scan(roles, query)
      var expected: [FacetValue: Int] = [:]
      for role in found { for value in Self.values(of: role) { expected[value, default: 0] += 1 } }
      let counts = facets.counts.map { ($0.entry.value, $0.count) }
      #expect(Dictionary(uniqueKeysWithValues: counts) == expected, comment)
      #expect(facets.counts.map(\.count) == facets.counts.map(\.count).sorted(by: >), comment)
      #expect(facets.counted == found.count, comment)
      let distances = (query.origin ?? query.area?.center).map { origin in
        radii.map { radius in
          found.count { Geodesic.distanceMeters(origin, $0.site.coordinate) <= radius }
        }
      }
      #expect(facets.distances.map(\.count) == distances ?? [], comment)
      counted += facets.counts.count
    }
    #expect(counted > 500, "the queries of seed \(seed) hardly find anyone")
  }

  static func scan(_ roles: [PractitionerRole], _ query: CandidateQuery) -> [PractitionerRole] {
    var whole = query
    (whole.offset, whole.limit) = (0, CandidateQuery.largestLimit)
    let ids = Set(CandidateOracleTests.scan(roles, whole).ids)
    return roles.filter { ids.contains($0.id) }
  }

  /// What a count says is what the search narrowed to the value, or to the radius, finds.
  @Test func aNarrowedSearchFindsWhatWasCounted() throws {
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: 44)
    let roles = made.roles(2000)
    let searcher = try Self.searcher(roles, in: directory.path)
    var searches = 0
    for _ in 0..<40 {
      let query = try CandidateOracleTests.randomQuery(&made, roles)
      let radii = [5000.0, 50_000].filter { $0 < query.area?.radiusMeters ?? 0 }
      let facets = try searcher.facets(of: query, radii: radii)
      for facet in facets.counts {
        var narrowed = query
        narrowed.narrowed.append(facet.entry.value)
        #expect(try searcher.candidates(narrowed).inArea == facet.count, "\(narrowed)")
        searches += 1
      }
      for distance in facets.distances where query.origin == nil {
        var nearer = query
        nearer.area = try .circle(
          center: #require(query.area?.center), radiusMeters: distance.radiusMeters)
        #expect(try searcher.candidates(nearer).inArea == distance.count, "\(nearer)")
        searches += 1
      }
    }
    #expect(searches > 200)
  }

  /// The index knows the plan's name and insurer, the same for equal codes of other kinds.
  @Test func aPlanKeepsItsNameAndInsurer() throws {
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: 45)
    var role = made.role()
    role.taxonomies = [MadeUpRoles.specialties[0]]
    role.languages = ["es", "es"]
    role.plans = [
      PlanMembership(planID: "es", planName: "Plan \u{1B}[1m é", insurerID: "blue-ny", asOf: nil),
      PlanMembership(planID: "none", planName: "", insurerID: nil, asOf: nil),
    ]
    let searcher = try Self.searcher([role], in: directory.path)
    let facets = try searcher.facets(of: CandidateQuery(), radii: [])
    #expect(facets.counted == 1)
    #expect(
      facets.counts.map(\.entry) == [
        FacetEntry(FacetValue(.specialty, MadeUpRoles.specialties[0].text)),
        FacetEntry(FacetValue(.insurer, "blue")), FacetEntry(FacetValue(.insurer, "blue-ny")),
        FacetEntry(
          FacetValue(.plan, "es"), planName: "Plan \u{1B}[1m é", insurerID: "blue-ny"),
        FacetEntry(FacetValue(.plan, "none")),
        FacetEntry(FacetValue(.language, "es")),
      ])
    #expect(facets.counts.map(\.count) == [1, 1, 1, 1, 1, 1])
  }

  @Test func anEmptyIndexCountsNothing() throws {
    let directory = try TemporaryDirectory()
    let searcher = try Self.searcher([], in: directory.path)
    #expect(
      try searcher.facets(of: CandidateQuery(), radii: [1])
        == Facets(counted: 0, counts: [], distances: []))
  }
}
