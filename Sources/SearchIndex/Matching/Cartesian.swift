import Geospatial
import Glibc

/// A point of the WGS84 ellipsoid in metres from the Earth's centre.
struct Cartesian {
  var x: Double
  var y: Double
  var z: Double

  private static let equatorialRadius = 6_378_137.0
  private static let eccentricitySquared = 0.006_694_379_990_141_317

  init(_ place: Coordinate) {
    let latitude = place.latitude * .pi / 180
    let longitude = place.longitude * .pi / 180
    let sine = sin(latitude)
    let normal = Self.equatorialRadius / (1 - Self.eccentricitySquared * sine * sine).squareRoot()
    x = normal * cos(latitude) * cos(longitude)
    y = normal * cos(latitude) * sin(longitude)
    z = normal * (1 - Self.eccentricitySquared) * sine
  }
}

/// What a straight line through the Earth says about the geodesic over it.
///
/// A geodesic is never shorter than its chord. And it is never longer than the arc over the same
/// chord on the ellipsoid's tightest curve, the meridian at the equator (radius b²/a): by Schur's
/// comparison theorem, of two arcs of one length the less curved has the longer chord. At 80 km the
/// two bounds are half a metre apart, so very few distances need the geodesic itself.
enum ChordBounds {
  static let tightestRadius = 6_335_439.327
  /// Twice the rounding of single-precision coordinates, with a margin.
  static let rounding = 1.0
  /// Beyond this the bounds say nothing; nothing on Earth is farther than 20,004 km.
  private static let longestChord = 11_000_000.0

  static func atLeast(squaredChord: Double) -> Double {
    max(0, squaredChord.squareRoot() - rounding)
  }

  static func atMost(squaredChord: Double) -> Double {
    let chord = squaredChord.squareRoot() + rounding
    guard chord < longestChord else { return .infinity }
    return 2 * tightestRadius * asin(chord / (2 * tightestRadius)) + rounding
  }

  /// The squared chords up to which a place is surely within `radius`, and from which beyond it.
  static func squaredChords(
    aroundRadius radius: Double
  ) -> (surelyWithin: Double, surelyBeyond: Double) {
    // Half of the largest circle on the tightest curve: farther than that no chord is certain.
    let arc = min(radius, 8_000_000)
    let within = 2 * tightestRadius * sin(arc / (2 * tightestRadius)) - 2 * rounding
    let beyond = radius + rounding
    return (within > 0 ? within * within : -1, beyond * beyond)
  }
}
