import CivilTime
import Discovery
import ProviderDirectory
import QueryParsing
import Scheduling
import SearchIndex
import Store
import StoreTestSupport
import TestSupport
import Testing

/// `soonest` among practices of every making, asked at any minute of the week after availability
/// was summed up: the first of everybody's slots, sorted.
@Suite struct SoonestTests {
  private static let kind = ShortName("check-up")!

  private static func hours(
    _ generator: inout SeededGenerator
  ) throws -> (blocks: [ScheduleBlock], exceptions: [ScheduleException]) {
    func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &generator) == 0 }
    func minutes(_ range: ClosedRange<Int>) -> TimeOfDay {
      TimeOfDay(minutes: .random(in: range, using: &generator) * 10)!
    }
    func offers() throws -> OfferedVisits {
      try OfferedVisits(
        slotMinutes: [15, 20, 30, 45].randomElement(using: &generator)!,
        stepMinutes: oneIn(3) ? .random(in: 5...40, using: &generator) : nil,
        visitType: .allCases.randomElement(using: &generator)!, kinds: oneIn(3) ? [kind] : [])
    }
    let monday = CivilDate(iso: "2026-11-16")!
    let blocks = try (0..<Int.random(in: 1...4, using: &generator)).map { _ in
      try ScheduleBlock(
        weekday: .allCases.randomElement(using: &generator)!, start: minutes(36...90),
        end: oneIn(5) ? minutes(0...12) : minutes(96...143), offers: try offers(),
        validFrom: monday.adding(days: .random(in: 0...9, using: &generator)),
        validUntil: oneIn(3) ? CivilDate(iso: "2026-11-27")! : nil,
        everyWeeks: oneIn(3) ? 2 : 1)
    }
    let exceptions = try (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      let day = CivilDate(iso: "2026-11-23")!.adding(days: .random(in: 0...5, using: &generator))
      let from = CivilDateTime(date: day, time: minutes(36...90))!
      let kinds: [ScheduleException.Kind] = [
        .timeOff, .extraHours(try offers()), .replacementHours(try offers()),
      ]
      return try ScheduleException(
        kinds.randomElement(using: &generator)!, from: from,
        to: CivilDateTime(date: day, time: minutes(96...143))!)
    }
    return (blocks, exceptions)
  }

  /// A third plain; of the others some name kinds of visits, set a notice or have holidays.
  private static func world(_ generator: inout SeededGenerator, seed: UInt64) throws
    -> DiscoveryWorld
  {
    let world = try DiscoveryWorld(seed: seed, count: 120)
    for (number, role) in world.roles.enumerated() where number % 3 > 0 {
      let (blocks, exceptions) = try hours(&generator)
      try world.store.write {
        try $0.replaceSchedule(of: role.id, blocks: blocks, exceptions: exceptions, run: 1)
      }
    }
    try world.clinic.stray(
      """
      INSERT INTO visit_kind (role_id, kind, name, visit_type, minutes, before_min, after_min)
      SELECT role_id, '\(kind)', 'Check-up', iif(role_id % 2, 'in-person', 'telehealth'), 25, 5, 10
      FROM role;
      INSERT INTO schedule_rules (role_id, notice_min, visits_per_day)
      SELECT role_id, npi / 10 % 4 * 15, NULL FROM role WHERE npi % 3 > 0;
      INSERT INTO holiday (site, date, name) VALUES (1, 20782, 'a day off');
      """)
    return world
  }

  @Test(arguments: [21, 22, 23] as [UInt64])
  func pagesAreTheFirstOfEverybodysSlots(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let world = try Self.world(&generator, seed: seed)
    try world.book(30, using: &generator)
    try world.store.summarizeAvailability()
    var (listed, spared) = (0, 0)
    for round in 0..<60 {
      let now = TestClinic.start.adding(
        seconds: .random(in: 0...7 * 86_400, using: &generator))
      world.clinic.clock.set(to: now)
      if round == 40 { try world.cancel(15) }
      var request = try SearchOrderTests.randomRequest(using: &generator)
      (request.sort, request.onlyBookable, request.limit) = (.soonest, true, 5)
      let found = try SearchPipeline(
        searcher: world.searcher, store: world.store, now: now
      ).search(request, budget: Budget(limit: .seconds(60)))
      let expected = try Self.soonest(world, request, now)
      let isSame =
        found.results.map(\.slots) == expected.map { Array($0.prefix(request.slotsPerResult)) }
      #expect(isSame, "seed \(seed) round \(round) at \(now): \(request)")
      listed += found.results.count
      if found.stats.planned < found.stats.inArea { spared += 1 }
    }
    #expect(listed > 60 && spared > 20, "\(listed), \(spared)")
  }

  /// Of everybody's schedules as the tables have them.
  private static func soonest(
    _ world: DiscoveryWorld, _ request: SearchRequest, _ now: Instant
  ) throws -> [[Slot]] {
    // Who had no hours when the index was made is not asked about.
    let nearby = try SearchOrderTests.model(world, request).filter { $0.role.hasSchedule }
    let wanted = SlotRequest(
      dates: request.dates, times: request.times, visitType: request.visitType,
      limit: max(1, request.slotsPerResult))
    let range = now..<now.adding(seconds: 100 * 86_400)
    let open = try world.store.read { transaction in
      let schedules = try transaction.schedules(of: nearby.map(\.role.id))
      let taken = try transaction.occupancy(of: Array(schedules.values), for: range)
      return nearby.map { one in
        slots(
          in: schedules[one.role.id]!, matching: wanted, busy: taken.busy(one.role.id),
          rooms: taken.rooms(one.role.id), now: now)
      }
    }
    let bookable = open.enumerated().filter { !$0.element.isEmpty }
    return bookable.sorted { ($0.element[0].start, $0.offset) < ($1.element[0].start, $1.offset) }
      .prefix(request.limit).map(\.element)
  }
}
