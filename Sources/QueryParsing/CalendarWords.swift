import CivilTime

/// Names of days and months, and numbers as they are written in dates.
enum CalendarWords {
  static let weekdays: [String: Weekday] = [
    "monday": .monday, "mon": .monday, "tuesday": .tuesday, "tue": .tuesday, "tues": .tuesday,
    "wednesday": .wednesday, "wed": .wednesday, "weds": .wednesday, "thursday": .thursday,
    "thu": .thursday, "thur": .thursday, "thurs": .thursday, "friday": .friday, "fri": .friday,
    "saturday": .saturday, "sat": .saturday, "sunday": .sunday, "sun": .sunday,
    "mondays": .monday, "tuesdays": .tuesday, "wednesdays": .wednesday, "thursdays": .thursday,
    "fridays": .friday, "saturdays": .saturday, "sundays": .sunday,
  ]

  static let months: [String: Int] = [
    "january": 1, "jan": 1, "february": 2, "feb": 2, "march": 3, "mar": 3, "april": 4, "apr": 4,
    "may": 5, "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9,
    "sep": 9, "sept": 9, "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12,
    "dec": 12,
  ]

  /// Months that are also ordinary words or names: they need a date word before them or a number.
  static let doubtfulMonths: Set<String> = [
    "may", "march", "mar", "jan", "april", "june", "august", "jun",
  ]

  static let ordinals: [String: Int] = [
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
    "fifth": 5, "5th": 5,
  ]

  /// 1…31 from `3`, `3rd`, `21st`.
  static func dayOfMonth(_ text: String) -> Int? {
    var digits = text[...]
    for ending in ["st", "nd", "rd", "th"] where text.hasSuffix(ending) {
      digits = digits.dropLast(2)
    }
    guard digits.utf8.count <= 2, digits.utf8.allSatisfy({ (48...57).contains($0) }),
      let day = Int(digits), (1...31).contains(day)
    else { return nil }
    return day
  }

  static func isOrdinalNumeral(_ text: String) -> Bool {
    dayOfMonth(text) != nil && text.last.map { !$0.isNumber } ?? false
  }

  /// `12/4`, `12/4/26`, `12/4/2026`, `12-4-2026`, `2026-12-04`; the year nil where it is not given.
  static func numericDate(_ text: String) -> (year: Int?, month: Int, day: Int)? {
    guard text.utf8.first.map({ (48...57).contains($0) }) ?? false else { return nil }
    if let iso = CivilDate(iso: text) { return (iso.year, iso.month, iso.day) }
    let separator: Character = text.utf8.contains(UInt8(ascii: "/")) ? "/" : "-"
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == 3 || parts.count == 2 && separator == "/" else { return nil }
    let numbers = parts.compactMap { part in
      (1...4).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
        ? Int(part) : nil
    }
    guard numbers.count == parts.count else { return nil }
    if parts.count == 2 { return (nil, numbers[0], numbers[1]) }
    if parts[0].utf8.count == 4 { return (numbers[0], numbers[1], numbers[2]) }
    return (numbers[2] < 100 ? 2000 + numbers[2] : numbers[2], numbers[0], numbers[1])
  }
}

/// The days that words of dates mean, said on `today`; DESIGN of the phrases is in `DateReader`.
struct CivilCalendar {
  let today: CivilDate

  private var isoWeekday: Int { today.weekday.rawValue }
  /// The Monday of the week that `today` lies in.
  var thisMonday: CivilDate { today.adding(days: 1 - isoWeekday) }

  /// The next such day after today.
  func next(_ weekday: Weekday) -> CivilDate {
    let ahead = (weekday.rawValue - isoWeekday + 7) % 7
    return today.adding(days: ahead == 0 ? 7 : ahead)
  }

  /// That day of the week `weeks` after this one; weeks run from Monday to Sunday.
  func day(_ weekday: Weekday, weeksAhead weeks: Int) -> CivilDate {
    thisMonday.adding(days: 7 * weeks + weekday.rawValue - 1)
  }

  /// From today, or Monday of a later week, to Sunday.
  func week(_ weeks: Int) -> ClosedRange<CivilDate> {
    let monday = thisMonday.adding(days: 7 * weeks)
    return max(today, monday)...max(today, monday.adding(days: 6))
  }

  /// Saturday and Sunday, what is left of them this week.
  func weekend(_ weeks: Int) -> ClosedRange<CivilDate> {
    let sunday = day(.sunday, weeksAhead: weeks)
    return max(today, sunday.adding(days: -1))...sunday
  }

  /// A whole month, what is left of it for this one.
  func month(year: Int, month: Int) -> ClosedRange<CivilDate>? {
    guard let first = CivilDate(year: year, month: month, day: 1),
      let last = CivilDate(
        year: year, month: month, day: CivilDate.daysInMonth(year: year, month: month)),
      last >= today
    else { return nil }
    return max(first, today)...last
  }

  func monthAhead(_ months: Int) -> ClosedRange<CivilDate>? {
    let other = today.adding(months: months)
    return month(year: other.year, month: other.month)
  }

  /// The year in which that month is not over yet.
  func year(ofMonth month: Int) -> Int { month < today.month ? today.year + 1 : today.year }

  /// That day this year, or next year if it is past; nil for days that no year near has.
  func date(year: Int?, month: Int, day: Int) -> CivilDate? {
    if let year { return CivilDate(year: year, month: month, day: day) }
    for year in today.year...(today.year + 8) {
      if let date = CivilDate(year: year, month: month, day: day), date >= today { return date }
    }
    return nil
  }

  /// From one day to another of a year, else of the year in which the last of them is next; what is
  /// past is left out. Nil where the last is before the first.
  func dates(
    year: Int?, from first: (month: Int, day: Int), to last: (month: Int, day: Int)
  ) -> ClosedRange<CivilDate>? {
    guard let to = date(year: year, month: last.month, day: last.day) else { return nil }
    let turns = (first.month, first.day) > (last.month, last.day)
    guard year == nil || !turns,
      let from = CivilDate(year: turns ? to.year - 1 : to.year, month: first.month, day: first.day)
    else { return nil }
    return to < today ? from...to : max(from, today)...to
  }

  /// The `day`-th of this month, or of the next that has it and where it is not past.
  func dayOfMonth(_ day: Int) -> CivilDate? {
    for ahead in 0...2 {
      let month = CivilDate(year: today.year, month: today.month, day: 1)?.adding(months: ahead)
      if let month, let date = CivilDate(year: month.year, month: month.month, day: day),
        date >= today
      {
        return date
      }
    }
    return nil
  }

  /// Today and `days` more.
  func within(days: Int) -> ClosedRange<CivilDate> {
    today...max(today, today.adding(days: min(days, 3660)))
  }
}

extension CivilDate {
  /// The first, second … such weekday of a month, the last for 0; nil where it has not so many.
  static func weekday(
    _ weekday: Weekday, number: Int, of month: Int, in year: Int
  ) -> CivilDate? {
    guard let first = CivilDate(year: year, month: month, day: 1) else { return nil }
    let ahead = (weekday.rawValue - first.weekday.rawValue + 7) % 7
    let days = daysInMonth(year: year, month: month)
    let day = number == 0 ? ahead + 1 + (days - ahead - 1) / 7 * 7 : ahead + 1 + 7 * (number - 1)
    return CivilDate(year: year, month: month, day: day)
  }
}
