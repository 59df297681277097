import ProviderDirectory

/// One made-up practitioner or organization, from which all four files draw.
struct SamplePractitioner {
  struct Site {
    var street: String
    var place: SamplePlaces.Place
    var plusFour: String
    var phone: String

    var zip: String { place.zip + plusFour }
  }

  var npi: NPI
  /// Nil for an organization.
  var person: (first: String, last: String, gender: String, credential: String)?
  var organization = ""
  var taxonomies: [String]
  var sites: [Site]
  var enumerated: String
  var updated: String
  var visits: SampleSpecialty.Visits

  /// The states that licensed a person: those of their sites, and of one in two another. One in
  /// sixteen told of none.
  var licences: [String] {
    guard person != nil, npi.number % 16 != 0 else { return [] }
    var states: [String] = []
    for site in sites where !states.contains(site.place.state) { states.append(site.place.state) }
    let other = ["NY", "CA", "TX", "FL"][Int(npi.number / 4 % 4)]
    if npi.number % 4 < 2, !states.contains(other) { states.append(other) }
    return states
  }
}

/// Draws practitioners. NPIs begin with 2, which CMS has not given out, and have right check
/// digits.
struct SampleSource {
  private let names = SampleNames()
  private let places: SamplePlaces
  private let specialties = WeightedChoice(SampleSpecialty.persons.map { ($0, $0.weight) })
  private let organizations = WeightedChoice(
    SampleSpecialty.organizations.map { ($0, $0.weight) })
  private let firstStem: Int64

  /// NPIs that begin with 2, without their check digit.
  static let stems: Int64 = 100_000_000
  /// Prime to `stems`, so that numbers are spread like real ones and none comes twice.
  private static let stride: Int64 = 48_271_937

  init(_ gazetteer: Gazetteer, seed: UInt64) {
    places = SamplePlaces(gazetteer)
    firstStem = Int64(seed % UInt64(Self.stems))
  }

  func practitioner(_ number: Int, _ generator: inout SplitMix64) -> SamplePractitioner {
    let npi = npi(number)
    let place = places.pick(&generator)
    let enumerated = date(year: 2006 + generator.below(18), &generator)
    let updated = date(year: 2024 + generator.below(2), &generator)
    var sites = [site(place, &generator)]
    if generator.chance(92) {
      let specialty = specialties.pick(&generator)
      let gender = generator.chance(58) ? "F" : "M"
      if generator.chance(6), let other = places.neighbor(of: place, &generator) {
        sites.append(site(other, &generator))
      }
      let hasSecond = specialty.second != nil && generator.chance(60)
      return SamplePractitioner(
        npi: npi,
        person: (
          names.given(gender, &generator), names.surname(&generator), gender,
          generator.chance(80) ? generator.pick(specialty.credentials) : ""
        ),
        taxonomies: [specialty.code] + (hasSecond ? [specialty.second].compactMap { $0 } : []),
        sites: sites, enumerated: enumerated, updated: updated, visits: specialty.visits)
    }
    let kind = organizations.pick(&generator)
    return SamplePractitioner(
      npi: npi, person: nil,
      organization: names.organization(place.city, kind.name, &generator),
      taxonomies: [kind.code], sites: sites, enumerated: enumerated, updated: updated,
      visits: .none)
  }

  private func npi(_ number: Int) -> NPI {
    let (product, _) = Int64(number).multipliedReportingOverflow(by: Self.stride)
    let stem = (2 * Self.stems + (product &+ firstStem) % Self.stems) * 10
    // Of ten consecutive numbers exactly one has the right check digit.
    return (0...9).lazy.compactMap { NPI(stem + Int64($0)) }.first!
  }

  private func site(
    _ place: SamplePlaces.Place, _ generator: inout SplitMix64
  ) -> SamplePractitioner.Site {
    SamplePractitioner.Site(
      street: names.street(&generator), place: place,
      plusFour: generator.chance(85) ? String(10_000 + generator.below(10_000)).suffix(4).text : "",
      // 555-0100 to 555-0199 are kept for fiction.
      phone: "\(201 + generator.below(780))55501\(String(100 + generator.below(100)).suffix(2))")
  }

  private func date(year: Int, _ generator: inout SplitMix64) -> String {
    let month = String(101 + generator.below(12)).suffix(2)
    let day = String(101 + generator.below(28)).suffix(2)
    return "\(month)/\(day)/\(year)"
  }
}

extension Substring {
  fileprivate var text: String { String(self) }
}
