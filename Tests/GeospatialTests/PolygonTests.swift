import Foundation
import Geospatial
import TestSupport
import Testing

@Suite struct PolygonTests {
  private func prepared(_ json: String) throws -> PreparedArea {
    try PreparedArea(.geoJSON(Data(json.utf8)))
  }

  private func polygon(_ rings: String) -> String {
    #"{"type":"Polygon","coordinates":"# + rings + "}"
  }

  private func expect(
    _ area: PreparedArea, has inside: [(Double, Double)], hasNot outside: [(Double, Double)]
  ) throws {
    for (longitude, latitude) in inside {
      #expect(try area.contains(place(latitude, longitude)), "\(longitude), \(latitude)")
    }
    for (longitude, latitude) in outside {
      #expect(try !area.contains(place(latitude, longitude)), "\(longitude), \(latitude)")
    }
  }

  @Test func edgesBelongAndHolesDoNot() throws {
    let square = "[[-1,-1],[1,-1],[1,1],[-1,1],[-1,-1]]"
    let hole = "[[-0.5,-0.5],[-0.5,0.5],[0.5,0.5],[0.5,-0.5],[-0.5,-0.5]]"
    try expect(
      prepared(polygon("[\(square),\(hole)]")),
      has: [(0.9, 0.9), (1, 0), (1, 1), (-1, -1), (0.5, 0), (-0.75, 0)],
      hasNot: [(0, 0), (0.49, 0.49), (1.000_001, 0), (0, -1.000_001), (180, 0)])
  }

  @Test func everyKindOfGeoJSON() throws {
    let first = "[[[0,0],[1,0],[1,1],[0,1],[0,0]]]"
    let second = "[[[10,0],[11,0],[11,1],[10,1],[10,0]]]"
    let texts = [
      #"{"type":"MultiPolygon","coordinates":[\#(first),\#(second)]}"#,
      #"{"type":"GeometryCollection","geometries":[\#(polygon(first)),\#(polygon(second))]}"#,
      #"""
      {"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"name":"é"},"geometry":\#(polygon(first))},
        {"type":"Feature","properties":null,"geometry":\#(polygon(second)),"id":7}]}
      """#,
    ]
    for text in texts {
      try expect(
        prepared(text), has: [(0.5, 0.5), (10.5, 0.5)], hasNot: [(5, 0.5), (0.5, 1.5), (12, 0)])
    }
    let feature = #"{"type":"Feature","geometry":\#(polygon(first)),"properties":{}}"#
    try expect(prepared(feature), has: [(0.5, 0.5)], hasNot: [(10.5, 0.5)])
  }

  @Test func overlappingPolygonsCountTogether() throws {
    let text = #"""
      {"type":"MultiPolygon","coordinates":[
        [[[0,0],[2,0],[2,2],[0,2],[0,0]]], [[[1,1],[3,1],[3,3],[1,3],[1,1]]]]}
      """#
    try expect(prepared(text), has: [(0.5, 0.5), (1.5, 1.5), (2.5, 2.5)], hasNot: [(2.5, 0.5)])
  }

  /// Fiji's longitudes, once as RFC 7946 section 3.1.9 wants them cut and in three ways uncut.
  @Test(arguments: [
    #"""
    {"type":"MultiPolygon","coordinates":[
      [[[177,-19],[180,-19],[180,-16],[177,-16],[177,-19]]],
      [[[-180,-19],[-178,-19],[-178,-16],[-180,-16],[-180,-19]]]]}
    """#,
    #"{"type":"Polygon","coordinates":[[[177,-19],[182,-19],[182,-16],[177,-16],[177,-19]]]}"#,
    #"{"type":"Polygon","coordinates":[[[177,-19],[-178,-19],[-178,-16],[177,-16],[177,-19]]]}"#,
    #"{"type":"Polygon","coordinates":[[[-183,-19],[-178,-19],[-178,-16],[-183,-16],[-183,-19]]]}"#,
  ])
  func antimeridian(text: String) throws {
    let area = try prepared(text)
    try expect(
      area,
      has: [(178, -17), (-179, -17), (180, -17), (-180, -17), (177, -19), (-178, -16)],
      hasNot: [(176.9, -17), (-177.9, -17), (0, -17), (179, -15), (180, -19.1), (-180, -15.9)])
    var generator = SeededGenerator(seed: 9)
    try expectSoundCovers(
      area, near: GeoBounds(south: -20, west: 176, north: -15, east: 180), &generator)
    try expectSoundCovers(
      area, near: GeoBounds(south: -20, west: -180, north: -15, east: -177), &generator)
  }

  @Test func aHoleCrossesTheAntimeridianToo() throws {
    let text = polygon(
      "[[[170,-10],[-170,-10],[-170,10],[170,10],[170,-10]],"
        + "[[-179,-5],[-179,5],[179,5],[179,-5],[-179,-5]]]")
    try expect(
      prepared(text), has: [(175, 0), (-175, 0), (180, 7), (-179, 0)],
      hasNot: [(180, 0), (-180, 0), (179.5, 4), (-179.5, -4), (160, 0)])
  }

  /// What touches the antimeridian is met under both its names, by the cover too.
  @Test func touchingTheAntimeridian() throws {
    let area = try prepared(polygon("[[[170,0],[180,0],[180,10],[170,10],[170,0]]]"))
    try expect(area, has: [(180, 5), (-180, 5)], hasNot: [(-179.999_999, 5), (-180, 11)])
    let bits = try Geohash(place(5, -180), precision: 12).bits
    #expect(area.ranges(maxCells: 200).contains { $0.bits.contains(bits) && !$0.isInterior })
  }

  /// An edge that runs along the cut leaves a line behind on the other side.
  @Test func anEdgeAlongTheAntimeridian() throws {
    let text = polygon("[[[170,0],[180,0],[180,5],[190,5],[190,10],[170,10],[170,0]]]")
    let area = try prepared(text)
    try expect(
      area, has: [(175, 1), (180, 1), (-180, 1), (-175, 7), (180, 7), (-170, 5)],
      hasNot: [(-175, 1), (-179.999, 4.999), (-169, 7)])
    var generator = SeededGenerator(seed: 11)
    try expectSoundCovers(
      area, near: GeoBounds(south: -1, west: -180, north: 11, east: -169), &generator)
  }

  @Test func aThousandPolygonsAreJoined() throws {
    let squares = (0..<1000).map { index -> String in
      let (x, y) = (Double(index % 40) * 0.9, Double(index / 40) * 0.9)
      return "[[[\(x),\(y)],[\(x + 1),\(y)],[\(x + 1),\(y + 1)],[\(x),\(y + 1)],[\(x),\(y)]]]"
    }
    let text = #"{"type":"MultiPolygon","coordinates":[\#(squares.joined(separator: ","))]}"#
    try expect(
      prepared(text), has: [(0, 0), (0.95, 0.95), (36.1, 22.6), (17.3, 11.9)],
      hasNot: [(36.2, 1), (-0.1, 0), (1, 22.7)])
  }

  /// Each thread prepares its own; GEOS contexts do not meet.
  @Test func threadsEachWithTheirOwn() async throws {
    let area = try Area.geoJSON(
      Data(polygon("[[[0,0],[10,0],[10,10],[5,2],[0,10],[0,0]]]").utf8))
    let counts = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var generator = SeededGenerator(seed: 12)
          var inside = 0
          for _ in 0..<20 {
            let prepared = try PreparedArea(area)
            for _ in 0..<200 {
              let point = Coordinate.random(in: 0...10, 0...10, using: &generator)
              if prepared.contains(point) { inside += 1 }
            }
          }
          return inside
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    // 60 of 100 square degrees.
    #expect(counts.count == 1 && (2200...2600).contains(counts.first ?? 0))
  }

  @Test(arguments: [60.0, -70])
  func ringsRoundAPole(latitude: Double) throws {
    let ring = [-180, -90, 0, 90, 180].map { "[\($0),\(latitude)]" }
    for corners in [ring, ring.reversed()] {
      let uncut = corners.dropLast() + [corners[0]]
      let area = try prepared(polygon("[[" + uncut.joined(separator: ",") + "]]"))
      let sign: Double = latitude < 0 ? -1 : 1
      try expect(
        area, has: [(0, 89 * sign), (179, latitude + sign), (-91, 80 * sign), (12, 90 * sign)],
        hasNot: [(0, 0), (0, latitude - sign), (180, -latitude)])
    }
  }

  @Test func theWholeWorld() throws {
    let area = try prepared(polygon("[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]"))
    try expect(area, has: [(0, 0), (180, 90), (-180, -90), (-74, 40.7)], hasNot: [])
    #expect(area.ranges(maxCells: 1) == area.cover(maxCells: 1).ranges)
  }

  @Test(arguments: [
    ("{", "it is not JSON"),
    ("[]", "Dictionary"),
    (#"{"type":"FeatureCollection","features":[]}"#, "it has no polygon"),
    (#"{"type":"Polygon"}"#, "the member \"coordinates\" is missing"),
    (#"{"coordinates":[]}"#, "the member \"type\" is missing"),
    (#"{"type":"Polygon","coordinates":[]}"#, "at coordinates: the polygon has no rings"),
    (#"{"type":"Point","coordinates":[1,2]}"#, "at type: \"Point\" has no inside"),
    (
      #"{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}"#,
      "at coordinates[0]: a ring needs at least 4 positions, and this one has 3"
    ),
    (
      #"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}"#,
      "at coordinates[0]: the ring is not closed"
    ),
    (
      #"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,95],[0,1],[0,0]]]}"#,
      "at coordinates[0][2]: [1.0, 95.0] is off the globe"
    ),
    (
      #"{"type":"Polygon","coordinates":[[[0,0],[1],[1,1],[0,1],[0,0]]]}"#,
      "at coordinates[0][1]: a position is [longitude, latitude]"
    ),
    (
      #"{"type":"Polygon","coordinates":[[[0,0],[1,"x"],[1,1],[0,1],[0,0]]]}"#,
      "at coordinates[0][1][1]:"
    ),
    (
      #"{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}"#,
      "at coordinates: Self-intersection near longitude 1.0, latitude 1.0"
    ),
    (
      #"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null}]}"#,
      "at features[0].geometry"
    ),
    (
      #"{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,1],[0,0]]],[[[0,0],[541,0],[1,1],[0,0]]]]}}]}"#,
      "at features[0].geometry.coordinates[1][0][1]: [541.0, 0.0] is off the globe"
    ),
  ])
  func errorsSayWhere(text: String, message: String) {
    let error = #expect(throws: AreaError.self) { try Area.geoJSON(Data(text.utf8)) }
    let said = error?.description ?? ""
    #expect(said.contains(message), "\(said)")
    #expect(said.hasPrefix("the GeoJSON area cannot be used: "))
  }

  /// Even-odd ray casting, the independent model.
  private func rayCast(_ rings: [[(x: Double, y: Double)]], _ x: Double, _ y: Double) -> Bool {
    var isInside = false
    for ring in rings {
      for (a, b) in zip(ring, ring.dropFirst()) where (a.y > y) != (b.y > y) {
        if x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x { isInside.toggle() }
      }
    }
    return isInside
  }

  /// A star-shaped ring; radii are in degrees.
  private func star(
    _ x: Double, _ y: Double, _ radii: ClosedRange<Double>,
    using generator: inout some RandomNumberGenerator
  ) -> [(x: Double, y: Double)] {
    let corners = Int.random(in: 3...60, using: &generator)
    var ring: [(x: Double, y: Double)] = []
    for corner in 0..<corners {
      let angle = Double(corner) / Double(corners) * 2 * .pi
      let radius = Double.random(in: radii, using: &generator)
      ring.append((x + radius * cos(angle), y + radius * sin(angle)))
    }
    return ring + [ring[0]]
  }

  @Test func randomPolygonsAgreeWithRayCasting() throws {
    var generator = SeededGenerator(seed: 10)
    for _ in 0..<60 {
      let size = pow(10, Double.random(in: -3...1, using: &generator))
      let x = Double.random(in: -180...180, using: &generator)
      let y = Double.random(in: -60...60, using: &generator)
      // A triangle of radius 2 holds every hole of radius 0.9.
      let rings = [
        star(x, y, (2 * size)...(2.5 * size), using: &generator),
        star(x, y, (0.2 * size)...(0.9 * size), using: &generator),
      ]
      let text = rings.map { ring in
        "[" + ring.map { "[\($0.x),\($0.y)]" }.joined(separator: ",") + "]"
      }
      let area = try prepared(polygon("[" + text.joined(separator: ",") + "]"))
      let ranges = area.ranges(maxCells: 100)
      let cover = area.cover(maxCells: 100).ranges
      for _ in 0..<500 {
        let pointX = x + Double.random(in: -3...3, using: &generator) * size
        let pointY = y + Double.random(in: -3...3, using: &generator) * size
        let turned = pointX > 180 ? pointX - 360 : pointX < -180 ? pointX + 360 : pointX
        let point = try place(pointY, turned)
        let isInside = rayCast(rings, pointX, pointY)
        #expect(area.contains(point) == isInside, "\(point)")
        check(point, isInside, ranges)
        check(point, isInside, cover)
      }
    }
  }

  private func expectSoundCovers(
    _ area: PreparedArea, near box: GeoBounds, _ generator: inout SeededGenerator
  ) throws {
    for maxCells in [1, 20, 200] {
      let ranges = area.ranges(maxCells: maxCells)
      let cover = area.cover(maxCells: maxCells).ranges
      for _ in 0..<500 {
        let point = Coordinate.random(
          in: box.south...box.north, box.west...box.east, using: &generator)
        check(point, area.contains(point), ranges)
        check(point, area.contains(point), cover)
      }
    }
  }
}
