import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import TestSupport
import Testing

/// Checks of the tables' contents against facts that did not come from their sources.
@Suite struct ReferenceDataTests {
  let gazetteer: Gazetteer
  let allZips: [ZipEntry]

  /// Read once for all tests.
  private static let everyZip = Result { try Array(Gazetteer().allZips) }

  init() throws {
    gazetteer = try Gazetteer()
    allZips = try Self.everyZip.get()
  }

  @Test func everyZoneIsOneOfTheOperatingSystems() throws {
    var names = Set(allZips.map(\.zoneName))
    names.formUnion(gazetteer.allCities.map(\.zoneName))
    names.formUnion(gazetteer.allStates.map(\.zoneName))
    #expect(names.count == 37)
    for name in names { #expect(try Zone(name).name == name) }
  }

  @Test func noZipIsListedTwice() {
    let zips = allZips.map(\.zip)
    #expect(zips.count == 41_197)
    #expect(zip(zips, zips.dropFirst()).filter { $0 >= $1 }.map(\.0) == [])
  }

  /// The extreme points of each state and territory, to a tenth of a degree, widened by another
  /// tenth: south, north, west, east. Alaska reaches past the antimeridian.
  static let bounds: [String: (Double, Double, Double, Double)] = [
    "AL": (30.1, 35.1, -88.6, -84.8), "AK": (51.1, 71.5, -180, -129.9),
    "AZ": (31.2, 37.1, -114.9, -108.9), "AR": (32.9, 36.6, -94.7, -89.5),
    "CA": (32.4, 42.1, -124.5, -114.0), "CO": (36.9, 41.1, -109.2, -101.9),
    "CT": (40.9, 42.2, -73.8, -71.7), "DE": (38.4, 39.9, -75.9, -75.0),
    "DC": (38.7, 39.1, -77.2, -76.8), "FL": (24.4, 31.1, -87.7, -79.9),
    "GA": (30.3, 35.1, -85.7, -80.7), "HI": (18.8, 22.4, -160.4, -154.7),
    "ID": (41.9, 49.1, -117.3, -110.9), "IL": (36.9, 42.6, -91.6, -87.4),
    "IN": (37.7, 41.9, -88.2, -84.7), "IA": (40.3, 43.6, -96.7, -90.0),
    "KS": (36.9, 40.1, -102.2, -94.5), "KY": (36.4, 39.2, -89.7, -81.9),
    "LA": (28.8, 33.1, -94.2, -88.7), "ME": (42.9, 47.6, -71.2, -66.8),
    "MD": (37.8, 39.8, -79.6, -74.9), "MA": (41.1, 43.0, -73.6, -69.8),
    "MI": (41.6, 48.4, -90.5, -82.0), "MN": (43.4, 49.5, -97.4, -89.4),
    "MS": (30.0, 35.1, -91.8, -88.0), "MO": (35.9, 40.7, -95.9, -89.0),
    "MT": (44.3, 49.1, -116.2, -103.9), "NE": (39.9, 43.1, -104.2, -95.2),
    "NV": (34.9, 42.1, -120.1, -113.9), "NH": (42.6, 45.4, -72.7, -70.5),
    "NJ": (38.8, 41.5, -75.7, -73.8), "NM": (31.2, 37.1, -109.2, -102.9),
    "NY": (40.4, 45.1, -79.9, -71.7), "NC": (33.7, 36.7, -84.5, -75.3),
    "ND": (45.8, 49.1, -104.2, -96.4), "OH": (38.3, 42.4, -84.9, -80.4),
    "OK": (33.5, 37.1, -103.1, -94.3), "OR": (41.9, 46.4, -124.7, -116.3),
    "PA": (39.6, 42.4, -80.6, -74.6), "RI": (41.0, 42.1, -72.0, -71.0),
    "SC": (31.9, 35.3, -83.5, -78.4), "SD": (42.4, 46.0, -104.2, -96.3),
    "TN": (34.9, 36.8, -90.4, -81.5), "TX": (25.7, 36.6, -106.8, -93.4),
    "UT": (36.9, 42.1, -114.2, -108.9), "VT": (42.6, 45.1, -73.6, -71.4),
    "VA": (36.4, 39.6, -83.8, -75.1), "WA": (45.4, 49.1, -124.9, -116.8),
    "WV": (37.1, 40.7, -82.8, -77.6), "WI": (42.4, 47.2, -93.0, -86.1),
    "WY": (40.9, 45.1, -111.2, -103.9), "AS": (-14.7, -11.0, -171.2, -168.0),
    "GU": (13.1, 13.8, 144.5, 145.1), "MH": (4.5, 15.0, 160.7, 172.3),
    "MP": (14.0, 20.7, 144.7, 146.2), "PR": (17.8, 18.6, -68.0, -65.1),
    "VI": (17.6, 18.5, -65.2, -64.4),
  ]

  @Test func everyZipAndPlaceLiesInItsState() {
    let zips = allZips.map { ($0.zip, $0.state, $0.coordinate) }
    let cities = gazetteer.allCities.map { ($0.city, $0.state, $0.coordinate) }
    let outside = (zips + cities).filter { _, state, point in
      guard let (south, north, west, east) = Self.bounds[state] else { return true }
      // Alaska's Near Islands are the only part of a state in the east.
      let longitude = state == "AK" && point.longitude > 0 ? -180 : point.longitude
      return !(south...north).contains(point.latitude) || !(west...east).contains(longitude)
    }
    // Wake Island belongs to no state; its mail goes by Hawaii.
    #expect(Set(outside.map(\.0)) == ["96898", "Wake Island"])
    #expect(Set(zips.map(\.1)) == Set(Self.bounds.keys))
    #expect(Set(cities.map(\.1)) == Set(Self.bounds.keys))
    #expect(Set(gazetteer.allStates.map(\.code)) == Set(Self.bounds.keys))
  }

  /// No zone is far from solar time: a point in the wrong place or with the wrong zone would show.
  /// The extreme is Alaska's west, two and a half hours ahead of the sun.
  @Test func everyZoneFitsItsLongitude() throws {
    let winter = Instant(secondsSinceEpoch: 1_768_478_400)  // 2026-01-15T12:00:00Z
    var offsets: [String: Double] = [:]
    for name in Set(allZips.map(\.zoneName)) {
      offsets[name] = Double(try Zone(name).local(at: winter).offsetSeconds) / 3600
    }
    let odd = allZips.filter { entry in
      let ahead = (offsets[entry.zoneName] ?? .nan) - entry.coordinate.longitude / 15
      return !(-0.8...2.5).contains(ahead.remainder(dividingBy: 24))
    }
    #expect(odd.map(\.zip) == [])
  }

  /// Counties whose time is known from 49 CFR 71 and the zone files themselves.
  @Test(arguments: [
    ("IN", "Lake", "America/Chicago"), ("IN", "Porter", "America/Chicago"),
    ("IN", "Vanderburgh", "America/Chicago"), ("IN", "Marion", "America/Indiana/Indianapolis"),
    ("FL", "Escambia", "America/Chicago"), ("FL", "Miami-Dade", "America/New_York"),
    ("TX", "El Paso", "America/Denver"), ("TX", "Harris", "America/Chicago"),
    ("TN", "Davidson", "America/Chicago"), ("TN", "Knox", "America/New_York"),
    ("ID", "Kootenai", "America/Los_Angeles"), ("AZ", "Maricopa", "America/Phoenix"),
    ("HI", "Maui", "Pacific/Honolulu"), ("MI", "Wayne", "America/Detroit"),
  ])
  func everyZipOfTheCountyKeepsItsTime(state: String, county: String, zone: String) {
    let zones = Set(
      allZips.filter { $0.state == state && $0.county == county }.map(\.zoneName))
    #expect(zones == [zone])
  }

  /// The two tables are from different sources: a ZIP code should lie near the place it is named
  /// for.
  @Test func zipCodesLieNearTheirCities() {
    var far = 0
    var compared = 0
    for entry in allZips {
      guard let city = gazetteer.city(named: entry.city, state: entry.state), city.kind != .postal
      else { continue }
      compared += 1
      if chordMeters(entry.coordinate, city.coordinate) > 60_000 { far += 1 }
    }
    #expect(compared == 26_661)
    #expect(far < compared / 100)
  }
}
