import Foundation
import Geospatial
@testable import ProviderDirectory
import TestSupport
import Testing

@Suite struct GazetteerTests {
  let gazetteer: Gazetteer

  init() throws { gazetteer = try Gazetteer() }

  @Test func everyLineOfEveryTableCanBeRead() throws {
    try gazetteer.verify()
    try TaxonomyCatalog().verify()
  }

  struct KnownZip: Sendable {
    let zip, city, state, zone: String
    let latitude, longitude: Double
  }

  /// Towns' coordinates as any atlas has them, to a tenth of a degree; zones as the law has them.
  @Test(arguments: [
    KnownZip(
      zip: "10001", city: "New York", state: "NY", zone: "America/New_York", latitude: 40.75,
      longitude: -74.00),
    KnownZip(
      zip: "00501", city: "Holtsville", state: "NY", zone: "America/New_York", latitude: 40.82,
      longitude: -73.04),
    KnownZip(
      zip: "02134", city: "Allston", state: "MA", zone: "America/New_York", latitude: 42.36,
      longitude: -71.13),
    KnownZip(
      zip: "99501", city: "Anchorage", state: "AK", zone: "America/Anchorage", latitude: 61.21,
      longitude: -149.87),
    KnownZip(
      zip: "99546", city: "Adak", state: "AK", zone: "America/Adak", latitude: 51.88,
      longitude: -176.65),
    KnownZip(
      zip: "96813", city: "Honolulu", state: "HI", zone: "Pacific/Honolulu", latitude: 21.31,
      longitude: -157.86),
    KnownZip(
      zip: "86515", city: "Window Rock", state: "AZ", zone: "America/Denver", latitude: 35.68,
      longitude: -109.05),
    KnownZip(
      zip: "46303", city: "Cedar Lake", state: "IN", zone: "America/Chicago", latitude: 41.36,
      longitude: -87.44),
    KnownZip(
      zip: "67735", city: "Goodland", state: "KS", zone: "America/Denver", latitude: 39.35,
      longitude: -101.71),
    KnownZip(
      zip: "00901", city: "San Juan", state: "PR", zone: "America/Puerto_Rico", latitude: 18.47,
      longitude: -66.11),
    KnownZip(
      zip: "00601", city: "Adjuntas", state: "PR", zone: "America/Puerto_Rico", latitude: 18.16,
      longitude: -66.72),
    KnownZip(
      zip: "96898", city: "Wake Island", state: "HI", zone: "Pacific/Wake", latitude: 19.28,
      longitude: 166.65),
    KnownZip(
      zip: "96799", city: "Pago Pago", state: "AS", zone: "Pacific/Pago_Pago", latitude: -14.28,
      longitude: -170.70),
    KnownZip(
      zip: "96910", city: "Hagatna", state: "GU", zone: "Pacific/Guam", latitude: 13.47,
      longitude: 144.75),
    KnownZip(
      zip: "96950", city: "Saipan", state: "MP", zone: "Pacific/Saipan", latitude: 15.19,
      longitude: 145.75),
  ])
  func knowsThisZip(_ known: KnownZip) throws {
    let entry = try #require(gazetteer.zip(known.zip))
    #expect(entry.zip == known.zip)
    #expect(entry.city == known.city)
    #expect(entry.state == known.state)
    #expect(entry.zoneName == known.zone)
    #expect(abs(entry.coordinate.latitude - known.latitude) < 0.1)
    #expect(abs(entry.coordinate.longitude - known.longitude) < 0.1)
  }

  @Test(arguments: [
    ("nyc", "New York", "NY"), ("LA", "Los Angeles", "CA"), ("sf", "San Francisco", "CA"),
    ("Philly", "Philadelphia", "PA"), ("D.C.", "Washington", "DC"),
    ("Washington, D.C.", "Washington", "DC"), ("KC", "Kansas City", "MO"),
    ("indy", "Indianapolis", "IN"), ("Vegas", "Las Vegas", "NV"), ("NOLA", "New Orleans", "LA"),
    ("Brooklyn", "Brooklyn", "NY"), ("queens", "Queens", "NY"), ("The Bronx", "Bronx", "NY"),
    ("Staten Island", "Staten Island", "NY"), ("Manhattan", "Manhattan", "NY"),
    ("frisco", "Frisco", "TX"), ("Saint Louis", "St. Louis", "MO"), ("St Louis", "St. Louis", "MO"),
    ("Ft. Worth", "Fort Worth", "TX"), ("Mt Vernon", "Mount Vernon", "NY"),
    ("Portland", "Portland", "OR"), ("N Hollywood", "North Hollywood", "CA"),
    ("Cambridge", "Cambridge", "MA"), ("columbus", "Columbus", "OH"),
    ("Mayagüez", "Mayagüez", "PR"), ("O'Fallon", "O'Fallon", "MO"), ("ofallon", "O'Fallon", "MO"),
    ("San  Antonio", "San Antonio", "TX"), ("winston salem", "Winston-Salem", "NC"),
    ("COEUR D ALENE", "Coeur d'Alene", "ID"), ("Coeur d’Alene", "Coeur d'Alene", "ID"),
  ])
  func bestPlace(named name: String, is city: String, state: String) throws {
    let best = try #require(gazetteer.cities(named: name).first)
    #expect(best.city == city)
    #expect(best.state == state)
  }

  @Test func aNameThatSeveralPlacesBearKeepsThemAllBestFirst() throws {
    let portlands = gazetteer.cities(named: "Portland")
    #expect(portlands.prefix(3).map(\.state) == ["OR", "ME", "TX"])
    #expect(portlands.map(\.population) == portlands.map(\.population).sorted(by: >))
    #expect(gazetteer.city(named: "Portland", state: "ME")?.state == "ME")
    #expect(gazetteer.city(named: "portland", state: "maine")?.state == "ME")
    #expect(gazetteer.city(named: "Portland", state: "HI") == nil)
    #expect(gazetteer.city(named: "Portland", state: "Atlantis") == nil)
    let friscos = gazetteer.cities(named: "Frisco").filter { $0.kind == .alias }
    #expect(friscos.map(\.city) == ["San Francisco"])
  }

  @Test func aliasesShowThePlacesOwnNameAndKind() throws {
    let nyc = try #require(gazetteer.cities(named: "nyc").first)
    #expect(nyc.kind == .alias)
    let newYork = try #require(gazetteer.cities(named: "new york").first)
    #expect(newYork.kind == .city)
    #expect(nyc.coordinate == newYork.coordinate)
    #expect(nyc.zoneName == "America/New_York")
    for borough in ["Manhattan", "Brooklyn", "Queens", "Bronx", "Staten Island"] {
      #expect(gazetteer.city(named: borough, state: "NY")?.kind == .borough)
    }
  }

  @Test(arguments: [
    ("10001", "10001"), ("10001-1234", "10001"), ("100011234", "10001"), ("00501", "00501"),
    ("1000", nil), ("100012", nil), ("10001-12345", nil), ("10001 1234", nil), ("1000x", nil),
    ("", nil), ("٣٠٣٠٣", nil), ("99999", nil), ("501", nil), ("10001-123", nil),
  ])
  func readsZipCodesOfFiveAndNineDigits(code: String, zip: String?) {
    #expect(gazetteer.zip(code)?.zip == zip)
  }

  @Test(arguments: [
    ("ny", "NY"), ("New York", "NY"), ("D.C.", "DC"), ("district of columbia", "DC"),
    ("Puerto Rico", "PR"), ("washington", "WA"), ("N. Carolina", "NC"), ("Calif.", "CA"),
    ("virgin islands", "VI"), ("Atlantis", nil), ("", nil),
  ])
  func knowsStates(name: String, code: String?) {
    #expect(gazetteer.state(named: name)?.code == code)
  }

  @Test func placesAnAddressByZipElseByCity() throws {
    let byZip = try #require(gazetteer.locate(zip: "021342210", city: "Nowhere", state: "TX"))
    #expect(byZip.source == .zip)
    #expect(byZip.coordinate == gazetteer.zip("02134")?.coordinate)
    let byCity = try #require(gazetteer.locate(zip: "00000", city: "EL PASO", state: "TX"))
    #expect(byCity.source == .city)
    #expect(byCity.zoneName == "America/Denver")
    #expect(gazetteer.locate(zip: "00000", city: "Nowhere", state: "TX") == nil)
    #expect(gazetteer.locate(zip: "", city: "", state: "") == nil)
  }

  @Test func theNearestZipIsTheOneThatASlowSearchFinds() throws {
    let zips = Array(gazetteer.allZips)
    var random = SeededGenerator(seed: 7)
    for round in 0..<12 {
      let point =
        round < 8
        ? Coordinate.randomInUnitedStates(using: &random) : Coordinate.random(using: &random)
      let nearest = try #require(gazetteer.nearestZip(to: point))
      let best = zips.lazy.map { chordMeters(point, $0.coordinate) }.min()
      let found = chordMeters(point, nearest.entry.coordinate)
      #expect(found == best, "\(point)")
      let straight = 2 * 6_371_008.8 * sin(nearest.distanceMeters / 2 / 6_371_008.8)
      #expect(abs(straight - found) < 0.01, "\(point)")
    }
  }

  /// Else a line's words would not be read on to the name's end.
  @Test func theWordsThatANameBeginsWithHaveALongerName() {
    for city in gazetteer.allCities {
      let words = Gazetteer.normalize(city.city).split(separator: " ")
      for count in 1..<max(1, words.count) {
        let first = words[..<count].joined(separator: " ")
        let hasLonger =
          count == 1
          ? gazetteer.cities(namedByWord: first).hasLongerName
          : gazetteer.cities(namedByWords: first).hasLongerName
        if !hasLonger { Issue.record("\(first), of \(city.city)") }
      }
    }
    #expect(!gazetteer.cities(namedByWords: "new york in").hasLongerName)
    #expect(!gazetteer.cities(namedByWords: "san francisco cardiologist").hasLongerName)
  }

  /// A box that leaves out a point would hide it from the search.
  @Test func eachAreaIsTheBoxOfItsZips() {
    let points = Dictionary(grouping: gazetteer.allZips) { String($0.zip.prefix(3)) }
    let areas = gazetteer.zipAreas.allRows.compactMap(ZipArea.init)
    #expect(areas.map(\.prefix) == points.keys.sorted())
    for area in areas {
      let latitudes = points[area.prefix]!.map(\.coordinate.latitude)
      let longitudes = points[area.prefix]!.map(\.coordinate.longitude)
      #expect(area.latitudes == latitudes.min()!...latitudes.max()!, "\(area.prefix)")
      #expect(area.longitudes == longitudes.min()!...longitudes.max()!, "\(area.prefix)")
    }
  }

  @Test func theNearestZipOfAZipsOwnPointLiesThere() throws {
    let window = try #require(gazetteer.zip("86515"))
    let nearest = try #require(gazetteer.nearestZip(to: window.coordinate))
    #expect(nearest.distanceMeters == 0)
    #expect(nearest.entry.zoneName == "America/Denver")
  }

  @Test func aFolderWithoutTablesSaysWhichFileIsMissing() {
    let error = #expect(throws: TableError.self) { try Gazetteer(directory: "/nonexistent") }
    #expect(
      error
        == .unreadable(path: "/nonexistent/zips.tsv", reason: "No such file or directory"))
  }

  @Test func verifyNamesTheLineThatDoesNotParse() throws {
    let folder = try TemporaryFolder()
    let zips = "#zip\tlat\tlon\tzone\tcity\tstate\tcounty\n"
    let good = "10001\t40.7\t-74\tAmerica/New_York\tNew York\tNY\tNew York\n"
    let bad = "10002\t40.7\t-740\tAmerica/New_York\tNew York\tNY\tNew York\n"
    let path = try folder.write(Array((zips + good + bad).utf8), as: "zips.tsv")
    _ = try folder.write(
      Array("#prefix\tsouth\tnorth\twest\teast\n".utf8), as: "zip-areas.tsv")
    _ = try folder.write(
      Array("#key\tcity\tstate\tlat\tlon\tzone\tpopulation\tkind\n".utf8), as: "cities.tsv")
    _ = try folder.write(Array("#key\tcode\tname\tlat\tlon\tzone\n".utf8), as: "states.tsv")
    let gazetteer = try Gazetteer(directory: folder.path)
    #expect(gazetteer.zip("10001")?.city == "New York")
    #expect(gazetteer.zip("10002") == nil)
    let error = #expect(throws: TableError.self) { try gazetteer.verify() }
    #expect(
      error == .damaged(path: path, line: 3, detail: "a field of 10002 cannot be read"))
  }
}

/// Straight through the Earth, from the points' places in space: orders points as arcs do.
func chordMeters(_ a: Coordinate, _ b: Coordinate) -> Double {
  func place(_ point: Coordinate) -> SIMD3<Double> {
    let latitude = point.latitude * .pi / 180
    let longitude = point.longitude * .pi / 180
    return SIMD3(cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
  }
  let difference = place(a) - place(b)
  return 6_371_008.8 * (difference * difference).sum().squareRoot()
}
