public import CivilTime
public import ProviderDirectory

/// In which three-hour stretches of a week, by the wall clock, something may start: what rules a
/// schedule out for a request without laying a single slot.
public struct WeekPattern: Hashable, Sendable {
  /// Eight bits a day, Monday's first the lowest.
  public let bits: Int64

  public init(bits: Int64) { self.bits = bits }

  static let stretchMinutes = 180
  private static let stretches = 8

  /// Slots of `visitType` in plain weekly hours, on whatever dates these apply.
  public init(_ blocks: [ScheduleBlock], _ visitType: VisitType) {
    var bits: Int64 = 0
    for block in blocks where block.visitType == visitType {
      let monday = (block.weekday.rawValue - 1) * Self.stretches
      let first = monday + block.start.minutes / Self.stretchMinutes
      let last = monday + (block.endMinute - 1) / Self.stretchMinutes
      for stretch in first...last { bits |= 1 << (stretch % (7 * Self.stretches)) }
    }
    self.bits = bits
  }

  /// Starts on `dates` at `times`, both by the wall clock; nil is any.
  public init(dates: ClosedRange<CivilDate>?, times: Range<TimeOfDay>?) {
    var day: Int64 = 0xff
    if let times {
      day = 0
      if !times.isEmpty {
        let first = times.lowerBound.minutes / Self.stretchMinutes
        for stretch in first...(times.upperBound.minutes - 1) / Self.stretchMinutes {
          day |= 1 << stretch
        }
      }
    }
    var weekdays = Set(Weekday.allCases)
    if let dates, dates.lowerBound.distance(to: dates.upperBound) < 6 {
      weekdays = Set(dates.map(\.weekday))
    }
    bits = weekdays.reduce(0) { $0 | day << (($1.rawValue - 1) * Self.stretches) }
  }

  public func meets(_ other: WeekPattern) -> Bool { bits & other.bits != 0 }

  public func union(_ other: WeekPattern) -> WeekPattern { WeekPattern(bits: bits | other.bits) }
}
