import CivilTime
import Scheduling
import Testing

/// What a day's hours are worth where the clocks change, and where they do not.
@Suite struct ClockChangeTests {
  struct Night: CustomTestStringConvertible, Sendable {
    let name: String
    let zone: String
    let day: String
    let hours: String
    let slots: [String]
    var testDescription: String { name }
  }

  static let nights: [Night] = [
    Night(
      name: "New York skips 02:00 to 03:00", zone: "America/New_York", day: "2027-03-14",
      hours: "01:00-04:00 every 30", slots: ["01:00 EST", "01:30 EST", "03:00 EDT", "03:30 EDT"]),
    Night(
      name: "New York repeats 01:00 to 02:00", zone: "America/New_York", day: "2026-11-01",
      hours: "00:30-02:30 every 30",
      slots: ["00:30 EDT", "01:00 EDT", "01:30 EDT", "01:00 EST", "01:30 EST", "02:00 EST"]),
    Night(
      name: "an hour's visit over the skipped hour takes an hour", zone: "America/New_York",
      day: "2027-03-14", hours: "01:30-05:00 every 60", slots: ["01:30 EST", "03:30 EDT"]),
    Night(
      name: "an hour's visit over the repeated hour takes an hour", zone: "America/New_York",
      day: "2026-11-01", hours: "00:30-03:00 every 60",
      slots: ["00:30 EDT", "01:30 EDT", "01:30 EST"]),
    Night(
      name: "hours that end in the skipped hour end when it is skipped", zone: "America/New_York",
      day: "2027-03-14", hours: "01:00-02:30 every 30", slots: ["01:00 EST", "01:30 EST"]),
    Night(
      name: "hours wholly in the skipped hour do not happen", zone: "America/New_York",
      day: "2027-03-14", hours: "02:00-03:00 every 15", slots: []),
    Night(
      name: "hours that start in the skipped hour keep their grid", zone: "America/New_York",
      day: "2027-03-14", hours: "02:30-04:00 every 20",
      slots: ["03:10 EDT", "03:30 EDT"]),
    Night(
      name: "hours wholly in the repeated hour happen twice", zone: "America/New_York",
      day: "2026-11-01", hours: "01:00-01:40 every 20",
      slots: ["01:00 EDT", "01:20 EDT", "01:00 EST", "01:20 EST"]),
    Night(
      name: "no visit runs on while the clock shows a time before its hours",
      zone: "America/New_York", day: "2026-11-01", hours: "01:30-03:00 every 45",
      slots: ["01:30 EST", "02:15 EST"]),
    Night(
      name: "the afternoon of a day with a change is as always", zone: "America/New_York",
      day: "2026-11-01", hours: "14:00-15:00 every 20",
      slots: ["14:00 EST", "14:20 EST", "14:40 EST"]),
    Night(
      name: "a slot that does not divide the hour keeps its wall times after a change",
      zone: "America/New_York", day: "2027-03-14", hours: "00:00-06:00 every 50",
      slots: ["00:00 EST", "00:50 EST", "01:40 EST", "03:20 EDT", "04:10 EDT", "05:00 EDT"]),
    Night(
      name: "night hours that begin before the change", zone: "America/New_York",
      day: "2026-11-01", hours: "23:00-02:00 every 60",
      slots: ["00:00 EDT", "01:00 EDT", "01:00 EST", "23:00 EST"]),
    Night(
      name: "Phoenix changes nothing", zone: "America/Phoenix", day: "2027-03-14",
      hours: "01:00-04:00 every 60", slots: ["01:00 MST", "02:00 MST", "03:00 MST"]),
    Night(
      name: "Window Rock, in Navajo country, skips an hour", zone: "America/Denver",
      day: "2027-03-14", hours: "01:00-04:00 every 60", slots: ["01:00 MST", "03:00 MDT"]),
    Night(
      name: "Adak repeats an hour", zone: "America/Adak", day: "2026-11-01",
      hours: "01:00-02:00 every 30", slots: ["01:00 HDT", "01:30 HDT", "01:00 HST", "01:30 HST"]),
    Night(
      name: "St. John's skips an hour, half an hour off the mainland", zone: "America/St_Johns",
      day: "2027-03-14", hours: "01:30-03:30 every 30", slots: ["01:30 NST", "03:00 NDT"]),
    Night(
      name: "Lord Howe skips half an hour", zone: "Australia/Lord_Howe", day: "2026-10-04",
      hours: "01:00-03:00 every 30", slots: ["01:00 +1030", "01:30 +1030", "02:30 +11"]),
    Night(
      name: "Lord Howe repeats half an hour", zone: "Australia/Lord_Howe", day: "2027-04-04",
      hours: "01:00-02:30 every 30",
      slots: ["01:00 +11", "01:30 +11", "01:30 +1030", "02:00 +1030"]),
    Night(
      name: "Santiago repeats the last hour of the day", zone: "America/Santiago",
      day: "2027-04-03", hours: "22:00-24:00 every 60",
      slots: ["22:00 -03", "23:00 -03", "23:00 -04"]),
    Night(
      name: "Cairo skips the first hour of the day", zone: "Africa/Cairo", day: "2027-04-30",
      hours: "00:00-02:00 every 30", slots: ["01:00 EEST", "01:30 EEST"]),
    Night(
      name: "Havana repeats the first hour of the day", zone: "America/Havana", day: "2027-11-07",
      hours: "00:00-01:30 every 30",
      slots: ["00:00 CDT", "00:30 CDT", "00:00 CST", "00:30 CST", "01:00 CST"]),
  ]

  @Test(arguments: nights) func aNight(_ night: Night) throws {
    let schedule = try schedule(night.zone, try hours(night.hours))
    #expect(offered(schedule, on: night.day) == night.slots)
  }

  @Test func aNightShiftHasItsTrueLength() throws {
    let shift = try schedule("America/New_York", try hours("22:00-06:00 every 30", on: [.saturday]))
    let lengths = [("2026-10-31", 9), ("2026-11-07", 8), ("2027-03-13", 7)]
    for (day, length) in lengths {
      let day = date(day)
      let found = slots(
        in: shift, matching: SlotRequest(dates: day...day.adding(days: 1)), busy: [],
        now: shift.zone.dayBounds(of: day).lowerBound)
      #expect(found.count == length * 2, "\(day)")
    }
  }

  @Test func theTwoSlotsOfARepeatedTimeHaveIDsOfTheirOwn() throws {
    let night = try schedule("America/New_York", try hours("01:30-02:00 every 30"))
    let day = date("2026-11-01")
    let found = slots(
      in: night, matching: SlotRequest(dates: day...day), busy: [],
      now: instant("2026-10-31T12:00:00Z"))
    #expect(
      found.map(\.id.description) == [
        "1234567893-4fz0q8-20261101T0530Z-30p", "1234567893-4fz0q8-20261101T0630Z-30p",
      ])
    let taken = slots(
      in: night, matching: SlotRequest(dates: day...day),
      busy: [Busy(start: found[0].start, end: found[0].end)],
      now: instant("2026-10-31T12:00:00Z"))
    #expect(taken == [found[1]])
  }

  @Test func timeOffTakesBothReadingsOfItsEnds() throws {
    let night = try schedule(
      "America/New_York", try hours("00:30-03:00 every 30"),
      [try away("2026-11-01 01:30", "2026-11-01 01:45")])
    #expect(
      offered(night, on: "2026-11-01") == ["00:30 EDT", "01:00 EDT", "02:00 EST", "02:30 EST"])
    let before = try schedule(
      "America/New_York", try hours("00:00-03:00 every 30"),
      [try away("2026-11-01 00:00", "2026-11-01 01:00")])
    #expect(
      offered(before, on: "2026-11-01") == [
        "01:00 EDT", "01:30 EDT", "01:00 EST", "01:30 EST", "02:00 EST", "02:30 EST",
      ], "off until the repeated hour begins, not until it begins again")
  }
}
