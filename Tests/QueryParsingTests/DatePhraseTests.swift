import CivilTime
import ProviderDirectory
import Testing

@testable import QueryParsing

/// Said on Tuesday 2026-11-24.
@Suite struct DatePhraseTests {
  @Test(arguments: [
    ("today", "2026-11-24", "2026-11-24"),
    ("tomorrow", "2026-11-25", "2026-11-25"),
    ("day after tomorrow", "2026-11-26", "2026-11-26"),
    ("the day after tomorrow", "2026-11-26", "2026-11-26"),
    ("Wednesday", "2026-11-25", "2026-11-25"),
    ("Monday", "2026-11-30", "2026-11-30"),
    ("tuesday", "2026-12-01", "2026-12-01"),
    ("this Tuesday", "2026-12-01", "2026-12-01"),
    ("this Friday", "2026-11-27", "2026-11-27"),
    ("on Fri", "2026-11-27", "2026-11-27"),
    ("next Tuesday", "2026-12-01", "2026-12-01"),
    ("next Friday", "2026-12-04", "2026-12-04"),
    ("next Monday", "2026-11-30", "2026-11-30"),
    ("next Sunday", "2026-12-06", "2026-12-06"),
    ("Friday of next week", "2026-12-04", "2026-12-04"),
    ("next week on Friday", "2026-12-04", "2026-12-04"),
    ("Friday this week", "2026-11-27", "2026-11-27"),
    ("this week", "2026-11-24", "2026-11-29"),
    ("next week", "2026-11-30", "2026-12-06"),
    ("week after next", "2026-12-07", "2026-12-13"),
    ("this weekend", "2026-11-28", "2026-11-29"),
    ("weekend", "2026-11-28", "2026-11-29"),
    ("next weekend", "2026-12-05", "2026-12-06"),
    ("this month", "2026-11-24", "2026-11-30"),
    ("next month", "2026-12-01", "2026-12-31"),
    ("within 3 days", "2026-11-24", "2026-11-27"),
    ("within two weeks", "2026-11-24", "2026-12-08"),
    ("within a week", "2026-11-24", "2026-12-01"),
    ("within the next 10 days", "2026-11-24", "2026-12-04"),
    ("in the next two weeks", "2026-11-24", "2026-12-08"),
    ("next 3 days", "2026-11-24", "2026-11-27"),
    ("in the next couple of weeks", "2026-11-24", "2026-12-08"),
    ("in 3 days", "2026-11-27", "2026-11-27"),
    ("a week from Friday", "2026-12-04", "2026-12-04"),
    ("first week of December", "2026-12-01", "2026-12-07"),
    ("2nd week of January", "2027-01-08", "2027-01-14"),
    ("last week of December", "2026-12-25", "2026-12-31"),
    ("the week of December 9", "2026-12-07", "2026-12-13"),
    ("week of 12/14", "2026-12-14", "2026-12-20"), ("week of Nov 25", "2026-11-24", "2026-11-29"),
    ("early December", "2026-12-01", "2026-12-10"),
    ("in December", "2026-12-01", "2026-12-31"),
    ("December", "2026-12-01", "2026-12-31"),
    ("in May", "2027-05-01", "2027-05-31"),
    ("Dec 3", "2026-12-03", "2026-12-03"),
    ("December 3rd", "2026-12-03", "2026-12-03"),
    ("Dec. 3, 2027", "2027-12-03", "2027-12-03"),
    ("3 December", "2026-12-03", "2026-12-03"),
    ("the 3rd of December", "2026-12-03", "2026-12-03"),
    ("the 15th", "2026-12-15", "2026-12-15"),
    ("November 24", "2026-11-24", "2026-11-24"),
    ("Nov 23", "2027-11-23", "2027-11-23"),
    ("Feb 29", "2028-02-29", "2028-02-29"),
    ("12/4", "2026-12-04", "2026-12-04"),
    ("1/5", "2027-01-05", "2027-01-05"),
    ("12/4/2026", "2026-12-04", "2026-12-04"),
    ("12/4/26", "2026-12-04", "2026-12-04"),
    ("2026-12-04", "2026-12-04", "2026-12-04"),
    ("Friday, Dec 4", "2026-12-04", "2026-12-04"),
    ("Dec 3-5", "2026-12-03", "2026-12-05"),
    ("Dec 3 to Dec 9", "2026-12-03", "2026-12-09"),
    ("between Dec 3 and Dec 9", "2026-12-03", "2026-12-09"),
    ("Monday through Wednesday", "2026-11-30", "2026-12-02"),
    ("Mon-Fri", "2026-11-30", "2026-12-04"),
    ("Monday or Tuesday", "2026-11-30", "2026-12-01"),
    ("by Friday", "2026-11-24", "2026-11-27"),
    ("before Dec 10", "2026-11-24", "2026-12-09"),
    ("after Dec 10", "2026-12-11", "2027-01-10"),
    ("first Monday of December", "2026-12-07", "2026-12-07"),
    ("the last Friday of the month", "2026-11-27", "2026-11-27"),
    ("first Monday of the month", "2026-12-07", "2026-12-07"),
    ("2nd Tuesday in January 2028", "2028-01-11", "2028-01-11"),
    ("May 2027", "2027-05-01", "2027-05-31"), ("early March 2027", "2027-03-01", "2027-03-10"),
    ("first week of November", "2027-11-01", "2027-11-07"),
    ("next week Tuesday or Thursday", "2026-12-01", "2026-12-03"),
    ("Tuesday or Thursday next week", "2026-12-01", "2026-12-03"),
    ("next Tuesday or Thursday", "2026-12-01", "2026-12-03"),
    ("Mon-Wed of next week", "2026-11-30", "2026-12-02"),
    ("weekend of Dec 10", "2026-12-12", "2026-12-13"),
    ("the weekend of 12/13", "2026-12-12", "2026-12-13"),
    ("12/1-12/15", "2026-12-01", "2026-12-15"), ("12/1–12/15", "2026-12-01", "2026-12-15"),
    ("12/1-15", "2026-12-01", "2026-12-15"), ("12/20-1/5", "2026-12-20", "2027-01-05"),
    ("12/1/26-12/15/26", "2026-12-01", "2026-12-15"),
    ("dec 1 - dec 15", "2026-12-01", "2026-12-15"), ("dec 1-dec 15", "2026-12-01", "2026-12-15"),
    ("Dec 3 to 5", "2026-12-03", "2026-12-05"), ("Dec 3 - 5", "2026-12-03", "2026-12-05"),
    ("Nov 20 to Nov 25", "2026-11-24", "2026-11-25"), ("Nov 20-25", "2026-11-24", "2026-11-25"),
    ("mon-wed", "2026-11-30", "2026-12-02"), ("mon - wed", "2026-11-30", "2026-12-02"),
  ])
  func days(_ phrase: String, _ from: String, _ to: String) throws {
    let when = try Fixture.parser().when(phrase, context: Fixture.context())
    let dates = try #require(when.dates)
    #expect("\(dates.lowerBound)" == from)
    #expect("\(dates.upperBound)" == to)
    #expect(when.times == nil)
  }

  @Test(arguments: [
    ("morning", "00:00", "12:00"), ("in the afternoon", "12:00", "17:00"),
    ("evenings", "17:00", "24:00"), ("after 5pm", "17:00", "24:00"),
    ("after 5", "17:00", "24:00"), ("after 5:30 p.m.", "17:30", "24:00"),
    ("before 10am", "00:00", "10:00"), ("before 10", "00:00", "10:00"),
    ("before noon", "00:00", "12:00"), ("after noon", "12:00", "24:00"),
    ("between 2 and 4pm", "14:00", "16:00"), ("2-4pm", "14:00", "16:00"),
    ("9am to 11am", "09:00", "11:00"), ("9 to 5pm", "09:00", "17:00"),
    ("from 13:00 to 14:30", "13:00", "14:30"), ("at 3pm", "15:00", "16:00"),
    ("at 3", "15:00", "16:00"), ("3pm or later", "15:00", "24:00"), ("lunch", "12:00", "13:00"),
    ("after 2pm before 4pm", "14:00", "16:00"), ("morning or afternoon", "00:00", "17:00"),
    ("after work", "17:00", "24:00"), ("12am to 12pm", "00:00", "12:00"),
    ("noon to 2", "12:00", "14:00"), ("10 to noon", "10:00", "12:00"), ("9-5", "09:00", "17:00"),
    ("9am-5pm", "09:00", "17:00"), ("9 to 5", "09:00", "17:00"), ("10-2", "10:00", "14:00"),
    ("7-9", "07:00", "09:00"), ("9am - 11am", "09:00", "11:00"), ("pm", "12:00", "24:00"),
    ("am", "00:00", "12:00"), ("lunchtime", "12:00", "13:00"), ("lunch time", "12:00", "13:00"),
    ("after lunch", "13:00", "24:00"), ("before school", "00:00", "09:00"),
  ])
  func times(_ phrase: String, _ from: String, _ to: String) throws {
    let when = try Fixture.parser().when(phrase, context: Fixture.context())
    let times = try #require(when.times)
    #expect("\(times.from)" == from)
    #expect("\(times.to)" == to)
    #expect(when.dates == nil)
  }

  @Test func daysAndTimesTogether() throws {
    let parser = try Fixture.parser()
    let tonight = try parser.when("tonight", context: Fixture.context())
    #expect("\(tonight.dates!)" == "2026-11-24...2026-11-24")
    #expect(tonight.times == TimeReader.evening)
    let morning = try parser.when("next Tuesday morning", context: Fixture.context())
    #expect("\(morning.dates!)" == "2026-12-01...2026-12-01")
    #expect(morning.times == TimeReader.morning)
    #expect(try parser.when("asap", context: Fixture.context()).sort == .soonest)
  }

  @Test(arguments: [
    ("dentist tuesday pm", "12:00", "24:00"), ("dentist tues am", "00:00", "12:00"),
    ("dentist weekday mornings", "00:00", "12:00"),
  ])
  func timesBesideDays(_ text: String, _ from: String, _ to: String) throws {
    let query = try Fixture.parser().parse(text, context: Fixture.context())
    let times = try #require(query.times)
    #expect(["\(times.from)", "\(times.to)"] == [from, to])
  }

  @Test(arguments: [
    "i am looking for a dentist", "dentist for ages 3-5", "dentist 2-4 miles",
    "dentist 3 to 5 days",
    "dentist level 2-4",
  ])
  func whatCountsElseIsNoTime(_ text: String) throws {
    #expect(try Fixture.parser().parse(text, context: Fixture.context()).times == nil)
  }

  @Test(arguments: ["", "heart doctor", "tomorrow banana", "Feb 30", "13/45", "25pm", "in Boston"])
  func whatIsNoTimeIsRefused(_ phrase: String) throws {
    let parser = try Fixture.parser()
    let context = try Fixture.context()
    #expect(throws: QueryError.unknownWhen(phrase)) {
      try parser.when(phrase, context: context)
    }
  }

  /// The weekday rules against a walk over the calendar, for days all over two years.
  @Test func weekdaysOnEveryDay() throws {
    let parser = try Fixture.parser()
    let zone = try Zone("America/New_York")
    let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    for offset in stride(from: 0, to: 730, by: 17) {
      let today = try #require(CivilDate(year: 2026, month: 1, day: 1)).adding(days: offset)
      let context = ParseContext(now: zone.dayBounds(of: today).lowerBound, fallbackZone: zone)
      for (index, name) in names.enumerated() {
        var next = today.adding(days: 1)
        while next.weekday.rawValue != index + 1 { next = next.adding(days: 1) }
        #expect(try parser.when(name, context: context).dates == next...next)
        var monday = today.adding(days: 1)
        while monday.weekday != .monday { monday = monday.adding(days: 1) }
        var later = monday
        while later.weekday.rawValue != index + 1 { later = later.adding(days: 1) }
        #expect(try parser.when("next \(name)", context: context).dates == later...later)
      }
    }
  }

  @Test func theDayIsTheOneAtHomeElseAtThePlace() throws {
    let parser = try Fixture.parser()
    // 2026-11-25 04:30 UTC: still the 24th in Honolulu and in New York, the 25th in London.
    let now = Instant(secondsSinceEpoch: 1_795_581_000)
    let away = ParseContext(now: now, fallbackZone: try Zone("Europe/London"))
    func day(_ text: String, _ context: ParseContext) throws -> String {
      try "\(#require(parser.parse(text, context: context).dates).lowerBound)"
    }
    #expect(try day("dentist today", away) == "2026-11-25")
    #expect(try day("dentist today in Honolulu", away) == "2026-11-24")
    var home = try Fixture.context()
    home.now = now
    #expect(try day("dentist today in London, KY", home) == "2026-11-24")
  }
}
