import CivilTime
import TestSupport
import Testing

@Suite struct CivilDateTests {
  @Test(arguments: [
    (0, "1970-01-01", Weekday.thursday), (-1, "1969-12-31", .wednesday),
    (20_788, "2026-12-01", .tuesday), (11_016, "2000-02-29", .tuesday),
    (-719_528, "0000-01-01", .saturday), (2_932_896, "9999-12-31", .friday),
    (-25_509, "1900-02-28", .wednesday), (-25_508, "1900-03-01", .thursday),
  ])
  func dayNumbers(days: Int32, iso: String, weekday: Weekday) throws {
    let date = CivilDate(daysSinceEpoch: days)
    #expect(date.description == iso)
    #expect(date.weekday == weekday)
    #expect(CivilDate(iso: iso) == date)
  }

  /// An independent count: one day at a time, by the rules of the calendar.
  @Test func everyDayOf800Years() throws {
    var (year, month, day) = (1700, 1, 1)
    let first = try #require(CivilDate(year: year, month: month, day: day))
    var weekday = Weekday.friday.rawValue
    for days in first.daysSinceEpoch..<(first.daysSinceEpoch + 292_194) {
      let date = CivilDate(daysSinceEpoch: days)
      guard date.components == (year, month, day), date.weekday.rawValue == weekday,
        CivilDate(year: year, month: month, day: day) == date
      else {
        Issue.record("day \(days) is \(date), a \(date.weekday), not \(year)-\(month)-\(day)")
        return
      }
      weekday = weekday % 7 + 1
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      if day < lengths[month - 1] {
        day += 1
      } else if month < 12 {
        (month, day) = (month + 1, 1)
      } else {
        (year, month, day) = (year + 1, 1, 1)
      }
    }
    #expect((year, month, day) == (2500, 1, 1))
  }

  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-01", "26-01-01", "2026-01-01 ",
    " 2026-01-01", "2026/01/01", "+2026-01-01", "2026-01-0１", "", "2026-01", "12026-01-01",
  ])
  func refusesWhatIsNoDay(text: String) { #expect(CivilDate(iso: text) == nil) }

  @Test func arithmeticIsTotal() throws {
    let last = CivilDate(daysSinceEpoch: .max)
    #expect(last.adding(days: 1) == last)
    #expect(CivilDate(daysSinceEpoch: .min).adding(days: .min).daysSinceEpoch == .min)
    #expect(CivilDate(daysSinceEpoch: 0).adding(days: .max) == last)
    #expect(last.components.year > 5_000_000)
    #expect(CivilDate(daysSinceEpoch: 0).adding(months: .max).description == "9999-12-01")
    #expect(CivilDate(daysSinceEpoch: 0).adding(months: .min).description == "-9999-01-01")
  }

  @Test(arguments: [
    ("2026-01-31", 1, "2026-02-28"), ("2024-01-31", 1, "2024-02-29"),
    ("2026-11-30", 1, "2026-12-30"),
    ("2026-12-15", 1, "2027-01-15"), ("2026-03-31", -1, "2026-02-28"),
    ("2026-01-01", -1, "2025-12-01"),
    ("2024-02-29", 12, "2025-02-28"), ("2026-05-05", 0, "2026-05-05"),
  ])
  func addsMonths(from: String, months: Int, to: String) throws {
    #expect(try #require(CivilDate(iso: from)).adding(months: months).description == to)
  }

  @Test func rangesWalkDays() throws {
    let start = try #require(CivilDate(iso: "2026-02-27"))
    let end = try #require(CivilDate(iso: "2026-03-02"))
    #expect(
      (start...end).map(\.description)
        == ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"])
  }
}

@Suite struct TimeOfDayTests {
  @Test(arguments: [("00:00", 0), ("09:30", 570), ("23:59", 1439), ("24:00", 1440)])
  func readsAndWrites(text: String, minutes: Int) throws {
    let time = try #require(TimeOfDay(text))
    #expect(time.minutes == minutes)
    #expect(time.description == text)
    #expect(TimeOfDay(hour: time.hour, minute: time.minute) == time)
  }

  @Test(arguments: ["24:01", "25:00", "09:60", "9:30", "0930", "09:30 ", "-1:00", "", "09:30:00"])
  func refuses(text: String) { #expect(TimeOfDay(text) == nil) }
}
