import Foundation

/// A coordinate carried to the unit sphere by the map that keeps angles (conformal latitude, same
/// longitude), as a vector. Cheap to compare; `QuickDistance` says what the comparison proves.
public struct SurfacePoint: Hashable, Sendable {
  public let x: Double
  public let y: Double
  public let z: Double

  public init(x: Double, y: Double, z: Double) {
    self.x = x
    self.y = y
    self.z = z
  }

  public init(_ coordinate: Coordinate) {
    let latitude = ConformalLatitude(degrees: coordinate.latitude)
    self.init(latitude, longitudeDegrees: coordinate.longitude)
  }

  init(_ latitude: ConformalLatitude, longitudeDegrees: Double) {
    let longitude = longitudeDegrees * .pi / 180
    x = latitude.cosine * cos(longitude)
    y = latitude.cosine * sin(longitude)
    z = latitude.sine
  }

  /// The square of the straight line between two points of the unit sphere, 0…4.
  public func chordSquared(to other: SurfacePoint) -> Double {
    let (dx, dy, dz) = (x - other.x, y - other.y, z - other.z)
    return dx * dx + dy * dy + dz * dz
  }

  var antipode: SurfacePoint { SurfacePoint(x: -x, y: -y, z: -z) }
}

/// The latitude on the sphere to which the ellipsoid is mapped with angles kept.
struct ConformalLatitude {
  let sine: Double
  let cosine: Double

  /// The series in the third flattening n (Krüger 1912; Karney, "On auxiliary latitudes", 2023);
  /// the terms left out are below 1e-13.
  init(degrees: Double) {
    let latitude = degrees * .pi / 180
    let (s, c) = (sin(latitude), cos(latitude))
    let sin2 = 2 * s * c
    let cos2 = 1 - 2 * s * s
    // Clenshaw's summation of a₁ sin 2φ + a₂ sin 4φ + a₃ sin 6φ + a₄ sin 8φ.
    let b4 = Self.a4
    let b3 = Self.a3 + 2 * cos2 * b4
    let b2 = Self.a2 + 2 * cos2 * b3 - b4
    let b1 = Self.a1 + 2 * cos2 * b2 - b3
    let shift = b1 * sin2
    let square = shift * shift
    let sinShift = shift * (1 - square / 6)
    let cosShift = 1 - square / 2 + square * square / 24
    sine = s * cosShift + c * sinShift
    cosine = max(0, c * cosShift - s * sinShift)
  }

  private static let n = Ellipsoid.flattening / (2 - Ellipsoid.flattening)
  private static let a1 = n * (-2 + n * (2.0 / 3 + n * (4.0 / 3 - n * 82.0 / 45)))
  private static let a2 = n * n * (5.0 / 3 + n * (-16.0 / 15 - n * 13.0 / 9))
  private static let a3 = n * n * n * (-26.0 / 15 + n * 34.0 / 21)
  private static let a4 = n * n * n * n * 1237.0 / 630
}
