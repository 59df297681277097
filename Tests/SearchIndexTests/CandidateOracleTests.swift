import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import TestSupport
import Testing

@testable import SearchIndex

/// The whole search against a scan of all roles that measures every distance.
@Suite struct CandidateOracleTests {
  struct Expected {
    var ids: [RoleID]
    var distances: [Double?]
    var matched: Int
    var inArea: Int
  }

  /// Independent of the index: no cells, no chords, no postings.
  static func scan(_ roles: [PractitionerRole], _ query: CandidateQuery) -> Expected {
    let matching = roles.filter { matches($0, query) }
    let near = matching.filter { role in
      guard let area = query.area, let center = area.center, let radius = area.radiusMeters else {
        return true
      }
      return Geodesic.distanceMeters(center, role.site.coordinate) <= radius
    }
    let origin = query.origin ?? query.area?.center
    var measured = near.map { role in
      (role.id, origin.map { Geodesic.distanceMeters($0, role.site.coordinate) })
    }
    if origin != nil { measured.sort { ($0.1!, $0.0) < ($1.1!, $1.0) } }
    let page = measured.dropFirst(query.offset).prefix(query.limit)
    return Expected(
      ids: page.map(\.0), distances: page.map(\.1), matched: matching.count, inArea: near.count)
  }

  static func matches(_ role: PractitionerRole, _ query: CandidateQuery) -> Bool {
    func any<Value>(_ wanted: [Value], _ has: (Value) -> Bool) -> Bool {
      wanted.isEmpty || wanted.contains(where: has)
    }
    return any(query.specialties) { role.taxonomies.contains($0) }
      && any(query.insurance) { filter in
        switch filter {
        case .insurer(let id): indexedInsurers(role).contains(id)
        case .plan(let id): role.plans.contains { $0.planID == id }
        }
      }
      && any(query.states) { role.site.state == $0 }
      && (query.licence.map { has(role, $0) } ?? true)
      && any(query.languages) { role.languages.contains($0) }
      && any(query.newPatients) { role.newPatients == $0 }
      && query.narrowed.allSatisfy { FacetTests.values(of: role).contains($0) }
      && (query.visitType.map { role.visitTypes.contains($0) } ?? true)
      && (query.gender.map { role.gender == $0 } ?? true)
      && (!query.onlyWithSchedule || role.hasSchedule)
  }

  private static func has(_ role: PractitionerRole, _ licence: LicenceFilter) -> Bool {
    let listed: [LicenceFilter] = role.licenceStates.map { .of(state: $0) }
    return (listed.isEmpty ? [.noneListed] : listed).contains(licence)
  }

  static func randomQuery(
    _ made: inout MadeUpRoles, _ roles: [PractitionerRole]
  ) throws -> CandidateQuery {
    var query = CandidateQuery()
    query.specialties = made.subset(MadeUpRoles.specialties)
    query.insurance =
      made.subset(MadeUpRoles.insurers).map { .insurer($0) }
      + made.subset(made.subset(MadeUpRoles.plans)).map { .plan($0) }
    if Int.random(in: 0..<4, using: &made.generator) == 0 { query.states = ["NJ", "VT"] }
    if Int.random(in: 0..<4, using: &made.generator) == 0 {
      query.licence = [.of(state: "NY"), .of(state: "CA"), .noneListed]
        .randomElement(using: &made.generator)!
    }
    if Int.random(in: 0..<4, using: &made.generator) == 0 { query.languages = ["es", "zh"] }
    if Int.random(in: 0..<4, using: &made.generator) == 0 { query.gender = .female }
    if Int.random(in: 0..<4, using: &made.generator) == 0 { query.visitType = .telehealth }
    if Int.random(in: 0..<4, using: &made.generator) == 0 {
      query.newPatients = made.subset([.accepting, .someLocations, .unknown])
    }
    query.onlyWithSchedule = Int.random(in: 0..<4, using: &made.generator) == 0
    let center = made.places.randomElement(using: &made.generator)!
    switch Int.random(in: 0..<8, using: &made.generator) {
    case 0: break
    case 1: query.origin = center
    case 2:
      // The rim goes exactly through a role, which is in.
      let role = roles.randomElement(using: &made.generator)!
      let radius = Geodesic.distanceMeters(center, role.site.coordinate)
      if radius > 0 { query.area = try .circle(center: center, radiusMeters: min(radius, 9e6)) }
    default:
      let exponent = Double.random(in: 1...6.9, using: &made.generator)
      query.area = try .circle(center: center, radiusMeters: pow(10, exponent))
      if Int.random(in: 0..<5, using: &made.generator) == 0 {
        query.origin = made.places.randomElement(using: &made.generator)!
      }
    }
    query.limit = [0, 1, 3, 20, 10_000].randomElement(using: &made.generator)!
    query.offset = [0, 0, 1, 17].randomElement(using: &made.generator)!
    return query
  }

  @Test(arguments: [11, 12, 13, 14] as [UInt64])
  func candidatesAreThoseOfAFullScan(seed: UInt64) throws {
    let directory = try TemporaryDirectory()
    let poles = [(90.0, 0.0), (-90, 0), (0, 180), (0, -180), (89.9999, -77), (51, 0)]
      .map { Coordinate(latitude: $0, longitude: $1)! }
    var made = MadeUpRoles(seed: seed, around: poles)
    let roles = made.roles(3000)
    let searcher = try IndexSearcher(
      try publish(roles, to: IndexGenerations(root: "\(directory.path)/index")))
    searcher.fewDocuments = 16
    searcher.fewInCell = 8
    var nonEmpty = 0
    var endedEarly = 0
    for number in 0..<300 {
      let query = try Self.randomQuery(&made, roles)
      let expected = Self.scan(roles, query)
      let comment: Comment = "seed \(seed), query \(number): \(query)"
      // The estimating one first, since an exact match would be kept and answer it.
      var estimating = query
      estimating.matchedCount = .estimated
      let estimated = try searcher.candidates(estimating)
      // Before the same circle is at hand whole, and with its next page after it.
      let other = try IndexSearcher(searcher.generation)
      other.fewDocuments = searcher.fewDocuments
      other.fewInCell = searcher.fewInCell
      var outwards = query
      outwards.matchedCount = .ofThoseSeen
      let seen = try other.candidates(outwards)
      let page = try searcher.candidates(query)
      try #require(page.candidates.map(\.roleID) == expected.ids, comment)
      #expect(page.candidates.map(\.distanceMeters) == expected.distances, comment)
      #expect(page.inArea == expected.inArea, comment)
      #expect(page.matched == expected.matched, comment)
      #expect(estimated.candidates == page.candidates, comment)
      #expect(estimated.inArea == page.inArea, comment)
      #expect(estimated.matched >= page.matched, comment)
      #expect(seen.candidates == page.candidates, comment)
      #expect(seen.matched >= page.matched && seen.inArea <= page.inArea, comment)
      if seen.inArea < page.inArea { endedEarly += 1 }
      var following = query
      following.offset += query.limit
      let next = Self.scan(roles, following)
      #expect(try searcher.candidates(following).candidates.map(\.roleID) == next.ids, comment)
      following.matchedCount = .ofThoseSeen
      #expect(try other.candidates(following).candidates.map(\.roleID) == next.ids, comment)
      if page.inArea > query.offset + query.limit, query.limit > 0 { nonEmpty += 1 }
    }
    #expect(nonEmpty > 60, "the queries of seed \(seed) hardly cut anything off")
    #expect(endedEarly > 10, "the queries of seed \(seed) hardly ended before their circle")
  }

  /// Whether the posting list of schedules is part of the match, or a bit picks from it; asked
  /// without schedules first, with them first, and the other way round, of one searcher.
  @Test(arguments: [0, 1] as [Double])
  func thoseWithAScheduleAreFoundEitherWay(rareShare: Double) throws {
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: 17)
    let roles = made.roles(2000)
    let searcher = try IndexSearcher(
      try publish(roles, to: IndexGenerations(root: "\(directory.path)/index")))
    searcher.fewDocuments = 16
    searcher.fewInCell = 8
    searcher.rareShare = rareShare
    let counts: [MatchedCount] = [.estimated, .ofThoseSeen, .exact]
    var withSchedule = 0
    for number in 0..<200 {
      var query = try Self.randomQuery(&made, roles)
      for _ in 0..<4 {
        query.onlyWithSchedule = Bool.random(using: &made.generator)
        query.matchedCount = counts.randomElement(using: &made.generator)!
        let expected = Self.scan(roles, query)
        let page = try searcher.candidates(query)
        let comment: Comment = "query \(number): \(query)"
        try #require(page.candidates.map(\.roleID) == expected.ids, comment)
        #expect(page.matched >= expected.matched, comment)
        if query.matchedCount != .ofThoseSeen { #expect(page.inArea == expected.inArea, comment) }
        if query.matchedCount == .exact { #expect(page.matched == expected.matched, comment) }
        if query.onlyWithSchedule { withSchedule += page.candidates.count }
      }
    }
    #expect(withSchedule > 1000)
  }

  /// Drawn areas, against the crossings of a ray with the edges.
  @Test func polygonsHoldWhatARayCountSays() throws {
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: 31)
    let roles = made.roles(3000)
    let searcher = try IndexSearcher(
      try publish(roles, to: IndexGenerations(root: "\(directory.path)/index")))
    var found = 0
    for _ in 0..<60 {
      let center = made.places.randomElement(using: &made.generator)!
      guard abs(center.latitude) < 85, abs(center.longitude) < 175 else { continue }
      let ring = star(around: center, using: &made.generator)
      let points = (ring + [ring[0]]).map { "[\($0.longitude),\($0.latitude)]" }
      let area = try Area.geoJSON(
        Data(#"{"type":"Polygon","coordinates":[[\#(points.joined(separator: ","))]]}"#.utf8))
      let query = CandidateQuery(
        specialties: [MadeUpRoles.specialties[0]], area: area, origin: center, limit: 10_000)
      let inside = roles.filter {
        Self.matches($0, query) && Self.isInside($0.site.coordinate, ring)
      }
      let page = try searcher.candidates(query)
      #expect(Set(page.candidates.map(\.roleID)) == Set(inside.map(\.id)), "\(points)")
      #expect(page.inArea == inside.count)
      #expect(
        page.candidates.map(\.distanceMeters!) == page.candidates.map(\.distanceMeters!).sorted())
      found += inside.count
    }
    #expect(found > 500)
  }

  /// A ring of points at random distances, of which no edge passes through a role's place.
  func star(
    around center: Coordinate, using generator: inout SeededGenerator
  ) -> [Coordinate] {
    (0..<9).map { corner in
      let reach = Double.random(in: 0.02...0.5, using: &generator)
      let angle = Double(corner) / 9 * 2 * Double.pi
      return Coordinate(
        latitude: center.latitude + reach * sin(angle),
        longitude: center.longitude + reach * cos(angle))!
    }
  }

  static func isInside(_ point: Coordinate, _ ring: [Coordinate]) -> Bool {
    var inside = false
    for (a, b) in zip(ring, ring.dropFirst() + [ring[0]])
    where (a.latitude > point.latitude) != (b.latitude > point.latitude) {
      let crossing =
        a.longitude + (point.latitude - a.latitude) / (b.latitude - a.latitude)
        * (b.longitude - a.longitude)
      if point.longitude < crossing { inside.toggle() }
    }
    return inside
  }

  @Test func aCandidateLeadsToItsWholeRole() throws {
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: 5)
    let roles = made.roles(500)
    let searcher = try IndexSearcher(
      try publish(roles, to: IndexGenerations(root: "\(directory.path)/index")))
    let byID = Dictionary(uniqueKeysWithValues: roles.map { ($0.id, $0) })
    let page = try searcher.candidates(CandidateQuery(limit: 10_000))
    #expect(page.candidates.count == 500)
    for candidate in page.candidates {
      #expect(try searcher.role(candidate.documentID) == byID[candidate.roleID])
      #expect(byID[candidate.roleID]?.site.coordinate == candidate.coordinate)
      #expect(searcher.documentID(of: candidate.roleID) == candidate.documentID)
    }
    #expect(throws: IndexError.noSuchDocument(501)) { try searcher.role(501) }
    #expect(throws: IndexError.noSuchDocument(0)) { try searcher.role(0) }
  }
}
