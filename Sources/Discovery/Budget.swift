/// The time one search may take, measured on the monotonic clock.
///
/// A search that runs out of it answers with what it has found so far, all of it right, and says
/// that there may be more.
public struct Budget: Sendable {
  public let limit: Duration
  private let started: ContinuousClock.Instant
  private let now: @Sendable () -> ContinuousClock.Instant

  /// - Parameter now: replaced in tests by a clock that the test moves.
  public init(
    limit: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.limit = limit
    self.now = now
    started = now()
  }

  public var elapsed: Duration { now() - started }
  public var isSpent: Bool { elapsed >= limit }
}
