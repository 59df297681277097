import Foundation
import Geospatial
import TestSupport
import Testing

func place(_ latitude: Double, _ longitude: Double) throws -> Coordinate {
  try #require(Coordinate(latitude: latitude, longitude: longitude))
}

@Suite struct CoordinateTests {
  @Test(arguments: [(90.0, 180.0), (-90, -180), (0, 0), (40.7, -74)])
  func onTheGlobe(latitude: Double, longitude: Double) throws {
    let coordinate = try place(latitude, longitude)
    #expect(coordinate.latitude == latitude && coordinate.longitude == longitude)
  }

  @Test(arguments: [
    (90.000_001, 0.0), (-91, 0), (0, 180.000_001), (0, -181), (Double.nan, 0.0), (0.0, Double.nan),
    (Double.infinity, 0.0), (0.0, -Double.infinity),
  ])
  func offTheGlobe(latitude: Double, longitude: Double) {
    #expect(Coordinate(latitude: latitude, longitude: longitude) == nil)
  }
}

@Suite struct GeodesicTests {
  private static let file = "data/geodesic/GeodTest-100.dat"

  /// The meridian quadrant and the equator's quadrant of WGS84 follow from its definition.
  @Test func quadrants() throws {
    let pole = try Geodesic.distanceMeters(place(0, 0), place(90, 0))
    #expect(abs(pole - 10_001_965.7293) < 0.0001)
    let equator = try Geodesic.distanceMeters(place(0, 10), place(0, 100))
    #expect(abs(equator - 6_378_137 * .pi / 2) < 0.0001)
    #expect(try Geodesic.distanceMeters(place(12, 34), place(12, 34)) == 0)
  }

  @Test(.enabled(if: SharedFiles.have(file)))
  func karneysTestSet() throws {
    var lines = 0
    for line in try SharedFiles.text(Self.file).split(whereSeparator: \.isNewline) {
      let numbers = line.split(separator: " ").compactMap { Double($0) }
      try #require(numbers.count == 10)
      let start = try place(numbers[0], numbers[1])
      let end = try place(numbers[3], numbers[4])
      #expect(abs(Geodesic.distanceMeters(start, end) - numbers[6]) < 0.001)
      let reached = Geodesic.destination(
        from: start, azimuthDegrees: numbers[2], distanceMeters: numbers[6])
      #expect(Geodesic.distanceMeters(reached, end) < 0.001)
      lines += 1
    }
    print("compared \(lines) geodesics")
    #expect(lines == 100)
  }

  @Test func directUndoesInverse() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let start = Coordinate.random(using: &generator)
      let meters = Double.random(in: 0...19_000_000, using: &generator)
      let azimuth = Double.random(in: -180...180, using: &generator)
      let end = Geodesic.destination(
        from: start, azimuthDegrees: azimuth, distanceMeters: meters)
      #expect(abs(Geodesic.distanceMeters(start, end) - meters) < 0.000_001, "\(start) \(azimuth)")
    }
  }
}

/// Pairs that are near, far, at poles, over the antimeridian, opposite.
func awkwardPair(
  using generator: inout some RandomNumberGenerator
) throws -> (Coordinate, Coordinate) {
  let start: Coordinate =
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: try place(Bool.random(using: &generator) ? 90 : -90, 0)
    case 1: try place(Double.random(in: -90...90, using: &generator), 180)
    case 2: try place(0, Double.random(in: -180...180, using: &generator))
    default: Coordinate.random(using: &generator)
    }
  switch Int.random(in: 0..<6, using: &generator) {
  case 0: return (start, Coordinate.random(using: &generator))
  case 1:
    let opposite = start.longitude > 0 ? start.longitude - 180 : start.longitude + 180
    let wobble = Double.random(in: -0.7...0.7, using: &generator)
    return (
      start, try place(max(-90, min(90, -start.latitude + wobble)), opposite)
    )
  case 2: return (start, start)
  default:
    let meters = pow(10, Double.random(in: -3...7.3, using: &generator))
    let azimuth = Double.random(in: -180...180, using: &generator)
    return (
      start, Geodesic.destination(from: start, azimuthDegrees: azimuth, distanceMeters: meters)
    )
  }
}

@Suite struct QuickDistanceTests {
  @Test func boundsHoldEverywhere() throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<60_000 {
      let (start, end) = try awkwardPair(using: &generator)
      let exact = Geodesic.distanceMeters(start, end)
      let quick = QuickDistance(from: start)
      let bounds = quick.bounds(to: end)
      guard bounds.lowerMeters <= exact, exact <= bounds.upperMeters else {
        Issue.record("\(start) to \(end) is \(exact) m, not in \(bounds)")
        return
      }
      // Thresholds just around the exact distance must not decide wrongly.
      let chord = quick.point.chordSquared(to: SurfacePoint(end))
      for radius in [exact * 0.999_999, exact, exact * 1.000_001, exact + 1e-7] {
        if chord <= quick.chordSquared(surelyWithin: radius), exact > radius {
          Issue.record("\(start) to \(end): \(exact) m taken to be within \(radius)")
          return
        }
        if chord > quick.chordSquared(surelyBeyond: radius), exact <= radius {
          Issue.record("\(start) to \(end): \(exact) m taken to be beyond \(radius)")
          return
        }
      }
    }
  }

  @Test func boundsAreTight() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let start = Coordinate.random(using: &generator)
      let meters = Double.random(in: 100...80_000, using: &generator)
      let end = Geodesic.destination(
        from: start, azimuthDegrees: Double.random(in: 0...360, using: &generator),
        distanceMeters: meters)
      let bounds = QuickDistance(from: start).bounds(to: end)
      #expect((bounds.upperMeters - bounds.lowerMeters) / meters < 1e-4)
    }
  }

  @Test func boundsGrowWithTheChord() throws {
    let quick = QuickDistance(from: try place(40.7, -74))
    var last = quick.bounds(atChordSquared: 0)
    #expect(last.lowerMeters == 0)
    for step in 1...4000 {
      let next = quick.bounds(atChordSquared: Double(step) / 1000)
      #expect(next.lowerMeters >= last.lowerMeters && next.upperMeters >= last.upperMeters)
      last = next
    }
  }
}
