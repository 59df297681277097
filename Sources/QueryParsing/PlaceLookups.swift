import ProviderDirectory

/// What the gazetteer says of the names in one line, each asked for once: a line's words are read
/// several times over, alone and with their neighbours.
final class PlaceLookups {
  let gazetteer: Gazetteer
  private var known: [String: (entries: [CityEntry], hasLongerName: Bool)] = [:]

  init(_ gazetteer: Gazetteer) {
    self.gazetteer = gazetteer
    known.reserveCapacity(100)
  }

  func cities(named name: String) -> [CityEntry] { places(named: name).entries }

  /// The cities of that name, and whether a longer name may begin with it.
  func places(named name: String) -> (entries: [CityEntry], hasLongerName: Bool) {
    if let found = known[name] { return found }
    let found =
      name.utf8.contains(UInt8(ascii: " "))
      ? gazetteer.cities(namedByWords: name) : gazetteer.cities(namedByWord: name)
    known[name] = found
    return found
  }

  func state(named name: String) -> StateEntry? { gazetteer.state(named: name) }

  /// Whether a state's name of several words may begin with this one.
  func hasLongerState(beginningWith word: String) -> Bool {
    gazetteer.hasLongerState(beginningWith: word)
  }
}
