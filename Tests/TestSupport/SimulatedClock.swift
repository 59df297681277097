public import CivilTime
import Synchronization

/// A clock that moves only when the test moves it, forwards or back.
public final class SimulatedClock: Sendable {
  private let current: Mutex<Instant>

  public init(at instant: Instant) { current = Mutex(instant) }

  /// Starts at an RFC 3339 time; nil if it is not one.
  public convenience init?(_ text: String) {
    guard let instant = Instant(rfc3339: text) else { return nil }
    self.init(at: instant)
  }

  public var now: Instant { current.withLock { $0 } }

  public func advance(seconds: Int64) {
    current.withLock { $0 = $0.adding(seconds: seconds) }
  }

  public func set(to instant: Instant) { current.withLock { $0 = instant } }

  /// This clock in the form that the code under test takes.
  public var clock: Clock { Clock { self.now } }
}
