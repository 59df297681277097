import CivilTime
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
    "december 2020",
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
        for case .dates(let dates) in readings.byStart.joined().map(\.meaning) {
          #expect(dates.upperBound >= calendar.today || dates.count == 1)
        }
      }
    }
  }
}
