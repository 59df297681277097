import CGEOS

/// Turns polygons as people draw them into valid ones that stay within ±180°.
struct PolygonNormalizer {
  private let context: GEOSContext

  init() throws(AreaError) { context = try GEOSContext() }

  /// The union of all the polygons, as well-known binary.
  func wellKnownBinary(of polygons: [GeoJSONPolygon]) throws(AreaError) -> [UInt8] {
    var pieces: [Geometry] = []
    for polygon in polygons { pieces += try normalized(polygon) }
    let union = try union(of: pieces)
    guard let writer = GEOSWKBWriter_create_r(context.handle) else {
      throw context.failure("writing the area")
    }
    defer { GEOSWKBWriter_destroy_r(context.handle, writer) }
    var size = 0
    guard let bytes = GEOSWKBWriter_write_r(context.handle, writer, union.pointer, &size) else {
      throw context.failure("writing the area")
    }
    defer { GEOSFree_r(context.handle, bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: size))
  }

  private func normalized(_ polygon: GeoJSONPolygon) throws(AreaError) -> [Geometry] {
    guard !polygon.rings.isEmpty else {
      throw .geoJSON(at: polygon.path, problem: "the polygon has no rings; give it an outline")
    }
    var rings: [[PlanarPoint]] = []
    for (index, positions) in polygon.rings.enumerated() {
      let path = "\(polygon.path)[\(index)]"
      var ring = try unwound(positions, path)
      if ring[ring.count - 1].x != ring[0].x {
        guard index == 0 else {
          throw .geoJSON(at: path, problem: "a hole round a pole; cut it at the antimeridian")
        }
        ring = closedOverThePole(ring)
      }
      rings.append(index == 0 ? ring : moved(ring, into: rings[0]))
    }
    let whole = try Geometry(context, rings: rings)
    try requireValid(whole, polygon.path)
    return try wrapped(whole, across: rings[0])
  }

  /// Checks the positions of a ring, and lets each edge go the shorter way round the world.
  private func unwound(
    _ positions: [[Double]], _ path: String
  ) throws(AreaError) -> [PlanarPoint] {
    guard positions.count >= 4 else {
      throw .geoJSON(
        at: path, problem: "a ring needs at least 4 positions, and this one has \(positions.count)")
    }
    var ring: [PlanarPoint] = []
    var turns = 0.0
    for (index, position) in positions.enumerated() {
      guard position.count >= 2 else {
        throw .geoJSON(at: "\(path)[\(index)]", problem: "a position is [longitude, latitude]")
      }
      let (longitude, latitude) = (position[0], position[1])
      guard abs(longitude) <= 540, abs(latitude) <= 90 else {
        throw .geoJSON(
          at: "\(path)[\(index)]",
          problem:
            "[\(longitude), \(latitude)] is off the globe; a position is [longitude, latitude]"
        )
      }
      if index > 0 {
        let step = longitude - positions[index - 1][0]
        let spansTheWorld = abs(longitude) == 180 && abs(positions[index - 1][0]) == 180
        if abs(step) > 180, !spansTheWorld { turns -= (step / 360).rounded() }
      }
      ring.append(PlanarPoint(x: longitude + 360 * turns, y: latitude))
    }
    guard positions[0].prefix(2) == positions[positions.count - 1].prefix(2) else {
      throw .geoJSON(at: path, problem: "the ring is not closed; end it where it starts")
    }
    return ring
  }

  /// A ring that goes once round the world, completed along the edge of the map.
  private func closedOverThePole(_ ring: [PlanarPoint]) -> [PlanarPoint] {
    let mean = ring.reduce(0) { $0 + $1.y } / Double(ring.count)
    let pole: Double = mean < 0 ? -90 : 90
    return ring + [
      PlanarPoint(x: ring[ring.count - 1].x, y: pole), PlanarPoint(x: ring[0].x, y: pole), ring[0],
    ]
  }

  /// A hole, moved by whole turns to where its outline was unwound to.
  private func moved(_ hole: [PlanarPoint], into outline: [PlanarPoint]) -> [PlanarPoint] {
    let west = outline.reduce(Double.infinity) { min($0, $1.x) }
    let holeWest = hole.reduce(Double.infinity) { min($0, $1.x) }
    let turns = ((west - holeWest) / 360).rounded(.up)
    return hole.map { PlanarPoint(x: $0.x + 360 * turns, y: $0.y) }
  }

  private func requireValid(_ geometry: Geometry, _ path: String) throws(AreaError) {
    var reason: UnsafeMutablePointer<CChar>?
    var place: OpaquePointer?
    let verdict = GEOSisValidDetail_r(context.handle, geometry.pointer, 0, &reason, &place)
    defer {
      if let reason { GEOSFree_r(context.handle, reason) }
      if let place { GEOSGeom_destroy_r(context.handle, place) }
    }
    guard verdict != 1 else { return }
    guard verdict == 0, let reason else { throw context.failure("checking the polygon") }
    var (x, y) = (0.0, 0.0)
    guard let place, GEOSGeomGetX_r(context.handle, place, &x) == 1,
      GEOSGeomGetY_r(context.handle, place, &y) == 1
    else { throw .geoJSON(at: path, problem: String(cString: reason)) }
    throw .geoJSON(
      at: path,
      problem: "\(String(cString: reason)) near longitude \(x), latitude \(y); redraw it there")
  }

  /// What lies beyond ±180°, brought back by whole turns.
  private func wrapped(
    _ geometry: Geometry, across outline: [PlanarPoint]
  ) throws(AreaError) -> [Geometry] {
    let west = outline.reduce(Double.infinity) { min($0, $1.x) }
    let east = outline.reduce(-Double.infinity) { max($0, $1.x) }
    guard west < -180 || east > 180 else { return [geometry] }
    let firstTurn = ((west + 180) / 360).rounded(.down)
    let lastTurn = ((east - 180) / 360).rounded(.up)
    var pieces: [Geometry] = []
    for turns in stride(from: firstTurn, through: lastTurn, by: 1) {
      let world = GeoBounds(
        south: -90, west: 360 * turns - 180, north: 90, east: 360 * turns + 180)
      pieces.append(try piece(of: geometry, in: world, turns: turns))
    }
    return pieces
  }

  private func piece(
    of geometry: Geometry, in world: GeoBounds, turns: Double
  ) throws(AreaError) -> Geometry {
    let box = try Geometry(context, box: world)
    let piece = try Geometry(
      context, GEOSIntersection_r(context.handle, geometry.pointer, box.pointer),
      "cutting at the antimeridian")
    var shift = -360 * turns
    let made = GEOSGeom_transformXY_r(
      context.handle, piece.pointer,
      { x, _, shift in
        guard let x, let shift else { return 0 }
        x.pointee += shift.assumingMemoryBound(to: Double.self).pointee
        return 1
      }, &shift)
    return try Geometry(context, made, "moving a piece of the area")
  }

  /// The polygons among the pieces and their parts, as one valid geometry. Lines and points, which
  /// a cut leaves where an edge runs along it, have no inside and are left out.
  private func union(of pieces: [Geometry]) throws(AreaError) -> Geometry {
    var parts: [OpaquePointer?] = []
    defer { for part in parts { GEOSGeom_destroy_r(context.handle, part) } }
    for piece in pieces {
      for index in 0..<max(0, GEOSGetNumGeometries_r(context.handle, piece.pointer)) {
        let part = GEOSGetGeometryN_r(context.handle, piece.pointer, index)
        guard GEOSGeomTypeId_r(context.handle, part) == GEOS_POLYGON.rawValue,
          GEOSisEmpty_r(context.handle, part) == 0
        else { continue }
        parts.append(GEOSGeom_clone_r(context.handle, part))
      }
    }
    let count = UInt32(parts.count)
    let together = parts.withUnsafeMutableBufferPointer {
      GEOSGeom_createCollection_r(
        context.handle, Int32(GEOS_MULTIPOLYGON.rawValue), $0.baseAddress, count)
    }
    // The collection owns its parts, made or not.
    parts = []
    let collection = try Geometry(context, together, "joining polygons")
    return try Geometry(
      context, GEOSUnaryUnion_r(context.handle, collection.pointer), "joining polygons")
  }
}
