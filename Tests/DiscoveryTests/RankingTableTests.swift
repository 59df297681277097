import CivilTime
import Discovery
import Geospatial
import ProviderDirectory
import QueryParsing
import Scheduling
import SearchIndex
import StoreTestSupport
import Testing

/// The order `best` as tables: what a patient says, who there is, and in which order they come.
@Suite struct RankingTableTests {
  /// Somebody `kilometers` north of the patient, whose first slot is at 9:00, `opensInDays` after
  /// today; nil without hours.
  struct Somebody {
    let name: ProviderName
    let codes: [String]
    let kilometers: Double
    let opensInDays: Int?

    static func person(
      _ last: String, _ codes: String..., km: Double, opens: Int? = nil, first: String = "Ann"
    ) -> Somebody {
      Somebody(
        name: .person(first: first, middle: "", last: last, suffix: "", credential: "MD"),
        codes: codes, kilometers: km, opensInDays: opens)
    }

    static func organization(
      _ name: String, _ codes: String..., km: Double, opens: Int? = nil
    ) -> Somebody {
      Somebody(name: .organization(name), codes: codes, kilometers: km, opensInDays: opens)
    }

    var said: String {
      switch name {
      case .person(let first, _, let last, _, _): first == "Ann" ? last : "\(first) \(last)"
      case .organization(let name): name
      }
    }
  }

  static let cardiology = "207RC0000X"
  static let interventional = "207RI0011X"
  static let internist = "207R00000X"
  static let dentistry = "122300000X"
  static let urgentCare = "261QU0200X"

  struct Row: CustomTestStringConvertible, Sendable {
    let asked: String
    /// In the order in which they must come.
    let order: [Somebody]

    var testDescription: String { "\(asked): \(order.map(\.said).joined(separator: ", "))" }
  }

  static let rows = [
    // A cardiologist before an interventional one, and both before who merely mentions it.
    Row(
      asked: "cardiologist",
      order: [
        .person("Far", cardiology, km: 20), .person("Branch", interventional, km: 1),
        .person("Both", interventional, cardiology, km: 2),
        .person("Mention", internist, cardiology, km: 0.5),
      ]),
    Row(
      asked: "heart doctor",
      order: [
        .person("Far", cardiology, km: 20, opens: 5),
        .person("Branch", interventional, km: 1, opens: 1),
        .person("Mention", internist, cardiology, km: 0.5, opens: 0),
      ]),
    // A physician before a nurse, where a doctor is asked for.
    Row(
      asked: "psychiatrist",
      order: [
        .person("Exact", "2084P0800X", km: 9), .person("Branch", "2084P0805X", km: 8),
        .person("Nurse", "363LP0808X", km: 1),
      ]),
    // Who can be booked before who cannot.
    Row(
      asked: "cardiologist",
      order: [
        .person("Mention", internist, cardiology, km: 20, opens: 6),
        .person("Near", cardiology, km: 1),
      ]),
    // A day's wait weighs as much as three kilometres.
    Row(
      asked: "dentist",
      order: [
        .person("Today", dentistry, km: 5, opens: 0),
        .person("Tomorrow", dentistry, km: 2.5, opens: 1),
        .person("Wednesday", dentistry, km: 0.5, opens: 2),
        .person("Sunday", dentistry, km: 0.1, opens: 6),
      ]),
    // A person for a word that means one, a place for a word that means a place.
    Row(
      asked: "cardiologist",
      order: [
        .person("Branch", interventional, km: 9),
        .organization("Heart Group LLC", cardiology, km: 1),
        .person("Mention", internist, cardiology, km: 1),
      ]),
    Row(
      asked: "urgent care",
      order: [
        .organization("Walk In Clinic", urgentCare, km: 9), .person("Near", urgentCare, km: 1),
      ]),
    // The whole name before a part of one, and people before organizations.
    Row(
      asked: "dr smith",
      order: [
        .person("Smith", internist, km: 9), .person("Smith-Jones", internist, km: 2),
        .person("Brown", internist, km: 3, first: "Smith"),
        .organization("Smith Clinic", internist, km: 1),
      ]),
    Row(
      asked: "dr smith cardiologist",
      order: [
        .person("Smith", interventional, km: 9), .person("Smith-Jones", cardiology, km: 2),
        .person("Smith", internist, cardiology, km: 1, first: "Bob"),
      ]),
  ]

  @Test(arguments: rows) func comesInThisOrder(_ row: Row) throws {
    // In another order than the one wanted, so that role ids do not give it away.
    let world = try DiscoveryWorld(
      row.order.reversed().enumerated().map { try Self.listed($1, person: Int64($0)) })
    let parsed = try Self.parse(row.asked)
    let request = SearchRequest(
      candidates: CandidateQuery(
        specialties: parsed.specialties.map(\.code),
        area: try .circle(center: DiscoveryWorld.center, radiusMeters: 40_000),
        name: parsed.name,
        preferredKind: try parsed.specialties.first.flatMap {
          try TaxonomyCatalog().entry($0.code)?.kind
        }))
    let found = try SearchPipeline(
      searcher: world.searcher, store: world.store, now: TestClinic.start
    ).search(request, budget: Budget(limit: .seconds(60)))
    #expect(found.results.map(\.role.name) == row.order.map(\.name))
  }

  static func listed(
    _ somebody: Somebody, person: Int64
  ) throws -> (role: PractitionerRole, blocks: [ScheduleBlock]) {
    let center = DiscoveryWorld.center
    let blocks = try somebody.opensInDays.map { days in
      [
        try ScheduleBlock(
          // The clinic's clock stands at a Monday, 8:00.
          weekday: Weekday.allCases[days], start: TimeOfDay(minutes: 540)!,
          end: TimeOfDay(minutes: 600)!, slotMinutes: 60, visitType: .inPerson)
      ]
    }
    let role = PractitionerRole(
      id: TestClinic.role(person: person), name: somebody.name,
      taxonomies: somebody.codes.map { TaxonomyCode($0)! },
      site: PracticeSite(
        addressLine1: "1 Main St", addressLine2: "", city: "New York", state: "NY", zip: "10001",
        phone: "",
        coordinate: Coordinate(
          latitude: center.latitude + somebody.kilometers / 111.2, longitude: center.longitude)!,
        timeZone: TestClinic.zone),
      hasSchedule: blocks != nil, visitTypes: [.inPerson])
    return (role, blocks ?? [])
  }

  static func parse(_ text: String) throws -> ParsedQuery {
    try QueryParser(
      gazetteer: Gazetteer(), specialties: SpecialtyCatalog(), insurers: InsurerCatalog(),
      languages: LanguageCatalog(), taxonomy: TaxonomyCatalog(), names: NameCatalog()
    ).parse(
      text,
      context: ParseContext(
        now: TestClinic.start, home: nil, fallbackZone: try Zone(TestClinic.zone)))
  }
}
