import Geospatial
import Glibc
import ReferenceData

/// Where ZIP codes and places are: a lookup in sorted tables that stay on disk.
///
/// Opening costs a few system calls. A line that does not parse is as if it were absent; `verify`
/// says which lines those are.
public struct Gazetteer: Sendable {
  let zips: SortedTable
  let zipAreas: SortedTable
  private let places: SortedTable
  private let statesTable: SortedTable
  /// The lines of `statesTable` by name, which nearly every word of a query is compared with.
  private let statesByName: [String: TableRow]
  /// What the states' names of several words begin with.
  private let statesFirstWords: Set<String>

  /// Opens the tables of `ReferenceData.path`.
  public init() throws(TableError) {
    try self.init(directory: ReferenceData.path)
  }

  /// Opens `zips.tsv`, `zip-areas.tsv`, `cities.tsv` and `states.tsv` of a folder.
  public init(directory: String) throws(TableError) {
    zips = try SortedTable(path: directory + "/zips.tsv", columns: ZipEntry.columns)
    zipAreas = try SortedTable(path: directory + "/zip-areas.tsv", columns: ZipArea.columns)
    places = try SortedTable(
      path: directory + "/cities.tsv", columns: CityEntry.columns, isFenced: true)
    statesTable = try SortedTable(path: directory + "/states.tsv", columns: StateEntry.columns)
    var byName: [String: TableRow] = [:]
    var firstWords: Set<String> = []
    for row in statesTable.allRows {
      let name = row[0]
      byName[name] = byName[name] ?? row
      if let space = name.firstIndex(of: " ") { firstWords.insert(String(name[..<space])) }
    }
    statesByName = byName
    statesFirstWords = firstWords
  }

  /// The one way place names are compared: lower-case ASCII words, `saint` and `st.` alike, and so
  /// on.
  public static func normalize(_ text: some StringProtocol) -> String {
    PlaceName.normalize(text)
  }

  /// The entry for a ZIP code of five digits, or nine with or without a hyphen; nil where `code`
  /// has another shape or no such ZIP code is known.
  public func zip(_ code: some StringProtocol) -> ZipEntry? {
    guard let five = Self.fiveDigits(of: code) else { return nil }
    return zips.row(five).flatMap(ZipEntry.init)
  }

  /// Every place of that name, the most populous first; a nickname comes after a city of 50,000
  /// people that bears the name. Any spelling will do: it is normalized here.
  public func cities(named name: some StringProtocol) -> [CityEntry] {
    places.rows(Self.normalize(name)).compactMap(CityEntry.init)
  }

  /// The places of that name, as `cities(named:)` gives them, and whether any place has a longer
  /// name of several words that begins with it, for one word in lower-case ASCII.
  public func cities(namedByWord word: String) -> (entries: [CityEntry], hasLongerName: Bool) {
    let name = Self.normalize(word)
    let rows = places.rows(name)
    let isSameBefore = name == PlaceName.leadingWord(word)
    return (
      rows.compactMap(CityEntry.init),
      isSameBefore && word.utf8.count > 1
        ? places.isFollowed(rows, byPrefix: name + " ") : hasLongerName(beginningWith: word)
    )
  }

  /// The same for a name of several such words.
  public func cities(
    namedByWords words: String
  ) -> (entries: [CityEntry], hasLongerName: Bool) {
    let name = Self.normalize(words)
    let rows = places.rows(name)
    // A letter at the end is written together with one that may follow it.
    let endsWithLetter = words.utf8.dropLast().last == UInt8(ascii: " ")
    return (
      rows.compactMap(CityEntry.init),
      endsWithLetter || places.isFollowed(rows, byPrefix: name + " ")
    )
  }

  /// Whether any state has a name of several words that begins with `word`, lower-case ASCII.
  public func hasLongerState(beginningWith word: String) -> Bool {
    word.utf8.count == 1 || statesFirstWords.contains(PlaceName.leadingWord(word))
  }

  /// Whether any place has a name of several words that begins with `word`, lower-case ASCII.
  public func hasLongerName(beginningWith word: String) -> Bool {
    word.utf8.count == 1 || places.hasRow(withPrefix: PlaceName.leadingWord(word) + " ")
  }

  /// The places whose normalized names are one slip from `name`, itself normalized, which both
  /// begin alike for `kept` bytes; a name's most populous place stands for it.
  ///
  /// Looks at the names that begin with one byte more, and tries every slip in that byte.
  public func places(
    oneSlipFrom name: String, keeping kept: Int
  ) -> [(name: String, place: CityEntry)] {
    let letters = Array(name.utf8)
    guard letters.count > kept else { return [] }
    var found: [(name: String, place: CityEntry)] = []
    var last: String?
    for row in places.rows(withPrefix: String(decoding: letters[...kept], as: UTF8.self)) {
      let key = row.field(0)
      guard abs(key.count - letters.count) <= 1,
        EditDistance.between(key, letters, limit: 1) == 1
      else { continue }
      let text = row[0]
      guard text != last, let place = CityEntry(row) else { continue }
      last = text
      found.append((text, place))
    }
    for variant in Self.slips(in: letters, at: kept) where variant[kept] != letters[kept] {
      let text = String(decoding: variant, as: UTF8.self)
      if let place = places.row(text).flatMap(CityEntry.init) { found.append((text, place)) }
    }
    return found
  }

  /// What `letters` would be without the one at `index`, with it and the next exchanged, and with
  /// any other in its place or before it.
  private static func slips(in letters: [UInt8], at index: Int) -> [[UInt8]] {
    var slips: [[UInt8]] = []
    func add(_ cut: Range<Int>, _ replacement: [UInt8]) {
      var slip = letters
      slip.replaceSubrange(cut, with: replacement)
      if slip.count > index { slips.append(slip) }
    }
    add(index..<index + 1, [])
    if index + 1 < letters.count {
      add(index..<index + 2, [letters[index + 1], letters[index]])
    }
    for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
      add(index..<index + 1, [letter])
      add(index..<index, [letter])
    }
    return slips
  }

  /// The place of that name in a state, given as a two-letter code or by name.
  public func city(named name: some StringProtocol, state: some StringProtocol) -> CityEntry? {
    guard let code = self.state(named: state)?.code else { return nil }
    return cities(named: name).first { $0.state == code }
  }

  /// The state, district or territory of that name or two-letter code.
  public func state(named name: some StringProtocol) -> StateEntry? {
    statesByName[Self.normalize(name)].flatMap(StateEntry.init)
  }

  /// Where a practice site is, for addresses without coordinates: by its ZIP code, else by its city
  /// and state, which places people in a ZIP code that is newer than the table.
  public func locate(
    zip code: some StringProtocol, city name: some StringProtocol, state: some StringProtocol
  ) -> SiteLocation? {
    if let entry = zip(code) {
      return SiteLocation(coordinate: entry.coordinate, zoneName: entry.zoneName, source: .zip)
    }
    if let entry = city(named: name, state: state) {
      return SiteLocation(coordinate: entry.coordinate, zoneName: entry.zoneName, source: .city)
    }
    return nil
  }

  /// Reads every line of every table, some 40 ms.
  public func verify() throws(TableError) {
    try Self.verify(zips) { ZipEntry($0) != nil }
    try Self.verify(zipAreas) { ZipArea($0) != nil }
    try Self.verify(places) { CityEntry($0) != nil }
    try Self.verify(statesTable) { StateEntry($0) != nil }
  }

  /// For jobs that walk them all, such as checks of the tables against each other.
  public var allZips: some Sequence<ZipEntry> { zips.allRows.lazy.compactMap(ZipEntry.init) }
  public var allCities: some Sequence<CityEntry> { places.allRows.lazy.compactMap(CityEntry.init) }
  public var allStates: some Sequence<StateEntry> {
    statesTable.allRows.lazy.compactMap(StateEntry.init)
  }

  private static func verify(
    _ table: SortedTable, parses: (TableRow) -> Bool
  ) throws(TableError) {
    try table.verify()
    for (index, row) in table.allRows.enumerated() where !parses(row) {
      throw .damaged(
        path: table.path, line: index + 2, detail: "a field of \(row[0]) cannot be read")
    }
  }

  private static func fiveDigits(of code: some StringProtocol) -> Substring? {
    let text = Substring(code)
    let bytes = text.utf8
    guard [5, 9, 10].contains(bytes.count) else { return nil }
    for (index, byte) in bytes.enumerated() {
      let isHyphen = bytes.count == 10 && index == 5
      guard
        isHyphen
          ? byte == UInt8(ascii: "-") : (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      else { return nil }
    }
    return text.prefix(5)
  }
}
