import Dispatch
import Synchronization

/// A task on a thread of its own.
final class Background: Sendable {
  private let group = DispatchGroup()
  private let fault = Mutex<IndexError?>(nil)

  init(_ task: @escaping @Sendable () throws(IndexError) -> Void) {
    DispatchQueue.global().async(group: group) { [self] in
      do throws(IndexError) {
        try task()
      } catch {
        fault.withLock { $0 = error }
      }
    }
  }

  func wait() { group.wait() }

  /// Waits for its end.
  ///
  /// - Throws: what the task threw.
  func finish() throws(IndexError) {
    wait()
    if let fault = fault.withLock({ $0 }) { throw fault }
  }
}
