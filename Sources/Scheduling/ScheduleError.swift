public import CivilTime
public import ProviderDirectory

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
  case visits(Int)
  case cycle(weeks: Int)
  case cycleWithoutStart(weeks: Int)
  case reservedKind(ShortName)
  case kindName(String)
  case buffer(minutes: Int)
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
    case .visits(let count):
      "at most \(count) visits; 1 to \(BookingRules.mostVisits) are allowed, or no limit"
    case .cycle(let weeks):
      "every \(weeks) weeks; 1 to \(ScheduleBlock.longestCycleWeeks) are allowed"
    case .cycleWithoutStart(let weeks):
      "every \(weeks) weeks from when on? give valid_from, a day of the first week"
    case .reservedKind(let id):
      "a visit type named \(id), which says how, not what; choose another name"
    case .kindName(let name):
      "a visit type's name of \(name.count) characters; 1 to \(VisitKind.longestName) are allowed"
    case .buffer(let minutes):
      "a buffer of \(minutes) minutes; 0 to \(VisitKind.longestBufferMinutes) are allowed"
    }
  }
}
