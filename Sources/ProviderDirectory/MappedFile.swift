import Glibc

/// A whole file, mapped read-only for as long as this object lives.
final class MappedFile: Sendable {
  private let address: UInt
  private let size: Int

  /// Never empty, and never written to, so that any thread may read them.
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: size)
  }

  init(path: String) throws(TableError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: systemMessage()) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: systemMessage())
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "not a regular file")
    }
    guard status.st_size > 0 else {
      throw .damaged(path: path, line: nil, detail: "the file is empty")
    }
    let size = Int(status.st_size)
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw .unreadable(path: path, reason: systemMessage()) }
    address = UInt(bitPattern: start)
    self.size = size
  }

  deinit {
    munmap(UnsafeMutableRawPointer(bitPattern: address), size)
  }
}

private func systemMessage() -> String {
  String(cString: strerror(errno))
}
