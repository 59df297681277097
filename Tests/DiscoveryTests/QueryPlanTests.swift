import Booking
import CivilTime
import Discovery
import Privacy
import ProviderDirectory
import QueryParsing
import Scheduling
import SearchIndex
import StoreTestSupport
import TestSupport
import Testing

@testable import Store

/// Every statement that searches and bookings send to the database, taken down while they run: each
/// finds its rows by a key or an index, so that none grows with the directory or with the claims.
@Suite struct QueryPlanTests {
  @Test func nothingIsReadFromEndToEnd() throws {
    let world = try DiscoveryWorld(seed: 3, count: 60)
    try addPractices(world)
    let statements = StatementLog()
    // One thread, so one connection that reads.
    try world.store.readers.read { statements.follow($0) }
    try world.store.writer().queue.inDatabase { statements.follow($0) }
    try world.store.summarizeAvailability()
    let found = try search(world)
    try book(found, world)
    let all = statements.all
    #expect(all.count > 40)
    for table in ["availability", "schedule_block", "claim", "travel", "visit_kind", "waitlist"] {
      #expect(all.contains { $0.contains(table) }, "\(table)")
    }
    let searched = all.filter { $0.contains("INDEXED BY claim_busy") && !$0.contains("?5") }
    #expect(!searched.isEmpty)
    for sql in searched {
      let plan = try world.clinic.plan(of: sql)
      #expect(
        plan.contains { $0.contains("claim USING COVERING INDEX claim_busy") },
        "nobody's holds are asked for, so the index has it all: \(plan)")
    }
    for sql in all where !Self.asksWhatIsUsed(sql) {
      let plan = try world.clinic.plan(of: sql)
      let scans = plan.filter {
        $0.hasPrefix("SCAN") && !Self.isSmall($0) && !Self.isHardlyRead(sql, plan)
      }
      #expect(scans.isEmpty, "\(sql)\n\(plan.joined(separator: "\n"))")
    }
  }

  /// Whether tables hold anything at all, for which their first row is enough.
  private static func asksWhatIsUsed(_ sql: String) -> Bool {
    sql.hasPrefix("SELECT EXISTS (SELECT 1 FROM block_option)")
  }

  /// The list that was given, a row without a table, what another step found, all holds, or the
  /// few keys that a home has had.
  private static func isSmall(_ step: String) -> Bool {
    ["VIRTUAL TABLE", "CONSTANT ROW", "SUBQUERY", "INDEX claim_held", "data_key"].contains {
      step.contains($0)
    }
  }

  /// The first or last rows in the order of a key; or rows that refer to a new one, which SQLite
  /// looks for only while a deferred reference is open.
  private static func isHardlyRead(_ sql: String, _ plan: [String]) -> Bool {
    let isOrdered = !plan.contains { $0.contains("TEMP B-TREE") }
    return sql.hasPrefix("INSERT INTO claim ")
      || (sql.contains("LIMIT") && !sql.contains("WHERE") && isOrdered)
  }

  /// A row in every table that is asked only when it holds something.
  private func addPractices(_ world: DiscoveryWorld) throws {
    let role = try #require(world.roles.first { $0.hasSchedule }).id
    try world.clinic.stray(
      """
      INSERT INTO holiday (site, date, name) VALUES (\(role.site.rawValue), 20800, 'Made up');
      INSERT INTO visit_kind (role_id, kind, name, visit_type, minutes, before_min, after_min,
        room_kind) VALUES (\(role.rawValue), 'visit', 'Visit', 'in-person', 30, 5, 5, 'exam');
      INSERT INTO room (room_id, site, kind, number) VALUES (1, \(role.site.rawValue), 'exam', 1);
      INSERT INTO schedule_rules (role_id, visits_per_day) VALUES (\(role.rawValue), 9);
      INSERT INTO person_time_off VALUES (\(role.npi), 1, 20900, 0, 20901, 0);
      INSERT INTO block_option VALUES (\(role.rawValue), 0, 30, 1, 'visit');
      INSERT INTO travel VALUES (\(role.rawValue), \(role.rawValue + 1), 20);
      """)
  }

  private func search(_ world: DiscoveryWorld) throws -> [SearchResult] {
    let pipeline = SearchPipeline(
      searcher: world.searcher, store: world.store, now: TestClinic.start)
    var found: [SearchResult] = []
    for sort in SortOrder.allCases {
      let request = SearchRequest(
        candidates: CandidateQuery(
          specialties: [DiscoveryWorld.specialty, DiscoveryWorld.narrow],
          origin: DiscoveryWorld.center), sort: sort, onlyBookable: true)
      found = try pipeline.search(request, budget: Budget(limit: .seconds(60))).results
    }
    return found
  }

  private func book(_ found: [SearchResult], _ world: DiscoveryWorld) throws {
    let vault = try Vault.open(for: world.store)
    let bookings = Bookings(store: world.store, vault: vault, random: TestClinic.random(seed: 1))
    func register(_ name: String) throws -> SessionToken? {
      let details = try PatientDetails(
        name: name, birthDate: CivilDate(iso: "1980-02-29")!,
        email: EmailAddress("\(name)@example.org"), phone: PhoneNumber("212-555-0147"))
      return try done(bookings.register(details))?.token
    }
    let (ann, bob) = (try register("ann"), try register("bob"))
    let slots = try found.prefix(3).map { try #require($0.slots.first).id }
    let hold = try done(bookings.hold(slots[0], as: ann))
    _ = try bookings.extend(try #require(hold).id, as: ann)
    _ = try bookings.release(try #require(hold).id, as: ann)
    let visit = try #require(try done(bookings.book(.slot(slots[0]), as: ann)))
    let day = CivilDate(iso: "2026-11-24")!
    let wish = Wish(whom: .role(slots[0].role), dates: day...day.adding(days: 30))
    let place = try done(bookings.joinWaitlist(wish, as: bob))
    _ = try bookings.reschedule(visit.id, to: .slot(slots[1]), as: ann)
    for one in try done(bookings.appointments(as: ann)) ?? [] {
      _ = try bookings.cancel(one.id, as: ann)
    }
    _ = try bookings.waitlist(as: bob)
    if let place { _ = try bookings.claimOffer(place.id, as: bob) }
    _ = try bookings.work()
    _ = try world.store.read { try $0.schedule(of: slots[2].role) }
  }

  private func done<Value>(_ outcome: Outcome<Value>) -> Value? {
    if case .done(let value) = outcome { value } else { nil }
  }
}
