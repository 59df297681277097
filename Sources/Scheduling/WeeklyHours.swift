import CivilTime
public import ProviderDirectory

/// Hours that some weekdays have in common, as far as they say when a slot may start.
public struct WeeklyHours: Hashable, Sendable {
  /// Those on which the hours begin; Monday is the lowest bit.
  public var weekdays: UInt8
  /// Nil where kinds of visits say.
  public var visitType: VisitType?
  /// Minutes after midnight; the end may lie on the next day, past 1440. No slot starts at it.
  public var startMinute: Int
  public var endMinute: Int
  /// The distance between starts.
  public var stepMinutes: Int
  /// The first and the last day on which the hours begin, in days since 1970, both included; the
  /// ends of the type where there is none.
  public var firstDay: Int32
  public var lastDay: Int32

  public init(
    weekdays: UInt8, visitType: VisitType?, startMinute: Int, endMinute: Int, stepMinutes: Int,
    firstDay: Int32 = .min, lastDay: Int32 = .max
  ) {
    self.weekdays = weekdays
    self.visitType = visitType
    self.startMinute = startMinute
    self.endMinute = endMinute
    self.stepMinutes = stepMinutes
    self.firstDay = firstDay
    self.lastDay = lastDay
  }

  private init(_ block: ScheduleBlock) {
    self.init(
      weekdays: 1 << (block.weekday.rawValue - 1),
      visitType: block.offers.kinds.isEmpty ? block.visitType : nil,
      startMinute: block.start.minutes, endMinute: block.endMinute,
      stepMinutes: block.offers.stepMinutes,
      firstDay: block.validFrom?.daysSinceEpoch ?? .min,
      lastDay: block.validUntil?.daysSinceEpoch ?? .max)
  }

  /// Nil for time off.
  private init?(_ exception: ScheduleException) {
    guard let offers = exception.hours else { return nil }
    let window = Window(exception, offers)
    let day = window.date.daysSinceEpoch
    self.init(
      weekdays: 1 << (window.date.weekday.rawValue - 1),
      visitType: offers.kinds.isEmpty ? offers.visitType : nil, startMinute: window.startMinute,
      endMinute: window.endMinute, stepMinutes: window.stepMinutes, firstDay: day, lastDay: day)
  }

  /// All starts of weekly hours and of the hours of single days, in the order of the day.
  ///
  /// Cycles of weeks, time off and days whose weekly hours are replaced are left out of account:
  /// each of them takes starts away.
  public static func starts(
    of blocks: [ScheduleBlock], and exceptions: [ScheduleException]
  ) -> [WeeklyHours] {
    var groups: [WeeklyHours] = []
    for one in blocks.map(WeeklyHours.init) + exceptions.compactMap(WeeklyHours.init) {
      if let same = groups.firstIndex(where: { $0.isOtherDay(of: one) }) {
        groups[same].weekdays |= one.weekdays
      } else {
        groups.append(one)
      }
    }
    return groups.sorted { ($0.startMinute, $0.endMinute) < ($1.startMinute, $1.endMinute) }
  }

  private func isOtherDay(of other: WeeklyHours) -> Bool {
    var other = other
    other.weekdays = weekdays
    return self == other
  }

  /// Adds plain hours of which these are the starts, a block for each weekday.
  public func appendPlainBlocks(to blocks: inout [ScheduleBlock]) throws(ScheduleError) {
    guard let visitType, let start = TimeOfDay(minutes: startMinute),
      let end = TimeOfDay(minutes: endMinute > 1440 ? endMinute - 1440 : endMinute)
    else { throw .startAtEndOfDay }
    let validFrom = firstDay == .min ? nil : CivilDate(daysSinceEpoch: firstDay)
    let validUntil = lastDay == .max ? nil : CivilDate(daysSinceEpoch: lastDay)
    for weekday in Weekday.allCases where weekdays & 1 << (weekday.rawValue - 1) != 0 {
      blocks.append(
        try ScheduleBlock(
          weekday: weekday, start: start, end: end, slotMinutes: stepMinutes, visitType: visitType,
          validFrom: validFrom, validUntil: validUntil))
    }
  }
}
