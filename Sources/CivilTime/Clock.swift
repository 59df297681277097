import Glibc

/// Where "now" comes from: the system's clock, or one that stands still or is moved by a test.
public struct Clock: Sendable {
  public let now: @Sendable () -> Instant

  public init(now: @escaping @Sendable () -> Instant) { self.now = now }

  /// A clock that always says `instant`.
  public static func fixed(at instant: Instant) -> Clock { Clock { instant } }

  /// The system's clock, unless `NEARCARE_NOW` (RFC 3339) in `environment` fixes now for the run.
  public static func system(environment: [String: String]) throws(ClockError) -> Clock {
    guard let text = environment["NEARCARE_NOW"] else { return Clock(now: readSystemClock) }
    do throws(RFC3339Error) {
      return .fixed(at: try Instant(parsingRFC3339: text))
    } catch {
      throw ClockError.badNow(error)
    }
  }

  @Sendable private static func readSystemClock() -> Instant {
    var time = timespec()
    let status = clock_gettime(CLOCK_REALTIME, &time)
    precondition(status == 0, "the system has no real-time clock")
    return Instant(secondsSinceEpoch: Int64(time.tv_sec))
  }
}

/// Why there is no clock to go by.
public enum ClockError: Error, Equatable, Sendable {
  case badNow(RFC3339Error)
}

extension ClockError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badNow(let error): "NEARCARE_NOW: \(error), or unset it"
    }
  }
}
