import Console
import CivilTime
import Discovery
import Geospatial
import ProviderDirectory
import QueryParsing
import SearchIndex

/// Turns what was understood into a request: the place into an area, words into filters.
struct SearchTranslation {
  /// How far "near" reaches when nobody says.
  static let defaultRadiusMiles = 25.0
  /// Half the Earth's girth, rounded down: beyond it a radius means everywhere.
  static let largestRadiusMiles = 12_000.0

  let query: ParsedQuery
  /// What "near me" means, when it is known.
  let home: ParsedPlace?
  /// A drawn area that replaces the circle.
  let drawnArea: Area?
  /// What was picked from the facets of a search.
  let narrowed: [FacetValue]
  /// Where the patient is; nil where nobody knows.
  let patientState: PatientState?
  /// Whom the specialty asked for first is meant for.
  let preferredKind: TaxonomyEntry.Kind?

  /// The place searched around: the one named, else home. A video visit needs no place.
  func origin() throws -> ParsedPlace? {
    if let place = query.place, place.kind != .me { return place }
    if let home { return query.place == nil && query.visitType == .telehealth ? nil : home }
    guard query.place == nil else { throw Failure(.configuration, Self.howToSetHome) }
    return nil
  }

  /// The state whose licence is asked for; nil for a search that is not for visits by video.
  var licensedIn: String? { query.visitType == .telehealth ? patientState?.code : nil }

  static let howToSetHome = """
    "near me" needs to know where you are. Set it once with `nearcare config set near 10001` \
    (a ZIP code, a place, or lat,lon), or set NEARCARE_NEAR, or name a place: --near "Boston, MA"
    """

  func request(
    available: Bool, limit: Int, slotsPerResult: Int, countsMatched: Bool
  ) throws -> (request: SearchRequest, origin: ParsedPlace?) {
    let origin = try origin()
    let sort = query.sort ?? .best
    let candidates = CandidateQuery(
      specialties: query.specialties.map(\.code),
      insurance: insurance,
      area: try drawnArea ?? circle(around: origin), states: query.states.map(\.code),
      licence: licensedIn.map { .of(state: $0) },
      origin: origin?.coordinate ?? drawnArea?.center,
      newPatients: query.wantsNewPatients ? NewPatients.welcoming : [],
      visitType: query.visitType, languages: query.languages, gender: query.gender,
      name: query.name, narrowed: narrowed, preferredKind: preferredKind)
    let request = SearchRequest(
      candidates: candidates, dates: query.dates, times: query.times.map { $0.from..<$0.to },
      visitType: query.visitType,
      sort: sort,
      onlyBookable: available || query.wantsAvailability || query.dates != nil
        || query.times != nil || sort == .soonest,
      limit: limit, slotsPerResult: slotsPerResult, countsMatched: countsMatched)
    return (request, origin)
  }

  /// What was asked for, as the index knows it.
  var insurance: [InsuranceFilter] {
    query.insurance.map { $0.kind == .plan ? .plan($0.id) : .insurer($0.id) }
  }

  /// A state alone is searched to its borders, the nearest to home first.
  private var isStatewide: Bool {
    !query.states.isEmpty && query.place == nil && query.radiusMiles == nil
  }

  var radiusMiles: Double { query.radiusMiles ?? Self.defaultRadiusMiles }

  private func circle(around place: ParsedPlace?) throws -> Area? {
    guard let center = place?.coordinate, !isStatewide else { return nil }
    return try .circle(center: center, radiusMeters: radiusMiles * metersPerMile)
  }

  /// The request in words, for headings, such as
  /// `for Cardiologist, female, within 25 mi of New York, NY, Tue Dec 1`.
  func summary(origin: ParsedPlace?, year: Int) -> String {
    var parts: [String] = []
    if let specialty { parts.append("for \(specialty)") }
    if let name = query.name { parts.append("named \(Terminal.safe(name))") }
    if let gender = query.gender { parts.append(gender.rawValue) }
    if !query.languages.isEmpty {
      let named = query.parts.filter { $0.kind == .language }.map(\.meaning)
      let spoken = named.isEmpty ? query.languages : named
      parts.append("speaking \(spoken.joined(separator: " or "))")
    }
    if query.wantsNewPatients { parts.append("taking new patients") }
    if drawnArea != nil {
      parts.append("in the drawn area")
    } else if let origin, !isStatewide {
      parts.append("within \(Words.miles(radiusMiles)) mi of \(Terminal.safe(origin.label))")
    }
    if !query.states.isEmpty {
      parts.append("in \(query.states.map(\.name).joined(separator: " or "))")
    }
    if !query.insurance.isEmpty {
      parts.append("taking \(query.insurance.map(\.name).joined(separator: " or "))")
    }
    for value in narrowed {
      parts.append("only \(value.kind.rawValue) \(Terminal.safe(value.code))")
    }
    if let dates = query.dates {
      let (from, to) = (dates.lowerBound, dates.upperBound)
      parts.append(
        from == to
          ? Words.day(from, year: year)
          : "\(Words.day(from, year: year)) to \(Words.day(to, year: year))")
    }
    if let times = query.times { parts.append(Words.times(times.from, times.to)) }
    if let type = query.visitType { parts.append(type == .telehealth ? "by video" : "in person") }
    if let licensedIn { parts.append("licensed in \(licensedIn)") }
    return parts.joined(separator: ", ")
  }

  /// The patients' word for what was asked, else the first code's name.
  private var specialty: String? {
    let asked = query.parts.first { $0.kind == .specialty || $0.kind == .complaint }?.meaning
    return query.specialties.isEmpty ? nil : asked ?? query.specialties.first?.name
  }
}
