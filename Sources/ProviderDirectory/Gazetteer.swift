public import Geospatial
import Glibc
import ReferenceData

/// Where ZIP codes and places are: a lookup in sorted tables that stay on disk.
///
/// Opening costs a few system calls. A line that does not parse is as if it were absent; `verify`
/// says which lines those are.
public struct Gazetteer: Sendable {
  private let zips: SortedTable
  private let places: SortedTable
  private let statesTable: SortedTable

  /// Opens the tables of `ReferenceData.path`.
  public init() throws(TableError) {
    try self.init(directory: ReferenceData.path)
  }

  /// Opens `zips.tsv`, `cities.tsv` and `states.tsv` of a folder.
  public init(directory: String) throws(TableError) {
    zips = try SortedTable(path: directory + "/zips.tsv", columns: ZipEntry.columns)
    places = try SortedTable(path: directory + "/cities.tsv", columns: CityEntry.columns)
    statesTable = try SortedTable(path: directory + "/states.tsv", columns: StateEntry.columns)
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

  /// Whether any state has a name of several words that begins with `word`, lower-case ASCII.
  public func hasLongerState(beginningWith word: String) -> Bool {
    word.utf8.count == 1 || statesTable.hasRow(withPrefix: PlaceName.leadingWord(word) + " ")
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
    statesTable.row(Self.normalize(name)).flatMap(StateEntry.init)
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

  /// The ZIP code whose point is nearest to `coordinate`, and how far that point is on a sphere, in
  /// meters: what names the place and the zone of a bare `lat,lon`. At sea or abroad the distance
  /// is large, and neither the name nor the zone is to be believed. Looks at every line, about
  /// 1.5 ms.
  public func nearestZip(to coordinate: Coordinate) -> (entry: ZipEntry, distanceMeters: Double)? {
    let here = SpherePoint(coordinate)
    var best: (row: TableRow, closeness: Double)?
    // Degrees of latitude beyond which nothing is nearer than the best so far.
    var reach = Double.infinity
    for row in zips.allRows {
      guard let latitude = row.decimal(1), abs(latitude - coordinate.latitude) <= reach,
        let there = ZipEntry.coordinate(of: row)
      else { continue }
      let closeness = here.cosineOfAngle(to: there)
      if closeness > best?.closeness ?? -.infinity {
        best = (row, closeness)
        reach = acos(min(1, closeness)) * 180 / .pi + 1e-6
      }
    }
    guard let best, let entry = ZipEntry(best.row) else { return nil }
    return (entry, here.distanceMeters(to: entry.coordinate))
  }

  /// Reads every line of every table, some 40 ms.
  public func verify() throws(TableError) {
    try Self.verify(zips) { ZipEntry($0) != nil }
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

/// A direction from the Earth's centre, for comparing distances on a sphere.
private struct SpherePoint {
  private let sine: Double
  private let cosine: Double
  private let longitude: Double
  private let origin: Coordinate

  init(_ coordinate: Coordinate) {
    origin = coordinate
    sine = sin(coordinate.latitude * .pi / 180)
    cosine = cos(coordinate.latitude * .pi / 180)
    longitude = coordinate.longitude
  }

  func cosineOfAngle(to other: Coordinate) -> Double {
    let latitude = other.latitude * .pi / 180
    return sine * sin(latitude)
      + cosine * cos(latitude) * cos((other.longitude - longitude) * .pi / 180)
  }

  /// Haversine on the mean radius: exact enough at short range too, where the cosine is not.
  func distanceMeters(to other: Coordinate) -> Double {
    let north = sin((other.latitude - origin.latitude) * .pi / 360)
    let east = sin((other.longitude - longitude) * .pi / 360)
    let chord = north * north + cosine * cos(other.latitude * .pi / 180) * east * east
    return 2 * 6_371_008.8 * asin(min(1, chord.squareRoot()))
  }
}
