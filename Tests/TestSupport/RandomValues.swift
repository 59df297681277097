public import CivilTime
import Foundation
public import Geospatial

extension Coordinate {
  /// Uniform over the sphere, so that the poles get no more than their share.
  public static func random(using generator: inout some RandomNumberGenerator) -> Coordinate {
    let height = Double.random(in: -1...1, using: &generator)
    let latitude = asin(height) * 180 / .pi
    return random(in: latitude...latitude, -180...180, using: &generator)
  }

  /// Uniform in degrees over a box. Traps if the box is off the globe.
  public static func random(
    in latitudes: ClosedRange<Double>, _ longitudes: ClosedRange<Double>,
    using generator: inout some RandomNumberGenerator
  ) -> Coordinate {
    let latitude = Double.random(in: latitudes, using: &generator)
    let longitude = Double.random(in: longitudes, using: &generator)
    guard let coordinate = Coordinate(latitude: latitude, longitude: longitude) else {
      preconditionFailure("the box \(latitudes) × \(longitudes) is off the globe")
    }
    return coordinate
  }

  /// Uniform in degrees over the contiguous United States' box.
  public static func randomInUnitedStates(
    using generator: inout some RandomNumberGenerator
  ) -> Coordinate {
    random(in: 24.5...49.4, -124.8...(-66.9), using: &generator)
  }
}

extension CivilDate {
  public static func random(
    in range: ClosedRange<CivilDate>, using generator: inout some RandomNumberGenerator
  ) -> CivilDate {
    let days = range.lowerBound.daysSinceEpoch...range.upperBound.daysSinceEpoch
    return CivilDate(daysSinceEpoch: Int32.random(in: days, using: &generator))
  }
}

extension Instant {
  public static func random(
    in range: ClosedRange<Instant>, using generator: inout some RandomNumberGenerator
  ) -> Instant {
    let seconds = range.lowerBound.secondsSinceEpoch...range.upperBound.secondsSinceEpoch
    return Instant(secondsSinceEpoch: Int64.random(in: seconds, using: &generator))
  }
}
