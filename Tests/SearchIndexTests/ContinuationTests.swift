import CivilTime
import Geospatial
import ProviderDirectory
import Testing

@testable import SearchIndex

/// An index that continues another says what a whole one of the same roles says.
@Suite struct ContinuationTests {
  let directory: TemporaryDirectory
  let continued: IndexGenerations
  let whole: IndexGenerations

  init() throws {
    directory = try TemporaryDirectory()
    continued = IndexGenerations(root: "\(directory.path)/continued")
    whole = IndexGenerations(root: "\(directory.path)/whole")
  }

  /// What an update may do to roles: some leave, some change, some move, some come.
  private static func changed(
    _ roles: [PractitionerRole], _ made: inout MadeUpRoles
  ) -> (roles: [PractitionerRole], practitioners: Set<Int64>) {
    var practitioners: Set<Int64> = []
    var result: [PractitionerRole] = []
    for var role in roles {
      switch Int.random(in: 0..<40, using: &made.generator) {
      case 0: break
      case 1:
        role.plans = made.subset(role.plans)
        role.hasSchedule.toggle()
        result.append(role)
      case 2:
        let moved = made.role()
        role.site = moved.site
        role.id = RoleID(npi: role.id.npi, site: moved.site.key)
        result.append(role)
      default:
        result.append(role)
        continue
      }
      practitioners.insert(role.id.npi.number)
    }
    for role in made.roles(20) {
      result.append(role)
      practitioners.insert(role.id.npi.number)
    }
    result.sort {
      (IndexWriter.orderKey(of: $0.site.coordinate), $0.id)
        < (IndexWriter.orderKey(of: $1.site.coordinate), $1.id)
    }
    return (result, practitioners)
  }

  private func `continue`(
    with roles: [PractitionerRole], changed: Set<Int64>
  ) throws -> Generation {
    let building = try continued.begin()
    let practitioners = try #require(
      try building.continue(try continued.open().searcher, changed: changed))
    #expect(practitioners.isSuperset(of: changed))
    let drawn = roles.filter { practitioners.contains($0.id.npi.number) || $0.id.rawValue % 9 == 0 }
    let writer = try IndexWriter(
      into: building, today: CivilDate(daysSinceEpoch: 0),
      canaries: Canaries(about: drawn.map { ($0, indexedInsurers($0)) }))
    for role in roles where practitioners.contains(role.id.npi.number) {
      try writer.add(role, insurerIDs: indexedInsurers(role))
    }
    try writer.commit()
    return try continued.publish(
      building, created: Instant(secondsSinceEpoch: 0), feeds: ["nppes": "week"])
  }

  @Test(arguments: [1, 2] as [UInt64])
  func continuationsAnswerAsWholeIndexes(seed: UInt64) throws {
    var made = MadeUpRoles(seed: seed)
    var roles = made.roles(1200)
    try publish(roles, to: continued)
    let wholeBefore = try publish(roles, to: whole)
    #expect(try continued.current().manifest.contentDigest == wholeBefore.manifest.contentDigest)
    for week in 1...3 {
      let (before, beforeWhole) = (try continued.current(), try whole.current())
      let practitioners: Set<Int64>
      (roles, practitioners) = Self.changed(roles, &made)
      let (one, other) = (
        try `continue`(with: roles, changed: practitioners), try publish(roles, to: whole)
      )
      #expect(one.manifest.contentDigest == other.manifest.contentDigest)
      #expect(one.manifest.documents == roles.count)
      #expect(one.databasePaths.count == 2)
      var changes = try GenerationChanges(from: before, to: one)
      let expected = try GenerationChanges(from: beforeWhole, to: other)
      #expect(changes == expected, "week \(week)")
      changes = try GenerationChanges(from: beforeWhole, to: one)
      #expect(changes.roles == expected.roles)
      try expectSame(IndexSearcher(one), IndexSearcher(other), roles, &made)
    }
  }

  private func expectSame(
    _ one: IndexSearcher, _ other: IndexSearcher, _ roles: [PractitionerRole],
    _ made: inout MadeUpRoles
  ) throws {
    #expect(one.count == other.count)
    func known(_ page: CandidatePage, _ searcher: IndexSearcher) throws -> [PractitionerRole] {
      try page.candidates.prefix(3).map { try searcher.role($0.documentID) }
    }
    for number in 0..<120 {
      var query = try CandidateOracleTests.randomQuery(&made, roles)
      query.order = number % 2 == 0 ? .best : .distance
      if number % 5 == 0 { query.name = MadeUpRoles.surnames.randomElement(using: &made.generator) }
      let (page, expected) = (try one.candidates(query), try other.candidates(query))
      let comment: Comment = "query \(number): \(query)"
      #expect(page.candidates.map(\.roleID) == expected.candidates.map(\.roleID), comment)
      #expect(page.candidates.map(\.rank) == expected.candidates.map(\.rank), comment)
      #expect(page.matched == expected.matched && page.inArea == expected.inArea, comment)
      #expect(try known(page, one) == known(expected, other), comment)
      query.matchedCount = .estimated
      #expect(try one.candidates(query).inArea == expected.inArea, comment)
      let facets = try one.facets(of: query, radii: [1000, 50_000])
      let expectedFacets = try other.facets(of: query, radii: [1000, 50_000])
      #expect(facets.counted == expectedFacets.counted, comment)
      #expect(facets.distances == expectedFacets.distances, comment)
      // Made-up roles do not agree on the insurer of a plan; the first that names it decides.
      #expect(facets.counts.map(\.entry.value) == expectedFacets.counts.map(\.entry.value), comment)
      #expect(facets.counts.map(\.count) == expectedFacets.counts.map(\.count), comment)
    }
    for role in roles.prefix(20) {
      let document = try #require(one.documentID(of: role.id))
      #expect(try one.role(document) == role)
    }
  }

  @Test func anUpdateThatOnlyTakesAwayAddsNoDatabase() throws {
    var made = MadeUpRoles(seed: 5)
    var roles = made.roles(300)
    try publish(roles, to: continued)
    let left = roles.remove(at: 7)
    _ = try `continue`(with: roles, changed: [left.id.npi.number])
    let searcher = try continued.open().searcher
    #expect(searcher.count == 299)
    #expect(searcher.documentID(of: left.id) == nil)
    #expect(try continued.current().databasePaths.count == 1)
  }

  @Test func whereMostHasChangedAWholeIndexIsBuilt() throws {
    var made = MadeUpRoles(seed: 6)
    let roles = made.roles(40)
    try publish(roles, to: continued)
    let building = try continued.begin()
    let many = Set((0..<2000).map { Int64($0) })
    #expect(try building.continue(try continued.open().searcher, changed: many) == nil)
    let writer = try IndexWriter(into: building, today: CivilDate(daysSinceEpoch: 0))
    for role in roles { try writer.add(role, insurerIDs: indexedInsurers(role)) }
    try writer.commit()
    let published = try continued.publish(
      building, created: Instant(secondsSinceEpoch: 0), feeds: [:])
    #expect(published.manifest.documents == 40)
  }

  /// Bytes that a disk has changed do not travel on.
  @Test(arguments: [Generation.databaseName] + Generation.columnNames)
  func aDamagedIndexIsNotContinued(file: String) throws {
    var made = MadeUpRoles(seed: 7)
    let roles = made.roles(300)
    let generation = try publish(roles, to: continued)
    let searcher = try continued.open().searcher
    let path = "\(generation.path)/\(file)"
    try GenerationTests.flip(path, at: try Int(FileStamp(ofFileAt: path).size) / 2, bit: 3)
    let building = try continued.begin()
    let error = #expect(throws: IndexError.self) {
      _ = try building.continue(searcher, changed: [1])
    }
    guard case .corrupt(path, let detail) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(detail.contains("SHA-256"))
  }

  /// Shards one after the other are the index that one writer makes.
  @Test(arguments: [0, 1, 400, 800])
  func shardsAreOneIndex(cut: Int) throws {
    var made = MadeUpRoles(seed: 8)
    let roles = made.roles(800)
    let building = try continued.begin()
    let canaries = try Canaries(about: roles.prefix(60).map { ($0, indexedInsurers($0)) })
    let writers = try (0..<2).map { _ in
      try IndexWriter(into: building, today: CivilDate(daysSinceEpoch: 0), canaries: canaries)
    }
    for (index, role) in roles.enumerated() {
      try writers[index < cut ? 0 : 1].add(role, insurerIDs: indexedInsurers(role))
    }
    for writer in writers { try writer.commit() }
    let generation = try continued.publish(
      building, created: Instant(secondsSinceEpoch: 0), feeds: ["nppes": "a"])
    let expected = try publish(roles, to: whole)
    #expect(generation.manifest.contentDigest == expected.manifest.contentDigest)
    try expectSame(IndexSearcher(generation), IndexSearcher(expected), roles, &made)
  }
}
