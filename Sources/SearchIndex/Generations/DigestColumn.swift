/// A digest of every document, as a column in a mapped file beside the index: two generations are
/// compared by it without reading what has not changed.
///
/// Little-endian, after a 64-byte header (magic, documents): UInt64s, document i at index i − 1.
final class DigestColumn {
  private let file: MappedFile
  let count: Int
  let digests: UnsafePointer<UInt64>

  private static let magic: UInt64 = 0x3153_5453_4744_434e  // "NCDGSTS1"
  private static let headerSize = MappedColumns.headerSize

  init(path: String) throws(IndexError) {
    let columns = try MappedColumns(path: path, magic: Self.magic, kind: "digests, version 1")
    (file, count) = (columns.file, columns.count)
    guard file.bytes.count == Self.headerSize + count * 8 else {
      throw .corrupt(path: path, detail: "its size does not fit \(count) documents")
    }
    digests = (file.bytes.baseAddress! + Self.headerSize).assumingMemoryBound(to: UInt64.self)
  }

  /// - Parameter stretches: digests of documents, one stretch after the other.
  static func write(_ stretches: [UnsafeBufferPointer<UInt64>], to path: String) throws(IndexError)
  {
    let file = try ColumnFile(path: path)
    var header = [UInt64](repeating: 0, count: headerSize / 8)
    header[0...1] = [magic, UInt64(stretches.reduce(0) { $0 + $1.count })]
    try file.write(header, at: 0)
    var offset = headerSize
    for stretch in stretches {
      try file.write(stretch, at: offset)
      offset += 8 * stretch.count
    }
  }
}
