import Dispatch
import Synchronization

/// A task on a thread of its own.
final class Aside: Sendable {
  private let group = DispatchGroup()
  private let fault = Mutex<(any Error)?>(nil)

  init(_ task: @escaping @Sendable () throws -> Void) {
    DispatchQueue.global().async(group: group) { [self] in
      do {
        try task()
      } catch {
        fault.withLock { $0 = error }
      }
    }
  }

  func wait() { group.wait() }

  /// Waits for its end; throws what it threw.
  func finish() throws {
    wait()
    if let fault = fault.withLock({ $0 }) { throw fault }
  }
}

/// Reads on a thread of its own while the caller stores: at most one portion waits, so that memory
/// stays bounded.
///
/// - Parameters:
///   - read: hands out portions, in order.
///   - store: takes each of them, on the caller's thread. When it throws, reading ends too.
func readAhead<Portion: Sendable>(
  _ read: @escaping @Sendable ((Portion) throws -> Void) throws -> Void,
  store: (Portion) throws -> Void
) throws {
  let handover = Handover<Portion>()
  let reading = Aside {
    do {
      try read { try handover.give(.portion($0)) }
      try handover.give(.end)
    } catch {
      handover.fail(error)
    }
  }
  defer {
    handover.stop()
    reading.wait()
  }
  while let portion = try handover.next() { try store(portion) }
}

private final class Handover<Portion: Sendable>: Sendable {
  enum Turn: Sendable {
    case portion(Portion)
    case end
    case failure(any Error)
  }

  private struct Stopped: Error {}

  private let waiting = Mutex<Turn?>(nil)
  private let isStopped = Atomic(false)
  private let free = DispatchSemaphore(value: 0)
  private let filled = DispatchSemaphore(value: 0)

  init() { free.signal() }

  /// - Throws: when nobody takes any more.
  func give(_ turn: Turn) throws {
    free.wait()
    guard !isStopped.load(ordering: .acquiring) else {
      // So that the next attempt, if one is made after all, does not wait for nobody.
      free.signal()
      throw Stopped()
    }
    waiting.withLock { $0 = turn }
    filled.signal()
  }

  func fail(_ error: any Error) {
    guard !(error is Stopped) else { return }
    free.wait()
    waiting.withLock { $0 = .failure(error) }
    filled.signal()
  }

  func next() throws -> Portion? {
    filled.wait()
    let turn = waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    free.signal()
    switch turn {
    case .portion(let portion): return portion
    case .failure(let error): throw error
    case .end, nil: return nil
    }
  }

  func stop() {
    isStopped.store(true, ordering: .releasing)
    free.signal()
  }
}
