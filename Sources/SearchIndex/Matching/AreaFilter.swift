import Geospatial

/// Decides for each match whether it is in the area.
enum AreaFilter {
  case everywhere
  case circle(center: Coordinate, radiusMeters: Double)
  case cells(PreparedArea)

  init(_ area: Area?) throws(AreaError) {
    guard let area else {
      self = .everywhere
      return
    }
    if let center = area.center, let radius = area.radiusMeters {
      self = .circle(center: center, radiusMeters: radius)
    } else {
      self = .cells(try PreparedArea(area))
    }
  }

  /// Cells of a cover: more follow the border closer, and cost more to find.
  private static let cells = 64

  /// - Parameter fewDocuments: as a `CircleCover` takes it.
  func ranges(_ places: PlaceColumns, fewDocuments: Int) -> DocumentRanges {
    switch self {
    case .everywhere: .all(places.count)
    case .circle(let center, let radius):
      CircleCover(
        center: center, radiusMeters: radius, places: places, fewDocuments: fewDocuments
      ).ranges()
    case .cells(let area): DocumentRanges(area.ranges(maxCells: Self.cells), places: places)
    }
  }

  /// Those of `documents` (ascending, all within `ranges`) that are in the area.
  func accepted(
    _ documents: UnsafeBufferPointer<UInt32>, ranges: DocumentRanges, places: PlaceColumns,
    _ patience: Patience
  ) throws(IndexError) -> [UInt32] {
    switch self {
    case .everywhere: Array(documents)
    case .circle(let center, let radius):
      Self.within(radius, of: center, documents, places: places)
    case .cells(let area):
      try Self.inside(area, documents, ranges: ranges, places: places, patience)
    }
  }

  /// Those of `documents` (ascending) that are no further away than `radius` metres.
  static func within(
    _ radius: Double, of center: Coordinate, _ documents: UnsafeBufferPointer<UInt32>,
    places: PlaceColumns
  ) -> [UInt32] {
    let origin = Cartesian(center)
    let bounds = ChordBounds.squaredChords(aroundRadius: radius)
    var distances = DistanceMemo(origin: center)
    return [UInt32](unsafeUninitializedCapacity: documents.count) { accepted, count in
      for document in documents {
        let squaredChord = places.squaredChord(from: origin, to: document)
        if squaredChord > bounds.surelyBeyond { continue }
        if squaredChord > bounds.surelyWithin,
          distances.meters(to: places.coordinate(document)) > radius
        {
          continue
        }
        accepted.initializeElement(at: count, to: document)
        count += 1
      }
    }
  }

  private static func inside(
    _ area: PreparedArea, _ documents: UnsafeBufferPointer<UInt32>, ranges: DocumentRanges,
    places: PlaceColumns, _ patience: Patience
  ) throws(IndexError) -> [UInt32] {
    var accepted: [UInt32] = []
    var range = 0
    var last: (place: Coordinate, isInside: Bool)?
    for (index, document) in documents.enumerated() {
      if index & 0xff == 0xff { try patience.check() }
      while ranges.ranges[range].last < document { range += 1 }
      if !ranges.isInterior[range] {
        let place = places.coordinate(document)
        if last?.place != place { last = (place, area.contains(place)) }
        if last?.isInside != true { continue }
      }
      accepted.append(document)
    }
    return accepted
  }
}

/// Geodesic distances from one origin. Roles at one place stand together in an index, so the last
/// answer is often the next one.
struct DistanceMemo {
  let origin: Coordinate
  private var last: (place: Coordinate, meters: Double)?

  init(origin: Coordinate) { self.origin = origin }

  mutating func meters(to place: Coordinate) -> Double {
    if let last, last.place == place { return last.meters }
    let meters = Geodesic.distanceMeters(origin, place)
    last = (place, meters)
    return meters
  }
}
