public import Geospatial
import Glibc

extension Gazetteer {
  /// The ZIP code whose point is nearest to `coordinate`, and how far that point is on a sphere, in
  /// meters: what names the place and the zone of a bare `lat,lon`; of several at one point, the
  /// lowest. At sea or abroad the distance is large, and neither the name nor the zone is to be
  /// believed.
  public func nearestZip(to coordinate: Coordinate) -> (entry: ZipEntry, distanceMeters: Double)? {
    let here = SpherePoint(coordinate)
    var best: (row: TableRow, closeness: Double)?
    // The least angle to any point of an area says when the areas that follow hold nothing nearer.
    let areas = zipAreas.allRows.compactMap(ZipArea.init)
      .map { (area: $0, angle: here.leastAngle(to: $0)) }
      .sorted { ($0.angle, $0.area.prefix) < ($1.angle, $1.area.prefix) }
    for (area, angle) in areas {
      if let best, angle > acos(min(1, best.closeness)) + Self.roundingRadians { break }
      for row in zips.rows(withPrefix: area.prefix) {
        guard let there = ZipEntry.coordinate(of: row) else { continue }
        let closeness = here.cosineOfAngle(to: there)
        if let best, (closeness, best.row[0]) <= (best.closeness, row[0]) { continue }
        best = (row, closeness)
      }
    }
    guard let best, let entry = ZipEntry(best.row) else { return nil }
    return (entry, here.distanceMeters(to: entry.coordinate))
  }

  /// The arc cosine of a number next to 1 is wrong by that much, some 0.1 m.
  private static let roundingRadians = 1e-7
}

/// Where the ZIP codes that begin with three digits lie.
struct ZipArea {
  let prefix: String
  let latitudes: ClosedRange<Double>
  let longitudes: ClosedRange<Double>

  static let columns = ["prefix", "south", "north", "west", "east"]

  init?(_ row: TableRow) {
    guard let south = row.decimal(1), let north = row.decimal(2), let west = row.decimal(3),
      let east = row.decimal(4), south <= north, west <= east
    else { return nil }
    prefix = row[0]
    latitudes = south...north
    longitudes = west...east
  }
}

/// A direction from the Earth's centre, for comparing distances on a sphere.
private struct SpherePoint {
  private let sine: Double
  private let cosine: Double
  private let longitude: Double
  private let origin: Coordinate

  init(_ coordinate: Coordinate) {
    origin = coordinate
    sine = sin(coordinate.latitude * .pi / 180)
    cosine = cos(coordinate.latitude * .pi / 180)
    longitude = coordinate.longitude
  }

  func cosineOfAngle(to other: Coordinate) -> Double {
    let latitude = other.latitude * .pi / 180
    return sine * sin(latitude)
      + cosine * cos(latitude) * cos((other.longitude - longitude) * .pi / 180)
  }

  /// In radians, and no more than the angle to any point of the area: the way to its nearer
  /// parallel or, where that is longer, to its nearer meridian.
  func leastAngle(to area: ZipArea) -> Double {
    let north = max(
      area.latitudes.lowerBound - origin.latitude, origin.latitude - area.latitudes.upperBound, 0)
    let east = [area.longitudes.lowerBound, area.longitudes.upperBound]
      .map { abs(($0 - longitude).remainder(dividingBy: 360)) }.min()!
    let isBetween = area.longitudes.contains(longitude)
    // Beyond a quarter turn the nearest point of a meridian is a pole, which says too little.
    let toMeridian = isBetween || east > 90 ? 0 : asin(min(1, cosine * sin(east * .pi / 180)))
    return max(north * .pi / 180, toMeridian)
  }

  /// Haversine on the mean radius: exact enough at short range too, where the cosine is not.
  func distanceMeters(to other: Coordinate) -> Double {
    let north = sin((other.latitude - origin.latitude) * .pi / 360)
    let east = sin((other.longitude - longitude) * .pi / 360)
    let chord = north * north + cosine * cos(other.latitude * .pi / 180) * east * east
    return 2 * 6_371_008.8 * asin(min(1, chord.squareRoot()))
  }
}
