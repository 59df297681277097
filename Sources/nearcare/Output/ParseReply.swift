import CivilTime
import ProviderDirectory
import QueryParsing

/// What `parse --json` prints, and `search --json` repeats under `query`.
struct ParseReply: Encodable {
  struct Named: Encodable {
    let code: String
    let name: String
  }
  struct Insurance: Encodable {
    let id: String
    let name: String
  }
  struct Place: Encodable {
    let kind: String
    let label: String
    let zip: Nullable<String>
    let city: Nullable<String>
    let state: Nullable<String>
    let lat: Nullable<Double>
    let lon: Nullable<Double>
  }
  struct Range: Encodable {
    let from: String
    let to: String
  }

  let text: String
  let specialties: [Named]
  let insurance: [Insurance]
  /// Kinds of plan, such as `PPO`, which no search uses.
  let planProducts: [String]
  let place: Nullable<Place>
  /// States named as a whole.
  let states: [Named]
  let radiusMiles: Nullable<Double>
  let dates: Nullable<Range>
  let times: Nullable<Range>
  let visitType: Nullable<String>
  let languages: [String]
  let gender: Nullable<String>
  /// `true` where only those who take new patients are asked for.
  let newPatients: Nullable<Bool>
  let name: Nullable<String>
  let sort: Nullable<String>
  let unrecognized: [String]
  let notes: [String]

  enum CodingKeys: String, CodingKey {
    case text, specialties, insurance, place, states, dates, times, languages, gender, name, sort
    case unrecognized, notes
    case planProducts = "plan_products"
    case radiusMiles = "radius_miles"
    case visitType = "visit_type"
    case newPatients = "new_patients"
  }

  init(_ query: ParsedQuery) {
    text = query.text
    specialties = query.specialties.map { Named(code: $0.code.text, name: $0.name) }
    insurance = query.insurance.map { Insurance(id: $0.id, name: $0.name) }
    planProducts = query.planProducts
    place = Nullable(query.place.map(Place.init))
    states = query.states.map { Named(code: $0.code, name: $0.name) }
    radiusMiles = Nullable(query.radiusMiles)
    dates = Nullable(
      query.dates.map { Range(from: "\($0.lowerBound)", to: "\($0.upperBound)") })
    times = Nullable(query.times.map { Range(from: "\($0.from)", to: "\($0.to)") })
    visitType = Nullable(query.visitType?.rawValue)
    languages = query.languages
    gender = Nullable(query.gender?.rawValue)
    newPatients = Nullable(query.wantsNewPatients ? true : nil)
    name = Nullable(query.name)
    sort = Nullable(query.sort?.rawValue)
    unrecognized = query.unrecognized
    notes = query.notes
  }
}

extension ParseReply.Place {
  init(_ place: ParsedPlace) {
    kind = place.kind.rawValue
    label = place.label
    zip = Nullable(place.zip)
    city = Nullable(place.city)
    state = Nullable(place.state)
    lat = Nullable(place.coordinate?.latitude)
    lon = Nullable(place.coordinate?.longitude)
  }
}
