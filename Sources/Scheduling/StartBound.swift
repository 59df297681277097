public import CivilTime
import ProviderDirectory

/// From when on hours may have a slot that a request wants, told from when slots start in them,
/// without laying one: exact where nothing is taken, and never too late.
public struct StartBound: Sendable {
  private let visitType: VisitType?
  /// Minutes since 1970 by the wall clock.
  private let dates: Range<Int64>
  /// Minutes after midnight.
  private let times: Range<Int64>
  private var offsets: OffsetTimeline

  /// - Parameter earliest: no slot before it will be asked for.
  public init(_ request: SlotRequest, in zone: Zone, from earliest: Instant) {
    visitType = request.visitType
    dates =
      request.dates.map { $0.lowerBound.wallMinutes..<$0.upperBound.wallMinutes + 1440 }
      ?? Self.anyDate
    times =
      request.times.map { Int64($0.lowerBound.minutes)..<Int64($0.upperBound.minutes) } ?? 0..<1440
    offsets = OffsetTimeline(zone: zone, from: earliest.secondsSinceEpoch)
  }

  /// Far from the ends of the type, so that sums stay within it.
  private static let anyDate: Range<Int64> = (.min >> 8)..<(.max >> 8)

  /// A moment from `earliest` on before which no slot starts; nil where none ever does.
  public mutating func start(in hours: [WeeklyHours], from earliest: Instant) -> Instant? {
    let earliest = earliest.secondsSinceEpoch
    var index = 0
    while true {
      if index == offsets.spans.count {
        offsets.extend(pastWall: offsets.spans[index - 1].upper)
      }
      let span = offsets.spans[index]
      index += 1
      guard span.upper > earliest else { continue }
      let wall = max(earliest, span.lower) + span.offsetSeconds
      let next = wall / 60 + (wall % 60 > 0 ? 1 : 0)
      guard let minute = firstMinute(in: hours, from: max(next, dates.lowerBound))
      else { return nil }
      let start = minute * 60 - span.offsetSeconds
      if start < span.upper, minute < dates.upperBound { return Instant(secondsSinceEpoch: start) }
      // By then every zone's clock has shown the last of the dates.
      if span.upper / 60 > dates.upperBound + 1440 { return nil }
    }
  }

  /// When the wall clock first shows a start, in minutes since 1970, if it goes on as it does from
  /// `minute` on.
  private func firstMinute(in hours: [WeeklyHours], from minute: Int64) -> Int64? {
    let day = Int64(CivilDate(inUTC: Instant(secondsSinceEpoch: minute * 60)).daysSinceEpoch)
    let minuteOfDay = minute - day * 1440
    var first: Int64?
    for one in hours where visitType == nil || one.visitType == nil || one.visitType == visitType {
      for isNextDay in [false, true] {
        if let found = start(of: one, onNextDay: isNextDay, from: day, minuteOfDay) {
          first = min(first ?? .max, found)
        }
      }
    }
    return first
  }

  /// The first start that lies on the day on which the hours begin, or on the next.
  private func start(
    of hours: WeeklyHours, onNextDay: Bool, from day: Int64, _ minute: Int64
  ) -> Int64? {
    let midnight: Int64 = onNextDay ? 1440 : 0
    let origin = Int64(hours.startMinute)
    let lower = max(origin, midnight + times.lowerBound)
    let upper = min(Int64(hours.endMinute), midnight + times.upperBound)
    guard lower < upper else { return nil }
    let step = Int64(hours.stepMinutes)
    func start(from minute: Int64) -> Int64 {
      origin + (minute - origin + step - 1) / step * step
    }
    let today = day - (onNextDay ? 1 : 0)
    var begins = max(today, Int64(hours.firstDay))
    var found = start(from: begins == today ? max(lower, midnight + minute) : lower)
    if found >= upper || !hours.begins(on: begins) {
      found = start(from: lower)
      guard found < upper, let next = hours.nextBeginning(after: begins) else { return nil }
      begins = next
    }
    // Clocks that are set back may show the last day again.
    return begins <= Int64(hours.lastDay) + 2 ? begins * 1440 + found : nil
  }
}

extension WeeklyHours {
  fileprivate func begins(on day: Int64) -> Bool {
    weekdays & 1 << Self.weekday(day) != 0
  }

  /// Nil where they begin on no weekday.
  fileprivate func nextBeginning(after day: Int64) -> Int64? {
    let week = Int(weekdays & 0x7f)
    guard week != 0 else { return nil }
    // Two weeks in a row, of which the first day is the next one.
    let days = (week << 7 | week) >> Self.weekday(day + 1)
    return day + 1 + Int64(days.trailingZeroBitCount)
  }

  /// 0 is Monday.
  private static func weekday(_ day: Int64) -> Int {
    CivilDate(daysSinceEpoch: Int32(truncatingIfNeeded: day)).weekday.rawValue - 1
  }
}

extension CivilDate {
  fileprivate var wallMinutes: Int64 { Int64(daysSinceEpoch) * 1440 }
}
