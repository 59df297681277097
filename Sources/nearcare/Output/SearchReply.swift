import CivilTime
import Discovery
import ProviderDirectory
import Scheduling
import SearchIndex

/// What `search --json` prints.
struct SearchReply: Encodable {
  struct Site: Encodable {
    let address, city, state, zip, phone: String
    let lat, lon: Double
    let timeZone: String

    enum CodingKeys: String, CodingKey {
      case address, city, state, zip, phone, lat, lon
      case timeZone = "time_zone"
    }
  }
  struct Plan: Encodable {
    let id, name: String
    /// The insurer's id, when one claims the plan.
    let insurer: Nullable<String>
    /// The day that its source says it was true.
    let asOf: Nullable<String>
    /// Whether that day is too long ago to rely on.
    let stale: Bool
    /// Whether it answers the insurance asked for.
    let matched: Bool

    enum CodingKeys: String, CodingKey {
      case id, name, insurer, stale, matched
      case asOf = "as_of"
    }
  }
  struct Insurance: Encodable {
    let id, name: String
    /// Whether a plan of it answers the insurance asked for; the newest such is told.
    let matched: Bool
    let planID, planName, asOf: Nullable<String>

    enum CodingKeys: String, CodingKey {
      case id, name, matched
      case planID = "plan_id"
      case planName = "plan_name"
      case asOf = "as_of"
    }
  }
  struct Source: Encodable {
    /// The file that names the site.
    let feed: String
    /// The practitioner's last update in it.
    let updated: String
  }
  struct Result: Encodable {
    let roleID, npi, name: String
    let specialties: [ParseReply.Named]
    let insurance: [Insurance]
    let plans: [Plan]
    let site: Site
    let distanceMeters: Nullable<Double>
    let newPatients: String
    let gender: Nullable<String>
    let languages: [String]
    /// USPS codes of the states of whose licences the registry knows.
    let licenceStates: [String]
    let onlineBooking: Bool
    let source: Nullable<Source>
    let slots: [SlotReply]

    enum CodingKeys: String, CodingKey {
      case npi, name, specialties, insurance, plans, site, gender, languages, source, slots
      case roleID = "role_id"
      case distanceMeters = "distance_m"
      case newPatients = "new_patients"
      case licenceStates = "licence_states"
      case onlineBooking = "online_booking"
    }
  }
  struct Statistics: Encodable {
    let matched, inArea, planned: Int
    let elapsedMilliseconds, budgetMilliseconds: Double
    let complete: Bool

    enum CodingKeys: String, CodingKey {
      case matched, planned, complete
      case inArea = "in_area"
      case elapsedMilliseconds = "elapsed_ms"
      case budgetMilliseconds = "budget_ms"
    }
  }

  let query: ParseReply
  let results: [Result]
  /// When there are no results.
  let suggestions: [Suggestions.Suggestion]
  let stats: Statistics
  /// Only with `--facets`.
  let facets: FacetsReply?
  /// Only with `--explain`.
  let explain: Explanation?
  /// Only of a search for visits by video.
  let licence: LicenceReply?
}

/// One bookable slot, on the site's wall clock.
struct SlotReply: Encodable {
  let id, start, end, visitType: String
  /// Only where the practice has visit types of its own.
  let kind: String?

  enum CodingKeys: String, CodingKey {
    case id, start, end, kind
    case visitType = "visit_type"
  }

  init(_ slot: Slot, zone: Zone) {
    id = "\(slot.id)"
    start = zone.rfc3339(slot.start)
    end = zone.rfc3339(slot.end)
    visitType = slot.visitType.rawValue
    kind = slot.kind?.description
  }
}

extension SearchReply.Result {
  /// - Parameter asked: the insurance of the search.
  init(
    _ result: SearchResult, asked: [InsuranceFilter], now: Instant, names: DirectoryNames
  ) throws {
    let role = result.role
    let zone = try Zone(role.site.timeZone)
    roleID = "\(role.id)"
    npi = "\(role.id.npi)"
    name = Words.filedName(role.name)
    specialties = role.taxonomies.map {
      ParseReply.Named(code: $0.text, name: names.specialty($0))
    }
    let matched = role.plansMatching(asked, insurers: names.insurers)
    insurance = names.insurers(of: role).map { insurer in
      let plan = matched.first { $0.insurerID == insurer.id }
      return SearchReply.Insurance(
        id: insurer.id, name: insurer.name, matched: plan != nil, planID: Nullable(plan?.planID),
        planName: Nullable(plan?.planName), asOf: Nullable(plan?.asOf.map { "\($0)" }))
    }
    let today = zone.local(at: now).date
    plans = role.plans.map { plan in
      SearchReply.Plan(
        id: plan.planID, name: plan.planName, insurer: Nullable(plan.insurerID),
        asOf: Nullable(plan.asOf.map { "\($0)" }), stale: plan.isStale(on: today),
        matched: matched.contains(plan))
    }
    site = SearchReply.Site(role.site)
    distanceMeters = Nullable(result.distanceMeters.map { ($0 * 1000).rounded() / 1000 })
    newPatients = role.newPatients.rawValue
    gender = Nullable(role.gender?.rawValue)
    languages = role.languages
    licenceStates = role.licenceStates
    onlineBooking = role.hasSchedule
    source = Nullable(
      role.source.map { SearchReply.Source(feed: $0.feed, updated: "\($0.updated)") })
    slots = result.slots.map { SlotReply($0, zone: zone) }
  }
}

extension SearchReply.Site {
  init(_ site: PracticeSite) {
    address = [site.addressLine1, site.addressLine2].filter { !$0.isEmpty }
      .joined(separator: ", ")
    city = site.city
    state = site.state
    zip = site.zip
    phone = site.phone
    lat = site.coordinate.latitude
    lon = site.coordinate.longitude
    timeZone = site.timeZone
  }
}

extension SearchReply.Statistics {
  init(_ stats: SearchStatistics) {
    matched = stats.matched
    inArea = stats.inArea
    planned = stats.planned
    elapsedMilliseconds = stats.elapsed.milliseconds
    budgetMilliseconds = stats.budget.milliseconds
    complete = stats.complete
  }
}

extension Duration {
  /// To the microsecond.
  var milliseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) * 1000 + Double(attoseconds / 1_000_000_000_000) / 1000
  }
}
