import ProviderDirectory

/// Real ZIP codes, drawn in proportion to the people who live there.
struct SamplePlaces {
  struct Place {
    var zip: String
    var city: String
    var state: String
  }

  private let choice: WeightedChoice<Place>
  private let byCity: [String: [Place]]

  /// A ZIP's share of its city's people is not known, so each has an equal one; ZIPs of places too
  /// small for the gazetteer's populations get `fewest`.
  private static let fewest = 600

  init(_ gazetteer: Gazetteer) {
    var population: [String: Int] = [:]
    for city in gazetteer.allCities {
      let key = Self.key(city.city, city.state)
      population[key] = max(population[key] ?? 0, city.population)
    }
    var byCity: [String: [Place]] = [:]
    var places: [Place] = []
    for zip in gazetteer.allZips where !zip.city.isEmpty && !zip.state.isEmpty {
      let place = Place(zip: zip.zip, city: zip.city, state: zip.state)
      places.append(place)
      byCity[Self.key(zip.city, zip.state), default: []].append(place)
    }
    choice = WeightedChoice(
      places.map { place in
        let key = Self.key(place.city, place.state)
        let share = (population[key] ?? 0) / (byCity[key]?.count ?? 1)
        return (place, max(share, Self.fewest))
      })
    self.byCity = byCity
  }

  func pick(_ generator: inout SplitMix64) -> Place { choice.pick(&generator) }

  /// Another ZIP of the same city; nil where it has one only.
  func neighbor(of place: Place, _ generator: inout SplitMix64) -> Place? {
    guard let all = byCity[Self.key(place.city, place.state)], all.count > 1 else { return nil }
    let other = generator.pick(all)
    return other.zip == place.zip ? nil : other
  }

  private static func key(_ city: String, _ state: String) -> String {
    "\(state) \(Gazetteer.normalize(city))"
  }
}
