import Foundation
import Synchronization

/// Runs `body` in so many threads at once, waits for all, and throws what one of them threw.
public func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
  let group = DispatchGroup()
  let failure = Mutex<(any Error)?>(nil)
  for number in 0..<count {
    group.enter()
    Thread {
      do { try body(number) } catch { failure.withLock { $0 = error } }
      group.leave()
    }.start()
  }
  group.wait()
  if let error = failure.withLock({ $0 }) { throw error }
}
