import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import TestSupport
import Testing

@testable import SearchIndex

/// What stands between a bad night and the people who search.
@Suite struct SafetyTests {
  let directory: TemporaryDirectory
  let generations: IndexGenerations
  var made = MadeUpRoles(seed: 61)

  init() throws {
    directory = try TemporaryDirectory()
    generations = IndexGenerations(root: "\(directory.path)/index")
  }

  private static func ids(_ searcher: IndexSearcher) throws -> [RoleID] {
    try searcher.candidates(CandidateQuery(limit: 1000)).candidates.map(\.roleID)
  }

  /// 60 rounds, or as many as NEARCARE_ROUNDS says: a bit flipped or a file cut, anywhere.
  @Test mutating func aDamagedGenerationNeverAnswers() throws {
    let rounds = ProcessInfo.processInfo.environment["NEARCARE_ROUNDS"].flatMap { Int($0) } ?? 60
    let first = try publish(made.roles(120), to: generations)
    let second = try publish(made.roles(120), to: generations)
    let before = try Self.ids(IndexSearcher(first))
    let expected = try Self.ids(IndexSearcher(second))
    let files = [Generation.databaseName] + Generation.columnNames + [Manifest.name]
    for _ in 0..<rounds {
      let path = "\(second.path)/\(files.randomElement(using: &made.generator)!)"
      let sound = try Data(contentsOf: URL(fileURLWithPath: path))
      var bytes = sound
      let place = Int.random(in: sound.indices, using: &made.generator)
      if Bool.random(using: &made.generator) {
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &made.generator)
      } else {
        bytes = bytes.prefix(place)
      }
      try bytes.write(to: URL(fileURLWithPath: path))
      let opened = try generations.open()
      #expect(opened.searcher.generation == first, "\(path), byte \(place)")
      #expect(opened.damage != nil)
      #expect(try Self.ids(opened.searcher) == before)
      #expect(throws: IndexError.self) { try generations.generation(named: second.name).verify() }
      try sound.write(to: URL(fileURLWithPath: path))
      let mended = try generations.open()
      #expect(mended.damage == nil)
      #expect(try Self.ids(mended.searcher) == expected)
    }
  }

  @Test mutating func withNothingSoundBeforeItTheDamageIsSaid() throws {
    let generation = try publish(made.roles(30), to: generations)
    try GenerationTests.flip(generation.placesPath, at: 100, bit: 1)
    let error = #expect(throws: IndexError.self) { try generations.open() }
    #expect(String(describing: error!).contains(generation.placesPath))
    try FileSystem.remove(generation.path)
    #expect(throws: IndexError.self) { try generations.open() }
  }

  @Test mutating func whatIsReadIsNotRemoved() throws {
    for _ in 0..<2 { try publish(made.roles(30), to: generations) }
    var reader: OpenedIndex? = try generations.open()
    for _ in 0..<2 { try publish(made.roles(40), to: generations) }
    #expect(try generations.prune(keep: 1) == ["gen-0003"])
    #expect(reader?.searcher.count == 30)
    reader = nil
    #expect(try generations.prune(keep: 1) == ["gen-0002"])
  }

  @Test mutating func nobodyPrunesWhileAnotherBuilds() throws {
    try publish(made.roles(10), to: generations)
    let building = try generations.begin()
    let path = "\(generations.root)/building.lock"
    #expect(throws: IndexError.locked(path: path, holder: "process \(getpid())")) {
      try generations.prune(keep: 1)
    }
    withExtendedLifetime(building) {}
  }

  @Test mutating func changesAreThoseOfTwoLists() throws {
    var roles = made.roles(400)
    let first = try publish(roles, to: generations)
    let gone = roles.indices.filter { _ in Int.random(in: 0..<10, using: &made.generator) == 0 }
    let lost = gone.map { roles[$0] }
    for index in gone.reversed() { roles.remove(at: index) }
    let old = roles
    for index in roles.indices where Int.random(in: 0..<8, using: &made.generator) == 0 {
      roles[index].gender = roles[index].gender == .male ? .female : .male
      roles[index].plans = made.role().plans
    }
    let new = made.roles(37)
    let second = try publish(
      (roles + new).sorted {
        (IndexWriter.orderKey(of: $0.site.coordinate), $0.id)
          < (IndexWriter.orderKey(of: $1.site.coordinate), $1.id)
      }, to: generations)
    let changes = try GenerationChanges(from: first, to: second)
    let changed = zip(old, roles).filter { $0 != $1 }
    #expect(changes.roles.before == 400)
    #expect(changes.roles.after == roles.count + 37)
    #expect(changes.roles.added == 37)
    #expect(changes.roles.removed == lost.count)
    #expect(changes.roles.changed == changed.count)
    for state in ["NY", "NJ", "VT"] {
      let tally = try #require(changes.states[state])
      #expect(tally.before == (lost + old).filter { $0.site.state == state }.count)
      #expect(tally.after == (roles + new).filter { $0.site.state == state }.count)
      #expect(tally.changed == changed.filter { $0.0.site.state == state }.count)
      #expect(tally.after == tally.before + tally.added - tally.removed)
    }
    for code in MadeUpRoles.specialties {
      let tally = try #require(changes.specialties[code.text])
      #expect(tally.removed == lost.filter { $0.taxonomies.contains(code) }.count)
      #expect(tally.after == (roles + new).filter { $0.taxonomies.contains(code) }.count)
    }
    for plan in MadeUpRoles.plans {
      let has = { (role: PractitionerRole) in role.plans.contains { $0.planID == plan } }
      let tally = try #require(changes.plans[plan])
      #expect(
        tally.added == new.filter(has).count + changed.filter { !has($0.0) && has($0.1) }.count)
      #expect(
        tally.removed == lost.filter(has).count + changed.filter { has($0.0) && !has($0.1) }.count)
    }
    let same = try GenerationChanges(from: second, to: second)
    #expect(!same.roles.isChanged && same.plans.values.allSatisfy { !$0.isChanged })
    #expect(try GenerationChanges(from: nil, to: first).roles.added == 400)
  }

  @Test mutating func aLossIsJudgedByItsShare() throws {
    let roles = made.roles(1200).map { role in
      var role = role
      role.site.state = "NY"
      return role
    }
    let first = try publish(roles, to: generations)
    let second = try publish(Array(roles.dropFirst(60)), to: generations)
    let changes = try GenerationChanges(from: first, to: second)
    #expect(changes.losses(beyond: 0.05).isEmpty)
    let losses = changes.losses(beyond: 0.0499)
    #expect(losses.map(\.what) == ["the directory", "state NY"])
    #expect(losses.allSatisfy { $0.lost == 60 && $0.before == 1200 })
    #expect(try GenerationChanges(from: second, to: first).losses(beyond: 0).isEmpty)
  }

  private mutating func canaries(_ roles: [PractitionerRole]) throws -> Canaries {
    let asked = (0..<120).map { _ in roles.randomElement(using: &made.generator)! }
    return try Canaries(about: asked.map { ($0, indexedInsurers($0)) })
  }

  @Test mutating func canariesAgreeWithTheIndexOfTheirRoles() throws {
    let roles = made.roles(800)
    let canaries = try canaries(roles)
    #expect(canaries.count > 80)
    let building = try generations.begin()
    let writer = try IndexWriter(
      into: building, today: CivilDate(daysSinceEpoch: 0), canaries: canaries)
    for role in roles { try writer.add(role, insurerIDs: indexedInsurers(role)) }
    try writer.commit()
    let prepared = try generations.prepare(
      building, created: Instant(secondsSinceEpoch: 0), feeds: [:])
    #expect(try generations.publish(prepared).manifest.documents == 800)
  }

  /// Each kind of thing that an index could have lost: the canaries are told other roles than the
  /// ones that went in.
  @Test(arguments: 0..<7)
  mutating func canariesFindWhatIsLost(_ kind: Int) throws {
    let roles = made.roles(600)
    var counted = try canaries(roles)
    for role in roles {
      var role = role
      switch kind {
      case 0: role.taxonomies = role.taxonomies.reversed().dropLast()
      case 1: role.plans = []
      case 2: role.site.state = "VT"
      case 3: role.gender = nil
      case 4: role.visitTypes = []
      case 5: role.newPatients = .accepting
      default: role.name = .organization("Elsewhere")
      }
      let words = NameWords.words(of: Self.text(role.name)).flatMap(\.terms)
      counted.see(role, insurerIDs: kind == 1 ? [] : indexedInsurers(role), nameWords: words)
    }
    let searcher = try IndexSearcher(try publish(roles, to: generations))
    #expect(try counted.difference(from: searcher) != nil)
  }

  private static func text(_ name: ProviderName) -> String {
    switch name {
    case .person(let first, let middle, let last, _, _): "\(first) \(middle) \(last)"
    case .organization(let name): name
    }
  }
}
