public import CivilTime
public import ProviderDirectory

/// When a practitioner sees patients at one site, and what a visit there takes.
public struct Schedule: Sendable {
  public let role: RoleID
  /// The site's zone, by whose wall clock blocks and exceptions are written.
  public let zone: Zone
  public let blocks: [ScheduleBlock]
  public let exceptions: [ScheduleException]
  public let rules: BookingRules
  public let practice: Practice

  /// Time off as instants, sorted by start.
  let timeOff: [Busy]
  /// Extra and replacement hours laid on their days.
  let extraHours: [Window]
  /// The dates whose weekly hours replacement hours take the place of.
  let replacedDates: Set<CivilDate>
  /// Whether any weekly block ends on the day after it starts.
  let passesMidnight: Bool

  public init(
    role: RoleID, zone: Zone, blocks: [ScheduleBlock], exceptions: [ScheduleException] = [],
    rules: BookingRules = .standard, practice: Practice = .plain
  ) {
    self.role = role
    self.zone = zone
    self.blocks = blocks
    self.exceptions = exceptions
    self.rules = rules
    self.practice = practice
    passesMidnight = blocks.contains { $0.endMinute > 1440 }
    var timeOff: [Busy] = []
    var extraHours: [Window] = []
    var replacedDates: Set<CivilDate> = []
    for exception in exceptions {
      guard let hours = exception.hours else {
        timeOff.append(Self.away(exception, in: zone))
        continue
      }
      if exception.replacesWeek { replacedDates.insert(exception.from.date) }
      if hours.kinds.isEmpty {
        extraHours.append(Window(exception, hours))
      } else {
        extraHours += hours.kinds.lazy.compactMap(practice.kind).map {
          Window(exception, hours, kind: $0)
        }
      }
    }
    timeOff.sort { $0.start < $1.start }
    self.timeOff = timeOff
    self.extraHours = extraHours
    self.replacedDates = replacedDates
  }

  /// Whether there are no hours at all, so that nothing can be booked online.
  public var isEmpty: Bool { blocks.isEmpty && extraHours.isEmpty }

  /// Whether weekly hours that begin on `date` do not apply.
  func isClosed(on date: CivilDate) -> Bool {
    if !replacedDates.isEmpty, replacedDates.contains(date) { return true }
    return !practice.holidays.isEmpty && practice.holiday(on: date) != nil
  }

  /// How long one is on the way between this site and another of the practitioner's.
  func travelSeconds(to other: RoleID?) -> Int64 {
    guard let other, other != role, let minutes = practice.travelMinutes[other] else { return 0 }
    return Int64(minutes) * 60
  }

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

  /// The moment before which the clock shows an earlier time for the last time. Where the repeated
  /// stretch begins with the time itself, that is its first reading.
  fileprivate var last: Instant {
    switch self {
    case .unique(let instant): instant
    case .skipped(_, let transition, _): transition
    case .repeated(let first, let transition, let second): second == transition ? first : second
    }
  }
}
