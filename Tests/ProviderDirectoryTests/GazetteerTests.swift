import Geospatial
import ProviderDirectory
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
  ])
  func bestPlace(named name: String, is city: String, state: String) throws {
    let best = try #require(gazetteer.cities(named: name).first)
    #expect(best.city == city)
    #expect(best.state == state)
  }
}
