public import CivilTime
public import ProviderDirectory

/// How soon and how far ahead a visit may be booked.
public struct BookingRules: Hashable, Sendable {
  static let longestNoticeSeconds: Int64 = 30 * 86_400
  static let longestHorizonDays = 730

  /// A visit starts at least this long after now, and never at or before now.
  public let minimumNoticeSeconds: Int64
  /// A visit's date at the site is at most this many days after today's date there.
  public let horizonDays: Int

  /// Notice up to 30 days; a horizon of 1…730 days.
  public init(minimumNoticeSeconds: Int64, horizonDays: Int) throws(ScheduleError) {
    guard (0...Self.longestNoticeSeconds).contains(minimumNoticeSeconds) else {
      throw .minimumNotice(seconds: minimumNoticeSeconds)
    }
    guard (1...Self.longestHorizonDays).contains(horizonDays) else {
      throw .horizon(days: horizonDays)
    }
    self.init(uncheckedNotice: minimumNoticeSeconds, horizonDays: horizonDays)
  }

  private init(uncheckedNotice: Int64, horizonDays: Int) {
    minimumNoticeSeconds = uncheckedNotice
    self.horizonDays = horizonDays
  }

  /// One hour's notice, 90 days ahead.
  public static let standard = BookingRules(uncheckedNotice: 3600, horizonDays: 90)
}

/// When a practitioner sees patients at one site.
public struct Schedule: Sendable {
  public let role: RoleID
  /// The site's zone, by whose wall clock blocks and exceptions are written.
  public let zone: Zone
  public let blocks: [ScheduleBlock]
  public let exceptions: [ScheduleException]
  public let rules: BookingRules

  /// Time off as instants, sorted by start.
  let timeOff: [Busy]
  /// Extra hours laid on their days.
  let extraHours: [Window]
  /// Whether any weekly block ends on the day after it starts.
  let passesMidnight: Bool

  public init(
    role: RoleID, zone: Zone, blocks: [ScheduleBlock], exceptions: [ScheduleException] = [],
    rules: BookingRules = .standard
  ) {
    self.role = role
    self.zone = zone
    self.blocks = blocks
    self.exceptions = exceptions
    self.rules = rules
    passesMidnight = blocks.contains { $0.endMinute > 1440 }
    var timeOff: [Busy] = []
    var extraHours: [Window] = []
    for exception in exceptions {
      switch exception.kind {
      case .timeOff: timeOff.append(Self.away(exception, in: zone))
      case .extraHours(let slotMinutes, let visitType):
        extraHours.append(
          Window(exception, slotMinutes: slotMinutes, visitType: visitType))
      }
    }
    timeOff.sort { $0.start < $1.start }
    self.timeOff = timeOff
    self.extraHours = extraHours
  }

  /// Whether there are no hours at all, so that nothing can be booked online.
  public var isEmpty: Bool { blocks.isEmpty && extraHours.isEmpty }

  private static func away(_ exception: ScheduleException, in zone: Zone) -> Busy {
    let from = zone.resolve(exception.from.date, exception.from.time)
    let to = zone.resolve(exception.to.date, exception.to.time)
    return Busy(start: from.first, end: to.last)
  }
}

extension Resolution {
  /// The first moment at which the clock shows the time, or passes it.
  fileprivate var first: Instant {
    switch self {
    case .unique(let instant): instant
    case .skipped(_, let transition, _): transition
    case .repeated(let first, _, _): first
    }
  }

  fileprivate var last: Instant {
    switch self {
    case .unique(let instant): instant
    case .skipped(_, let transition, _): transition
    case .repeated(_, _, let second): second
    }
  }
}
