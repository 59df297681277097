import Glibc

/// An advisory lock on a file, held until this object goes away or its process ends.
final class FileLock {
  private let descriptor: Int32

  /// How often a held lock is asked for, a hundredth of a second apart. A process that starts
  /// another one shares its locks with it until the other's `exec`, so that one that was just let
  /// go can still be held for an instant.
  private static let attempts = 25

  /// - Throws: `IndexError.locked` within a quarter of a second when another process or object
  ///   holds it.
  init(path: String) throws(IndexError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.fault("write", path) }
    var attempt = 1
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR, attempt < Self.attempts else {
        close(descriptor)
        throw code == EWOULDBLOCK ? .locked(path: path) : FileSystem.fault("lock", path, code)
      }
      attempt += 1
      usleep(10_000)
    }
  }

  deinit { close(descriptor) }
}
