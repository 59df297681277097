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

  static func write(_ digests: [UInt64], to path: String) throws(IndexError) {
    var writer = RecordWriter(bytes: [])
    writer.bytes.reserveCapacity(headerSize + 8 * digests.count)
    writer.fixed(magic)
    writer.fixed(UInt64(digests.count))
    writer.bytes += [UInt8](repeating: 0, count: headerSize - writer.bytes.count)
    for digest in digests { writer.fixed(digest) }
    try FileSystem.write(writer.bytes, to: path)
  }
}
