/// Geohash cells that together cover an area; none lies within another.
public struct CellCover: Hashable, Sendable {
  public struct Cell: Hashable, Sendable {
    public let geohash: Geohash
    /// Wholly in the area: nothing in it needs a further test.
    public let isInterior: Bool
  }

  /// Ascending.
  public let cells: [Cell]

  /// The same cells as intervals.
  public var ranges: [GeohashRange] {
    GeohashRange.merged(cells.lazy.map { ($0.geohash.cell, $0.isInterior) })
  }
}

/// An interval of `Geohash.bits`, and so a run of documents in geohash order.
public struct GeohashRange: Hashable, Sendable {
  /// Of 60-bit numbers; see `Geohash.bits`.
  public let bits: Range<UInt64>
  /// Wholly in the area: nothing in it needs a further test.
  public let isInterior: Bool

  /// Ascending cells as intervals; neighbours of the same kind become one.
  static func merged(_ cells: some Sequence<(cell: GridCell, isInterior: Bool)>) -> [GeohashRange] {
    var ranges: [GeohashRange] = []
    for (cell, isInterior) in cells {
      let bits = cell.range
      if let last = ranges.last, last.isInterior == isInterior,
        last.bits.upperBound == bits.lowerBound
      {
        ranges[ranges.count - 1] = GeohashRange(
          bits: last.bits.lowerBound..<bits.upperBound, isInterior: isInterior)
      } else {
        ranges.append(GeohashRange(bits: bits, isInterior: isInterior))
      }
    }
    return ranges
  }
}

/// How a cell lies to an area. `crossing` promises nothing.
enum CellRelation {
  case outside, crossing, interior
}

extension PreparedArea {
  /// Cells of whole geohashes, the finest that `maxCells` allow (at least the 32 of one character
  /// are considered). What is not covered is surely outside.
  public func cover(maxCells: Int) -> CellCover {
    let cells = refined(GridCell.world.children(levels: 5), levels: 5, maxCells: maxCells)
    return CellCover(
      cells: cells.map { CellCover.Cell(geohash: Geohash($0.cell), isInterior: $0.isInterior) })
  }

  /// Intervals of geohashes that cover the area, ascending and apart; made of at most `maxCells`
  /// cells that halve at each step, and so tighter than as many whole geohashes.
  public func ranges(maxCells: Int) -> [GeohashRange] {
    GeohashRange.merged(refined([.world], levels: 1, maxCells: maxCells))
  }

  /// Splits the crossing cells, the largest first, as long as the cover stays within `maxCells`.
  private func refined(
    _ start: [GridCell], levels: Int, maxCells: Int
  ) -> [(cell: GridCell, isInterior: Bool)] {
    var settled: [(cell: GridCell, isInterior: Bool)] = []
    var crossing: [GridCell] = []
    func place(_ cells: [GridCell]) {
      for cell in cells {
        switch relation(to: cell) {
        case .outside: break
        case .crossing: crossing.append(cell)
        case .interior: settled.append((cell, true))
        }
      }
    }
    place(start)
    var next = 0
    while next < crossing.count, crossing[next].depth + levels <= GridCell.maxDepth {
      let (crossingBefore, settledBefore) = (crossing.count, settled.count)
      place(crossing[next].children(levels: levels))
      if settled.count + crossing.count - next - 1 > max(maxCells, start.count) {
        crossing.removeSubrange(crossingBefore...)
        settled.removeSubrange(settledBefore...)
        break
      }
      next += 1
    }
    settled += crossing[next...].map { ($0, false) }
    return settled.sorted { $0.cell.bits < $1.cell.bits }
  }
}
