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
