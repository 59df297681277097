import CivilTime

/// Several days in one phrase that says once what they are of.
extension DateReader {
  /// `next week Tuesday or Thursday`, `next Tuesday or Thursday`, `Tue/Thu next week`, `Mon-Wed of
  /// next week`: days of that week. The days between are looked at too, and it is said.
  func weekdayList(_ start: Int) -> Found? {
    var next = word(start) == "the" ? start + 1 : start
    var weeks: Int?
    let first = word(next)
    if ["this", "next", "following"].contains(first), word(next + 1) == "week" {
      weeks = first == "this" ? 0 : 1
      next += word(next + 2) == "on" ? 3 : 2
    } else if ["next", "following"].contains(first) {
      weeks = 1
      next += 1
    }
    guard var days = weekdays(next) else { return nil }
    if weeks == nil {
      var after = days.end
      if word(after) == "of" || word(after) == "in" { after += 1 }
      if word(after) == "the" { after += 1 }
      guard ["this", "next", "following"].contains(word(after)), word(after + 1) == "week" else {
        return nil
      }
      weeks = word(after) == "this" ? 0 : 1
      days.end = after + 2
    }
    let dates = days.list.map { calendar.day($0, weeksAhead: weeks ?? 0) }
      .filter { $0 >= calendar.today }
    guard let from = dates.min(), let to = dates.max() else { return nil }
    let found = Found(dates: from...to, end: days.end)
    return days.isSpan || Set(dates).count == found.dates.count ? found : everyDay(of: found)
  }

  private func everyDay(of found: Found) -> Found {
    var found = found
    found.note =
      "looking at every day from \(found.dates.lowerBound) to \(found.dates.upperBound)"
    return found
  }

  /// Two weekdays or more with "or", "and", a comma, a slash or a hyphen between.
  private func weekdays(_ start: Int) -> (list: [Weekday], end: Int, isSpan: Bool)? {
    guard let first = CalendarWords.weekdays[word(start)] else { return nil }
    var list = [first]
    var end = start + 1
    var isSpan = false
    while end < tokens.count {
      var next = end
      if ["or", "and"].contains(word(next)) {
        next += 1
      } else if ["to", "through", "thru"].contains(word(next)) {
        isSpan = true
        next += 1
      } else if tokens[next].joint == nil, !tokens[next].followsBreak {
        break
      } else if tokens[next].joint == .dash {
        isSpan = true
      }
      guard let day = CalendarWords.weekdays[word(next)] else { break }
      list.append(day)
      end = next + 1
    }
    return list.count > 1 ? (list, end, isSpan) : nil
  }

  /// `12/1-12/15`, `12/1-15`, `12/1/26-12/15/26`.
  func numericRange(_ start: Int) -> Found? {
    let ends = word(start).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let from = CalendarWords.numericDate(String(ends[0])) else { return nil }
    let last: (month: Int, day: Int)
    if let to = CalendarWords.numericDate(String(ends[1])) {
      last = (to.month, to.day)
      if let given = to.year {
        guard let date = CivilDate(year: given, month: to.month, day: to.day) else { return nil }
        let first = CivilDate(year: from.year ?? given, month: from.month, day: from.day)
        return first.flatMap { first in
          first <= date ? Found(dates: first...date, end: start + 1) : nil
        }
      }
    } else {
      guard let day = CalendarWords.dayOfMonth(String(ends[1])) else { return nil }
      last = (from.month, day)
    }
    return calendar.dates(year: from.year, from: (from.month, from.day), to: last)
      .map { Found(dates: $0, end: start + 1) }
  }
}
