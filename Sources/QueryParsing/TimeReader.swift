import CivilTime

/// Finds the times of day in a query.
///
/// "morning" is 00:00–12:00, "afternoon" 12:00–17:00, "evening", "tonight" and "after 5pm"
/// 17:00–24:00. An hour by itself ("3pm") is the hour that starts then. Of hours without am or pm,
/// 1 to 7 are pm and 8 to 11 am; a span of such hours ("9-5") is said as an assumption.
struct TimeReader {
  let tokens: [QueryToken]
  let calendar: CivilCalendar

  static let morning = TimeRange(from: .startOfDay, to: .noon)
  static let afternoon = TimeRange(from: .noon, to: .evening)
  static let evening = TimeRange(from: .evening, to: .endOfDay)
  static let lunch = TimeRange(from: .noon, to: TimeOfDay(minutes: 13 * 60)!)

  /// A stretch of the day, and the index of the token after its words.
  private struct Found {
    let range: TimeRange
    let end: Int
    var note: String?
  }

  func add(startingIn starts: Range<Int>, to readings: inout Readings) {
    for start in starts where mayStartTimes(start) { addTimes(start, to: &readings) }
  }

  func addTimes(_ start: Int, to readings: inout Readings) {
    addPartOfDay(start, to: &readings)
    addClock(start, to: &readings)
  }

  /// Asked of every word of a line, few of which start a time.
  func mayStartTimes(_ start: Int) -> Bool {
    let word = word(start)
    guard let first = word.utf8.first else { return false }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || Self.openers.contains(word)
  }

  private static let openers: Set<String> = Bound.firstWords.union([
    "tonight", "tonite", "this", "in", "during", "at", "early", "late", "mid", "morning",
    "mornings", "afternoon", "afternoons", "evening", "evenings", "night", "nights", "nighttime",
    "lunchtime", "lunch", "midday", "noon", "noontime", "midnight", "am", "pm", "first", "after",
    "before", "between", "from", "around", "about",
  ])

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
    case "lunchtime", "lunch":
      return (Self.lunch, ["hour", "time", "break"].contains(word(next + 1)) ? next + 2 : next + 1)
    case "midday", "noon", "noontime": return (Self.lunch, next + 1)
    case "am" where next == start && saysMorning(start): return (Self.morning, next + 1)
    case "pm" where next == start: return (TimeRange(from: .noon, to: .endOfDay), next + 1)
    case "first" where word(next + 1) == "thing": return (Self.morning, next + 2)
    case "after", "before": return aroundDuty(next)
    default: return nil
    }
  }

  /// `after work`, `before school`, `after lunch`.
  private func aroundDuty(_ start: Int) -> (range: TimeRange, end: Int)? {
    let minutes: Int
    switch (word(start), word(start + 1)) {
    case ("after", "work"), ("after", "hours"): minutes = 17 * 60
    case ("after", "school"): minutes = 15 * 60
    case ("after", "lunch"): minutes = 13 * 60
    case ("before", "work"), ("before", "school"): minutes = 9 * 60
    case ("before", "lunch"): minutes = 12 * 60
    default: return nil
    }
    guard let time = TimeOfDay(minutes: minutes) else { return nil }
    let range =
      word(start) == "after"
      ? TimeRange(from: time, to: .endOfDay) : TimeRange(from: .startOfDay, to: time)
    return (range, start + 2)
  }

  /// "am" is the morning beside a day or an appointment, and a verb in "I am".
  private func saysMorning(_ index: Int) -> Bool {
    let previous = word(index - 1)
    guard !["i", "who", "what", "where"].contains(previous) else { return false }
    return CalendarWords.weekdays[previous] != nil || CalendarWords.dayOfMonth(previous) != nil
      || CalendarWords.numericDate(previous) != nil
      || ["today", "tomorrow", "tmrw", "the", "or", "early", "weekday", "weekend", "week", "in"]
        .contains(previous)
      || ["appointment", "appointments", "appt", "appts", "slot", "slots", "only", "hours", "or"]
        .contains(word(index + 1))
      || index == tokens.count - 1
  }

  // MARK: The clock

  private func addClock(_ start: Int, to readings: inout Readings) {
    if let found = span(start) ?? bounded(start) ?? hour(start) {
      readings.add(start..<found.end, .times(found.range), Preference.term, note: found.note)
    }
  }

  /// `after 5pm`, `before 10 am`, `no later than 3`, `not before 10am`, `from 3pm on`.
  private func bounded(_ start: Int) -> Found? {
    guard let (bound, next) = Bound.phrase(at: start, word) else { return nil }
    // "from 5", "by 5" and "up to 5" say more often something else than an hour.
    let isSure = [
      "after", "past", "before", "no", "not", "nothing", "at", "earlier", "later", "prior",
    ].contains(word(start))
    guard let time = clock(next, needsMark: !isSure) else { return nil }
    switch bound {
    case .after, .from:
      guard time.value < .endOfDay else { return nil }
      let isOnward = ["on", "onward", "onwards"].contains(word(time.end))
      return Found(
        range: TimeRange(from: time.value, to: .endOfDay), end: isOnward ? time.end + 1 : time.end)
    case .before, .until:
      guard time.value > .startOfDay else { return nil }
      return Found(range: TimeRange(from: .startOfDay, to: time.value), end: time.end)
    }
  }

  /// `2-4pm`, `2pm to 4pm`, `between 2 and 4 pm`, `noon to 2`, `9-5`.
  private func span(_ start: Int) -> Found? {
    let opener = word(start)
    if opener.utf8.contains(UInt8(ascii: "-")) {
      let parts = opener.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, let to = Clock12(parts[1]), let from = Clock12(parts[0]),
        !CountedWords.precede(word(start - 1))
      else { return nil }
      return joined(from, to, end: start + 1)
    }
    let first = opener == "between" || opener == "from" ? start + 1 : start
    guard let from = Clock12(word(first)), !CountedWords.precede(word(start - 1)) else {
      return nil
    }
    var next = first + 1
    var begin = from
    if from.mark == nil, let mark = Clock12.Mark(word(next)) {
      begin.mark = mark
      next += 1
    }
    let isDash = tokens.indices.contains(next) && tokens[next].joint == .dash
    if !isDash {
      guard ["to", "until", "till", "through", "and"].contains(word(next)),
        word(next) != "and" || opener == "between"
      else { return nil }
      next += 1
    }
    return Clock12(word(next)).flatMap { joined(begin, $0, end: next + 1) }
  }

  private func joined(_ first: Clock12, _ last: Clock12, end after: Int) -> Found? {
    var (from, to, end) = (first, last, after)
    if to.mark == nil, let mark = Clock12.Mark(word(end)) {
      to.mark = mark
      end += 1
    }
    let isBare = from.mark == nil && to.mark == nil && !from.hasMinutes && !to.hasMinutes
    if isBare {
      guard !CountedWords.follow(word(end)) else { return nil }
      // "7-9" is early, as no evening ends at 9 in the morning.
      if (6...7).contains(from.hour), (from.hour + 1...11).contains(to.hour) { from.mark = .am }
    }
    // "9 to 5pm" starts in the morning, "2 to 4pm" does not.
    if from.mark == nil, let mark = to.mark {
      from.mark = mark
      if let a = from.time, let b = to.time, a >= b { from.mark = .am }
    }
    guard let a = from.time, let b = to.time, a < b else { return nil }
    return Found(
      range: TimeRange(from: a, to: b), end: end, note: isBare ? "looking from \(a) to \(b)" : nil)
  }

  /// `at 3pm`, `3:30 pm`, `around 3`: the hour from then on; `3pm or later`, `3pm or before`.
  private func hour(_ start: Int) -> Found? {
    let saysAt = ["at", "around", "about"].contains(word(start))
    let first = saysAt ? start + 1 : start
    guard let time = clock(first, needsMark: word(start) != "at"), time.value < .endOfDay else {
      return nil
    }
    if let (bound, end) = Bound.suffix(at: time.end, word) {
      if bound == .from {
        return Found(range: TimeRange(from: time.value, to: .endOfDay), end: end)
      }
      guard time.value > .startOfDay else { return nil }
      return Found(range: TimeRange(from: .startOfDay, to: time.value), end: end)
    }
    let to = TimeOfDay(minutes: min(1440, time.value.minutes + 60)) ?? .endOfDay
    return Found(range: TimeRange(from: time.value, to: to), end: time.end)
  }

  private func clock(_ start: Int, needsMark: Bool) -> (value: TimeOfDay, end: Int)? {
    guard var time = Clock12(word(start)) else { return nil }
    var end = start + 1
    if time.mark == nil, let mark = Clock12.Mark(word(end)) {
      time.mark = mark
      end += 1
    } else if word(end) == "oclock" {
      end += 1
    } else if time.mark == nil, !time.hasMinutes, needsMark || CountedWords.follow(word(end)) {
      return nil
    }
    return time.time.map { ($0, end) }
  }
}

/// An hour as people write it: `5`, `5pm`, `5:30`, `17:00`, `noon`.
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
    switch text {
    case "noon", "midday":
      self.init(digits: "12:00pm")
    case "midnight":
      self.init(digits: "24:00")
    default:
      self.init(digits: text)
    }
  }

  private init?(digits text: some StringProtocol) {
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
