import Glibc

/// A whole file, mapped read-only for as long as this object lives.
final class MappedFile: Sendable {
  /// Never written after `init`, by this process or, the mapping being private, through it.
  nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

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
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count)
  }
}

private func systemMessage() -> String {
  String(cString: strerror(errno))
}
