import Geospatial
import ProviderDirectory

/// Where every document is, as columns in a mapped file: what a search looks at for each match, so
/// that only the results shown are read from Xapian.
///
/// Little-endian, document i at index i − 1, after a 64-byte header (magic, count):
///
///     keys        UInt64      60-bit geohash, ascending
///     roles       Int64       role id
///     latitudes   Double      degrees
///     longitudes  Double      degrees
///     cartesian   3 × Float   metres from the Earth's centre, each within 0.25 m
final class PlaceColumns {
  private let file: MappedFile
  let count: Int
  let keys: UnsafePointer<UInt64>
  let roles: UnsafePointer<Int64>
  let latitudes: UnsafePointer<Double>
  let longitudes: UnsafePointer<Double>
  let cartesian: UnsafePointer<Float>

  private static let magic: UInt64 = 0x3153_4543_414c_504e  // "NPLACES1"
  private static let headerSize = 64
  private static let documentSize = 8 + 8 + 8 + 8 + 12

  init(path: String) throws(IndexError) {
    let file = try MappedFile(path: path)
    guard file.bytes.count >= Self.headerSize,
      file.bytes.load(fromByteOffset: 0, as: UInt64.self) == Self.magic
    else { throw .unsupportedVersion(path: path, detail: "not a file of places, version 1") }
    let count = file.bytes.load(fromByteOffset: 8, as: UInt64.self)
    guard count < UInt32.max,
      file.bytes.count == Self.headerSize + Int(count) * Self.documentSize
    else { throw .corrupt(path: path, detail: "its size does not fit \(count) documents") }
    self.file = file
    self.count = Int(count)
    let start = file.bytes.baseAddress! + Self.headerSize
    let column = 8 * self.count
    keys = start.assumingMemoryBound(to: UInt64.self)
    roles = (start + column).assumingMemoryBound(to: Int64.self)
    latitudes = (start + 2 * column).assumingMemoryBound(to: Double.self)
    longitudes = (start + 3 * column).assumingMemoryBound(to: Double.self)
    cartesian = (start + 4 * column).assumingMemoryBound(to: Float.self)
  }

  /// Makes the columns from a finished database's values, `RoleDocument.valueWidth` bytes each.
  static func write(_ values: [UInt8], to path: String) throws(IndexError) {
    let count = values.count / RoleDocument.valueWidth
    var bytes = [UInt8](repeating: 0, count: headerSize + count * documentSize)
    let misplaced = values.withUnsafeBytes { values in
      bytes.withUnsafeMutableBytes { fill($0, count: count, from: values) }
    }
    if let misplaced {
      throw .corrupt(path: path, detail: "document \(misplaced) is not at its place")
    }
    try FileSystem.write(bytes, to: path)
  }

  /// Returns the first document that has no proper place or is out of order.
  private static func fill(
    _ bytes: UnsafeMutableRawBufferPointer, count: Int, from values: UnsafeRawBufferPointer
  ) -> Int? {
    bytes.storeBytes(of: magic, as: UInt64.self)
    bytes.storeBytes(of: UInt64(count), toByteOffset: 8, as: UInt64.self)
    let column = 8 * count
    var previous: UInt64 = 0
    for i in 0..<count {
      let value = i * RoleDocument.valueWidth
      let role = values.loadUnaligned(fromByteOffset: value, as: Int64.self)
      let latitude = values.loadUnaligned(fromByteOffset: value + 8, as: Double.self)
      let longitude = values.loadUnaligned(fromByteOffset: value + 16, as: Double.self)
      guard RoleID(rawValue: role) != nil,
        let place = Coordinate(latitude: latitude, longitude: longitude),
        case let key = IndexWriter.orderKey(of: place), key >= previous
      else { return i + 1 }
      previous = key
      let offset = headerSize + 8 * i
      bytes.storeBytes(of: key, toByteOffset: offset, as: UInt64.self)
      bytes.storeBytes(of: role, toByteOffset: offset + column, as: Int64.self)
      bytes.storeBytes(of: latitude, toByteOffset: offset + 2 * column, as: Double.self)
      bytes.storeBytes(of: longitude, toByteOffset: offset + 3 * column, as: Double.self)
      let point = Cartesian(place)
      let cartesian = headerSize + 4 * column + 12 * i
      bytes.storeBytes(of: Float(point.x), toByteOffset: cartesian, as: Float.self)
      bytes.storeBytes(of: Float(point.y), toByteOffset: cartesian + 4, as: Float.self)
      bytes.storeBytes(of: Float(point.z), toByteOffset: cartesian + 8, as: Float.self)
    }
    return nil
  }

  func coordinate(_ document: UInt32) -> Coordinate {
    let index = Int(document) - 1
    // Checked when the file was made, and the file by its hash.
    return Coordinate(latitude: latitudes[index], longitude: longitudes[index])!
  }

  func role(_ document: UInt32) -> RoleID { RoleID(rawValue: roles[Int(document) - 1])! }

  /// The square of the straight line from `origin` to a document, in square metres.
  @inline(__always)
  func squaredChord(from origin: Cartesian, to document: UInt32) -> Double {
    let point = cartesian + 3 * (Int(document) - 1)
    let x = Double(point[0]) - origin.x
    let y = Double(point[1]) - origin.y
    let z = Double(point[2]) - origin.z
    return x * x + y * y + z * z
  }

  /// The first document index in `range` whose key is not less than `key`. Each step's comparison
  /// only moves the start, which takes no branch to mispredict.
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
}
