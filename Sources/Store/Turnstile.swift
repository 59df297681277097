import Dispatch
import Glibc
import Synchronization

/// The line of processes before the write lock: a second file, locked by whoever is next.
///
/// The kernel serves those who block in `flock` in the order they came, but lets none of them go
/// after a while. So a thread of its own stands in line; a request that runs out of time leaves it
/// there, and the process's next request takes over the place.
final class Turnstile: Sendable {
  private let descriptor: Int32
  private let thread = DispatchQueue(label: "nearcare.turnstile")
  private let line = Mutex(Line())
  /// Signalled once for each wanted place that has come to the front.
  private let front = DispatchSemaphore(value: 0)

  private struct Line {
    /// The thread is in line.
    var isStanding = false
    /// A request waits for it.
    var isWanted = false
  }

  /// Opens or creates the file, mode 0600. It is never removed.
  init(path: String) throws(StoreError) {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
  }

  deinit { close(descriptor) }

  /// Waits to be next; false when the deadline came first. The caller lets only one of its threads
  /// in at a time, and calls `leave` after true.
  func pass(until deadline: DispatchTime) -> Bool {
    let isFree = line.withLock { line in
      if !line.isStanding {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        line.isStanding = true
        thread.async { self.stand() }
      }
      line.isWanted = true
      return false
    }
    if isFree || front.wait(timeout: deadline) == .success { return true }
    let cameAfterAll = line.withLock { line in
      defer { line.isWanted = false }
      return !line.isStanding
    }
    if cameAfterAll { front.wait() }
    return cameAfterAll
  }

  func leave() { flock(descriptor, LOCK_UN) }

  /// A lock that fails for good counts as had: the order is a courtesy, the write lock decides.
  private func stand() {
    while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    line.withLock { line in
      line.isStanding = false
      guard line.isWanted else {
        leave()
        return
      }
      line.isWanted = false
      front.signal()
    }
  }
}
