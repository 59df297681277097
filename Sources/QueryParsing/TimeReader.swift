import CivilTime

/// Finds the times of day in a query.
///
/// "morning" is 00:00–12:00, "afternoon" 12:00–17:00, "evening", "tonight" and "after 5pm"
/// 17:00–24:00. An hour by itself ("3pm") is the hour that starts then. Of hours without am or pm,
/// 1 to 7 are pm and 8 to 11 am.
struct TimeReader {
  let tokens: [QueryToken]
  let calendar: CivilCalendar

  static let morning = TimeRange(from: .startOfDay, to: .noon)
  static let afternoon = TimeRange(from: .noon, to: .evening)
  static let evening = TimeRange(from: .evening, to: .endOfDay)
  static let lunch = TimeRange(from: .noon, to: TimeOfDay(minutes: 13 * 60)!)

  func add(startingIn starts: Range<Int>, to readings: inout Readings) {
    for start in starts {
      addPartOfDay(start, to: &readings)
      addClock(start, to: &readings)
    }
  }

  private func word(_ index: Int) -> String {
    guard tokens.indices.contains(index) else { return "" }
    return tokens[index].numeral ?? tokens[index].word?.text ?? ""
  }

  // MARK: Parts of the day

  private func addPartOfDay(_ start: Int, to readings: inout Readings) {
    let today = calendar.today...calendar.today
    switch word(start) {
    case "tonight", "tonite", "2nite":
      readings.add(start..<start + 1, .datesAndTimes(today, Self.evening), Preference.term)
    case "this":
      if let (range, end) = partOfDay(start + 1) {
        readings.add(start..<end, .datesAndTimes(today, range), Preference.term)
      }
    case "in", "during", "at":
      let next = word(start + 1) == "the" ? start + 2 : start + 1
      if let (range, end) = partOfDay(next) {
        readings.add(start..<end, .times(range), Preference.term)
      }
    default: break
    }
    if let (range, end) = partOfDay(start) {
      readings.add(start..<end, .times(range), Preference.term)
    }
  }

  private func partOfDay(_ start: Int) -> (range: TimeRange, end: Int)? {
    let first = word(start)
    let next = ["early", "late", "mid"].contains(first) ? start + 1 : start
    switch word(next) {
    case "morning", "mornings": return (Self.morning, next + 1)
    case "afternoon", "afternoons": return (Self.afternoon, next + 1)
    case "evening", "evenings", "night", "nights", "nighttime": return (Self.evening, next + 1)
    case "lunchtime", "lunch": return (Self.lunch, word(next + 1) == "hour" ? next + 2 : next + 1)
    case "midday", "noon", "noontime": return (Self.lunch, next + 1)
    case "am" where next == start: return (Self.morning, next + 1)
    case "after" where ["work", "hours"].contains(word(next + 1)): return (Self.evening, next + 2)
    case "after" where word(next + 1) == "school":
      return (TimeRange(from: TimeOfDay(minutes: 15 * 60)!, to: .endOfDay), next + 2)
    case "before" where word(next + 1) == "work":
      return (TimeRange(from: .startOfDay, to: TimeOfDay(minutes: 9 * 60)!), next + 2)
    default: return nil
    }
  }

  // MARK: The clock

  private func addClock(_ start: Int, to readings: inout Readings) {
    if let (range, end) = span(start) ?? bounded(start) ?? hour(start) {
      readings.add(start..<end, .times(range), Preference.term)
    }
  }

  /// `after 5pm`, `before 10 am`, `5pm or later`, `from 3pm on`.
  private func bounded(_ start: Int) -> (range: TimeRange, end: Int)? {
    switch word(start) {
    case "after", "past", "from", "starting", "since":
      guard let time = clock(start + 1, needsMark: !["after", "past"].contains(word(start))),
        time.value < .endOfDay
      else { return nil }
      let isOnward = ["on", "onward", "onwards"].contains(word(time.end))
      return (TimeRange(from: time.value, to: .endOfDay), isOnward ? time.end + 1 : time.end)
    case "before", "by", "until", "till":
      guard let time = clock(start + 1, needsMark: word(start) != "before"),
        time.value > .startOfDay
      else { return nil }
      return (TimeRange(from: .startOfDay, to: time.value), time.end)
    default: return nil
    }
  }

  /// `2-4pm`, `2pm to 4pm`, `between 2 and 4 pm`, `from 9am until 11am`.
  private func span(_ start: Int) -> (range: TimeRange, end: Int)? {
    let parts = word(start).split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 2, let to = Clock12(parts[1]), let from = Clock12(parts[0]) {
      return joined(from, to, end: start + 1, following: start + 1)
    }
    let opener = word(start)
    let first = opener == "between" || opener == "from" ? start + 1 : start
    guard let from = Clock12(word(first)) else { return nil }
    var next = first + 1
    var begin = from
    if from.mark == nil, let mark = Clock12.Mark(word(next)) {
      begin.mark = mark
      next += 1
    }
    guard ["to", "until", "till", "through", "and"].contains(word(next)),
      word(next) != "and" || opener == "between", let to = Clock12(word(next + 1))
    else { return nil }
    return joined(begin, to, end: next + 2, following: next + 2)
  }

  private func joined(
    _ from: Clock12, _ to: Clock12, end: Int, following: Int
  ) -> (range: TimeRange, end: Int)? {
    var from = from
    var to = to
    var end = end
    if to.mark == nil, let mark = Clock12.Mark(word(following)) {
      to.mark = mark
      end += 1
    }
    guard from.mark != nil || to.mark != nil || from.hasMinutes || to.hasMinutes else { return nil }
    // "9 to 5pm" starts in the morning, "2 to 4pm" does not.
    if from.mark == nil, let mark = to.mark {
      from.mark = mark
      if let a = from.time, let b = to.time, a >= b { from.mark = .am }
    }
    guard let a = from.time, let b = to.time, a < b else { return nil }
    return (TimeRange(from: a, to: b), end)
  }

  /// `at 3pm`, `3:30 pm`, `around 3`: the hour from then on.
  private func hour(_ start: Int) -> (range: TimeRange, end: Int)? {
    let saysAt = ["at", "around", "about"].contains(word(start))
    let first = saysAt ? start + 1 : start
    guard let time = clock(first, needsMark: word(start) != "at"), time.value < .endOfDay else {
      return nil
    }
    let to = TimeOfDay(minutes: min(1440, time.value.minutes + 60)) ?? .endOfDay
    var end = time.end
    if ["or", "and"].contains(word(end)), ["later", "after"].contains(word(end + 1)) {
      end += 2
      return (TimeRange(from: time.value, to: .endOfDay), end)
    }
    return (TimeRange(from: time.value, to: to), end)
  }

  private func clock(_ start: Int, needsMark: Bool) -> (value: TimeOfDay, end: Int)? {
    if word(start) == "noon" || word(start) == "midday" { return (.noon, start + 1) }
    guard var time = Clock12(word(start)) else { return nil }
    var end = start + 1
    if time.mark == nil, let mark = Clock12.Mark(word(end)) {
      time.mark = mark
      end += 1
    } else if word(end) == "oclock" {
      end += 1
    } else if time.mark == nil, needsMark, !time.hasMinutes {
      return nil
    }
    return time.time.map { ($0, end) }
  }
}

/// An hour as people write it: `5`, `5pm`, `5:30`, `17:00`.
private struct Clock12 {
  enum Mark {
    case am, pm

    init?(_ text: some StringProtocol) {
      switch text {
      case "am", "a": self = .am
      case "pm", "p": self = .pm
      default: return nil
      }
    }
  }

  let hour: Int
  let minute: Int
  let hasMinutes: Bool
  var mark: Mark?

  init?(_ text: some StringProtocol) {
    guard let first = text.utf8.first, (48...58).contains(first) else { return nil }
    let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == ":" }
    let rest = text.dropFirst(digits.count)
    if !rest.isEmpty {
      guard let mark = Mark(String(rest.filter { $0 != "." })) else { return nil }
      self.mark = mark
    }
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), (1...2).contains(parts[0].utf8.count),
      let hour = Int(parts[0]), (0...24).contains(hour)
    else { return nil }
    hasMinutes = parts.count == 2
    var minute = 0
    if hasMinutes {
      guard parts[1].utf8.count == 2, let number = Int(parts[1]), number < 60 else { return nil }
      minute = number
    }
    self.hour = hour
    self.minute = minute
  }

  var time: TimeOfDay? {
    switch mark {
    case .am: (1...12).contains(hour) ? TimeOfDay(hour: hour % 12, minute: minute) : nil
    case .pm: (1...12).contains(hour) ? TimeOfDay(hour: hour % 12 + 12, minute: minute) : nil
    case nil:
      (1...7).contains(hour)
        ? TimeOfDay(hour: hour + 12, minute: minute) : TimeOfDay(hour: hour, minute: minute)
    }
  }
}

extension TimeOfDay {
  static let noon = TimeOfDay(minutes: 12 * 60)!
  static let evening = TimeOfDay(minutes: 17 * 60)!
}
