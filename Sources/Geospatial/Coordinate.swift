/// A point on the WGS84 ellipsoid, in degrees.
public struct Coordinate: Hashable, Sendable {
  /// Degrees north, −90…90.
  public let latitude: Double
  /// Degrees east, −180…180.
  public let longitude: Double

  /// Nil unless both are finite and in range: a coordinate that exists is a place on Earth.
  public init?(latitude: Double, longitude: Double) {
    guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
    self.latitude = latitude
    self.longitude = longitude
  }
  /// For what comes out of a computation that cannot leave the globe.
  init(inRangeLatitude latitude: Double, longitude: Double) {
    self.latitude = latitude
    self.longitude = longitude
  }
}
