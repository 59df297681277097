public import CivilTime

/// Why a schedule's block, exception or rule cannot be, as a row of a schedule file may ask for.
public enum ScheduleError: Error, Hashable, Sendable {
  case startAtEndOfDay
  case empty(from: TimeOfDay, to: TimeOfDay)
  case slotMinutes(Int)
  case slotLongerThanBlock(slotMinutes: Int, blockMinutes: Int)
  case validityReversed(from: CivilDate, until: CivilDate)
  case exceptionReversed(from: CivilDateTime, to: CivilDateTime)
  case exceptionSeconds(CivilDateTime)
  case extraHoursTooLong(minutes: Int)
  case minimumNotice(seconds: Int64)
  case horizon(days: Int)
}

extension ScheduleError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .startAtEndOfDay: "a start of 24:00 belongs to the next day; write 00:00 of that day"
    case .empty(let from, let to):
      "\(from) to \(to) is no time at all; for a whole day write 00:00 to 24:00"
    case .slotMinutes(let minutes): "a slot of \(minutes) minutes; 1 to 1440 are allowed"
    case .slotLongerThanBlock(let slotMinutes, let blockMinutes):
      "a slot of \(slotMinutes) minutes does not fit into \(blockMinutes) minutes; shorten it"
    case .validityReversed(let from, let until):
      "valid from \(from) until \(until), which is earlier; swap them"
    case .exceptionReversed(let from, let to):
      "from \(from) to \(to), which is not later; swap them"
    case .exceptionSeconds(let time): "\(time) is not a whole minute; drop the seconds"
    case .extraHoursTooLong(let minutes):
      "extra hours of \(minutes) minutes; at most 1440 a row, so write a row a day"
    case .minimumNotice(let seconds):
      "a minimum notice of \(seconds) seconds; allowed are "
        + "0 to \(BookingRules.longestNoticeSeconds)"
    case .horizon(let days):
      "a booking horizon of \(days) days; 1 to \(BookingRules.longestHorizonDays) are allowed"
    }
  }
}
