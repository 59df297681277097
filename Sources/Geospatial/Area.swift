public import Foundation

/// Why an area cannot be searched.
public enum AreaError: Error, Equatable, Sendable {
  /// A radius that is not a positive, finite number of metres.
  case radius(Double)
  /// What is wrong in a GeoJSON text, and where: `features[0].geometry.coordinates[0][3]`.
  case geoJSON(at: String, problem: String)
  /// GEOS refused the geometry.
  case geometry(String)
}

extension AreaError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .radius(let meters): "the radius \(meters) m is not a distance: give one above 0"
    case .geoJSON("", let problem): "the GeoJSON area cannot be used: \(problem)"
    case .geoJSON(let path, let problem): "the GeoJSON area cannot be used: at \(path): \(problem)"
    case .geometry(let problem): "the area cannot be used: \(problem)"
    }
  }
}

/// A part of the Earth's surface, edges included: a circle, or polygons.
public struct Area: Hashable, Sendable {
  enum Shape: Hashable, Sendable {
    case circle(center: Coordinate, radiusMeters: Double)
    /// Valid polygons within ±180° and ±90°, longitude as x, as well-known binary.
    case polygons([UInt8])
  }

  let shape: Shape

  /// All that is at most `radiusMeters` away along the ellipsoid; there is no upper limit.
  public static func circle(
    center: Coordinate, radiusMeters: Double
  ) throws(AreaError) -> Area {
    guard radiusMeters > 0, radiusMeters.isFinite else { throw .radius(radiusMeters) }
    return Area(shape: .circle(center: center, radiusMeters: radiusMeters))
  }

  /// Reads a GeoJSON (RFC 7946) Polygon, MultiPolygon, GeometryCollection of them, Feature or
  /// FeatureCollection; several polygons count together. Edges are straight in longitude and
  /// latitude.
  ///
  /// The antimeridian: an edge goes the shorter way round, so `179` to `-179` crosses it, as do
  /// longitudes beyond 180; only an edge from −180 to 180 spans the world. A ring round a pole
  /// encloses the pole that is nearer to it.
  public static func geoJSON(_ data: Data) throws(AreaError) -> Area {
    let polygons = try GeoJSONReader.polygons(in: data)
    return Area(shape: .polygons(try PolygonNormalizer().wellKnownBinary(of: polygons)))
  }

  /// Of a circle.
  public var center: Coordinate? {
    guard case .circle(let center, _) = shape else { return nil }
    return center
  }

  /// Of a circle.
  public var radiusMeters: Double? {
    guard case .circle(_, let radiusMeters) = shape else { return nil }
    return radiusMeters
  }
}
