import ProviderDirectory

/// What the gazetteer says of the names in one line, each asked for once: a line's words are read
/// several times over, alone and with their neighbours.
final class PlaceLookups {
  let gazetteer: Gazetteer
  private var cities: [String: [CityEntry]] = [:]
  private var states: [String: StateEntry?] = [:]
  private var longer: [String: Bool] = [:]
  private var longerStates: [String: Bool] = [:]

  init(_ gazetteer: Gazetteer) { self.gazetteer = gazetteer }

  func cities(named name: String) -> [CityEntry] {
    if let known = cities[name] { return known }
    let found =
      name.utf8.contains(UInt8(ascii: " "))
      ? gazetteer.cities(namedByWords: name) : gazetteer.cities(namedByWord: name)
    cities[name] = found.entries
    longer[name] = found.hasLongerName
    return found.entries
  }

  func state(named name: String) -> StateEntry? {
    if let known = states[name] { return known }
    let found = gazetteer.state(named: name)
    states[name] = .some(found)
    return found
  }

  /// Whether a state's name of several words may begin with this one.
  func hasLongerState(beginningWith word: String) -> Bool {
    if let known = longerStates[word] { return known }
    let has = gazetteer.hasLongerState(beginningWith: word)
    longerStates[word] = has
    return has
  }

  /// Whether a longer name may begin with this one, whose cities were asked for before.
  func hasLongerName(beginningWith name: String) -> Bool { longer[name] ?? true }
}
