import Glibc

/// An advisory lock on a file, held until this object goes away or its process ends. The file says
/// which process holds it.
final class FileLock {
  private let descriptor: Int32

  /// - Throws: `IndexError.locked` within a quarter of a second when another process or object
  ///   holds it.
  init(path: String) throws(IndexError) {
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard opened >= 0 else { throw FileSystem.fault("write", path) }
    // From here on `deinit` closes it, after a throw too.
    descriptor = opened
    let code = Attempts.lock(descriptor, LOCK_EX)
    guard code == 0 else {
      throw code == EWOULDBLOCK
        ? .locked(path: path, holder: Self.holder(descriptor))
        : FileSystem.fault("lock", path, code)
    }
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count
    else { throw FileSystem.fault("write", path) }
  }

  deinit { closeOnce(descriptor) }

  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(count, 0)).prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty else { return "another process" }
    return "process \(String(decoding: digits, as: UTF8.self))"
  }
}

/// Asks for a lock more than once. A process that starts another one shares its locks with it until
/// the other's `exec`, so that one that was just let go can still be held for an instant.
private enum Attempts {
  private static let count = 25

  /// 0, or the code of the failure a quarter of a second later.
  static func lock(_ descriptor: Int32, _ kind: Int32) -> Int32 {
    for _ in 1..<count {
      if flock(descriptor, kind | LOCK_NB) == 0 { return 0 }
      guard errno == EWOULDBLOCK || errno == EINTR else { return errno }
      usleep(10_000)
    }
    return flock(descriptor, kind | LOCK_NB) == 0 ? 0 : errno
  }
}

/// Keeps a generation's files in place: readers share it, and whoever removes one takes it alone.
/// It is a lock on the generation's directory, so a home that cannot be written can be held too.
final class GenerationHold: Sendable {
  private let descriptor: Int32

  /// A reader's hold; nil when the directory is not there, or on its way out.
  convenience init?(reading path: String) throws(IndexError) {
    try self.init(path, LOCK_SH)
  }

  /// The hold of who removes it; nil while somebody reads, or when it is gone already.
  convenience init?(removing path: String) throws(IndexError) {
    try self.init(path, LOCK_EX)
  }

  private init?(_ path: String, _ kind: Int32) throws(IndexError) {
    let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if opened < 0 {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw FileSystem.fault("open", path)
    }
    // From here on `deinit` closes it, after a failure too.
    descriptor = opened
    let code = Attempts.lock(descriptor, kind)
    guard code == 0 else {
      if code == EWOULDBLOCK { return nil }
      throw FileSystem.fault("lock", path, code)
    }
    // Renamed between the two calls: the lock is on what no name leads to any more.
    guard FileSystem.exists(path) else { return nil }
  }

  deinit { closeOnce(descriptor) }
}

/// Traps in a debug build when it was closed before: its number could be another file's by now.
private func closeOnce(_ descriptor: Int32) {
  let isClosed = close(descriptor) == 0
  assert(isClosed || errno != EBADF, "descriptor \(descriptor) was closed before")
}
