import Dispatch
import Glibc

/// The one lock that covers every write transaction and every checkpoint, in every process.
///
/// SQLite before 3.51.3 can corrupt a database when a checkpoint races a commit and another
/// checkpoint (https://www.sqlite.org/wal.html, "The WAL-Reset Bug"); under this lock they cannot
/// race. It also means that a writer waits here, for a bounded time, and not in SQLite's busy
/// handler, so nobody sees SQLITE_BUSY.
final class WriteLock: Sendable {
  private let path: String
  private let descriptor: Int32
  private let waitSeconds: Double
  /// `flock` belongs to the open file, not to the thread: this one keeps threads apart.
  private let turn = DispatchSemaphore(value: 1)
  private let turnstile: Turnstile

  /// Opens or creates the two lock files, mode 0600. They are never removed.
  init(path: String, turnstilePath: String, waitSeconds: Double) throws(StoreError) {
    self.path = path
    self.waitSeconds = waitSeconds
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
    turnstile = try Turnstile(path: turnstilePath)
  }

  deinit { close(descriptor) }

  /// Runs `body` while no other holder, thread or process, is inside.
  ///
  /// Throws `StoreError.tryLater` when the lock is not free within `waitSeconds`.
  func hold<T>(_ body: () throws -> T) throws -> T {
    let start = DispatchTime.now()
    let deadline = start + waitSeconds
    guard turn.wait(timeout: deadline) == .success else {
      throw StoreError.tryLater(path: path, waitedSeconds: waitSeconds)
    }
    defer { turn.signal() }
    // Late in its time nobody heeds the line any more: its head may be a process that was
    // stopped.
    let isNext = turnstile.pass(until: start + waitSeconds * 0.8)
    do {
      defer { if isNext { turnstile.leave() } }
      try lockFile(isNext: isNext, until: deadline)
    }
    defer { flock(descriptor, LOCK_UN) }
    return try body()
  }

  /// `flock` has no time limit of its own, so the wait is a sequence of attempts. Only whoever is
  /// next makes them often: each pause is a twentieth of the wait so far, 0.1 to 4 ms.
  private func lockFile(isNext: Bool, until deadline: DispatchTime) throws(StoreError) {
    let start = DispatchTime.now().uptimeNanoseconds
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EWOULDBLOCK:
        let now = DispatchTime.now()
        guard now < deadline else {
          throw .tryLater(path: path, waitedSeconds: waitSeconds)
        }
        let waitedMicroseconds = (now.uptimeNanoseconds - start) / 1000
        usleep(isNext ? UInt32(min(max(waitedMicroseconds / 20, 100), 4000)) : 4000)
      case EINTR: continue
      default: throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
      }
    }
  }
}
