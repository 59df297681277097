import CGEOS

/// An area made ready for many tests on one thread: prepare once a query, keep it while the query
/// runs.
public final class PreparedArea {
  private enum Test {
    case circle(CircleTest)
    case polygons(PolygonTest)
  }

  private let test: Test

  public init(_ area: Area) throws(AreaError) {
    switch area.shape {
    case .circle(let center, let radiusMeters):
      test = .circle(CircleTest(center: center, radiusMeters: radiusMeters))
    case .polygons(let bytes):
      test = .polygons(try PolygonTest(wellKnownBinary: bytes))
    }
  }

  /// Edges belong to the area. In a circle the exact geodesic distance decides.
  public func contains(_ coordinate: Coordinate) -> Bool {
    switch test {
    case .circle(let circle): circle.contains(coordinate, SurfacePoint(coordinate))
    case .polygons(let polygons): polygons.contains(coordinate)
    }
  }

  /// As `contains(_:)`, for callers that have the coordinate's `SurfacePoint` already.
  public func contains(_ coordinate: Coordinate, _ surfacePoint: SurfacePoint) -> Bool {
    switch test {
    case .circle(let circle): circle.contains(coordinate, surfacePoint)
    case .polygons(let polygons): polygons.contains(coordinate)
    }
  }

  func relation(to cell: GridCell) -> CellRelation {
    switch test {
    case .circle(let circle): circle.relation(to: cell)
    case .polygons(let polygons): polygons.relation(to: cell)
    }
  }
}

@available(*, unavailable, message: "prepare the area once on each thread")
extension PreparedArea: Sendable {}

/// Membership in polygons: GEOS with a prepared geometry.
private final class PolygonTest {
  private let context: GEOSContext
  private let geometry: Geometry
  private let prepared: OpaquePointer
  private let bounds: GeoBounds

  init(wellKnownBinary bytes: [UInt8]) throws(AreaError) {
    let context = try GEOSContext()
    guard let reader = GEOSWKBReader_create_r(context.handle) else {
      throw context.failure("reading the area")
    }
    defer { GEOSWKBReader_destroy_r(context.handle, reader) }
    let geometry = try Geometry(
      context, GEOSWKBReader_read_r(context.handle, reader, bytes, bytes.count), "reading the area")
    var (west, south, east, north) = (0.0, 0.0, 0.0, 0.0)
    guard GEOSGeom_getExtent_r(context.handle, geometry.pointer, &west, &south, &east, &north) == 1
    else { throw context.failure("measuring the area") }
    guard let prepared = GEOSPrepare_r(context.handle, geometry.pointer) else {
      throw context.failure("preparing the area")
    }
    self.context = context
    self.geometry = geometry
    self.prepared = prepared
    bounds = GeoBounds(south: south, west: west, north: north, east: east)
  }

  deinit { GEOSPreparedGeom_destroy_r(context.handle, prepared) }

  func contains(_ coordinate: Coordinate) -> Bool {
    if contains(longitude: coordinate.longitude, latitude: coordinate.latitude) { return true }
    // One meridian, two names.
    return abs(coordinate.longitude) == 180
      && contains(longitude: -coordinate.longitude, latitude: coordinate.latitude)
  }

  private func contains(longitude: Double, latitude: Double) -> Bool {
    guard longitude >= bounds.west, longitude <= bounds.east, latitude >= bounds.south,
      latitude <= bounds.north
    else { return false }
    let point = GEOSGeom_createPointFromXY_r(context.handle, longitude, latitude)
    defer { GEOSGeom_destroy_r(context.handle, point) }
    return answer(GEOSPreparedIntersects_r(context.handle, prepared, point))
  }

  func relation(to cell: GridCell) -> CellRelation {
    let box = cell.bounds
    let rectangle = GEOSGeom_createRectangle_r(
      context.handle, box.west, box.south, box.east, box.north)
    defer { GEOSGeom_destroy_r(context.handle, rectangle) }
    if answer(GEOSPreparedCovers_r(context.handle, prepared, rectangle)) { return .interior }
    if answer(GEOSPreparedIntersects_r(context.handle, prepared, rectangle)) { return .crossing }
    // One meridian, two names: what touches 180 is met at -180, too.
    for (edge, other) in [(box.west, -180.0), (box.east, 180.0)] where edge == other {
      let side = GEOSGeom_createRectangle_r(
        context.handle, -edge, box.south, -edge, box.north)
      defer { GEOSGeom_destroy_r(context.handle, side) }
      if answer(GEOSPreparedIntersects_r(context.handle, prepared, side)) { return .crossing }
    }
    return .outside
  }

  /// On a valid geometry GEOS fails only for want of memory.
  private func answer(_ result: CChar) -> Bool {
    precondition(result != 2, "\(context.failure("testing the area"))")
    return result == 1
  }
}
