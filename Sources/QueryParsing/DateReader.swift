import CivilTime
import ProviderDirectory

/// Finds the days in a query.
///
/// Said on a day D: "tomorrow" is D+1; a weekday alone or "this …" the next one after D; "next
/// Tuesday" the Tuesday of the next Monday-to-Sunday week; "this week" D…Sunday; "next week"
/// Monday…Sunday; "this weekend" the coming Saturday and Sunday; "next month" the whole of it;
/// "within N days" D…D+N; "first week of December" the 1st to the 7th. A date without a year is the
/// next such date, today included; so are a part of a month and a weekday of one, where they are
/// past. An open end ("after Dec 3") is closed `openEndDays` later.
struct DateReader {
  struct Found {
    var dates: ClosedRange<CivilDate>
    /// Index of the token after it.
    var end: Int
    var note: String?
  }

  static let openEndDays = 30

  let tokens: [QueryToken]
  let calendar: CivilCalendar
  let words: [PhraseWord]

  init(tokens: [QueryToken], calendar: CivilCalendar) {
    self.tokens = tokens
    self.calendar = calendar
    words = tokens.map(\.phraseWord)
  }

  func add(startingIn starts: Range<Int>, to readings: inout Readings) {
    // A span asks again for what starts at its ends.
    let asked = starts.lowerBound..<min(tokens.count, starts.upperBound + Readings.longest)
    let days = tokens.indices.map { asked.contains($0) ? self.days(at: $0) : [] }
    for start in starts where !days[start].isEmpty || Self.spanOpeners.contains(word(start)) {
      for found in days[start] + spans(at: start, days) {
        readings.add(
          start..<found.end, .dates(found.dates), Preference.term, note: found.note)
      }
    }
  }

  func word(_ index: Int) -> String {
    guard tokens.indices.contains(index) else { return "" }
    return tokens[index].numeral ?? tokens[index].word?.text ?? ""
  }

  // MARK: One day, week or month

  private func days(at start: Int) -> [Found] {
    guard mayStartDays(start) else { return [] }
    return phrases(at: start)
  }

  /// Asked of every word of a line, few of which start any of the `phrases`.
  func mayStartDays(_ start: Int) -> Bool {
    let word = word(start)
    guard let first = word.utf8.first else { return false }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || Self.openers.contains(word)
      || !Holiday.table.matches(atStartOf: words[start...]).isEmpty
  }

  private static let openers: Set<String> = Set(CalendarWords.weekdays.keys)
    .union(CalendarWords.months.keys).union(CalendarWords.ordinals.keys)
    .union(GrammarWords.numbers.keys)
    .union([
      "today", "todays", "same", "tomorrow", "tomorrows", "tmrw", "tmw", "tommorow", "tomorow",
      "tommorrow", "day", "days", "business", "week", "weeks", "wks", "wk", "fortnight", "month",
      "months", "hour", "hours", "hrs", "weekend", "weekends", "weekday", "weekdays", "midweek",
      "the", "this", "next", "last", "coming", "upcoming", "following", "within", "in", "during",
      "over", "inside", "on", "around", "sometime", "early", "beginning", "start", "mid", "middle",
      "late", "later", "end",
    ])

  func phrases(at start: Int) -> [Found] {
    [
      relativeDay(start), weekdayPhrase(start), thisOrNext(start), withinDays(start),
      monthPhrase(start), monthAlone(start), numericDate(start), partOfMonth(start),
      dayOfThisMonth(start), fromNow(start), weekOf(start), holidayPhrase(start),
      weekdaysPhrase(start), partOfWeek(start), yearPhrase(start), weekdayList(start),
      weekdayOfMonth(start), weekendOf(start), numericRange(start),
    ].compactMap { $0 }
  }

  func one(_ date: CivilDate, _ end: Int) -> Found { Found(dates: date...date, end: end) }

  private func relativeDay(_ start: Int) -> Found? {
    let today = calendar.today
    switch word(start) {
    case "today", "todays": return one(today, start + 1)
    case "same" where word(start + 1) == "day": return one(today, start + 2)
    case "tomorrow", "tomorrows", "tmrw", "tmw", "tommorow", "tomorow", "tommorrow", "2morrow":
      return one(today.adding(days: 1), start + 1)
    case "day" where word(start + 1) == "after" && word(start + 2) == "tomorrow":
      return one(today.adding(days: 2), start + 3)
    case "the" where word(start + 1) == "day" && word(start + 2) == "after":
      return word(start + 3) == "tomorrow" ? one(today.adding(days: 2), start + 4) : nil
    case "weekend", "weekends": return Found(dates: calendar.weekend(0), end: start + 1)
    default: return nil
    }
  }

  /// `Friday`, `Friday of next week`, `Friday this week`, `Friday Dec 4`.
  private func weekdayPhrase(_ start: Int) -> Found? {
    guard let weekday = CalendarWords.weekdays[word(start)] else { return nil }
    var next = start + 1
    if word(next) == "of" || word(next) == "in" { next += 1 }
    if word(next) == "the" { next += 1 }
    for (text, weeks) in [("this", 0), ("next", 1)]
    where word(next) == text && word(next + 1) == "week" {
      return one(calendar.day(weekday, weeksAhead: weeks), next + 2)
    }
    for date in [monthPhrase(start + 1), numericDate(start + 1), dayOfThisMonth(start + 1)] {
      guard var date else { continue }
      if date.dates.lowerBound.weekday != weekday {
        date.note = "\(date.dates.lowerBound) is not a \(word(start))"
      }
      return date
    }
    let date = calendar.next(weekday)
    // "Tuesdays" are many: a search looks at the next.
    let isPlural = word(start).hasSuffix("days")
    return Found(
      dates: date...date, end: start + 1, note: isPlural ? "looking at \(date) alone" : nil)
  }

  /// `this week`, `next Tuesday`, `the next 10 days`, `this coming weekend`, `week after next`.
  private func thisOrNext(_ start: Int) -> Found? {
    var next = start
    if word(next) == "the" { next += 1 }
    if word(next) == "week", word(next + 1) == "after", word(next + 2) == "next" {
      return Found(dates: calendar.week(2), end: next + 3)
    }
    let first = word(next)
    guard ["this", "next", "coming", "upcoming", "following"].contains(first) else { return nil }
    next += 1
    if first == "this", word(next) == "coming" || word(next) == "upcoming" || word(next) == "next" {
      next += 1
    }
    let weeks = first == "next" || first == "following" ? 1 : 0
    if let weekday = CalendarWords.weekdays[word(next)] {
      let date = weeks == 1 ? calendar.day(weekday, weeksAhead: 1) : calendar.next(weekday)
      return one(date, next + 1)
    }
    switch word(next) {
    case "week" where CalendarWords.weekdays[word(next + 1)] != nil:
      return one(
        calendar.day(CalendarWords.weekdays[word(next + 1)]!, weeksAhead: weeks), next + 2)
    case "week" where word(next + 1) == "on" && CalendarWords.weekdays[word(next + 2)] != nil:
      return one(
        calendar.day(CalendarWords.weekdays[word(next + 2)]!, weeksAhead: weeks), next + 3)
    case "week", "weeks", "workweek": return Found(dates: calendar.week(weeks), end: next + 1)
    case "weekend", "weekends": return Found(dates: calendar.weekend(weeks), end: next + 1)
    case "month": return calendar.monthAhead(weeks).map { Found(dates: $0, end: next + 1) }
    default: break
    }
    if first == "this" || first == "next", let month = CalendarWords.months[word(next)] {
      let dates = calendar.month(year: calendar.year(ofMonth: month), month: month)
      return dates.map { Found(dates: $0, end: next + 1) }
    }
    guard first != "this", let (days, end) = duration(next) else { return nil }
    return Found(dates: calendar.within(days: days), end: end)
  }

  /// `within two weeks`, `within the next 10 days`, `in the next few days`, `over the next month`.
  private func withinDays(_ start: Int) -> Found? {
    guard ["within", "in", "during", "over", "inside"].contains(word(start)) else { return nil }
    var next = start + 1
    if word(next) == "the" || word(next) == "a" && duration(next) == nil { next += 1 }
    let saysNext = ["next", "coming", "following"].contains(word(next))
    if saysNext { next += 1 }
    guard word(start) == "within" || word(start) == "inside" || saysNext else { return nil }
    if saysNext, ["week", "month"].contains(word(next)), word(start) != "within" { return nil }
    guard let (days, end) = duration(next) else { return nil }
    return Found(dates: calendar.within(days: days), end: end)
  }

  /// `in 3 days`, `in two weeks`, `3 days from now`, `a week from Friday`: that very day.
  private func fromNow(_ start: Int) -> Found? {
    if word(start) == "in", word(start + 1) != "next", let (days, end) = duration(start + 1) {
      return one(calendar.today.adding(days: days), end)
    }
    guard let (days, end) = duration(start), word(end) == "from" else { return nil }
    if ["now", "today"].contains(word(end + 1)) {
      return one(calendar.today.adding(days: days), end + 2)
    }
    guard let day = relativeDay(end + 1) ?? weekdayPhrase(end + 1) else { return nil }
    return one(day.dates.lowerBound.adding(days: days), day.end)
  }

  /// A number of days, weeks, months (30 days) or hours, in days.
  private func duration(_ start: Int) -> (days: Int, end: Int)? {
    var next = start
    var count = 1
    if let number = GrammarWords.numbers[word(next)] ?? Int(word(next)), (1...999).contains(number)
    {
      count = number
      next += 1
      if ["couple", "few"].contains(word(next)) {
        count = GrammarWords.numbers[word(next)]!
        next += 1
      }
      if word(next) == "of" { next += 1 }
    }
    switch word(next) {
    case "day", "days": return (count, next + 1)
    case "business" where word(next + 1).hasPrefix("day"): return (count * 7 / 5 + 1, next + 2)
    case "week", "weeks", "wks", "wk": return (count * 7, next + 1)
    case "fortnight": return (count * 14, next + 1)
    case "month", "months": return (count * 30, next + 1)
    case "hours", "hour", "hrs": return ((count + 23) / 24, next + 1)
    default: return nil
    }
  }

  // MARK: Dates

  /// `Dec 3`, `December 3rd, 2026`, `Dec 3-5`, `3 Dec`, `the 3rd of December`.
  func monthPhrase(_ start: Int) -> Found? {
    var next = start
    if let month = CalendarWords.months[word(next)] {
      next += 1
      if word(next) == "the" { next += 1 }
      if let days = dayRange(word(next)) {
        let year = year(next + 1)
        let dates = calendar.dates(year: year, from: (month, days.0), to: (month, days.1))
        return dates.map { Found(dates: $0, end: year == nil ? next + 1 : next + 2) }
      }
      guard let day = CalendarWords.dayOfMonth(word(next)) else { return nil }
      return date(month: month, day: day, end: next + 1)
    }
    if word(next) == "the" { next += 1 }
    guard let day = CalendarWords.dayOfMonth(word(next)) else { return nil }
    next += 1
    if word(next) == "of" { next += 1 }
    guard let month = CalendarWords.months[word(next)] else { return nil }
    return date(month: month, day: day, end: next + 1)
  }

  func year(_ index: Int) -> Int? {
    word(index).utf8.count == 4
      ? Int(word(index)).flatMap { (2000...2100).contains($0) ? $0 : nil } : nil
  }

  private func date(month: Int, day: Int, end: Int) -> Found? {
    let year = year(end)
    guard let date = calendar.date(year: year, month: month, day: day) else { return nil }
    return one(date, year == nil ? end : end + 1)
  }

  /// `3-5` as days of a month.
  private func dayRange(_ text: String) -> (Int, Int)? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let from = CalendarWords.dayOfMonth(parts[0]),
      let to = CalendarWords.dayOfMonth(parts[1])
    else { return nil }
    return (from, to)
  }

  func numericDate(_ start: Int) -> Found? {
    guard let parts = CalendarWords.numericDate(word(start)),
      let date = calendar.date(year: parts.year, month: parts.month, day: parts.day)
    else { return nil }
    return one(date, start + 1)
  }

  /// `the 15th`, `on the 3rd`.
  private func dayOfThisMonth(_ start: Int) -> Found? {
    guard word(start) == "the", CalendarWords.isOrdinalNumeral(word(start + 1)),
      let day = CalendarWords.dayOfMonth(word(start + 1)), let date = calendar.dayOfMonth(day)
    else { return nil }
    return one(date, start + 2)
  }

  // MARK: Months and their parts

  /// `the week of December 7`: Monday to Sunday, what is past left out.
  private func weekOf(_ start: Int) -> Found? {
    let next = word(start) == "the" ? start + 1 : start
    guard word(next) == "week", word(next + 1) == "of",
      let day = monthPhrase(next + 2) ?? numericDate(next + 2), day.dates.count == 1
    else { return nil }
    let monday = day.dates.lowerBound.adding(days: 1 - day.dates.lowerBound.weekday.rawValue)
    let sunday = monday.adding(days: 6)
    guard sunday >= calendar.today else { return nil }
    return Found(dates: max(monday, calendar.today)...sunday, end: day.end)
  }

  /// `in December`, `December`, `May 2027`; `may` and `march` only after a word such as "in" or
  /// before a year.
  private func monthAlone(_ start: Int) -> Found? {
    let saysIn = ["in", "during", "sometime"].contains(word(start))
    let next = saysIn ? start + 1 : start
    let year = year(next + 1)
    guard let month = CalendarWords.months[word(next)],
      saysIn || year != nil || !CalendarWords.doubtfulMonths.contains(word(next))
    else { return nil }
    let dates = calendar.month(year: year ?? calendar.year(ofMonth: month), month: month)
    return dates.map { Found(dates: $0, end: year == nil ? next + 1 : next + 2) }
  }
}
