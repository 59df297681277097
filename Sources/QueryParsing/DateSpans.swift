import CivilTime

/// From one day to another.
extension DateReader {
  private static let until: Set<String> = ["to", "through", "thru", "until", "till"]

  private static let bounds: Set<String> = [
    "by", "until", "till", "before", "after", "from", "starting", "since", "beginning",
  ]

  func spans(at start: Int, _ days: [[Found]]) -> [Found] {
    [between(start, days), bounded(start, days)].compactMap { $0 }
  }

  /// `Monday to Friday`, `Mon-Fri`, `from Dec 3 through Dec 9`, `between Dec 3 and Dec 5`.
  private func between(_ start: Int, _ days: [[Found]]) -> Found? {
    let opener = word(start)
    let first = opener == "from" || opener == "between" ? start + 1 : start
    guard days.indices.contains(first) else { return nil }
    var longest: Found?
    for from in days[first] {
      var next = from.end
      let isHyphen = next < tokens.count && tokens[next].isJoined
      if !isHyphen {
        guard Self.until.contains(word(next)) || opener == "between" && word(next) == "and" else {
          continue
        }
        next += 1
      }
      guard days.indices.contains(next) else { continue }
      for to in days[next] where to.end > longest?.end ?? 0 {
        var last = to.dates.upperBound
        let isWeekday = CalendarWords.weekdays[word(next)] != nil
        while isWeekday, last < from.dates.lowerBound { last = last.adding(days: 7) }
        guard last >= from.dates.lowerBound else { continue }
        longest = Found(dates: from.dates.lowerBound...last, end: to.end)
      }
    }
    return longest
  }

  /// `by Friday`, `before Dec 10`, `after Dec 3`, `starting Monday`.
  private func bounded(_ start: Int, _ days: [[Found]]) -> Found? {
    guard Self.bounds.contains(word(start)), days.indices.contains(start + 1),
      let day = days[start + 1].max(by: { $0.end < $1.end })
    else { return nil }
    let today = calendar.today
    switch word(start) {
    case "by", "until", "till":
      return Found(dates: today...max(today, day.dates.upperBound), end: day.end)
    case "before":
      let first = word(start + 1) == "the" ? word(start + 2) : word(start + 1)
      let last =
        first == "end" ? day.dates.upperBound : day.dates.lowerBound.adding(days: -1)
      return Found(dates: today...max(today, last), end: day.end)
    case "after":
      let from = day.dates.upperBound.adding(days: 1)
      return openEnded(from, day.end)
    case "from", "starting", "since", "beginning": return openEnded(day.dates.lowerBound, day.end)
    default: return nil
    }
  }

  private func openEnded(_ from: CivilDate, _ end: Int) -> Found {
    let to = from.adding(days: Self.openEndDays)
    return Found(dates: from...to, end: end, note: "looking from \(from) to \(to)")
  }
}
