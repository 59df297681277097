import CivilTime

/// Parts of a month, and the weekdays of one.
extension DateReader {
  /// A month that a phrase ends with.
  private struct Month {
    let year: Int
    let number: Int
    /// Index of the token after it.
    let end: Int
    /// The month that is meant where what is asked of this one is past; nil where it is this one
    /// for certain.
    var otherwise: (year: Int, number: Int)?
  }

  /// `first week of December`, `last week of the month`, `early December`, `end of December`.
  func partOfMonth(_ start: Int) -> Found? {
    var next = start
    if word(next) == "the" { next += 1 }
    let first = word(next)
    let days: (Int) -> ClosedRange<Int>?
    if word(next + 1) == "week",
      let number = CalendarWords.ordinals[first] ?? (first == "last" ? 0 : nil)
    {
      days = { last in
        let first = number == 0 ? last - 6 : number * 7 - 6
        return first > last ? nil : first...min(first + 6, last)
      }
      return month(next + 2).flatMap { part($0, days) }
    }
    switch first {
    case "early", "beginning", "start": days = { _ in 1...10 }
    case "mid", "middle": days = { _ in 11...20 }
    case "late", "end": days = { last in 21...last }
    default: return nil
    }
    return month(next + 1).flatMap { part($0, days) }
  }

  /// `weekend of Dec 12`: the Saturday and Sunday of that week, what is past left out.
  func weekendOf(_ start: Int) -> Found? {
    let next = word(start) == "the" ? start + 1 : start
    guard word(next) == "weekend", word(next + 1) == "of",
      let day = monthPhrase(next + 2) ?? numericDate(next + 2), day.dates.count == 1
    else { return nil }
    let date = day.dates.lowerBound
    let sunday = date.adding(days: Weekday.sunday.rawValue - date.weekday.rawValue)
    guard sunday >= calendar.today else { return nil }
    return Found(dates: max(sunday.adding(days: -1), calendar.today)...sunday, end: day.end)
  }

  /// `first Monday of December`, `the last Friday of the month`, `2nd Tuesday in January`.
  func weekdayOfMonth(_ start: Int) -> Found? {
    let next = word(start) == "the" ? start + 1 : start
    guard let number = CalendarWords.ordinals[word(next)] ?? (word(next) == "last" ? 0 : nil),
      let weekday = CalendarWords.weekdays[word(next + 1)],
      ["of", "in"].contains(word(next + 2)), let month = month(next + 2)
    else { return nil }
    return part(month) { year, other in
      CivilDate.weekday(weekday, number: number, of: other, in: year).map { $0...$0 }
    }
  }

  /// A month after `of`, `in` or nothing, with or without its year; `of month`, `of this month`.
  private func month(_ start: Int) -> Month? {
    var next = start
    if word(next) == "of" || word(next) == "in" { next += 1 }
    let today = calendar.today
    let following = today.adding(months: 1)
    if ["the", "this", "next"].contains(word(next)), word(next + 1) == "month" {
      switch word(next) {
      case "next": return Month(year: following.year, number: following.month, end: next + 2)
      case "this": return Month(year: today.year, number: today.month, end: next + 2)
      default:
        return Month(
          year: today.year, number: today.month, end: next + 2,
          otherwise: (following.year, following.month))
      }
    }
    if word(start) == "of", word(next) == "month" {
      return Month(
        year: today.year, number: today.month, end: next + 1,
        otherwise: (following.year, following.month))
    }
    guard let number = CalendarWords.months[word(next)] else { return nil }
    if let year = year(next + 1) { return Month(year: year, number: number, end: next + 2) }
    let year = calendar.year(ofMonth: number)
    return Month(year: year, number: number, end: next + 1, otherwise: (year + 1, number))
  }

  private func part(_ month: Month, _ days: (Int) -> ClosedRange<Int>?) -> Found? {
    part(month) { year, number in
      guard let range = days(CivilDate.daysInMonth(year: year, month: number)),
        let from = CivilDate(year: year, month: number, day: range.lowerBound),
        let to = CivilDate(year: year, month: number, day: range.upperBound)
      else { return nil }
      return from...to
    }
  }

  /// What is left of those days, or the same of the month that is meant otherwise.
  private func part(
    _ month: Month, _ dates: (_ year: Int, _ month: Int) -> ClosedRange<CivilDate>?
  ) -> Found? {
    let today = calendar.today
    if let found = dates(month.year, month.number), found.upperBound >= today {
      return Found(dates: max(found.lowerBound, today)...found.upperBound, end: month.end)
    }
    guard let other = month.otherwise, let found = dates(other.year, other.number),
      found.upperBound >= today
    else { return nil }
    let said =
      found.count == 1
      ? "\(found.lowerBound)" : "\(found.lowerBound) to \(found.upperBound)"
    return Found(dates: found, end: month.end, note: "looking at \(said): the one before is past")
  }
}
