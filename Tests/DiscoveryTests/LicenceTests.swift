import CivilTime
import Discovery
import Geospatial
import ProviderDirectory
import Scheduling
import SearchIndex
import StoreTestSupport
import TestSupport
import Testing

/// Whom a search for visits by video keeps and leaves out by their licences, against loops.
@Suite struct LicenceTests {
  /// All who offer visits by video, and who has one open where that is asked.
  static func fitting(in world: DiscoveryWorld, onlyBookable: Bool) throws -> [PractitionerRole] {
    try world.roles.filter { role in
      guard role.visitTypes.contains(.telehealth) else { return false }
      guard onlyBookable else { return true }
      return !slots(
        in: world.schedules[role.id]!, matching: SlotRequest(visitType: .telehealth, limit: 1),
        busy: try world.busy(role.id), now: TestClinic.start
      ).isEmpty
    }
  }

  @Test(arguments: [31, 32] as [UInt64], [false, true])
  func theLicensedAreKeptAndTheOthersCounted(seed: UInt64, onlyBookable: Bool) throws {
    var generator = SeededGenerator(seed: seed)
    let world = try DiscoveryWorld(seed: seed, count: 120)
    try world.book(60, using: &generator)
    let pipeline = SearchPipeline(
      searcher: world.searcher, store: world.store, now: TestClinic.start)
    let fitting = try Self.fitting(in: world, onlyBookable: onlyBookable)
    let noneListed = fitting.count { $0.licenceStates.isEmpty }
    #expect(fitting.count > 20 && noneListed > 3)
    for state in ["NY", "NJ", "CT", "VI"] {
      let request = SearchRequest(
        candidates: CandidateQuery(licence: .of(state: state), visitType: .telehealth),
        visitType: .telehealth, onlyBookable: onlyBookable, limit: 1000)
      let budget = Budget(limit: .seconds(60))
      let found = try pipeline.search(request, budget: budget).results.map(\.role)
      let licensed = fitting.filter { $0.licenceStates.contains(state) }
      #expect(Set(found.map(\.id)) == Set(licensed.map(\.id)), "\(state)")
      #expect(found.allSatisfy { $0.licenceStates.contains(state) })
      let leftOut = try #require(try pipeline.leftOutByLicence(request, budget: budget))
      #expect(leftOut.count == fitting.count - licensed.count, "\(state)")
      #expect(leftOut.noneListed == noneListed && leftOut.isExact)
      #expect(
        try pipeline.inAreaOfAnyLicence(request, budget: budget)
          == world.roles.count { $0.visitTypes.contains(.telehealth) })
    }
  }

  /// In person nobody asks for it, so without the visit by video it goes too.
  @Test func aSearchThatAsksForNoneLeavesNobodyOut() throws {
    let world = try DiscoveryWorld(seed: 4, count: 30)
    let pipeline = SearchPipeline(
      searcher: world.searcher, store: world.store, now: TestClinic.start)
    let budget = Budget(limit: .seconds(60))
    let request = SearchRequest(candidates: CandidateQuery(), limit: 1000)
    #expect(try pipeline.leftOutByLicence(request, budget: budget) == nil)
    #expect(try pipeline.inAreaOfAnyLicence(request, budget: budget) == nil)
    let video = SearchRequest(
      candidates: CandidateQuery(licence: .of(state: "VI"), visitType: .telehealth),
      visitType: .telehealth)
    let ways = try pipeline.relaxations(of: video, broader: [], budget: budget)
    #expect(ways.map(\.conditions) == [[.visitType]])
    #expect(ways.map(\.count) == [30])
  }
}
