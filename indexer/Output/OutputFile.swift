import Console
import Glibc

/// A file written front to back through one buffer.
final class OutputFile {
  let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private(set) var bytesWritten = 0

  private static let bufferBytes = 1 << 20

  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure(path) }
    buffer.reserveCapacity(Self.bufferBytes + 65_536)
  }

  deinit { close(descriptor) }

  func append(_ bytes: [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  func append(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  /// Writes what is still in memory. Nothing is appended after it.
  func finish() throws { try flush() }

  private func flush() throws {
    var written = 0
    while written < buffer.count {
      let count = buffer.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0 {
        guard errno == EINTR else { throw Self.failure(path) }
        continue
      }
      written += count
    }
    bytesWritten += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  static func failure(_ path: String) -> Failure {
    Failure(
      errno == ENOSPC ? .inputOutput : .cannotWrite,
      "cannot write \(path): \(String(cString: strerror(errno)))")
  }
}
