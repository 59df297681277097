/// A cell of the geohash grid (Niemeyer 2008), from 45° wide (1 character) to 4 cm (12).
public struct Geohash: Hashable, Sendable {
  let cell: GridCell

  init(_ cell: GridCell) { self.cell = cell }

  /// The cell of that precision, 1…12 characters, in which a coordinate lies. West and south edges
  /// belong to a cell; the world's east and north edges to the last one.
  public init(_ coordinate: Coordinate, precision: Int) {
    precondition((1...12).contains(precision), "a geohash has 1…12 characters, not \(precision)")
    cell = GridCell(coordinate, depth: precision * 5)
  }

  /// Nil unless it is 1…12 characters of the lower-case geohash alphabet.
  public init?(_ text: some StringProtocol) {
    var bits: UInt64 = 0
    var precision = 0
    for character in text.utf8 {
      guard precision < 12, let value = Geohash.values[Int(character)] else { return nil }
      bits = bits << 5 | value
      precision += 1
    }
    guard precision > 0 else { return nil }
    cell = GridCell(bits: bits << (GridCell.maxDepth - precision * 5), depth: precision * 5)
  }

  private static let alphabet = Array("0123456789bcdefghjkmnpqrstuvwxyz".utf8)
  private static let values: [UInt64?] = {
    var values = [UInt64?](repeating: nil, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt64(value) }
    return values
  }()

  /// In characters, 1…12.
  public var precision: Int { cell.depth / 5 }

  /// The hash as a number of 60 bits, left-aligned: a shorter hash is followed by zeros, so that
  /// numbers sort as texts do.
  public var bits: UInt64 { cell.bits }

  /// The `bits` of all the 12-character hashes within this cell.
  public var range: Range<UInt64> { cell.range }

  public var bounds: GeoBounds { cell.bounds }

  public var text: String {
    String(unsafeUninitializedCapacity: precision) { buffer in
      for place in 0..<precision {
        let value = cell.bits >> (GridCell.maxDepth - 5 * (place + 1)) & 31
        buffer[place] = Geohash.alphabet[Int(value)]
      }
      return precision
    }
  }

  /// The enclosing cell of a lower precision, 1…`self.precision`.
  public func truncated(to precision: Int) -> Geohash {
    precondition((1...self.precision).contains(precision), "cannot truncate to \(precision)")
    let unused = GridCell.maxDepth - precision * 5
    return Geohash(GridCell(bits: (cell.bits >> unused) << unused, depth: precision * 5))
  }
}

extension Geohash: Comparable, CustomStringConvertible {
  /// The order of the texts.
  public static func < (a: Geohash, b: Geohash) -> Bool {
    (a.cell.bits, a.cell.depth) < (b.cell.bits, b.cell.depth)
  }

  public var description: String { text }
}
