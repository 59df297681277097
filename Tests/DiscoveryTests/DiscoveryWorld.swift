import CivilTime
import Discovery
import Geospatial
import ProviderDirectory
import Scheduling
import SearchIndex
import Store
import StoreTestSupport
import TestSupport

/// Made-up roles around New York, with the same facts in an index, a store and in memory.
struct DiscoveryWorld {
  let clinic: TestClinic
  let store: Store
  let searcher: IndexSearcher
  let roles: [PractitionerRole]
  let schedules: [RoleID: Schedule]
  private let scratch: ScratchDirectory

  static let center = Coordinate(latitude: 40.75, longitude: -74)!
  static let specialty = TaxonomyCode("207RC0000X")!
  /// A part of the specialty's field, which a quarter have alone.
  static let narrow = TaxonomyCode("207RI0011X")!
  static let plan = "99901NY0010001"

  init(seed: UInt64, count: Int) throws {
    var generator = SeededGenerator(seed: seed)
    try self.init(
      (0..<Int64(count)).map { person in
        let id = TestClinic.role(person: person, site: UInt32(person % 7))
        let blocks = try Self.blocks(using: &generator)
        return (Self.role(id, blocks, using: &generator), blocks)
      })
  }

  /// Everybody given, with their hours.
  init(_ everybody: [(role: PractitionerRole, blocks: [ScheduleBlock])]) throws {
    clinic = try TestClinic()
    scratch = try ScratchDirectory()
    store = try clinic.open()
    var schedules: [RoleID: Schedule] = [:]
    for (role, blocks) in everybody {
      try clinic.list(role.id)
      try store.write {
        try $0.replaceSchedule(of: role.id, blocks: blocks, exceptions: [], run: 1)
      }
      schedules[role.id] = Schedule(
        role: role.id, zone: try Zone(TestClinic.zone), blocks: blocks)
    }
    roles = everybody.map(\.role).sorted {
      (IndexWriter.orderKey(of: $0.site.coordinate), $0.id)
        < (IndexWriter.orderKey(of: $1.site.coordinate), $1.id)
    }
    self.schedules = schedules
    searcher = try Self.index(roles, at: scratch.path)
  }

  private static func index(_ roles: [PractitionerRole], at path: String) throws -> IndexSearcher {
    let generations = IndexGenerations(root: path + "/index")
    let building = try generations.begin()
    let writer = try IndexWriter(
      into: building, today: CivilDate(inUTC: TestClinic.start))
    for role in roles { try writer.add(role, insurerIDs: []) }
    try writer.commit()
    return try IndexSearcher(
      try generations.publish(building, created: TestClinic.start, feeds: [:]))
  }

  /// A third has no hours at all, a third an hour or two somewhere in the week, a third more.
  private static func blocks(using generator: inout SeededGenerator) throws -> [ScheduleBlock] {
    try (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      let start = Int.random(in: 7...18, using: &generator) * 60
      return try ScheduleBlock(
        weekday: Weekday.allCases.randomElement(using: &generator)!,
        start: TimeOfDay(minutes: start)!, end: TimeOfDay(minutes: start + 60)!,
        slotMinutes: [20, 30, 60].randomElement(using: &generator)!,
        visitType: VisitType.allCases.randomElement(using: &generator)!)
    }
  }

  /// Every fourth shares its coordinate with others, as ZIP-code points do.
  private static func role(
    _ id: RoleID, _ blocks: [ScheduleBlock], using generator: inout SeededGenerator
  ) -> PractitionerRole {
    let spread = Int.random(in: 0..<4, using: &generator) == 0 ? 0.0 : 0.3
    let coordinate = Coordinate(
      latitude: center.latitude + .random(in: -spread...spread, using: &generator),
      longitude: center.longitude + .random(in: -spread...spread, using: &generator))!
    let plan = PlanMembership(planID: Self.plan, planName: "Made up", insurerID: nil, asOf: nil)
    return PractitionerRole(
      id: id,
      name: .person(
        first: "Made", middle: "", last: ["Up", "Out"].randomElement(using: &generator)!,
        suffix: "", credential: ""),
      gender: [.female, .male, nil].randomElement(using: &generator)!,
      taxonomies: [[narrow], [narrow, specialty], [specialty], [specialty]]
        .randomElement(using: &generator)!,
      licenceStates: [["NY"], ["NJ", "NY"], ["CT"], []][Int(id.npi.number / 10 % 4)],
      languages: Bool.random(using: &generator) ? ["en"] : ["en", "es"],
      plans: Int.random(in: 0..<4, using: &generator) == 0 ? [plan] : [],
      newPatients: [.accepting, .notAccepting, .someLocations, .unknown]
        .randomElement(using: &generator)!,
      site: PracticeSite(
        addressLine1: "1 Main St", addressLine2: "", city: "New York", state: "NY", zip: "10001",
        phone: "", coordinate: coordinate, timeZone: TestClinic.zone),
      hasSchedule: !blocks.isEmpty, visitTypes: Set(blocks.map(\.visitType)))
  }

  /// The first visits booked are given up.
  func cancel(_ count: Int) throws {
    try clinic.stray(
      """
      UPDATE claim SET state = 'cancelled', ended_late = 0 WHERE claim_id IN (
        SELECT claim_id FROM claim WHERE state = 'booked' ORDER BY claim_id LIMIT \(count))
      """)
  }

  /// Takes slots at random, as other patients would, behind the store's back but past its guards.
  func book(
    _ count: Int, from first: Int = 1, using generator: inout SeededGenerator
  ) throws {
    try clinic.stray(
      """
      INSERT INTO patient (patient_id, name_sealed, birth_date_sealed, email_sealed, phone_sealed,
        email_hash, phone_hash, created_at)
      SELECT value + \(first - 1), x'00', x'00', x'00', x'00', randomblob(32), randomblob(32), 0
      FROM generate_series(1, \(count))
      """.replacing("generate_series(1, \(count))", with: Self.numbers(count)))
    for patient in first..<first + count {
      let role = roles.randomElement(using: &generator)!.id
      let open = slots(in: schedules[role]!, busy: try busy(role), now: TestClinic.start)
      guard let slot = open.prefix(20).randomElement(using: &generator) else { continue }
      try clinic.stray(
        """
        INSERT INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state,
          patient_id, session_hash, wall_date, wall_minute, time_zone, tzdata_version, created_at,
          changed_at, changed_by)
        VALUES (\(patient), \(role.npi), \(role.rawValue), \(slot.start.secondsSinceEpoch),
          \(slot.end.secondsSinceEpoch), '\(slot.visitType.rawValue)', 'booked', \(patient),
          randomblob(32), 0, 0, '\(TestClinic.zone)', 'test', 0, 0, 'test')
        """)
    }
  }

  private static func numbers(_ count: Int) -> String {
    "(WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < \(count))"
      + " SELECT value FROM n)"
  }

  func busy(_ role: RoleID) throws -> [Busy] {
    let horizon = TestClinic.start.adding(seconds: 100 * 86_400)
    return try store.read {
      try $0.occupancy(of: [schedules[role]!], for: TestClinic.start..<horizon).busy(role)
    }
  }
}
