import Glibc

/// A new file whose columns are written side by side, some documents at a time.
final class ColumnFile {
  private let descriptor: Int32
  private let path: String

  init(path: String) throws(IndexError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.fault("create", path) }
  }

  deinit { close(descriptor) }

  func write<Value: BitwiseCopyable>(_ values: [Value], at offset: Int) throws(IndexError) {
    try values.withUnsafeBufferPointer { (values) throws(IndexError) in
      try write(values, at: offset)
    }
  }

  func write(
    _ values: UnsafeBufferPointer<some BitwiseCopyable>, at offset: Int
  ) throws(IndexError) {
    let bytes = UnsafeRawBufferPointer(values)
    var written = 0
    while written < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress! + written, bytes.count - written, off_t(offset + written))
      if count < 0 {
        if errno == EINTR { continue }
        throw FileSystem.fault("write", path)
      }
      written += count
    }
  }
}

/// A mapped file of columns. Its header is eight UInt64s, of which the first two are its magic
/// number and how many documents it is about.
struct MappedColumns {
  let file: MappedFile
  let header: [UInt64]
  let count: Int

  static let headerSize = 64

  /// - Parameter kind: what it is and in which version, for the error.
  init(path: String, magic: UInt64, kind: String) throws(IndexError) {
    file = try MappedFile(path: path)
    guard file.bytes.count >= Self.headerSize,
      file.bytes.load(fromByteOffset: 0, as: UInt64.self) == magic
    else { throw .unsupportedVersion(path: path, detail: "not a file of \(kind)") }
    var header: [UInt64] = []
    for offset in stride(from: 0, to: Self.headerSize, by: 8) {
      header.append(file.bytes.load(fromByteOffset: offset, as: UInt64.self))
    }
    self.header = header
    guard header[1] < UInt32.max else {
      throw .corrupt(path: path, detail: "it is about \(header[1]) documents")
    }
    count = Int(header[1])
  }
}
