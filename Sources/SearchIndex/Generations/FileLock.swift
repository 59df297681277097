import Glibc

/// An advisory lock on a file, held until this object goes away or its process ends.
final class FileLock {
  private let descriptor: Int32

  /// - Throws: `IndexError.locked` at once when another process or object holds it.
  init(path: String) throws(IndexError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.fault("write", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      throw code == EWOULDBLOCK ? .locked(path: path) : FileSystem.fault("lock", path, code)
    }
  }

  deinit { close(descriptor) }
}
