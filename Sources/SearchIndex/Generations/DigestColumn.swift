/// A digest of every document, as a column in a mapped file beside the index: two generations are
/// compared by it without reading what has not changed.
///
/// Little-endian, after a 64-byte header (magic, documents): UInt64s, document i at index i − 1.
final class DigestColumn {
  private let file: MappedFile
  let count: Int
  let digests: UnsafePointer<UInt64>

  private static let magic: UInt64 = 0x3153_5453_4744_434e  // "NCDGSTS1"
  private static let headerSize = 64

  init(path: String) throws(IndexError) {
    let file = try MappedFile(path: path)
    guard file.bytes.count >= Self.headerSize,
      file.bytes.load(fromByteOffset: 0, as: UInt64.self) == Self.magic
    else { throw .unsupportedVersion(path: path, detail: "not a file of digests, version 1") }
    let count = file.bytes.load(fromByteOffset: 8, as: UInt64.self)
    guard count < UInt32.max, file.bytes.count == Self.headerSize + Int(count) * 8 else {
      throw .corrupt(path: path, detail: "its size does not fit \(count) documents")
    }
    self.file = file
    self.count = Int(count)
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
