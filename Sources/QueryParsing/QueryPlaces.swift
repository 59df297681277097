import Geospatial
import ProviderDirectory

/// Where to search, of all the places named.
extension QueryAssembly {
  /// How far the surroundings of a place reach that are named with it ("Brighton Beach Brooklyn").
  private static let surroundingsMeters = 40_000.0

  /// By rule 12 of `Preference`. A place named right beside another or beside its ZIP code, near it
  /// and in its state, is its surroundings and no second place; it is said where the two differ.
  mutating func settlePlace() {
    defer { settleStates() }
    let claims = places.map(claim)
    func isBefore(_ a: Int, _ b: Int) -> Bool {
      claims[a] == claims[b] ? a > b : claims[a].lexicographicallyPrecedes(claims[b])
    }
    guard let winner = places.indices.max(by: isBefore) else { return }
    let place = places[winner].place
    query.place = place
    for (index, other) in places.enumerated() {
      if index == winner || isSame(other.place, as: place) {
        append(other.reading.tokens, .place, other.place.label)
        if let note = other.reading.note, index == winner { query.notes.append(note) }
      } else if isAround(other, places[winner]) {
        append(other.reading.tokens, .place, other.place.label)
        query.notes.append("searching near \(place.label), in or beside \(other.place.label)")
      } else {
        query.unrecognized.append(text(other.reading.tokens))
        query.notes.append("searching near \(place.label), not \(other.place.label)")
      }
    }
    locatePoint()
  }

  /// The same place, or the city of the ZIP code; "near me" is wherever one says to be.
  private func isSame(_ other: ParsedPlace, as place: ParsedPlace) -> Bool {
    if other == place || other.kind == .me { return true }
    return place.kind == .zip && other.kind == .city && other.state == place.state
      && other.city == place.city
  }

  private func isAround(
    _ other: (place: ParsedPlace, reading: Reading),
    _ winner: (place: ParsedPlace, reading: Reading)
  ) -> Bool {
    let isBeside =
      other.reading.tokens.lowerBound == winner.reading.tokens.upperBound
      || other.reading.tokens.upperBound == winner.reading.tokens.lowerBound
    guard other.place.kind == .city, other.place.state == winner.place.state,
      isBeside || winner.place.kind == .zip, let here = winner.place.coordinate,
      let there = other.place.coordinate
    else { return false }
    return Geodesic.distanceMeters(here, there) <= Self.surroundingsMeters
  }

  /// How much says that a place is where to search, the weightiest first.
  private func claim(of found: (place: ParsedPlace, reading: Reading)) -> [Double] {
    let kind =
      switch found.place.kind {
      case .zip, .point: 3.0
      case .city: 2.0
      case .me: 1.0
      }
    let start = found.reading.tokens.lowerBound
    let hasRadius = radiusEnd == start || radiusEnd.map { $0 + 1 } == start
    return [
      isOrigin(start) ? 0 : 1, hasRadius ? 1 : 0, kind, isOvershadowed(found) ? 0 : 1,
      found.reading.weight - Preference.weight(found.reading.tokens.count, 0),
    ]
  }

  /// "Union Square San Francisco" is not the town of Union Square: a place right before a far
  /// larger one that is not near it.
  private func isOvershadowed(_ found: (place: ParsedPlace, reading: Reading)) -> Bool {
    guard found.place.kind == .city, let here = found.place.coordinate else { return false }
    return places.contains { other in
      guard other.reading.tokens.lowerBound == found.reading.tokens.upperBound,
        other.place.kind == .city, let there = other.place.coordinate,
        (other.place.population ?? 0) >= 10 * max(1, found.place.population ?? 0)
      else { return false }
      return Geodesic.distanceMeters(here, there) > Self.surroundingsMeters
    }
  }

  /// `from Hoboken`, `I live in Queens`, unless a distance is measured from there.
  private func isOrigin(_ start: Int) -> Bool {
    func word(_ index: Int) -> String { index < 0 ? "" : tokens[index].word?.text ?? "" }
    if word(start - 1) == "from" { return radiusEnd != start }
    return word(start - 1) == "in"
      && ["live", "living", "lives", "based", "reside", "located"].contains(word(start - 2))
      && ["i", "we", "im", "who", "am", "are", ""].contains(word(start - 3))
  }

  /// A whole state agrees with a place in it, and says where to stay when nothing else does.
  private mutating func settleStates() {
    for (state, reading) in states {
      let isElsewhere =
        query.place.map { $0.kind != .me && $0.state != state.code } ?? false
      if isElsewhere {
        query.unrecognized.append(text(reading.tokens))
        query.notes.append("searching near \(query.place?.label ?? ""), not \(state.name)")
        continue
      }
      append(reading.tokens, .state, state.name)
      if query.place == nil || query.place?.kind == .me, !query.states.contains(state) {
        query.states.append(state)
      }
    }
  }

  private mutating func locatePoint() {
    guard query.place?.kind == .point, query.place?.zoneName == nil,
      let coordinate = query.place?.coordinate
    else { return }
    query.place?.zoneName = parser.gazetteer.nearestZip(to: coordinate)?.entry.zoneName
  }
}
