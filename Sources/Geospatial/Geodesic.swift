import CGeodesic

/// Metres in an international mile.
public let metersPerMile = 1609.344

/// The WGS84 ellipsoid (NIMA TR8350.2).
enum Ellipsoid {
  static let equatorialRadiusMeters = 6_378_137.0
  static let flattening = 1 / 298.257223563
}

/// Shortest paths on the WGS84 ellipsoid, by Karney's algorithms as GeographicLib has them;
/// accurate to some 15 nanometres (Karney, "Algorithms for geodesics", 2013).
public enum Geodesic {
  public static func distanceMeters(_ a: Coordinate, _ b: Coordinate) -> Double {
    ncg_distance(ncg_point(a), ncg_point(b))
  }

  /// Where one gets by going straight on. The azimuth is in degrees clockwise from north; arguments
  /// must be finite.
  public static func destination(
    from start: Coordinate, azimuthDegrees: Double, distanceMeters: Double
  ) -> Coordinate {
    precondition(azimuthDegrees.isFinite && distanceMeters.isFinite, "no way leads there")
    let end = ncg_direct(ncg_point(start), azimuthDegrees, distanceMeters)
    return Coordinate(inRangeLatitude: end.latitude, longitude: end.longitude)
  }
}

extension ncg_point {
  fileprivate init(_ coordinate: Coordinate) {
    self.init(latitude: coordinate.latitude, longitude: coordinate.longitude)
  }
}
