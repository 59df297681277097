import Geospatial
import ProviderDirectory

/// Where every document is, as columns in a mapped file: what a search looks at for each match,
/// without asking Xapian for it.
///
/// Little-endian, document i at index i − 1, after a 64-byte header (magic, count, changes,
/// superseded; UInt64s):
///
///     keys        UInt64      60-bit geohash, ascending in each stretch
///     roles       Int64       role id; less 2⁶³ for a superseded document
///     latitudes   Double      degrees
///     longitudes  Double      degrees
///     cartesian   3 × Float   metres from the Earth's centre, each within 0.25 m
///     superseded  UInt32      ids of superseded documents, ascending
///
/// The last `changes` documents are those of an update: they are in order among themselves, and
/// stand for the superseded ones before them.
final class PlaceColumns {
  private let file: MappedFile
  /// Superseded documents are among them.
  let count: Int
  /// The indices of the documents of the last full build, and of the update's after it.
  let stretches: [Range<Int>]
  let keys: UnsafePointer<UInt64>
  let roles: UnsafePointer<Int64>
  let latitudes: UnsafePointer<Double>
  let longitudes: UnsafePointer<Double>
  let cartesian: UnsafePointer<Float>
  let superseded: UnsafeBufferPointer<UInt32>

  private static let magic: UInt64 = 0x3153_4543_414c_504e  // "NPLACES1"
  private static let headerSize = MappedColumns.headerSize
  private static let documentSize = 8 + 8 + 8 + 8 + 12

  var liveCount: Int { count - superseded.count }

  init(path: String) throws(IndexError) {
    let columns = try MappedColumns(path: path, magic: Self.magic, kind: "places, version 1")
    (file, count) = (columns.file, columns.count)
    let (changes, superseded) = (columns.header[2], columns.header[3])
    guard changes <= count, superseded <= count,
      file.bytes.count
        == Self.headerSize + count * Self.documentSize + Int(superseded) * 4
    else { throw .corrupt(path: path, detail: "its size does not fit \(count) documents") }
    let base = count - Int(changes)
    stretches = changes == 0 ? [0..<base] : [0..<base, base..<count]
    let start = file.bytes.baseAddress! + Self.headerSize
    let column = 8 * self.count
    keys = start.assumingMemoryBound(to: UInt64.self)
    roles = (start + column).assumingMemoryBound(to: Int64.self)
    latitudes = (start + 2 * column).assumingMemoryBound(to: Double.self)
    longitudes = (start + 3 * column).assumingMemoryBound(to: Double.self)
    cartesian = (start + 4 * column).assumingMemoryBound(to: Float.self)
    self.superseded = UnsafeBufferPointer(
      start: (start + 4 * column + 12 * self.count).assumingMemoryBound(to: UInt32.self),
      count: Int(superseded))
  }

  /// Makes the columns from a finished database's values, `RoleDocument.valueWidth` bytes each.
  ///
  /// - Parameters:
  ///   - count: documents of the database; the last `changes` are an update's.
  ///   - superseded: ids of those that they stand for, ascending.
  static func write(
    _ database: XapianReader, count: Int, changes: Int, superseded: [UInt32], to path: String
  ) throws(IndexError) {
    let file = try ColumnFile(path: path)
    var header = [UInt64](repeating: 0, count: headerSize / 8)
    header[0...3] = [magic, UInt64(count), UInt64(changes), UInt64(superseded.count)]
    try file.write(header, at: 0)
    try file.write(superseded, at: headerSize + count * documentSize)
    var order = (previous: UInt64(0), next: 0)
    try database.forEachFixedValues(
      slot: RoleDocument.valueSlot, width: RoleDocument.valueWidth, count: count
    ) { (start, values) throws(IndexError) in
      var portion = Portion(values.count / RoleDocument.valueWidth)
      for index in start..<(start + portion.count) {
        if index == count - changes { order.previous = 0 }
        var isSuperseded = false
        if order.next < superseded.count, superseded[order.next] == UInt32(index + 1) {
          isSuperseded = true
          order.next += 1
        }
        let value = UnsafeRawBufferPointer(
          rebasing: values[((index - start) * RoleDocument.valueWidth)...])
        guard let key = portion.set(index - start, value, isSuperseded), key >= order.previous
        else {
          throw .corrupt(path: path, detail: "document \(index + 1) is not at its place")
        }
        order.previous = key
      }
      let column = 8 * count
      let offset = headerSize + 8 * start
      try file.write(portion.keys, at: offset)
      try file.write(portion.roles, at: offset + column)
      try file.write(portion.latitudes, at: offset + 2 * column)
      try file.write(portion.longitudes, at: offset + 3 * column)
      try file.write(portion.cartesian, at: headerSize + 4 * column + 12 * start)
    }
  }

  /// Some documents' parts of the columns.
  private struct Portion {
    let count: Int
    var keys: [UInt64]
    var roles: [Int64]
    var latitudes: [Double]
    var longitudes: [Double]
    var cartesian: [Float]

    init(_ count: Int) {
      self.count = count
      keys = [UInt64](repeating: 0, count: count)
      roles = [Int64](repeating: 0, count: count)
      latitudes = [Double](repeating: 0, count: count)
      longitudes = latitudes
      cartesian = [Float](repeating: 0, count: 3 * count)
    }

    /// The key of the document; nil when it has no proper place.
    mutating func set(
      _ index: Int, _ value: UnsafeRawBufferPointer, _ isSuperseded: Bool
    ) -> UInt64? {
      let role = value.loadUnaligned(fromByteOffset: 0, as: Int64.self)
      let latitude = value.loadUnaligned(fromByteOffset: 8, as: Double.self)
      let longitude = value.loadUnaligned(fromByteOffset: 16, as: Double.self)
      guard RoleID(rawValue: role) != nil,
        let place = Coordinate(latitude: latitude, longitude: longitude)
      else { return nil }
      let point = Cartesian(place)
      keys[index] = IndexWriter.orderKey(of: place)
      roles[index] = isSuperseded ? role | .min : role
      latitudes[index] = latitude
      longitudes[index] = longitude
      cartesian[3 * index] = Float(point.x)
      cartesian[3 * index + 1] = Float(point.y)
      cartesian[3 * index + 2] = Float(point.z)
      return keys[index]
    }
  }

  /// The practitioner of a document, superseded or not.
  func practitioner(_ index: Int) -> Int64 { (roles[index] & .max) >> 30 }

  func isSuperseded(_ index: Int) -> Bool { roles[index] < 0 }

  /// Walks the indices of all live documents by place and role id, the stretches merged.
  var liveOrder: LiveOrder { LiveOrder(places: self) }

  struct LiveOrder {
    let places: PlaceColumns
    private var next: [Int]

    init(places: PlaceColumns) {
      self.places = places
      next = places.stretches.map(\.lowerBound)
      for stretch in next.indices { skipSuperseded(stretch) }
    }

    /// The first live document that was not taken yet.
    var first: Int? {
      var first: Int?
      for (stretch, index) in next.enumerated()
      where index < places.stretches[stretch].upperBound {
        if let other = first, !places.precedes(index, places, other) { continue }
        first = index
      }
      return first
    }

    mutating func take(_ index: Int) {
      let stretch = places.stretches.count > 1 && index >= places.stretches[1].lowerBound ? 1 : 0
      next[stretch] = index + 1
      skipSuperseded(stretch)
    }

    private mutating func skipSuperseded(_ stretch: Int) {
      while next[stretch] < places.stretches[stretch].upperBound,
        places.isSuperseded(next[stretch])
      { next[stretch] += 1 }
    }
  }

  /// Whether document index `index` here comes before document index `other` of other places.
  func precedes(_ index: Int, _ theirs: PlaceColumns, _ other: Int) -> Bool {
    (keys[index], roles[index]) < (theirs.keys[other], theirs.roles[other])
  }

  /// Live documents in the order of their places and role ids, which is that of their ids where
  /// there are no changes.
  func inOrder(_ documents: [UInt32]) -> [UInt32] {
    guard stretches.count > 1 else { return documents }
    return documents.sorted {
      (keys[Int($0) - 1], roles[Int($0) - 1]) < (keys[Int($1) - 1], roles[Int($1) - 1])
    }
  }

  func coordinate(_ document: UInt32) -> Coordinate {
    let index = Int(document) - 1
    // Checked when the file was made, and the file by its hash.
    return Coordinate(latitude: latitudes[index], longitude: longitudes[index])!
  }

  /// Superseded or not.
  func role(_ document: UInt32) -> RoleID { RoleID(rawValue: roles[Int(document) - 1] & .max)! }

  /// The square of the straight line from `origin` to a document, in square metres.
  @inline(__always)
  func squaredChord(from origin: Cartesian, to document: UInt32) -> Double {
    let point = cartesian + 3 * (Int(document) - 1)
    let x = Double(point[0]) - origin.x
    let y = Double(point[1]) - origin.y
    let z = Double(point[2]) - origin.z
    return x * x + y * y + z * z
  }

  /// The first document index in `range` whose key is not less than `key`.
  func firstIndex(notBelow key: UInt64, in range: Range<Int>) -> Int {
    var start = range.lowerBound
    var length = range.count
    while length > 0 {
      let half = (length &+ 1) >> 1
      start = keys[start &+ half &- 1] < key ? start &+ half : start
      length &-= half
    }
    return start
  }

  /// `firstIndex` of three keys in step with each other: a search is mostly waiting for memory, and
  /// so the three wait at once.
  func firstIndices(
    notBelow first: UInt64, _ second: UInt64, _ third: UInt64, in range: Range<Int>
  ) -> (Int, Int, Int) {
    var starts = (range.lowerBound, range.lowerBound, range.lowerBound)
    var length = range.count
    while length > 0 {
      let half = (length &+ 1) >> 1
      let last = half &- 1
      starts.0 = keys[starts.0 &+ last] < first ? starts.0 &+ half : starts.0
      starts.1 = keys[starts.1 &+ last] < second ? starts.1 &+ half : starts.1
      starts.2 = keys[starts.2 &+ last] < third ? starts.2 &+ half : starts.2
      length &-= half
    }
    return starts
  }
}
