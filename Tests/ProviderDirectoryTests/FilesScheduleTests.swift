import CivilTime
import TestSupport
import Testing

@testable import ProviderDirectory

private let header =
  "npi,site,day_of_week,start_time,end_time,slot_duration_min,visit_type,valid_from,valid_until\n"

private func read(_ row: String) throws -> ScheduleReader.Row {
  let scratch = try ScratchDirectory()
  let reader = try ScheduleReader(path: scratch.file("schedules.csv", header + row + "\n"))
  let one = try #require(try reader.next())
  #expect(try reader.next() == nil)
  return one
}

struct ScheduleReaderTests {
  @Test(arguments: [
    "1234567893,4fz0q8,MONDAY,09:00,12:30,30,in-person,2026-01-01,2026-12-31",
    "1234567893.0,4FZ0Q8,mon,9:00,12:30:00,30.0,In-Person,01/01/2026,12/31/2026",
    "1234567893,4fz0q8,1,09:00,12:30,30,in person,1/1/26,12/31/26",
  ])
  func theSameHoursInThreeSpellings(_ row: String) throws {
    guard case .hours(let hours) = try read(row) else {
      Issue.record("rejected")
      return
    }
    #expect(
      hours
        == ScheduleReader.Hours(
          npi: NPI(1_234_567_893)!, site: SiteKey("4fz0q8"), line: 2, weekday: .monday,
          start: TimeOfDay(minutes: 540)!, end: TimeOfDay(minutes: 750)!, slotMinutes: 30,
          visitType: .inPerson, validFrom: CivilDate(year: 2026, month: 1, day: 1),
          validUntil: CivilDate(year: 2026, month: 12, day: 31)))
  }

  @Test func nightsStepsCyclesAndVisitTypes() throws {
    let scratch = try ScratchDirectory()
    let more = header.dropLast() + ",step_min,every_weeks\n"
    let row = "1234567893,,Fri,22:00,06:00,40,new-patient; follow-up,2026-12-04,,20,2\n"
    let reader = try ScheduleReader(path: scratch.file("schedules.csv", more + row))
    guard case .hours(let hours) = try #require(try reader.next()) else {
      Issue.record("rejected")
      return
    }
    #expect(hours.start == TimeOfDay(minutes: 1320)! && hours.end == TimeOfDay(minutes: 360)!)
    #expect(hours.kinds.map(\.description) == ["new-patient", "follow-up"])
    #expect(hours.stepMinutes == 20 && hours.everyWeeks == 2)
    for (row, field) in [
      ("1234567893,,Fri,22:00,06:00,40,telehealth,,,20,2", "every_weeks"),
      ("1234567893,,Fri,22:00,06:00,40,telehealth,,,20,53", "every_weeks"),
      ("1234567893,,Fri,22:00,06:00,40,telehealth,,,0,1", "step_min"),
    ] {
      let reader = try ScheduleReader(path: scratch.file("bad.csv", more + row + "\n"))
      guard case .rejected(let rejection) = try #require(try reader.next()) else {
        Issue.record("accepted")
        return
      }
      #expect(rejection.field == field)
    }
  }

  @Test func theSiteAndTheDatesMayBeEmpty() throws {
    guard case .hours(let hours) = try read("1234567893,,Sunday,00:00,24:00,60,telehealth,,") else {
      Issue.record("rejected")
      return
    }
    #expect(hours.site == nil)
    #expect(hours.validFrom == nil)
    #expect(hours.validUntil == nil)
    #expect(hours.weekday == .sunday)
    #expect(hours.end == .endOfDay)
  }

  @Test(arguments: [
    (
      "1234567890,,1,09:00,10:00,30,telehealth,,", "npi",
      "\"1234567890\": the check digit does not agree"
    ),
    ("1234567893,xx,1,09:00,10:00,30,telehealth,,", "site", "\"xx\" is no site key"),
    (
      "1234567893,,0,09:00,10:00,30,telehealth,,", "day_of_week",
      "\"0\" is no day like MONDAY, Mon or 1 (Monday) to 7"
    ),
    (
      "1234567893,,1,9am,10:00,30,telehealth,,", "start_time",
      "\"9am\" is no time of day like 09:30"
    ),
    (
      "1234567893,,1,09:00,25:00,30,telehealth,,", "end_time",
      "\"25:00\" is no time of day like 17:00"
    ),
    (
      "1234567893,,1,10:00,10:00,30,telehealth,,", "end_time",
      "10:00 is the start too; for a whole day write 00:00 to 24:00"
    ),
    (
      "1234567893,,1,09:00,10:00,0,telehealth,,", "slot_duration_min",
      "\"0\" is no whole number of minutes from 1 to 1440"
    ),
    (
      "1234567893,,1,09:00,10:00,90,telehealth,,", "slot_duration_min",
      "no slot of 90 min fits between 09:00 and 10:00"
    ),
    (
      "1234567893,,1,09:00,10:00,30,by-post-,,", "visit_type",
      "\"by-post-\" is neither in-person nor telehealth, nor visit types of the practice like "
        + "new-patient;follow-up"
    ),
    (
      "1234567893,,1,09:00,10:00,30,follow-up;follow-up,,", "visit_type",
      "\"follow-up;follow-up\" is neither in-person nor telehealth, nor visit types of the practice "
        + "like new-patient;follow-up"
    ),
    ("1234567893,,1,09:00,10:00,30,telehealth,soon,", "valid_from", "\"soon\" is no date"),
    (
      "1234567893,,1,09:00,10:00,30,telehealth,2026-02-01,2026-01-01", "valid_until",
      "2026-01-01 is before valid_from, 2026-02-01"
    ),
    ("1234567893,,1,09:00,10:00,30", "", "6 fields, but the header has 9"),
  ])
  func badRows(_ row: String, _ field: String, _ reason: String) throws {
    guard case .rejected(let rejection) = try read(row) else {
      Issue.record("accepted")
      return
    }
    #expect(rejection.field == field)
    #expect(rejection.reason == reason)
  }
}
