import CivilTime
import Geospatial
import ProviderDirectory
import Testing

@testable import QueryParsing

/// Tuesday 2026-11-24, 10:00 in New York, at home in ZIP code 10001.
enum Fixture {
  static func parser() throws -> QueryParser {
    try QueryParser(
      gazetteer: Gazetteer(), specialties: SpecialtyCatalog(), insurers: InsurerCatalog(),
      languages: LanguageCatalog(), taxonomy: TaxonomyCatalog(), names: NameCatalog())
  }

  static let now = Instant(secondsSinceEpoch: 1_795_532_400)

  static func context() throws -> ParseContext {
    let home = try #require(Gazetteer().zip("10001"))
    return ParseContext(
      now: now,
      home: ParsedPlace(
        kind: .zip, label: "10001", zip: home.zip, city: home.city, state: home.state,
        coordinate: home.coordinate, zoneName: home.zoneName),
      fallbackZone: try Zone("UTC"))
  }
}
