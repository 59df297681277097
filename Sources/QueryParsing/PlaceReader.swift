import Geospatial
import ProviderDirectory

/// Finds the places in a query.
struct PlaceReader {
  let lookups: PlaceLookups
  let tokens: [QueryToken]
  /// For the value of an option, which can be nothing but a place.
  var acceptsEveryCity = false

  func add(startingIn starts: Range<Int>, to readings: inout Readings) {
    for start in starts {
      if tokens[start].numeral != nil {
        addPoint(start, to: &readings)
        addZip(start, to: &readings)
      }
      addCities(start, to: &readings)
      addState(start, to: &readings)
    }
  }

  // MARK: States

  /// `Texas`, `TX`, `New York state`.
  private func addState(_ start: Int, to readings: inout Readings) {
    for (code, end) in states(at: start) where !isCode(start, end) || isPlainCode(start) {
      guard let state = lookups.state(named: code) else { continue }
      let saysState = end < tokens.count && tokens[end].word?.text == "state"
      readings.add(
        start..<(saysState ? end + 1 : end), .state(state),
        isCode(start, end) && isStateAfterIn(start) ? Preference.settledPlace : Preference.state)
    }
  }

  /// `TX`, but `MD` or `OR`, which say more often something else, only after "in".
  private func isPlainCode(_ start: Int) -> Bool {
    tokens[start].isAllCapitals && !GrammarWords.fillers.contains(tokens[start].word?.text ?? "")
      || isStateAfterIn(start)
  }

  /// `in MD`, in a line that is not all in capitals, or at its end.
  private func isStateAfterIn(_ start: Int) -> Bool {
    guard start > 0, tokens[start].isAllCapitals, tokens[start].word?.text != "la" else {
      return false
    }
    let isListed =
      start > 1 && ["or", "and"].contains(tokens[start - 1].text) && isStateAfterIn(start - 2)
    guard isListed || ["in", "throughout", "across"].contains(tokens[start - 1].word?.text) else {
      return false
    }
    return start == tokens.count - 1 || tokens.contains { $0.isAlphabetic && !$0.isAllCapitals }
  }

  private func isCode(_ start: Int, _ end: Int) -> Bool {
    end == start + 1 && (tokens[start].word?.text.utf8.count ?? 0) <= 2
  }

  // MARK: ZIP codes and points

  private func addZip(_ start: Int, to readings: inout Readings) {
    guard let text = tokens[start].numeral, let entry = lookups.gazetteer.zip(text) else { return }
    let place = ParsedPlace(zip: entry)
    readings.add(start..<start + 1, .place(place), Preference.settledPlace)
  }

  /// `40.7,-74.0`: two numbers with a comma between, at least one of them with decimals.
  private func addPoint(_ start: Int, to readings: inout Readings) {
    guard start + 1 < tokens.count, tokens[start + 1].followsBreak,
      let first = tokens[start].numeral, let second = tokens[start + 1].numeral,
      first.contains(".") || second.contains("."),
      let place = ParsedPlace(latitude: first, longitude: second)
    else { return }
    readings.add(start..<start + 2, .place(place), Preference.settledPlace)
  }

  // MARK: Cities

  private func addCities(_ start: Int, to readings: inout Readings) {
    var name = ""
    var mayGoOn = true
    for end in start..<min(start + 4, tokens.count) {
      guard mayGoOn, tokens[end].isAlphabetic, end == start || !tokens[end].followsBreak,
        let word = tokens[end].word
      else { return }
      name += end == start ? word.text : " " + word.text
      let (entries, hasLongerName) = lookups.places(named: name)
      mayGoOn = hasLongerName
      guard !entries.isEmpty, !saysCounty(end + 1) || entries[0].kind == .county else { continue }
      addWithState(start..<end + 1, entries, to: &readings)
      addBare(start..<end + 1, entries, to: &readings)
    }
  }

  /// "Cook County" is never the town of Cook.
  private func saysCounty(_ index: Int) -> Bool {
    guard index < tokens.count, let word = tokens[index].word?.text else { return false }
    return word == "county" || word == "counties" || word == "parish"
  }

  private func addWithState(
    _ range: Range<Int>, _ entries: [CityEntry], to readings: inout Readings
  ) {
    for (state, end) in states(at: range.upperBound) {
      guard let entry = entries.first(where: { $0.state == state }) else { continue }
      readings.add(
        range.lowerBound..<end, .place(ParsedPlace(city: entry)), Preference.settledPlace,
        note: entry.kind == .county ? "searching around the middle of \(entry.city)" : nil)
    }
  }

  /// The states that may be named from `start` on, with where each name ends.
  func states(at start: Int) -> [(code: String, end: Int)] {
    var found: [(code: String, end: Int)] = []
    var name = ""
    for end in start..<min(start + 3, max(start, tokens.count)) {
      guard tokens[end].isAlphabetic, end == start || !tokens[end].followsBreak,
        let word = tokens[end].word
      else { break }
      if end == start + 1, !lookups.hasLongerState(beginningWith: name) { break }
      name += end == start ? word.text : " " + word.text
      if end == start, word.text.utf8.count == 2, !isStateCode(start) { continue }
      if let state = lookups.state(named: name) { found.append((state.code, end + 1)) }
    }
    return found
  }

  /// `in`, `or`, `me` and the like are states only in capitals, after a comma, or at the very end.
  private func isStateCode(_ index: Int) -> Bool {
    let token = tokens[index]
    guard GrammarWords.fillers.contains(token.word?.text ?? "") || token.word?.text == "la" else {
      return true
    }
    return token.isAllCapitals || token.followsBreak || index == tokens.count - 1
  }

  private func addBare(
    _ range: Range<Int>, _ entries: [CityEntry], to readings: inout Readings
  ) {
    let entry = entries[0]
    let words = tokens[range].compactMap(\.word?.text)
    let isWellKnown =
      entry.kind == .alias || entry.kind == .borough || entry.kind == .county
      || entry.population >= (words.count > 1 ? 2_000 : Preference.bareCityPopulation)
    let isOrdinary = words.count == 1 && GrammarWords.fillers.contains(words[0])
    guard !isOrdinary || acceptsEveryCity, !isState(words, entry),
      !isOfHospital(range.upperBound, entry)
    else { return }
    var note = showing(entry, for: words)
    if entries.count > 1, entries[1].population >= max(20_000, entry.population / 5),
      entries[1].city == entry.city
    {
      note = "\(entry.city) is taken for \(entry.city), \(entry.state)"
    } else if !isWellKnown {
      note =
        "\(words.joined(separator: " ")) is taken for the small place \(entry.city), \(entry.state)"
    }
    if entry.kind == .county {
      note = (note.map { "\($0); " } ?? "") + "searching around the middle of \(entry.city)"
    }
    let place = Meaning.place(ParsedPlace(city: entry))
    if isWellKnown, followsPreposition(range.lowerBound) {
      readings.add(range, place, Preference.settledPlace, note: note)
    } else if !isWellKnown, words.count > 1 || saysInOrNear(range.lowerBound) {
      readings.add(range, place, Preference.smallPlace, note: note)
    } else if isWellKnown || acceptsEveryCity {
      readings.add(range, place, Preference.bareCity, note: note)
    }
  }

  /// Said of a region or a misspelling, which the table has as another name of a city; a nickname
  /// such as "NYC" or "Philly" says itself what it means.
  private func showing(_ entry: CityEntry, for words: [String]) -> String? {
    guard entry.kind == .alias else { return nil }
    let name = words.joined(separator: " ")
    let own = Gazetteer.normalize(entry.city)
    let isMisspelt = EditDistance.between(name.utf8, own.utf8, limit: 2) != nil
    guard isMisspelt || words.count > 1 && !name.hasPrefix(own) else { return nil }
    return "showing \(entry.city), \(entry.state) for \(name)"
  }

  /// "Ohio" is the state, whatever hamlet shares the name.
  private func isState(_ words: [String], _ entry: CityEntry) -> Bool {
    entry.population < Preference.stateNamesakePopulation
      && (words.count > 1 || words[0].utf8.count > 3)
      && lookups.state(named: words.joined(separator: " ")) != nil
  }

  /// "St. Mary's Hospital" is not in St. Marys, Georgia.
  private func isOfHospital(_ index: Int, _ entry: CityEntry) -> Bool {
    guard entry.population < Preference.hospitalTownPopulation, index < tokens.count,
      let word = tokens[index].word?.text
    else { return false }
    return word == "hospital" || word == "hospitals" || word == "medical" || word == "clinic"
  }

  private func followsPreposition(_ index: Int) -> Bool {
    guard index > 0, let word = tokens[index - 1].word?.text else { return false }
    if GrammarWords.placePrepositions.contains(word) { return true }
    return ["downtown", "the", "greater"].contains(word) && followsPreposition(index - 1)
  }
}

extension PlaceReader {
  /// "at Sloan" is more likely a hospital than the hamlet.
  private func saysInOrNear(_ index: Int) -> Bool {
    guard index > 0, let word = tokens[index - 1].word?.text else { return false }
    return ["in", "near", "around", "outside"].contains(word)
  }
}

extension ParsedPlace {
  init(zip entry: ZipEntry) {
    self.init(
      kind: .zip,
      label: entry.city.isEmpty ? entry.zip : "\(entry.zip) \(entry.city), \(entry.state)",
      zip: entry.zip, city: entry.city.isEmpty ? nil : entry.city, state: entry.state,
      coordinate: entry.coordinate, zoneName: entry.zoneName)
  }

  init(city entry: CityEntry) {
    self.init(
      kind: .city, label: "\(entry.city), \(entry.state)", city: entry.city, state: entry.state,
      coordinate: entry.coordinate, zoneName: entry.zoneName, population: entry.population)
  }

  /// Nil unless both are decimal numbers in degrees, in range. Its zone is not known yet.
  init?(latitude: some StringProtocol, longitude: some StringProtocol) {
    guard let latitude = Double(latitude), let longitude = Double(longitude),
      let coordinate = Coordinate(latitude: latitude, longitude: longitude)
    else { return nil }
    self.init(kind: .point, label: "\(latitude),\(longitude)", coordinate: coordinate)
  }
}
