import Foundation
import Geospatial
import TestSupport
import Testing

@Suite struct CircleTests {
  /// A point whose distance from the centre is about the radius, often within a millimetre of it.
  private func pointNear(
    _ center: Coordinate, _ radius: Double, using generator: inout some RandomNumberGenerator
  ) -> Coordinate {
    let farthest = 20_000_000.0
    let meters: Double =
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: Double.random(in: 0...min(3 * radius, farthest), using: &generator)
      case 1: radius + Double.random(in: -0.001...0.001, using: &generator)
      default: radius * Double.random(in: 0.998...1.002, using: &generator)
      }
    return Geodesic.destination(
      from: center, azimuthDegrees: Double.random(in: -180...180, using: &generator),
      distanceMeters: min(max(meters, 0), farthest))
  }

  private func randomCenter(using generator: inout some RandomNumberGenerator) throws -> Coordinate
  {
    let latitude = Coordinate.random(using: &generator).latitude
    return switch Int.random(in: 0..<5, using: &generator) {
    case 0: try place(90, 0)
    case 1: try place(-89.999, Double.random(in: -180...180, using: &generator))
    case 2: try place(latitude, Bool.random(using: &generator) ? 180 : -179.9999)
    default: Coordinate.random(using: &generator)
    }
  }

  @Test func containmentIsTheGeodesicDistance() throws {
    var generator = SeededGenerator(seed: 6)
    var (inside, outside) = (0, 0)
    for _ in 0..<1000 {
      let center = try randomCenter(using: &generator)
      let radius = pow(10, Double.random(in: 0...7.3, using: &generator))
      let area = try PreparedArea(.circle(center: center, radiusMeters: radius))
      for _ in 0..<100 {
        let point = pointNear(center, radius, using: &generator)
        let expected = Geodesic.distanceMeters(center, point) <= radius
        guard area.contains(point) == expected,
          area.contains(point, SurfacePoint(point)) == expected
        else {
          Issue.record("\(point) in \(radius) m round \(center): should be \(expected)")
          return
        }
        if expected { inside += 1 } else { outside += 1 }
      }
    }
    #expect(inside > 20_000 && outside > 20_000)
  }

  @Test(arguments: [
    (52.0, 179.9, 100_000.0), (-17.5, -179.99, 40_000), (89.9, 45, 60_000), (-90, 0, 1_000_000),
    (40.7, -74, 16_093.44), (0, 0, 15_000_000), (64.8, -147.7, 300_000),
  ])
  func coversAreSound(latitude: Double, longitude: Double, radius: Double) throws {
    let center = try place(latitude, longitude)
    let area = try PreparedArea(.circle(center: center, radiusMeters: radius))
    var generator = SeededGenerator(seed: 7)
    for maxCells in [1, 40, 64, 500] {
      let cover = area.cover(maxCells: maxCells)
      #expect(cover.cells.count <= max(32, maxCells))
      let ranges = area.ranges(maxCells: maxCells)
      #expect(ranges.count <= maxCells)
      for _ in 0..<3000 {
        let point = pointNear(center, radius, using: &generator)
        let isInside = Geodesic.distanceMeters(center, point) <= radius
        check(point, isInside, cover.ranges)
        check(point, isInside, ranges)
        let hash = Geohash(point, precision: 12).bits
        let cells = cover.cells.filter { $0.geohash.range.contains(hash) }
        #expect(cells.count == (cover.ranges.contains { $0.bits.contains(hash) } ? 1 : 0))
      }
    }
  }

  @Test func coversAreNotWasteful() throws {
    let area = try PreparedArea(
      .circle(center: try place(40.7128, -74.006), radiusMeters: 16_093.44))
    let ranges = area.ranges(maxCells: 64)
    var generator = SeededGenerator(seed: 8)
    var (covered, interior, inside) = (0, 0, 0)
    for _ in 0..<40_000 {
      let point = Coordinate.random(in: 40.5...40.9, -74.3...(-73.7), using: &generator)
      let bits = Geohash(point, precision: 12).bits
      guard let range = ranges.first(where: { $0.bits.contains(bits) }) else { continue }
      covered += 1
      if range.isInterior { interior += 1 }
      if area.contains(point) { inside += 1 }
    }
    print("of \(covered) covered points \(inside) are inside, \(interior) need no test")
    #expect(Double(covered) < 1.35 * Double(inside))
    #expect(Double(interior) > 0.6 * Double(inside))
  }

  @Test(arguments: [0.0, -1, Double.infinity, -Double.infinity, Double.nan])
  func refusesWhatIsNoRadius(radius: Double) throws {
    let center = try place(0, 0)
    #expect(throws: AreaError.self) { try Area.circle(center: center, radiusMeters: radius) }
  }

  @Test func aCircleWiderThanTheEarthHasEverything() throws {
    let area = try PreparedArea(.circle(center: try place(10, 10), radiusMeters: 1e9))
    #expect(try area.contains(place(-10, -170)))
    #expect(area.cover(maxCells: 32).cells.filter(\.isInterior).count == 32)
    #expect(area.ranges(maxCells: 1).map(\.bits) == [0..<(1 << 60)])
  }
}

/// A point inside must be in some range, and in an interior range nothing may be outside.
func check(_ point: Coordinate, _ isInside: Bool, _ ranges: [GeohashRange]) {
  let bits = Geohash(point, precision: 12).bits
  let found = ranges.first { $0.bits.contains(bits) }
  if isInside, found == nil { Issue.record("\(point) is inside, and not covered") }
  if !isInside, found?.isInterior == true { Issue.record("\(point) is outside an interior cell") }
}
