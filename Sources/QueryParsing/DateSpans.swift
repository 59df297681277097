import CivilTime

/// From one day to another.
extension DateReader {
  private static let until: Set<String> = ["to", "through", "thru", "until", "till"]

  /// What a span may start with, other than a day.
  static let spanOpeners = Bound.firstWords.union(["from", "between"])

  func spans(at start: Int, _ days: [[Found]]) -> [Found] {
    [between(start, days), bounded(start, days), openEnded(start, days)].compactMap { $0 }
  }

  /// `Monday to Friday`, `Mon-Fri`, `from Dec 3 through Dec 9`, `between Dec 3 and Dec 5`.
  private func between(_ start: Int, _ days: [[Found]]) -> Found? {
    let opener = word(start)
    let first = opener == "from" || opener == "between" ? start + 1 : start
    guard days.indices.contains(first) else { return nil }
    var longest: Found?
    for from in days[first] {
      var next = from.end
      guard next < tokens.count else { continue }
      if tokens[next].joint == nil {
        guard Self.until.contains(word(next)) || opener == "between" && word(next) == "and" else {
          continue
        }
        next += 1
      }
      guard days.indices.contains(next) else { continue }
      for to in days[next] + dayOfSameMonth(next, from, startingAt: first)
      where to.end > longest?.end ?? 0 {
        var last = to.dates.upperBound
        let isWeekday = CalendarWords.weekdays[word(next)] != nil
        while isWeekday, last < from.dates.lowerBound { last = last.adding(days: 7) }
        guard let begin = begin(from.dates.lowerBound, before: last) else { continue }
        longest = Found(dates: begin...last, end: to.end, note: everyDay(next, begin...last))
      }
    }
    return longest
  }

  /// `5` in `Dec 3 to 5`.
  private func dayOfSameMonth(_ index: Int, _ from: Found, startingAt start: Int) -> [Found] {
    guard CalendarWords.months[word(start)] != nil, from.dates.count == 1,
      let day = CalendarWords.dayOfMonth(word(index)),
      let year = year(index + 1) ?? Optional(from.dates.lowerBound.year),
      let date = CivilDate(year: year, month: from.dates.lowerBound.month, day: day)
    else { return [] }
    return [one(date, self.year(index + 1) == nil ? index + 1 : index + 2)]
  }

  /// The first day of a span: where its day of the year comes after the last, the span has begun
  /// ("Nov 20 to Nov 25" said on Nov 24).
  private func begin(_ first: CivilDate, before last: CivilDate) -> CivilDate? {
    if first <= last { return first }
    guard last >= calendar.today,
      let earlier = CivilDate(year: first.year - 1, month: first.month, day: first.day),
      earlier <= last
    else { return nil }
    return max(earlier, calendar.today)
  }

  /// "Mon/Wed" is two days; "Mon-Wed" is three.
  private func everyDay(_ index: Int, _ dates: ClosedRange<CivilDate>) -> String? {
    tokens[index].joint == .slash && dates.count > 2
      ? "looking at every day from \(dates.lowerBound) to \(dates.upperBound)" : nil
  }

  /// `by Friday`, `no later than Friday`, `before Dec 10`, `after Dec 3`, `not before Monday`.
  private func bounded(_ start: Int, _ days: [[Found]]) -> Found? {
    guard let (bound, next) = Bound.phrase(at: start, word), days.indices.contains(next),
      let day = days[next].max(by: { $0.end < $1.end })
    else { return nil }
    let today = calendar.today
    switch bound {
    case .until: return Found(dates: today...max(today, day.dates.upperBound), end: day.end)
    case .before:
      let first = word(next) == "the" ? word(next + 1) : word(next)
      let last =
        first == "end" ? day.dates.upperBound : day.dates.lowerBound.adding(days: -1)
      return Found(dates: today...max(today, last), end: day.end)
    case .after: return openEnded(day.dates.upperBound.adding(days: 1), day.end)
    case .from: return openEnded(day.dates.lowerBound, day.end)
    }
  }

  /// `Dec 5 or later`, `Friday or before`.
  private func openEnded(_ start: Int, _ days: [[Found]]) -> Found? {
    guard let day = days[start].max(by: { $0.end < $1.end }),
      let (bound, end) = Bound.suffix(at: day.end, word)
    else { return nil }
    let today = calendar.today
    return bound == .from
      ? openEnded(day.dates.lowerBound, end)
      : Found(dates: today...max(today, day.dates.upperBound), end: end)
  }

  /// From that day on, or today where it is past, as long as an open end is.
  func openEnded(_ from: CivilDate, _ end: Int) -> Found {
    let from = max(from, calendar.today)
    let to = from.adding(days: Self.openEndDays)
    return Found(dates: from...to, end: end, note: "looking from \(from) to \(to)")
  }
}
