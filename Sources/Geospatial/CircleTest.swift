import Foundation

/// Membership in a circle: proven bounds decide what is clear, the geodesic what is not.
struct CircleTest: Sendable {
  private let center: Coordinate
  private let radiusMeters: Double
  private let point: SurfacePoint
  private let within: Double
  private let beyond: Double

  init(center: Coordinate, radiusMeters: Double) {
    let quick = QuickDistance(from: center)
    self.center = center
    self.radiusMeters = radiusMeters
    point = quick.point
    within = quick.chordSquared(surelyWithin: radiusMeters)
    beyond = quick.chordSquared(surelyBeyond: radiusMeters)
  }

  func contains(_ coordinate: Coordinate, _ surfacePoint: SurfacePoint) -> Bool {
    let chordSquared = point.chordSquared(to: surfacePoint)
    if chordSquared <= within { return true }
    if chordSquared > beyond { return false }
    return Geodesic.distanceMeters(center, coordinate) <= radiusMeters
  }

  func relation(to cell: GridCell) -> CellRelation {
    let box = SphereBox(cell.bounds)
    let longitude = center.longitude
    if box.nearestChordSquared(to: point, longitudeDegrees: longitude) > beyond { return .outside }
    // The farthest point of the box is the nearest to the antipode.
    let opposite = longitude > 0 ? longitude - 180 : longitude + 180
    let farthest =
      4 - box.nearestChordSquared(to: point.antipode, longitudeDegrees: opposite) + Self.rounding
    return farthest <= within ? .interior : .crossing
  }

  /// Far above what is lost in 4 − chord².
  private static let rounding = 1e-14
}

/// A box of latitudes and longitudes on the sphere.
private struct SphereBox {
  private typealias Direction = (cosine: Double, sine: Double)

  private let bounds: GeoBounds
  private let south: ConformalLatitude
  private let north: ConformalLatitude
  private let west: Direction
  private let east: Direction

  init(_ bounds: GeoBounds) {
    self.bounds = bounds
    south = ConformalLatitude(degrees: bounds.south)
    north = ConformalLatitude(degrees: bounds.north)
    west = (cos(bounds.west * .pi / 180), sin(bounds.west * .pi / 180))
    east = (cos(bounds.east * .pi / 180), sin(bounds.east * .pi / 180))
  }

  /// The squared chord from a point to the nearest one of the box: on its own meridian if the box
  /// has that one, else on the box's western or eastern edge.
  func nearestChordSquared(to point: SurfacePoint, longitudeDegrees: Double) -> Double {
    if longitudeDegrees >= bounds.west, longitudeDegrees <= bounds.east {
      if point.z >= south.sine, point.z <= north.sine { return 0 }
      let edge = point.z < south.sine ? south : north
      return point.chordSquared(to: SurfacePoint(edge, longitudeDegrees: longitudeDegrees))
    }
    return min(
      nearestChordSquared(to: point, onMeridian: west),
      nearestChordSquared(to: point, onMeridian: east))
  }

  /// Along a meridian the cosine of the angle is a sine wave in the latitude, so it peaks once.
  private func nearestChordSquared(
    to point: SurfacePoint, onMeridian meridian: Direction
  ) -> Double {
    let level = point.x * meridian.cosine + point.y * meridian.sine
    let length = (level * level + point.z * point.z).squareRoot()
    func chordSquared(cosine: Double, sine: Double) -> Double {
      point.chordSquared(
        to: SurfacePoint(x: cosine * meridian.cosine, y: cosine * meridian.sine, z: sine))
    }
    if level > 0, point.z >= south.sine * length, point.z <= north.sine * length {
      return chordSquared(cosine: level / length, sine: point.z / length)
    }
    return min(
      chordSquared(cosine: south.cosine, sine: south.sine),
      chordSquared(cosine: north.cosine, sine: north.sine))
  }
}
