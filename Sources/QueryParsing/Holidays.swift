import CivilTime
import ProviderDirectory

/// The federal holidays and a few other days that people make appointments by.
enum Holiday: UInt32, CaseIterable {
  case newYear, martinLutherKing, valentine, presidents, mothers, memorial, juneteenth, fathers
  case independence, labor, columbus, halloween, veterans, thanksgiving, blackFriday
  case christmasEve, christmas, newYearsEve

  /// As `PhraseText.words` writes them, with `|` between.
  var phrases: String {
    switch self {
    case .newYear: "new years day|new year|new years|new year day"
    case .martinLutherKing: "mlk day|martin luther king day|martin luther king jr day|mlk"
    case .valentine: "valentines day|valentine day"
    case .presidents: "presidents day|president day|washingtons birthday"
    case .mothers: "mothers day"
    case .memorial: "memorial day"
    case .juneteenth: "juneteenth"
    case .fathers: "fathers day"
    case .independence: "independence day|fourth of july"
    case .labor: "labor day"
    case .columbus: "columbus day|indigenous peoples day"
    case .halloween: "halloween"
    case .veterans: "veterans day|veteran day"
    case .thanksgiving: "thanksgiving|thanksgiving day|turkey day"
    case .blackFriday: "black friday"
    case .christmasEve: "christmas eve|xmas eve"
    case .christmas: "christmas|christmas day|xmas|xmas day"
    case .newYearsEve: "new years eve|new year eve"
    }
  }

  /// The day itself, not the one on which offices close for it; the federal ones by 5 U.S.C. 6103.
  func date(in year: Int) -> CivilDate? {
    switch self {
    case .newYear: CivilDate(year: year, month: 1, day: 1)
    case .martinLutherKing: .weekday(.monday, number: 3, of: 1, in: year)
    case .valentine: CivilDate(year: year, month: 2, day: 14)
    case .presidents: .weekday(.monday, number: 3, of: 2, in: year)
    case .mothers: .weekday(.sunday, number: 2, of: 5, in: year)
    case .memorial:
      .weekday(.monday, number: 0, of: 5, in: year)
    case .juneteenth: CivilDate(year: year, month: 6, day: 19)
    case .fathers: .weekday(.sunday, number: 3, of: 6, in: year)
    case .independence: CivilDate(year: year, month: 7, day: 4)
    case .labor: .weekday(.monday, number: 1, of: 9, in: year)
    case .columbus: .weekday(.monday, number: 2, of: 10, in: year)
    case .halloween: CivilDate(year: year, month: 10, day: 31)
    case .veterans: CivilDate(year: year, month: 11, day: 11)
    case .thanksgiving: .weekday(.thursday, number: 4, of: 11, in: year)
    case .blackFriday: CivilDate.weekday(.thursday, number: 4, of: 11, in: year)?.adding(days: 1)
    case .christmasEve: CivilDate(year: year, month: 12, day: 24)
    case .christmas: CivilDate(year: year, month: 12, day: 25)
    case .newYearsEve: CivilDate(year: year, month: 12, day: 31)
    }
  }

  static let table: PhraseTable = {
    var table = PhraseTable(expecting: 40)
    for holiday in allCases {
      for phrase in holiday.phrases.split(separator: "|") {
        table.insert(String(phrase), value: holiday.rawValue)
      }
    }
    return table
  }()
}

extension CivilCalendar {
  /// The next such day, today included.
  func next(_ holiday: Holiday) -> CivilDate? {
    (today.year...today.year + 1).lazy.compactMap { holiday.date(in: $0) }.first { $0 >= today }
  }

  /// Monday to Friday, what is left of them this week; those of next week from Saturday on.
  func weekdays(_ weeks: Int) -> ClosedRange<CivilDate> {
    let friday = day(.friday, weeksAhead: weeks)
    guard friday >= today else { return weekdays(weeks + 1) }
    return max(today, friday.adding(days: -4))...friday
  }
}

/// Holidays, and parts of the week and of the year. Said of a holiday H: "the day after H", "the
/// week of H" and "H week" the Monday to Sunday around it, "the week after H" the next one, "H
/// weekend" the days from H, or the Saturday before it, that make one with a weekend.
extension DateReader {
  func holidayPhrase(_ start: Int) -> Found? {
    var next = start
    if ["on", "over", "around"].contains(word(next)) { next += 1 }
    if word(next) == "the" { next += 1 }
    if ["day", "week"].contains(word(next)), ["after", "before", "of"].contains(word(next + 1)) {
      let relation = word(next + 1)
      let isWeek = word(next) == "week"
      next += 2
      if word(next) == "the" { next += 1 }
      guard isWeek || relation != "of", let (date, end) = holiday(next) else { return nil }
      let steps = relation == "after" ? 1 : relation == "before" ? -1 : 0
      guard isWeek else { return Found(dates: single(date.adding(days: steps)), end: end) }
      return Found(dates: week(of: date.adding(days: 7 * steps)), end: end)
    }
    guard let (date, end) = holiday(next) else { return nil }
    switch word(end) {
    case "week": return Found(dates: week(of: date), end: end + 1)
    case "weekend": return Found(dates: weekend(with: date), end: end + 1)
    default: return Found(dates: single(date), end: end)
    }
  }

  private func single(_ date: CivilDate) -> ClosedRange<CivilDate> {
    let date = max(date, calendar.today)
    return date...date
  }

  private func week(of date: CivilDate) -> ClosedRange<CivilDate> {
    let monday = date.adding(days: 1 - date.weekday.rawValue)
    let sunday = max(calendar.today, monday.adding(days: 6))
    return max(monday, calendar.today)...sunday
  }

  private func weekend(with date: CivilDate) -> ClosedRange<CivilDate> {
    let saturday = date.adding(days: Weekday.saturday.rawValue - date.weekday.rawValue)
    let dates =
      switch date.weekday {
      case .monday: date.adding(days: -2)...date
      case .thursday, .friday: date...saturday.adding(days: 1)
      default: saturday...saturday.adding(days: 1)
      }
    return max(dates.lowerBound, calendar.today)...max(dates.upperBound, calendar.today)
  }

  private func holiday(_ start: Int) -> (date: CivilDate, end: Int)? {
    guard tokens.indices.contains(start) else { return nil }
    guard let match = Holiday.table.matches(atStartOf: words[start...]).last,
      let date = Holiday(rawValue: match.value).flatMap({ calendar.next($0) })
    else { return nil }
    return (date, start + match.wordCount)
  }

  /// `weekdays this week`, `weekdays next week`. Without a week they are no stretch of days.
  func weekdaysPhrase(_ start: Int) -> Found? {
    var next = start
    if word(next) == "on" { next += 1 }
    guard ["weekday", "weekdays"].contains(word(next)) else { return nil }
    next += 1
    if word(next) == "of" || word(next) == "in" { next += 1 }
    guard ["this", "next"].contains(word(next)), word(next + 1) == "week" else { return nil }
    return Found(dates: calendar.weekdays(word(next) == "next" ? 1 : 0), end: next + 2)
  }

  /// `early next week` Monday to Wednesday, `midweek` Tuesday to Thursday, `late this week`
  /// Thursday to Sunday, `end of the week` Friday to Sunday.
  func partOfWeek(_ start: Int) -> Found? {
    var next = start
    if word(next) == "the" { next += 1 }
    let days: (from: Weekday, to: Weekday)
    switch word(next) {
    case "early", "beginning", "start": days = (.monday, .wednesday)
    case "mid", "middle", "midweek": days = (.tuesday, .thursday)
    case "late", "later": days = (.thursday, .sunday)
    case "end": days = (.friday, .sunday)
    default: return nil
    }
    let saysWeek = word(next) == "midweek"
    let first = word(next)
    next += 1
    if word(next) == "in" || word(next) == "of" { next += 1 }
    if word(next) == "the" { next += 1 }
    var weeks = 0
    if ["this", "next"].contains(word(next)), saysWeek || word(next + 1) == "week" {
      weeks = word(next) == "next" ? 1 : 0
      next += 1
    } else if first == "later" {
      return nil
    }
    if word(next) == "week" { next += 1 } else if !saysWeek { return nil }
    var from = calendar.day(days.from, weeksAhead: weeks)
    var to = calendar.day(days.to, weeksAhead: weeks)
    if first == "later" { from = max(calendar.today.adding(days: weeks == 0 ? 1 : 0), from) }
    if to < calendar.today { (from, to) = (from.adding(days: 7), to.adding(days: 7)) }
    // "Later this week" said on its last day is that day.
    from = min(max(from, calendar.today), to)
    return Found(dates: from...to, end: next, note: "looking from \(from) to \(to)")
  }

  /// `this year`, `next year`, `end of the year` (its last ten days).
  func yearPhrase(_ start: Int) -> Found? {
    var next = start
    if word(next) == "the" { next += 1 }
    let isEnd = ["end", "late"].contains(word(next))
    if isEnd { next += word(next + 1) == "of" ? 2 : 1 }
    let first = word(next)
    guard isEnd && first == "the" || ["this", "next"].contains(first), word(next + 1) == "year",
      !["old", "olds"].contains(word(next + 2))
    else { return nil }
    let year = calendar.today.year + (first == "next" ? 1 : 0)
    guard let from = CivilDate(year: year, month: isEnd ? 12 : 1, day: isEnd ? 21 : 1),
      let to = CivilDate(year: year, month: 12, day: 31)
    else { return nil }
    return Found(dates: max(from, calendar.today)...to, end: next + 2)
  }
}
