import CivilTime
import Geospatial
import Scheduling
import Store
import StoreTestSupport
import TestSupport
import Testing

@testable import ProviderDirectory

private func day(_ text: String) -> CivilDate { CivilDate(iso: text)! }

private func npi(_ person: Int64) -> NPI { TestClinic.role(person: person).npi }

private func site(_ street: String, zip: String = "10001") -> PracticeSite {
  PracticeSite(
    addressLine1: street, addressLine2: "", city: "New York", state: "NY", zip: zip,
    phone: "2125550100", coordinate: Coordinate(latitude: 40.75, longitude: -73.99)!,
    timeZone: "America/New_York")
}

private func record(
  _ person: Int64, _ date: String, street: String = "1 Main St", last: String = "Madeup"
) -> NPPESReader.Practitioner {
  let site = site(street)
  let role = PractitionerRole(
    id: RoleID(npi: npi(person), site: site.key),
    name: .person(first: "Ana", middle: "", last: last, suffix: "", credential: "MD"),
    gender: .female, taxonomies: [TaxonomyCode("207RC0000X")!, TaxonomyCode("208D00000X")!],
    site: site, source: RoleSource(feed: "test.csv", updated: day(date)))
  return NPPESReader.Practitioner(role: role, lastUpdate: day(date))
}

/// A store and one run of the indexer over it.
private struct Load {
  let clinic: TestClinic
  let store: Store
  var run: DirectoryRun
  var feed: Feed

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
    (run, feed) = try Self.begin(store)
  }

  mutating func again() throws { (run, feed) = try Self.begin(store) }

  private static func begin(_ store: Store) throws -> (DirectoryRun, Feed) {
    try store.write {
      let run = try $0.beginFullLoad()
      return (run, try $0.beginFeed(.nppes, name: "test.csv", run: run))
    }
  }

  func put(_ records: NPPESReader.Practitioner...) throws -> DirectoryTally {
    try store.write { try $0.put(PractitionerRows(records), feed: feed) }
  }

  @discardableResult
  func sweep() throws -> SweepTally {
    try store.sweepDirectory(run, batch: 2, afterEachBatch: {})
  }

  func listed() throws -> [PractitionerRole] {
    var roles: [PractitionerRole] = []
    try store.read { try $0.forEachListedRole(batch: 2) { roles += $0 } }
    return roles
  }
}

struct DirectoryTests {
  @Test func aRecordComesBackAsItWent() throws {
    let load = try Load()
    let one = record(1, "2024-01-05")
    #expect(try load.put(one) == DirectoryTally())
    #expect(try load.listed() == [one.role])
    #expect(try load.store.read { try $0.roles([one.role.id]) } == [one.role.id: one.role])
    #expect(try load.store.read { try $0.listedRoleCount() } == 1)
  }

  @Test func anOrganizationComesBackToo() throws {
    let load = try Load()
    var clinic = record(1, "2024-01-05")
    clinic.role.name = .organization("O'Hare \"Made-up\" Clínica")
    clinic.role.gender = nil
    _ = try load.put(clinic)
    #expect(try load.listed() == [clinic.role])
  }

  @Test(arguments: [
    ("2024-01-05", "2024-01-06", "Second"), ("2024-01-06", "2024-01-05", "First"),
    ("2024-01-05", "2024-01-05", "Second"),
  ])
  func theLastUpdateOfARunStands(_ first: String, _ second: String, _ standing: String) throws {
    let load = try Load()
    var tally = try load.put(record(1, first, street: "1 First St", last: "First"))
    tally.superseded += try load.put(record(1, second, street: "2 Second St", last: "Second"))
      .superseded
    #expect(tally.superseded == 1)
    try load.sweep()
    let roles = try load.listed()
    #expect(roles.count == 1)
    #expect(
      roles.first?.name
        == .person(first: "Ana", middle: "", last: standing, suffix: "", credential: "MD"))
  }

  @Test func anOlderFileInALaterRunCounts() throws {
    var load = try Load()
    _ = try load.put(record(1, "2024-01-06", last: "New"))
    try load.again()
    #expect(try load.put(record(1, "2023-01-01", last: "Old")).superseded == 0)
    try load.sweep()
    #expect(
      try load.listed().map(\.name)
        == [.person(first: "Ana", middle: "", last: "Old", suffix: "", credential: "MD")])
  }

  @Test(arguments: [("2024-01-04", true), ("2024-01-05", false), ("2024-01-06", false)])
  func aDeactivationTakesOutWhatIsNotLater(_ since: String, _ stands: Bool) throws {
    let deactivation = NPPESReader.Deactivation(npi: npi(1), date: day(since))
    for recordFirst in [true, false] {
      let load = try Load()
      var retired = 0
      if recordFirst { retired += try load.put(record(1, "2024-01-05")).retired }
      retired += try load.store.write { try $0.deactivate([deactivation], feed: load.feed) }
      if !recordFirst { retired += try load.put(record(1, "2024-01-05")).retired }
      try load.sweep()
      #expect(try load.listed().count == (stands ? 1 : 0))
      #expect(retired == (stands ? 0 : 1))
    }
  }

  @Test func secondarySitesNeedARecordOfTheRun() throws {
    let load = try Load()
    _ = try load.put(record(1, "2024-01-05"))
    let sites = [
      (npi: npi(1), site: site("9 Second St", zip: "10002")),
      (npi: npi(2), site: site("9 Second St")), (npi: npi(1), site: site("1 MAIN ST.")),
    ]
    #expect(try load.store.write { try $0.put(sites, feed: load.feed) } == [1])
    let roles = try load.listed()
    #expect(Set(roles.map(\.site.addressLine1)) == ["1 Main St", "9 Second St"])
    #expect(Set(roles.map(\.name)).count == 1)
  }

  @Test func rolesComeByGeohashThenID() throws {
    let load = try Load()
    var generator = SeededGenerator(seed: 7)
    var records: [NPPESReader.Practitioner] = []
    for person in 1...50 {
      var one = record(Int64(person), "2024-01-05")
      if person % 5 > 0 {
        one.role.site.coordinate = .randomInUnitedStates(using: &generator)
      }
      records.append(one)
    }
    _ = try load.store.write { try $0.put(PractitionerRows(records), feed: load.feed) }
    let expected = records.map(\.role).sorted {
      let (a, b) = (
        Geohash($0.site.coordinate, precision: 12).bits,
        Geohash($1.site.coordinate, precision: 12).bits
      )
      return (a, $0.id) < (b, $1.id)
    }
    #expect(try load.listed() == expected)
  }
}

struct NetworkTableTests {
  private func entry(
    _ person: Int64, zips: [String], plans: [Int64], _ newPatients: NewPatients = .unknown,
    languages: [String] = [], asOf: String? = nil
  ) -> NetworkRecord {
    NetworkRecord(
      npi: npi(person), zips: zips, planNumbers: plans, newPatients: newPatients,
      languages: languages, asOf: asOf.map(day))
  }

  /// Person 1 at 10001 and 10002, person 2 at 10001 only; plans A (1) and B (2).
  private func load() throws -> Load {
    let load = try Load()
    _ = try load.put(record(1, "2024-01-05"), record(2, "2024-01-05"))
    let second = (npi: npi(1), site: site("9 Second St", zip: "100021234"))
    _ = try load.store.write { try $0.put([second], feed: load.feed) }
    let plans = ["A", "B"].map { PlanRecord(id: $0, name: "Plan \($0)", insurerID: "aetna") }
    #expect(try load.store.write { try $0.put(plans, feed: load.feed) } == [1, 2])
    return load
  }

  private func plans(_ load: Load) throws -> [String: [String]] {
    Dictionary(
      uniqueKeysWithValues: try load.listed().map {
        ("\($0.id.npi == npi(1) ? 1 : 2) \($0.site.addressLine1)", $0.plans.map(\.planID))
      })
  }

  @Test func aPlanStaysAtTheSiteThatAcceptsIt() throws {
    let load = try load()
    let refused = try load.store.write {
      try $0.put([entry(1, zips: ["10002"], plans: [1])], feed: load.feed)
    }
    #expect(refused.isEmpty)
    #expect(try plans(load) == ["1 1 Main St": [], "1 9 Second St": ["A"], "2 1 Main St": []])
  }

  @Test func severalAddressesAndPlans() throws {
    let load = try load()
    _ = try load.store.write {
      try $0.put([entry(1, zips: ["10002", "10001"], plans: [2, 1])], feed: load.feed)
    }
    #expect(
      try plans(load) == [
        "1 1 Main St": ["A", "B"], "1 9 Second St": ["A", "B"], "2 1 Main St": [],
      ])
  }

  @Test(arguments: [["99999"], []])
  func onlyASoleSiteIsInferred(_ zips: [String]) throws {
    let load = try load()
    let refused = try load.store.write {
      try $0.put(
        [entry(1, zips: zips, plans: [1]), entry(2, zips: zips, plans: [1])], feed: load.feed)
    }
    #expect(refused.map(\.place) == [0])
    #expect(refused.map(\.refusal) == [.noSiteMatches(sites: 2)])
    #expect(try plans(load) == ["1 1 Main St": [], "1 9 Second St": [], "2 1 Main St": ["A"]])
    #expect(try load.clinic.count("SELECT count(*) FROM network WHERE inferred = 1") == 1)
  }

  @Test func strangersAreRefused() throws {
    let load = try load()
    let refused = try load.store.write {
      try $0.put([entry(3, zips: ["10001"], plans: [1])], feed: load.feed)
    }
    #expect(refused.map(\.refusal) == [.unknownPractitioner])
  }

  @Test func theNewestWordOnNewPatientsCounts() throws {
    for (first, second, expected) in [
      (
        ("2024-01-01", NewPatients.accepting), ("2024-01-02", NewPatients.notAccepting),
        NewPatients.notAccepting
      ),
      (("2024-01-02", .accepting), ("2024-01-01", .notAccepting), .accepting),
      (("2024-01-01", .notAccepting), ("2024-01-01", .someLocations), .someLocations),
      (("2024-01-01", .notAccepting), ("2024-01-02", .unknown), .notAccepting),
    ] {
      let load = try load()
      _ = try load.store.write {
        try $0.put(
          [
            entry(2, zips: ["10001"], plans: [1], first.1, asOf: first.0),
            entry(2, zips: ["10001"], plans: [2], second.1, asOf: second.0),
          ], feed: load.feed)
      }
      let role = try load.listed().first { $0.id.npi == npi(2) }
      #expect(role?.newPatients == expected)
      #expect(role?.plans.map(\.asOf) == [day(first.0), day(second.0)])
    }
  }

  /// One site takes new patients, the other does not.
  @Test func newPatientsAreTheSites() throws {
    let load = try load()
    _ = try load.store.write {
      try $0.put(
        [
          entry(1, zips: ["10001"], plans: [1], .accepting),
          entry(1, zips: ["10002"], plans: [1], .notAccepting),
        ], feed: load.feed)
    }
    let said = try load.listed().filter { $0.id.npi == npi(1) }
      .map { ($0.site.addressLine1, $0.newPatients) }
    #expect(
      Dictionary(uniqueKeysWithValues: said)
        == ["1 Main St": .accepting, "9 Second St": .notAccepting])
  }

  @Test func languagesOfSeveralFilesAddUp() throws {
    let load = try load()
    _ = try load.store.write {
      try $0.put(
        [
          entry(2, zips: [], plans: [1], languages: ["es", "en"]),
          entry(2, zips: [], plans: [2], languages: ["fr", "es"]),
        ], feed: load.feed)
    }
    #expect(try load.listed().first { $0.id.npi == npi(2) }?.languages == ["en", "es", "fr"])
  }
}

struct HoursAndSweepTests {
  private func blocks(_ weekday: Weekday, _ visitType: VisitType) throws -> [ScheduleBlock] {
    [
      try ScheduleBlock(
        weekday: weekday, start: TimeOfDay(minutes: 540)!, end: TimeOfDay(minutes: 720)!,
        slotMinutes: 30, visitType: visitType)
    ]
  }

  @Test func hoursReplaceThoseOfTheRolesNamed() throws {
    let load = try Load()
    let (one, two) = (record(1, "2024-01-05"), record(2, "2024-01-05"))
    _ = try load.put(one, two)
    var replaced = Set<RoleID>()
    func put(_ person: Int64, _ site: SiteKey?, _ blocks: [ScheduleBlock]) throws -> [Int] {
      try load.store.write {
        try $0.put(
          [HoursRecord(npi: npi(person), site: site, blocks: blocks)], replaced: &replaced,
          feed: load.feed
        ).unknown
      }
    }
    #expect(try put(1, nil, blocks(.monday, .inPerson)) == [])
    #expect(try put(2, two.role.id.site, blocks(.monday, .inPerson)) == [])
    #expect(try put(1, one.role.id.site, blocks(.friday, .telehealth)) == [])
    #expect(try put(3, nil, blocks(.monday, .inPerson)) == [0])
    #expect(try put(1, SiteKey(rawValue: 1), blocks(.monday, .inPerson)) == [0])
    let schedules = try load.store.read { try $0.schedules(of: [one.role.id, two.role.id]) }
    #expect(schedules[one.role.id]?.blocks.map(\.weekday) == [.monday, .friday])
    #expect(schedules[two.role.id]?.blocks.map(\.weekday) == [.monday])
    let listed = try load.listed()
    #expect(listed.map(\.hasSchedule) == [true, true])
    #expect(listed.first { $0.id == one.role.id }?.visitTypes == [.inPerson, .telehealth])
    replaced = []
    // What the front desk sets, no file of many replaces.
    try load.store.write {
      try $0.replaceHours(of: two.role.id, blocks: blocks(.saturday, .inPerson), run: 0)
    }
    let own = HoursRecord(npi: npi(2), site: nil, blocks: try blocks(.sunday, .inPerson))
    let kept = try load.store.write { try $0.put([own], replaced: &replaced, feed: load.feed).kept }
    #expect(kept == [two.role.id])
    #expect(try put(1, nil, blocks(.sunday, .telehealth)) == [])
    let after = try load.store.read { try $0.schedules(of: [one.role.id, two.role.id]) }
    #expect(after[one.role.id]?.blocks.map(\.weekday) == [.sunday])
    #expect(after[two.role.id]?.blocks.map(\.weekday) == [.saturday])
  }

  @Test func theSweepRemovesWhatARunDidNotSee() throws {
    var load = try Load()
    for person in 1...7 { _ = try load.put(record(Int64(person), "2024-01-05")) }
    try load.again()
    _ = try load.put(record(3, "2024-01-05"), record(4, "2024-01-05"))
    let tally = try load.sweep()
    #expect(tally.removed == 5)
    #expect(tally.unlisted == 0)
    #expect(Set(try load.listed().map(\.id.npi)) == [npi(3), npi(4)])
    #expect(try load.clinic.count("SELECT count(*) FROM practitioner") == 2)
  }

  @Test func aRoleWithVisitsIsKeptUnlistedAndNamed() throws {
    var load = try Load()
    let roles = try (1...3).map { person in
      let one = record(Int64(person), "2024-01-05")
      _ = try load.put(one)
      return one.role.id
    }
    let now = TestClinic.start.secondsSinceEpoch
    try load.clinic.stray(
      "INSERT INTO patient VALUES (1, x'00', x'00', x'00', x'00', zeroblob(32), zeroblob(32), 1)")
    for (number, (role, start)) in zip(roles, [now + 86_400, now - 86_400]).enumerated() {
      try load.clinic.stray(
        """
        INSERT INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state,
          patient_id, session_hash, wall_date, wall_minute, time_zone, tzdata_version, created_at,
          changed_at, changed_by)
        VALUES (\(number + 1), \(role.npi), \(role.rawValue), \(start), \(start + 1800),
          'in-person', 'booked', 1, zeroblob(32), 1, 1, 'America/New_York', 'x', 1, 1, 'test')
        """)
    }
    try load.again()
    let tally = try load.sweep()
    #expect(tally.removed == 1)
    #expect(tally.unlisted == 2)
    #expect(tally.withVisits == [roles[0]])
    #expect(try load.listed().isEmpty)
    #expect(try load.store.read { try $0.roles(roles) }.count == 2)
    #expect(try load.clinic.count("SELECT count(*) FROM claim") == 2)
    try load.again()
    _ = try load.put(record(1, "2024-02-01"))
    try load.sweep()
    #expect(try load.listed().map(\.id) == [roles[0]])
  }
}
