import CivilTime
import Discovery
import Geospatial
import ProviderDirectory
import QueryParsing
import Scheduling
@testable import SearchIndex
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

/// The pipeline against loops over arrays: filter, sort, cut.
@Suite struct SearchOrderTests {
  struct Expected {
    let role: PractitionerRole
    /// 0 where no place was named.
    let distance: Double
    let slots: [Slot]
    /// 0 whose primary taxonomy is the first one asked for, 1 another one, 3 none of them.
    let tier: Int

    /// Kilometres, and three for each day until the first slot.
    var cost: Double {
      let wait = slots.first.map {
        $0.start.secondsSinceEpoch - TestClinic.start.secondsSinceEpoch
      }
      return distance / 1000 + Double(wait ?? 0) / 86_400 * 3
    }
  }

  /// Everything within the radius, with all its open slots, nearest first.
  static func model(_ world: DiscoveryWorld, _ request: SearchRequest) throws -> [Expected] {
    let wanted = SlotRequest(
      dates: request.dates, times: request.times, visitType: request.visitType,
      limit: max(1, request.slotsPerResult))
    return try world.roles.compactMap { role -> Expected? in
      let distance =
        request.candidates.origin.map { Geodesic.distanceMeters($0, role.site.coordinate) } ?? 0
      guard distance <= request.candidates.area?.radiusMeters ?? .infinity else { return nil }
      let asked = request.candidates.specialties
      guard role.taxonomies.contains(where: request.candidates.specialties.contains) else {
        return nil
      }
      if let type = request.visitType, !role.visitTypes.contains(type) { return nil }
      let open = slots(
        in: world.schedules[role.id]!, matching: wanted, busy: try world.busy(role.id),
        now: TestClinic.start)
      let tier =
        role.taxonomies[0] == asked[0] ? 0 : asked.contains(role.taxonomies[0]) ? 1 : 3
      return Expected(role: role, distance: distance, slots: open, tier: tier)
    }.sorted { ($0.distance, $0.role.id) < ($1.distance, $1.role.id) }
  }

  static func page(_ all: [Expected], _ request: SearchRequest) -> [Expected] {
    let bookable = all.filter { !$0.slots.isEmpty }
    let best = { (some: [Expected]) in
      some.sorted { ($0.tier, $0.cost, $0.role.id) < ($1.tier, $1.cost, $1.role.id) }
    }
    let ordered: [Expected] =
      switch (request.sort, request.onlyBookable) {
      case (.soonest, _):
        bookable.enumerated().sorted {
          ($0.element.slots[0].start, $0.offset) < ($1.element.slots[0].start, $1.offset)
        }.map(\.element)
      case (.distance, true): bookable
      case (.distance, false): all
      case (.best, true): best(bookable)
      case (.best, false): best(bookable) + best(all.filter { $0.slots.isEmpty })
      }
    return Array(ordered.prefix(request.limit))
  }

  static func randomRequest(using generator: inout SeededGenerator) throws -> SearchRequest {
    let miles = [1, 5, 15, 30].randomElement(using: &generator)!
    let day = CivilDate(iso: "2026-11-24")!
    let visitType = ([nil, nil] + VisitType.allCases).randomElement(using: &generator)!
    let sort = SortOrder.allCases.randomElement(using: &generator)!
    let isAnywhere = sort != .distance && Int.random(in: 0..<4, using: &generator) == 0
    return SearchRequest(
      candidates: CandidateQuery(
        specialties: [
          [DiscoveryWorld.specialty], [DiscoveryWorld.specialty, DiscoveryWorld.narrow],
          [DiscoveryWorld.narrow, DiscoveryWorld.specialty],
        ].randomElement(using: &generator)!,
        area: isAnywhere
          ? nil
          : try .circle(
            center: DiscoveryWorld.center, radiusMeters: Double(miles) * metersPerMile),
        origin: isAnywhere ? nil : DiscoveryWorld.center, visitType: visitType),
      dates: Bool.random(using: &generator)
        ? nil : day...day.adding(days: .random(in: 0...9, using: &generator)),
      times: Bool.random(using: &generator)
        ? nil : TimeOfDay(minutes: 720)!..<TimeOfDay(minutes: 1020)!,
      visitType: visitType,
      sort: sort,
      onlyBookable: Bool.random(using: &generator),
      limit: [1, 3, 10, 40, 200, 10_000].randomElement(using: &generator)!,
      slotsPerResult: .random(in: 0...4, using: &generator),
      countsMatched: Bool.random(using: &generator),
      countsInArea: Bool.random(using: &generator))
  }

  @Test(arguments: [11, 12] as [UInt64])
  func pagesAreThoseOfTheModel(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let world = try DiscoveryWorld(seed: seed, count: 150)
    try world.book(60, using: &generator)
    let pipeline = SearchPipeline(
      searcher: world.searcher, store: world.store, now: TestClinic.start)
    world.searcher.fewDocuments = 8
    world.searcher.fewInCell = 2
    for round in 0..<60 {
      // Without a summary of availability; with one; with one that was overtaken.
      if round == 20 { try world.store.summarizeAvailability() }
      if round == 40 {
        try world.cancel(20)
        try world.book(40, from: 1000, using: &generator)
      }
      let request = try Self.randomRequest(using: &generator)
      let all = try Self.model(world, request)
      let expected = Self.page(all, request)
      let found = try pipeline.search(request, budget: Budget(limit: .seconds(60)))
      let context = "seed \(seed) round \(round): \(request)"
      #expect(found.results.map(\.role.id) == expected.map(\.role.id), "\(context)")
      // Below `best`, what fills the page after the bookable ones is listed without slots.
      let listed = expected.map { Array($0.slots.prefix(request.slotsPerResult)) }
      #expect(found.results.map(\.slots) == listed, "\(context)")
      if request.sort == .distance, request.onlyBookable, !request.countsInArea {
        #expect(found.stats.inArea >= expected.count && found.stats.inArea <= all.count)
      } else {
        #expect(found.stats.inArea == all.count, "\(context)")
      }
      #expect(found.stats.complete, "\(context)")
      for (result, wanted) in zip(found.results, expected) {
        #expect(abs((result.distanceMeters ?? 0) - wanted.distance) < 0.001)
        #expect(Int(result.rank.specialty.rawValue) == wanted.tier, "\(context)")
      }
    }
  }

  /// A clock that jumps at its n-th reading, from the first on: the search ends there, and what it
  /// lists is the beginning of the whole answer.
  @Test(arguments: SortOrder.allCases, [true, false])
  func aSpentBudgetLeavesTheBeginningOfTheAnswer(sort: SortOrder, onlyBookable: Bool) throws {
    let world = try DiscoveryWorld(seed: 5, count: 200)
    try world.store.summarizeAvailability()
    let pipeline = SearchPipeline(
      searcher: world.searcher, store: world.store, now: TestClinic.start)
    var request = SearchRequest(
      candidates: CandidateQuery(specialties: [DiscoveryWorld.specialty]), sort: sort,
      onlyBookable: onlyBookable, limit: 200, slotsPerResult: 2)
    request.candidates.origin = DiscoveryWorld.center
    let whole = try pipeline.search(request, budget: Budget(limit: .seconds(60)))
    #expect(whole.stats.complete && whole.results.count > 30)
    var lengths: [Int] = []
    var isComplete = false
    var reading = 1
    while !isComplete {
      let budget = Budget(limit: .milliseconds(10), now: Self.clock(jumpingAt: reading))
      let found = try pipeline.search(request, budget: budget)
      let beginning = whole.results.prefix(found.results.count)
      #expect(found.results.map(\.role.id) == beginning.map(\.role.id), "reading \(reading)")
      #expect(found.results.map(\.slots) == beginning.map(\.slots), "reading \(reading)")
      lengths.append(found.results.count)
      isComplete = found.stats.complete
      reading += 1 + reading / 8
    }
    #expect(lengths[0] == 0 && lengths.last == whole.results.count)
    #expect(Set(lengths).count > 2, "\(lengths)")
    #expect(lengths == lengths.sorted())
  }

  private static func clock(
    jumpingAt reading: Int
  ) -> @Sendable () -> ContinuousClock.Instant {
    let start = ContinuousClock.now
    let readings = Mutex(0)
    return {
      readings.withLock { count in
        count += 1
        return count > reading ? start + .seconds(1) : start
      }
    }
  }
}
