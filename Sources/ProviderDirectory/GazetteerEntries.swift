public import Geospatial

/// A US ZIP code.
public struct ZipEntry: Hashable, Sendable {
  /// Five digits, leading zeros kept.
  public let zip: String
  public let coordinate: Coordinate
  /// IANA name of the time zone, for example `America/New_York`.
  public let zoneName: String
  /// The city that the postal service uses with it.
  public let city: String
  /// Two-letter USPS code.
  public let state: String
  /// Without `County`; empty where none is known.
  public let county: String

  static let columns = ["zip", "lat", "lon", "zone", "city", "state", "county"]

  init?(_ row: TableRow) {
    guard let coordinate = Self.coordinate(of: row) else { return nil }
    self.coordinate = coordinate
    zip = row[0]
    zoneName = row[3]
    city = row[4]
    state = row[5]
    county = row[6]
    guard !zoneName.isEmpty, state.utf8.count == 2 else { return nil }
  }

  static func coordinate(of row: TableRow) -> Coordinate? {
    guard let latitude = row.decimal(1), let longitude = row.decimal(2) else { return nil }
    return Coordinate(latitude: latitude, longitude: longitude)
  }
}

/// A place that a person may name: a city, town, borough or neighbourhood, under one of its names.
public struct CityEntry: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable {
    /// A populated place under its own name.
    case city
    /// A name that only the postal service uses for the area of some ZIP codes.
    case postal
    /// A borough of New York City.
    case borough
    /// A county, or a parish of Louisiana, as a place around where its people live.
    case county
    /// Another name for a place, such as `philly`; `city` is the place's own name.
    case alias
  }

  /// The name to show, for example `New York` for `nyc`.
  public let city: String
  /// Two-letter USPS code.
  public let state: String
  public let coordinate: Coordinate
  /// IANA name of the time zone.
  public let zoneName: String
  /// 0 where unknown.
  public let population: Int
  public let kind: Kind

  static let columns = ["key", "city", "state", "lat", "lon", "zone", "population", "kind"]

  init?(_ row: TableRow) {
    guard let latitude = row.decimal(3), let longitude = row.decimal(4),
      let coordinate = Coordinate(latitude: latitude, longitude: longitude),
      let population = row.integer(6), let kind = Kind(rawValue: row[7])
    else { return nil }
    self.coordinate = coordinate
    self.population = population
    self.kind = kind
    city = row[1]
    state = row[2]
    zoneName = row[5]
    guard !city.isEmpty, state.utf8.count == 2, !zoneName.isEmpty else { return nil }
  }
}

/// A state, the District of Columbia, or a territory.
public struct StateEntry: Hashable, Sendable {
  /// Two-letter USPS code.
  public let code: String
  public let name: String
  /// The mean of its ZIP codes' points, weighted by population.
  public let coordinate: Coordinate
  /// IANA name of the zone that most of its people live in.
  public let zoneName: String

  static let columns = ["key", "code", "name", "lat", "lon", "zone"]

  init?(_ row: TableRow) {
    guard let latitude = row.decimal(3), let longitude = row.decimal(4),
      let coordinate = Coordinate(latitude: latitude, longitude: longitude)
    else { return nil }
    self.coordinate = coordinate
    code = row[1]
    name = row[2]
    zoneName = row[5]
    guard code.utf8.count == 2, !zoneName.isEmpty else { return nil }
  }
}

/// Where a practice site was found to be, and from what.
public struct SiteLocation: Hashable, Sendable {
  public enum Source: String, Hashable, Sendable { case zip, city }

  public let coordinate: Coordinate
  public let zoneName: String
  public let source: Source
}
