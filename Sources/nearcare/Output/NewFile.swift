import Console
import Foundation

/// A file that only its owner may read, written line by line. It has its name once it is whole and
/// durable, and replaces nothing; what is not finished leaves no trace.
final class NewFile {
  private let path: String
  private let draft: String
  private let handle: FileHandle
  private var buffer = Data()
  private var isFinished = false

  private static let bufferSize = 1 << 16

  /// - Throws: `Failure` when there is such a file, or none can be made there.
  init(path: String) throws {
    self.path = path
    draft = path + ".draft-\(getpid())"
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        .cannotWrite,
        "\(Terminal.safe(path)) exists already, and nothing is replaced; name a new file")
    }
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.fault("write", path) }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  deinit { if !isFinished { unlink(draft) } }

  func append(_ line: Data) throws {
    buffer.append(line)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.bufferSize { try flush() }
  }

  func finish() throws {
    try flush()
    // A link, unlike a renaming, fails where somebody has made such a file meanwhile.
    guard fsync(handle.fileDescriptor) == 0, link(draft, path) == 0 else {
      throw Self.fault("write", path)
    }
    unlink(draft)
    isFinished = true
  }

  private func flush() throws {
    do {
      try handle.write(contentsOf: buffer)
    } catch {
      throw Self.fault("write", path)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private static func fault(_ operation: String, _ path: String) -> Failure {
    Failure(
      .cannotWrite,
      """
      cannot \(operation) \(Terminal.safe(path)): \(String(cString: strerror(errno))); choose a \
      folder that exists, with room and permission
      """)
  }
}
