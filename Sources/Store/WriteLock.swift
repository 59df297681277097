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

  /// Opens or creates the lock file, mode 0600. It is never removed.
  init(path: String, waitSeconds: Double) throws(StoreError) {
    self.path = path
    self.waitSeconds = waitSeconds
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
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
    try lockFile(until: deadline)
    defer { flock(descriptor, LOCK_UN) }
    return try body()
  }

  /// `flock` has no time limit of its own, so the wait is a sequence of attempts, 0.1 ms apart at
  /// first and 4 ms at most.
  private func lockFile(until deadline: DispatchTime) throws(StoreError) {
    var pauseMicroseconds: UInt32 = 100
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EWOULDBLOCK:
        guard DispatchTime.now() < deadline else {
          throw .tryLater(path: path, waitedSeconds: waitSeconds)
        }
        usleep(pauseMicroseconds)
        pauseMicroseconds = min(pauseMicroseconds * 2, 4000)
      case EINTR: continue
      default: throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
      }
    }
  }
}
