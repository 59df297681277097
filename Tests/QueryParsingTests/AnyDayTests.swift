import CivilTime
import TestSupport
import Testing

@testable import QueryParsing

/// Words of dates said on every day of four years, Sundays, ends of months and leap days among
/// them: none traps, and none means days that end before they begin.
@Suite struct AnyDayTests {
  private static let phrases = [
    "later this week", "later next week", "early this week", "end of the week", "midweek",
    "this weekend", "next weekend", "weekend", "this week", "next week", "week after next",
    "weekdays this week", "weekdays next week", "this month", "next month", "end of the month",
    "early next month", "first week of february", "second week of march", "third week of may",
    "fourth week of february", "fifth week of february", "fifth week of december",
    "last week of february", "last week of the month", "first week of this month", "late february",
    "early december", "end of december", "mid june", "this year", "next year", "end of the year",
    "week of 12/1/2020", "the week of dec 1 2020", "week of 2020-01-01", "week of december 7",
    "the 31st", "feb 29", "february 29 2027", "dec 31", "dec 28-31", "12/31", "by friday",
    "before friday", "before dec 1", "after dec 30", "after today", "until today",
    "monday to friday",
    "friday to monday", "from today to tomorrow", "between dec 30 and jan 2", "in 3 days",
    "within 999 months", "a week from sunday", "christmas", "new years eve",
    "the day after christmas",
    "the week before thanksgiving", "memorial day weekend", "labor day", "yesterday", "sunday",
    "this sunday", "next sunday", "tonight", "this month", "in march", "march 2020",
    "december 2020", "first monday of december", "last friday of the month",
    "fifth sunday of february", "next week tuesday or thursday", "this week monday or friday",
    "tuesday or thursday this week", "weekend of dec 12", "12/1-12/15", "12/28-1/3", "2/29-3/1",
    "dec 1 - dec 15",
    "nov 20 to nov 25", "no later than feb 29", "not before dec 31", "dec 31 or later",
    "mon-wed", "dec 3 to 5", "not today", "not this week", "may 2027",
  ]

  @Test func noneTraps() throws {
    let first = try #require(CivilDate(year: 2025, month: 1, day: 1))
    let lines = Self.phrases.map { QueryToken.tokens(of: $0) }
    for ahead in 0..<1461 {
      let calendar = CivilCalendar(today: first.adding(days: ahead))
      for tokens in lines where (ahead + tokens.count) % 3 == 0 {
        var readings = Readings(tokenCount: tokens.count)
        DateReader(tokens: tokens, calendar: calendar)
          .add(startingIn: tokens.indices, to: &readings)
        NegationReader(tokens: tokens, calendar: calendar).add(to: &readings)
        for case .dates(let dates) in readings.byStart.joined().map(\.meaning) {
          #expect(dates.upperBound >= calendar.today || dates.count == 1)
        }
      }
    }
  }

  private static let words = """
    the a this next last coming first second third fourth fifth early mid late beginning start end
    middle later midweek week weeks weekend weekday weekdays month months year day days of in on at
    from to until by before after since between and within during over for monday tuesday friday
    saturday sunday mon january february mar april may june december dec jan 1 2 3 5 7 9 12 15 28 29
    30 31 3rd 31st 12/31 2/29 1/1/2020 2026-12-31 2/29/2028 3-5 28-31 2020 2026 2027 2100 999 today
    tomorrow tonight morning afternoon evening noon 5pm 9am 24:00 2-4pm christmas thanksgiving new
    years eve labor couple few one two ten business fortnight hours ago now not or no except nor later
    earlier than until - mon-wed tue/thu 12/1-12/15 9-5 1-dec 12/1–5 of-the noon midnight am pm
    """.split(whereSeparator: \.isWhitespace).map(String.init)

  /// Words of dates and times in any order, on any day.
  @Test func wordsInAnyOrderDoNotTrap() throws {
    var generator = SeededGenerator(seed: 7)
    let first = try #require(CivilDate(year: 2025, month: 1, day: 1))
    for _ in 0..<4000 {
      let words = (0..<Int.random(in: 2...7, using: &generator)).map { _ in
        Self.words.randomElement(using: &generator)!
      }
      let tokens = QueryToken.tokens(of: words.joined(separator: " "))
      let ahead = Int.random(in: 0..<1461, using: &generator)
      let calendar = CivilCalendar(today: first.adding(days: ahead))
      var readings = Readings(tokenCount: tokens.count)
      DateReader(tokens: tokens, calendar: calendar)
        .add(startingIn: tokens.indices, to: &readings)
      TimeReader(tokens: tokens, calendar: calendar)
        .add(startingIn: tokens.indices, to: &readings)
      NegationReader(tokens: tokens, calendar: calendar).add(to: &readings)
      #expect(readings.byStart.count == tokens.count)
    }
  }

  private func days(_ text: String, said today: CivilDate) -> ClosedRange<CivilDate>? {
    let tokens = QueryToken.tokens(of: text)
    var readings = Readings(tokenCount: tokens.count)
    DateReader(tokens: tokens, calendar: CivilCalendar(today: today))
      .add(startingIn: tokens.indices, to: &readings)
    let whole = readings.byStart[0].last { $0.tokens.count == tokens.count }
    if case .dates(let dates)? = whole?.meaning { return dates }
    return nil
  }

  /// Parts of months, weekdays of months, lists and spans against a walk over the calendar, said on
  /// every day of four years.
  @Test func partsOfMonthsAndListsAreExact() throws {
    let first = try #require(CivilDate(year: 2025, month: 1, day: 1))
    for ahead in 0..<1461 {
      let today = first.adding(days: ahead)
      // The next stretch of such days that is not over.
      func next(_ length: Int, _ isFirst: (CivilDate) -> Bool) -> ClosedRange<CivilDate> {
        var day = today.adding(days: 1 - length)
        while !isFirst(day) { day = day.adding(days: 1) }
        return max(day, today)...day.adding(days: length - 1)
      }
      #expect(
        days("first week of december", said: today) == next(7) { $0.month == 12 && $0.day == 1 })
      #expect(days("early june", said: today) == next(10) { $0.month == 6 && $0.day == 1 })
      #expect(
        days("first monday of december", said: today)
          == next(1) { $0.month == 12 && $0.day <= 7 && $0.weekday == .monday })
      #expect(
        days("last friday of the month", said: today)
          == next(1) { $0.weekday == .friday && $0.adding(days: 7).month != $0.month })
      #expect(
        days("12/1-12/15", said: today) == next(15) { $0.month == 12 && $0.day == 1 })
      #expect(
        days("dec 28 - jan 3", said: today) == next(7) { $0.month == 12 && $0.day == 28 })
      var monday = today.adding(days: 1)
      while monday.weekday != .monday { monday = monday.adding(days: 1) }
      #expect(
        days("next week tuesday or thursday", said: today)
          == monday.adding(days: 1)...monday.adding(days: 3))
    }
  }
}
