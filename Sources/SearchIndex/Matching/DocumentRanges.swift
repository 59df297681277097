import CXapian
import Geospatial
import Glibc

/// Which document ids can lie in an area: ascending, disjoint ranges, made from the geohash order.
struct DocumentRanges {
  private(set) var ranges: [ncx_range] = []
  /// For each range, whether all of its documents are known to be in the area.
  private(set) var isInterior: [Bool] = []

  var documentCount: Int { ranges.reduce(0) { $0 + Int($1.last - $1.first) + 1 } }

  static func all(_ count: Int) -> DocumentRanges {
    var all = DocumentRanges()
    all.append(0..<count, isInterior: true)
    return all
  }

  /// Appends document indices (from 0); joins what touches.
  mutating func append(_ indices: Range<Int>, isInterior interior: Bool) {
    guard !indices.isEmpty else { return }
    let range = ncx_range(first: UInt32(indices.lowerBound) + 1, last: UInt32(indices.upperBound))
    if let last = ranges.indices.last, isInterior[last] == interior,
      ranges[last].last + 1 == range.first
    {
      ranges[last].last = range.last
    } else {
      ranges.append(range)
      isInterior.append(interior)
    }
  }

  /// The documents in intervals of geohashes, ascending and apart.
  init(_ intervals: [GeohashRange], places: PlaceColumns) {
    for stretch in places.stretches {
      var start = stretch.lowerBound
      for interval in intervals {
        let first = places.firstIndex(
          notBelow: interval.bits.lowerBound, in: start..<stretch.upperBound)
        start = places.firstIndex(
          notBelow: interval.bits.upperBound, in: first..<stretch.upperBound)
        append(first..<start, isInterior: interval.isInterior)
      }
    }
  }

  init() {}

  /// Those of `documents` (ascending) that the ranges hold.
  func keeping(_ documents: UnsafeBufferPointer<UInt32>) -> [UInt32] {
    var kept: [UInt32] = []
    var range = 0
    for document in documents {
      while range < ranges.count, ranges[range].last < document { range += 1 }
      if range == ranges.count { break }
      if ranges[range].first <= document { kept.append(document) }
    }
    return kept
  }
}

/// Finds the ranges for a circle: the documents themselves decide how finely the cells are split.
struct CircleCover {
  private let south: UInt32
  private let north: UInt32
  /// One interval, or two when the circle crosses the antimeridian.
  private let longitudes: [ClosedRange<UInt32>]
  private let places: PlaceColumns
  private let fewDocuments: Int

  /// Of a million, from 1024 to 4096 took about the same and 256 some percent more: going through
  /// posting lists is quick, finding where cells end waits for memory.
  static let fewDocuments = 2048
  private static let bits = UInt32(30)

  /// - Parameter fewDocuments: a cell with no more is taken whole.
  init(
    center: Coordinate, radiusMeters: Double, places: PlaceColumns,
    fewDocuments: Int = Self.fewDocuments
  ) {
    self.places = places
    self.fewDocuments = fewDocuments
    // A metre more than the circle, for the rounding of all that follows.
    let radius = radiusMeters + 1
    let latitudeSpan = radius / ChordBounds.tightestRadius * 180 / .pi
    south = Self.index(center.latitude - latitudeSpan, from: -90, span: 180)
    north = Self.index(center.latitude + latitudeSpan, from: -90, span: 180)
    let furthest = abs(center.latitude) + latitudeSpan
    // No path inside these latitudes crosses a degree of longitude in less than it measures at the
    // one nearest to a pole, whose radius is at least the equator's times the cosine.
    let longitudeSpan =
      furthest >= 90
      ? 180 : radius / (Self.equatorialRadius * cos(furthest * .pi / 180)) * 180 / .pi
    longitudes = Self.longitudes(
      west: center.longitude - longitudeSpan, east: center.longitude + longitudeSpan)
  }

  private static let equatorialRadius = 6_378_137.0

  func ranges() -> DocumentRanges {
    var ranges = DocumentRanges()
    let cell = smallestCell
    for stretch in places.stretches {
      visit(cell, indices: indices(of: cell, in: stretch), into: &ranges)
    }
    return ranges
  }

  private static func index(_ degrees: Double, from: Double, span: Double) -> UInt32 {
    let scaled = (degrees - from) / span * Double(1 << bits)
    return UInt32(min(max(scaled.rounded(.down), 0), Double(1 << bits) - 1))
  }

  private static func longitudes(west: Double, east: Double) -> [ClosedRange<UInt32>] {
    func interval(_ west: Double, _ east: Double) -> ClosedRange<UInt32> {
      index(west, from: -180, span: 360)...index(east, from: -180, span: 360)
    }
    if east - west >= 360 { return [interval(-180, 180)] }
    if west < -180 { return [interval(-180, east), interval(west + 360, 180)] }
    if east > 180 { return [interval(-180, east - 360), interval(west, 180)] }
    return [interval(west, east)]
  }

  /// One of 2^depth columns and 2^depth rows.
  private struct Cell {
    var x: UInt32 = 0
    var y: UInt32 = 0
    var depth: UInt32 = 0

    private var shift: UInt32 { CircleCover.bits - depth }
    var columns: ClosedRange<UInt32> { x << shift...x << shift + (1 << shift - 1) }
    var rows: ClosedRange<UInt32> { y << shift...y << shift + (1 << shift - 1) }
    var firstKey: UInt64 { CircleCover.key(x: x << shift, y: y << shift) }
    var keyCount: UInt64 { 1 << UInt64(2 * shift) }

    func child(_ number: UInt32) -> Cell {
      Cell(x: x << 1 | number >> 1, y: y << 1 | number & 1, depth: depth + 1)
    }
  }

  /// The smallest cell that holds the whole circle.
  private var smallestCell: Cell {
    guard longitudes.count == 1 else { return Cell() }
    let (west, east) = (longitudes[0].lowerBound, longitudes[0].upperBound)
    let different = (west ^ east) | (south ^ north)
    let depth = UInt32(different.leadingZeroBitCount) - (32 - Self.bits)
    return Cell(x: west >> (Self.bits - depth), y: south >> (Self.bits - depth), depth: depth)
  }

  private func indices(of cell: Cell, in indices: Range<Int>) -> Range<Int> {
    let key = cell.firstKey
    let start = places.firstIndex(notBelow: key, in: indices)
    return start..<places.firstIndex(notBelow: key + cell.keyCount, in: start..<indices.upperBound)
  }

  private func visit(_ cell: Cell, indices: Range<Int>, into ranges: inout DocumentRanges) {
    if indices.isEmpty { return }
    if indices.count <= fewDocuments || cell.depth == Self.bits || isInside(cell) {
      ranges.append(indices, isInterior: false)
      return
    }
    let quarter = cell.keyCount / 4
    let key = cell.firstKey + quarter
    let ends = places.firstIndices(
      notBelow: key, key + quarter, key + 2 * quarter, in: indices)
    visit(child: 0, of: cell, indices: indices.lowerBound..<ends.0, into: &ranges)
    visit(child: 1, of: cell, indices: ends.0..<ends.1, into: &ranges)
    visit(child: 2, of: cell, indices: ends.1..<ends.2, into: &ranges)
    visit(child: 3, of: cell, indices: ends.2..<indices.upperBound, into: &ranges)
  }

  private func visit(
    child number: UInt32, of cell: Cell, indices: Range<Int>, into ranges: inout DocumentRanges
  ) {
    let child = cell.child(number)
    if touches(child) { visit(child, indices: indices, into: &ranges) }
  }

  private func touches(_ cell: Cell) -> Bool {
    let (columns, rows) = (cell.columns, cell.rows)
    return rows.lowerBound <= north && rows.upperBound >= south
      && longitudes.contains { $0.overlaps(columns) }
  }

  private func isInside(_ cell: Cell) -> Bool {
    let (columns, rows) = (cell.columns, cell.rows)
    return south <= rows.lowerBound && rows.upperBound <= north
      && longitudes.contains {
        $0.lowerBound <= columns.lowerBound && columns.upperBound <= $0.upperBound
      }
  }

  /// The 60-bit geohash of a cell's corner: bits of x and y in turn, x first.
  private static func key(x: UInt32, y: UInt32) -> UInt64 {
    spread(x) << 1 | spread(y)
  }

  /// Puts a zero before each bit (the "magic numbers" of interleaving).
  private static func spread(_ value: UInt32) -> UInt64 {
    var bits = UInt64(value)
    bits = (bits | bits << 16) & 0x0000_ffff_0000_ffff
    bits = (bits | bits << 8) & 0x00ff_00ff_00ff_00ff
    bits = (bits | bits << 4) & 0x0f0f_0f0f_0f0f_0f0f
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333
    bits = (bits | bits << 1) & 0x5555_5555_5555_5555
    return bits
  }
}
