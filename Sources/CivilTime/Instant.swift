/// A moment on the UTC time line, in whole seconds since 1970-01-01T00:00:00Z, leap seconds not
/// counted.
public struct Instant: Hashable, Comparable, Sendable {
  public let secondsSinceEpoch: Int64

  public init(secondsSinceEpoch: Int64) { self.secondsSinceEpoch = secondsSinceEpoch }

  public static func < (a: Instant, b: Instant) -> Bool {
    a.secondsSinceEpoch < b.secondsSinceEpoch
  }

  /// Stops at the last (first) representable second.
  public func adding(seconds: Int64) -> Instant {
    let (sum, overflow) = secondsSinceEpoch.addingReportingOverflow(seconds)
    guard overflow else { return Instant(secondsSinceEpoch: sum) }
    return Instant(secondsSinceEpoch: seconds > 0 ? .max : .min)
  }

  /// Seconds from `earlier` to this instant; negative if this one comes first.
  public func seconds(since earlier: Instant) -> Int64 {
    let (difference, overflow) =
      secondsSinceEpoch.subtractingReportingOverflow(earlier.secondsSinceEpoch)
    guard overflow else { return difference }
    return secondsSinceEpoch > earlier.secondsSinceEpoch ? .max : .min
  }
}
