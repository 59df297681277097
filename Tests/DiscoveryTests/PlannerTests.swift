import CivilTime
import ProviderDirectory
import QueryParsing
import Scheduling
import SearchIndex
import StoreTestSupport
import TestSupport
import Testing

@testable import Discovery
@testable import Store

/// What the planner spares: schedules that cannot have a slot, and queries.
@Suite struct PlannerTests {
  private static let monday = CivilDate(iso: "2026-11-30")!

  /// Everybody somewhere in New York with hours as a clinic would write them.
  private static func world(_ hours: [(Weekday, String, VisitType)]) throws -> DiscoveryWorld {
    try DiscoveryWorld(
      hours.enumerated().map { index, one in
        let (weekday, range, visitType) = one
        let times = range.split(separator: "-").map { TimeOfDay(String($0))! }
        let block = try ScheduleBlock(
          weekday: weekday, start: times[0], end: times[1], slotMinutes: 60, visitType: visitType)
        return (role(index, visitType), [block])
      })
  }

  private static func role(_ person: Int, _ visitType: VisitType) -> PractitionerRole {
    PractitionerRole(
      id: TestClinic.role(person: Int64(person)),
      name: .person(first: "Made", middle: "", last: "Up", suffix: "", credential: ""),
      taxonomies: [DiscoveryWorld.specialty],
      site: PracticeSite(
        addressLine1: "1 Main St", addressLine2: "", city: "New York", state: "NY", zip: "10001",
        phone: "", coordinate: DiscoveryWorld.center, timeZone: TestClinic.zone),
      hasSchedule: true, visitTypes: [visitType])
  }

  private static func search(
    _ world: DiscoveryWorld, dates: ClosedRange<CivilDate>?, times: Range<TimeOfDay>?,
    _ visitType: VisitType?
  ) throws -> SearchResults {
    // Who offers the visit type is left to the planner.
    let request = SearchRequest(
      candidates: CandidateQuery(specialties: [DiscoveryWorld.specialty]), dates: dates,
      times: times, visitType: visitType, sort: .soonest, onlyBookable: true, limit: 100,
      slotsPerResult: 100)
    return try SearchPipeline(
      searcher: world.searcher, store: world.store, now: TestClinic.start
    ).search(request, budget: Budget(limit: .seconds(60)))
  }

  /// "Next week mornings, telehealth".
  @Test func whoHasNoSuchHoursIsNotPlanned() throws {
    let hours: [(Weekday, String, VisitType)] = [
      (.monday, "09:00-11:00", .telehealth), (.monday, "09:00-11:00", .inPerson),
      (.tuesday, "13:00-15:00", .telehealth), (.wednesday, "16:00-18:00", .inPerson),
      (.friday, "07:00-10:00", .telehealth), (.sunday, "19:00-21:00", .telehealth),
    ]
    let world = try Self.world(hours)
    let week = Self.monday...Self.monday.adding(days: 6)
    let mornings = TimeOfDay("00:00")!..<TimeOfDay("12:00")!
    let without = try Self.search(world, dates: week, times: mornings, .telehealth)
    #expect(without.stats.planned == hours.count, "nothing is known before it is summed up")
    try world.store.summarizeAvailability()
    let found = try Self.search(world, dates: week, times: mornings, .telehealth)
    #expect(found.results.map(\.slots) == without.results.map(\.slots))
    #expect(found.results.map(\.role.id) == [0, 4].map { TestClinic.role(person: $0) })
    #expect(found.stats.planned == 2)
  }

  /// Everybody works from 9 to 17, most of them in slots of 20 minutes, and one in slots of 25: at
  /// whatever moment and for whatever days `soonest` is asked, few are planned of many.
  @Test(arguments: [
    ("2026-11-23T10:00:00-05:00", nil), ("2026-11-23T10:07:00-05:00", nil),
    ("2026-11-23T18:33:00-05:00", nil), ("2026-11-24T02:01:00-05:00", nil),
    ("2026-11-23T10:07:00-05:00", "2026-11-25"), ("2026-11-23T18:33:00-05:00", "2026-11-28"),
  ])
  func soonestPlansFew(now: String, day: String?) throws {
    let count = 150
    let world = try DiscoveryWorld(
      (0..<count).map { index in
        let blocks = try Weekday.allCases.map {
          try ScheduleBlock(
            weekday: $0, start: TimeOfDay("09:00")!, end: TimeOfDay("17:00")!,
            slotMinutes: index == 7 ? 25 : 20, visitType: .inPerson)
        }
        return (Self.role(index, .inPerson), blocks)
      })
    try world.store.summarizeAvailability()
    let now = Instant(rfc3339: now)!
    world.clinic.clock.set(to: now)
    let dates = day.map { CivilDate(iso: $0)!...CivilDate(iso: $0)! }
    var request = SearchRequest(
      candidates: CandidateQuery(specialties: [DiscoveryWorld.specialty]), dates: dates,
      sort: .soonest, onlyBookable: true, limit: count, slotsPerResult: 1)
    let pipeline = SearchPipeline(searcher: world.searcher, store: world.store, now: now)
    let all = try pipeline.search(request, budget: Budget(limit: .seconds(60)))
    request.limit = 5
    let found = try pipeline.search(request, budget: Budget(limit: .seconds(60)))
    #expect(all.results.count == count && all.stats.planned == count)
    #expect(found.results.map(\.role.id) == all.results.prefix(5).map(\.role.id))
    #expect(found.stats.planned <= 32, "\(found.stats.planned)")
  }

  /// What a patient says on Monday 2026-11-23 at eight in the morning, and the slots that it means,
  /// each as weekday and hour.
  @Test(arguments: [
    ("weekend", ["Sat 10", "Sat 11", "Sun 19"]),
    ("next weekend", ["Sat 10", "Sat 11", "Sun 19"]),
    ("evenings this week", ["Wed 17", "Wed 18", "Sun 19"]),
    ("weekend mornings", ["Sat 10", "Sat 11"]),
    ("mornings this week", ["Tue 9", "Sat 10", "Sat 11"]),
    ("Wednesday evening", ["Wed 17", "Wed 18"]),
  ])
  func partsOfTheWeekAreTheirSlots(words: String, expected: [String]) throws {
    let world = try Self.world([
      (.tuesday, "09:00-10:00", .inPerson), (.wednesday, "16:00-19:00", .inPerson),
      (.saturday, "10:00-12:00", .inPerson), (.sunday, "19:00-20:00", .inPerson),
    ])
    try world.store.summarizeAvailability()
    let asked = try RankingTableTests.parse("cardiologist " + words)
    let times = asked.times.map { $0.from..<$0.to }
    let found = try Self.search(world, dates: asked.dates, times: times, nil)
    let zone = try Zone(TestClinic.zone)
    let slots = found.results.flatMap(\.slots).sorted().map { slot in
      let shown = zone.local(at: slot.start)
      let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
      return "\(days[shown.date.weekday.rawValue - 1]) \(shown.time.minutes / 60)"
    }
    #expect(slots == expected, "\(asked.dates.map { "\($0)" } ?? "any day")")
  }

  @Test func aBatchTakesAsManyQueriesAsOne() throws {
    let world = try DiscoveryWorld(seed: 8, count: 150)
    try world.clinic.stray(
      """
      INSERT INTO visit_kind (role_id, kind, name, visit_type, minutes, before_min, after_min,
        room_kind) SELECT role_id, 'visit', 'Visit', 'in-person', 30, 5, 5, 'exam' FROM role;
      INSERT INTO room (site, kind, number) SELECT DISTINCT role_id & 1073741823, 'exam', 1 FROM role;
      INSERT INTO schedule_rules (role_id, visits_per_day) SELECT role_id, 9 FROM role;
      """)
    for isSummed in [false, true] {
      if isSummed { try world.store.summarizeAvailability() }
      var query = CandidateQuery(specialties: [DiscoveryWorld.specialty])
      query.onlyWithSchedule = true
      query.limit = 64
      let candidates = try world.searcher.candidates(query).candidates.map(NearbyCandidate.init)
      try #require(candidates.count == 64)
      let log = StatementLog()
      var counts: [Int] = []
      for size in [1, 2, 17, 64] {
        try world.store.read { transaction in
          var planner = AvailabilityPlanner(
            transaction: transaction, request: SlotRequest(limit: 3), now: TestClinic.start,
            session: nil)
          // The first asks what a transaction asks once.
          _ = try planner.plan(candidates.prefix(1))
          log.follow(transaction.db)
          let before = log.count
          let planned = try planner.plan(candidates.suffix(size))
          counts.append(log.count - before)
          #expect(planned.candidates.count == size)
        }
      }
      #expect(Set(counts).count == 1 && counts[0] > 2, "\(counts)")
    }
  }
}
