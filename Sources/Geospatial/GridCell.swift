/// A cell of the grid that halves the world's longitudes and latitudes in turn; geohashes are its
/// cells whose depth is a multiple of five.
struct GridCell: Hashable, Sendable {
  /// The depth of a geohash of twelve characters.
  static let maxDepth = 60

  /// The path from the whole world, left-aligned in 60 bits: east and north are ones.
  let bits: UInt64
  /// How many of the 60 bits count, 0…60.
  let depth: Int

  static let world = GridCell(bits: 0, depth: 0)

  init(bits: UInt64, depth: Int) {
    self.bits = bits
    self.depth = depth
  }

  /// The cell of that depth in which a coordinate lies. West and south edges belong to a cell; the
  /// world's east and north edges to the last one.
  init(_ coordinate: Coordinate, depth: Int) {
    let east = GridCell.index(
      of: coordinate.longitude, from: -180, step: GridCell.longitudeStep)
    let north = GridCell.index(of: coordinate.latitude, from: -90, step: GridCell.latitudeStep)
    let full = GridCell.spread(east) << 1 | GridCell.spread(north)
    self.init(bits: full & GridCell.mask(depth), depth: depth)
  }

  private static let steps = 1 << 30
  // 360 / 2³⁰ and 180 / 2³⁰: multiples of them are exact in a Double.
  private static let longitudeStep = 45.0 / Double(1 << 27)
  private static let latitudeStep = 45.0 / Double(1 << 28)

  /// Exact: the quotient may round across an edge, the comparison with the edge does not.
  private static func index(of value: Double, from start: Double, step: Double) -> UInt32 {
    var index = min(max(Int((value - start) / step), 0), steps - 1)
    if value < start + Double(index) * step {
      index -= 1
    } else if index < steps - 1, value >= start + Double(index + 1) * step {
      index += 1
    }
    return UInt32(index)
  }

  private static func mask(_ depth: Int) -> UInt64 {
    depth == 0 ? 0 : ~UInt64(0) << (maxDepth - depth) & (1 << maxDepth - 1)
  }

  var range: Range<UInt64> { bits..<(bits + 1 << (GridCell.maxDepth - depth)) }

  var bounds: GeoBounds {
    let east = GridCell.compact(bits >> 1)
    let north = GridCell.compact(bits)
    let columns = 1 << (30 - (depth + 1) / 2)
    let rows = 1 << (30 - depth / 2)
    return GeoBounds(
      south: -90 + Double(north) * GridCell.latitudeStep,
      west: -180 + Double(east) * GridCell.longitudeStep,
      north: -90 + Double(Int(north) + rows) * GridCell.latitudeStep,
      east: -180 + Double(Int(east) + columns) * GridCell.longitudeStep)
  }

  /// The 2^`levels` cells that are `levels` deeper, in ascending order.
  func children(levels: Int) -> [GridCell] {
    let childDepth = depth + levels
    return (0..<(1 << levels)).map { child in
      GridCell(bits: bits | UInt64(child) << (GridCell.maxDepth - childDepth), depth: childDepth)
    }
  }

  /// Puts the bits of a number at the even places.
  private static func spread(_ value: UInt32) -> UInt64 {
    var bits = UInt64(value)
    bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
    bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF
    bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333
    return (bits | bits << 1) & 0x5555_5555_5555_5555
  }

  /// The bits at the even places, put together.
  private static func compact(_ value: UInt64) -> UInt32 {
    var bits = value & 0x5555_5555_5555_5555
    bits = (bits | bits >> 1) & 0x3333_3333_3333_3333
    bits = (bits | bits >> 2) & 0x0F0F_0F0F_0F0F_0F0F
    bits = (bits | bits >> 4) & 0x00FF_00FF_00FF_00FF
    bits = (bits | bits >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: bits | bits >> 16)
  }
}
