import CivilTime
import ProviderDirectory
import Scheduling
import Testing

/// A week at a clinic: hours, days off, extra hours, what is asked for and what is taken.
@Suite struct WeekTests {
  private let newYork = "America/New_York"

  @Test func aDayIsCutIntoSlotsThatEndWithinIt() throws {
    let office = try schedule(newYork, try hours("09:00-10:45 every 30"))
    #expect(offered(office, on: "2026-12-01") == ["09:00 EST", "09:30 EST", "10:00 EST"])
  }

  @Test func hoursBelongToTheirWeekday() throws {
    let office = try schedule(newYork, try hours("09:00-10:00 every 30", on: [.tuesday]))
    #expect(offered(office, on: "2026-12-01") == ["09:00 EST", "09:30 EST"])
    #expect(offered(office, on: "2026-12-02") == [])
  }

  @Test func hoursHoldFromTheFirstDayThroughTheLast() throws {
    let office = try schedule(
      newYork, try hours("09:00-10:00 every 60", from: "2026-12-02", until: "2026-12-04"))
    let days = ["01", "02", "03", "04", "05"].map { offered(office, on: "2026-12-\($0)").count }
    #expect(days == [0, 1, 1, 1, 0])
  }

  @Test func nightHoursBelongToTheDayTheyStartOn() throws {
    let night = try schedule(
      newYork, try hours("22:00-02:00 every 60", from: "2026-12-01", until: "2026-12-01"))
    #expect(offered(night, on: "2026-11-30") == [])
    #expect(offered(night, on: "2026-12-01") == ["22:00 EST", "23:00 EST"])
    #expect(offered(night, on: "2026-12-02") == ["00:00 EST", "01:00 EST"])
    #expect(offered(night, on: "2026-12-03") == [])
  }

  @Test func aDayMayEndAtMidnightEitherWay() throws {
    for end in ["24:00", "00:00"] {
      let late = try schedule(newYork, try hours("23:00-\(end) every 30"))
      #expect(offered(late, on: "2026-12-01") == ["23:00 EST", "23:30 EST"])
    }
  }

  @Test func timeOffTakesWhatItTouches() throws {
    let office = try schedule(
      newYork, try hours("09:00-12:00 every 30"), [try away("2026-12-01 09:45", "2026-12-01 11:00")]
    )
    #expect(offered(office, on: "2026-12-01") == ["09:00 EST", "11:00 EST", "11:30 EST"])
    #expect(offered(office, on: "2026-12-02").count == 6)
  }

  @Test func extraHoursAreAddedAndTimeOffWins() throws {
    let office = try schedule(
      newYork, try hours("09:00-10:00 every 30", on: [.monday]),
      [
        try extra("2026-12-05 10:00", "2026-12-05 11:00", every: 20, .telehealth),
        try extra("2026-12-06 23:30", "2026-12-07 00:30", every: 30),
        try extra("2026-12-12 10:00", "2026-12-12 12:00", every: 60),
        try away("2026-12-12 00:00", "2026-12-12 11:00"),
      ])
    #expect(offered(office, on: "2026-12-05") == ["10:00 EST t", "10:20 EST t", "10:40 EST t"])
    #expect(offered(office, on: "2026-12-06") == ["23:30 EST"])
    #expect(offered(office, on: "2026-12-07") == ["00:00 EST", "09:00 EST", "09:30 EST"])
    #expect(offered(office, on: "2026-12-12") == ["11:00 EST"])
  }

  @Test func hoursInAnyOrderGiveSortedSlotsNoneTwice() throws {
    let blocks =
      try hours("13:00-14:00 every 30") + hours("09:00-10:00 every 30")
      + hours("09:30-10:30 every 30") + hours("09:30-10:00 every 30 telehealth")
      + hours("09:00-10:00 every 60")
    let office = try schedule(newYork, blocks)
    #expect(
      offered(office, on: "2026-12-01") == [
        "09:00 EST", "09:00 EST", "09:30 EST", "09:30 EST t", "10:00 EST", "13:00 EST", "13:30 EST",
      ])
    let day = date("2026-12-01")
    let all = slots(
      in: office, matching: SlotRequest(dates: day...day.adding(days: 3)), busy: [],
      now: instant("2026-11-30T12:00:00Z"))
    for limit in 0...all.count + 1 {
      let first = slots(
        in: office, matching: SlotRequest(dates: day...day.adding(days: 3), limit: limit),
        busy: [], now: instant("2026-11-30T12:00:00Z"))
      #expect(first == Array(all.prefix(limit)))
    }
  }

  @Test func takenTimesAreLeftOut() throws {
    let office = try schedule(newYork, try hours("09:00-12:00 every 30"))
    let taken = [
      busy("2026-12-01T09:00:00-05:00", "2026-12-01T09:30:00-05:00"),
      busy("2026-12-01T10:10:00-05:00", "2026-12-01T10:20:00-05:00"),
      busy("2026-12-01T10:55:00-05:00", "2026-12-01T11:35:00-05:00"),
    ]
    #expect(offered(office, on: "2026-12-01", busy: taken) == ["09:30 EST"])
    #expect(offered(office, on: "2026-12-01", busy: taken.reversed()) == ["09:30 EST"])
  }

  @Test func whatIsAskedForIsWhatIsListed() throws {
    let office = try schedule(
      newYork, try hours("08:00-12:00 every 60") + hours("12:00-18:00 every 60 telehealth"))
    let now = instant("2026-11-30T12:00:00Z")
    let day = date("2026-12-01")
    func listed(_ request: SlotRequest) -> [String] {
      shown(slots(in: office, matching: request, busy: [], now: now), in: office)
    }
    let afternoon = time("12:00")..<time("17:00")
    #expect(
      listed(SlotRequest(dates: day...day, times: afternoon)) == [
        "12:00 EST t", "13:00 EST t", "14:00 EST t", "15:00 EST t", "16:00 EST t",
      ])
    #expect(listed(SlotRequest(dates: day...day, times: afternoon, visitType: .inPerson)) == [])
    #expect(
      listed(SlotRequest(dates: day...day, times: time("10:30")..<time("13:00"))) == [
        "11:00 EST", "12:00 EST t",
      ])
    #expect(
      listed(SlotRequest(dates: day...day, visitType: .inPerson, limit: 2)) == [
        "08:00 EST", "09:00 EST",
      ])
    #expect(listed(SlotRequest(dates: day.adding(days: -9)...day.adding(days: -8))) == [])
    #expect(listed(SlotRequest(times: time("17:00")..<time("24:00"), limit: 2)).count == 2)
  }

  @Test func theDateIsTheSitesNotUTCs() throws {
    let office = try schedule("Pacific/Honolulu", try hours("15:00-17:00 every 60"))
    let day = date("2026-12-01")
    let found = slots(
      in: office, matching: SlotRequest(dates: day...day), busy: [],
      now: instant("2026-11-30T12:00:00Z"))
    #expect(
      found.map(\.start) == [instant("2026-12-02T01:00:00Z"), instant("2026-12-02T02:00:00Z")])
  }

  @Test func noticeAndHorizonAreKeptToTheSecondAndTheDay() throws {
    let office = try schedule(newYork, try hours("09:00-11:00 every 30"), notice: 3600, horizon: 2)
    func listed(_ now: String) -> [String] {
      shown(slots(in: office, busy: [], now: instant(now)), in: office)
    }
    #expect(listed("2026-12-01T08:00:00-05:00").count == 12)
    #expect(listed("2026-12-01T08:00:01-05:00").count == 11)
    #expect(listed("2026-12-01T23:59:59-05:00").count == 8)
    #expect(listed("2026-12-02T00:00:00-05:00").count == 12)
    let eager = try schedule(newYork, try hours("09:00-11:00 every 30"), notice: 0, horizon: 1)
    #expect(slots(in: eager, busy: [], now: instant("2026-12-01T09:00:00-05:00")).count == 7)
    #expect(slots(in: eager, busy: [], now: instant("2026-12-01T08:59:59-05:00")).count == 8)
  }

  @Test func theUsualRulesAreAnHoursNoticeAndNinetyDays() {
    #expect(BookingRules.standard.minimumNoticeSeconds == 3600)
    #expect(BookingRules.standard.horizonDays == 90)
  }

  @Test func hoursThatCannotBeAreRefused() throws {
    func error(_ body: () throws -> Void) -> ScheduleError? {
      do {
        try body()
        return nil
      } catch { return error as? ScheduleError }
    }
    #expect(
      error { _ = try hours("09:00-09:00 every 30") }
        == .empty(from: time("09:00"), to: time("09:00")))
    #expect(error { _ = try hours("24:00-09:00 every 30") } == .startAtEndOfDay)
    #expect(error { _ = try hours("09:00-10:00 every 0") } == .slotMinutes(0))
    #expect(error { _ = try hours("09:00-10:00 every -5") } == .slotMinutes(-5))
    #expect(error { _ = try hours("00:00-24:00 every 1441") } == .slotMinutes(1441))
    #expect(
      error { _ = try hours("09:00-10:00 every 61") }
        == .slotLongerThanBlock(slotMinutes: 61, blockMinutes: 60))
    #expect(
      error { _ = try hours("09:00-10:00 every 30", from: "2026-12-02", until: "2026-12-01") }
        == .validityReversed(from: date("2026-12-02"), until: date("2026-12-01")))
    #expect(
      error { _ = try away("2026-12-02 10:00", "2026-12-02 10:00") }
        == .exceptionReversed(from: moment("2026-12-02 10:00"), to: moment("2026-12-02 10:00")))
    #expect(
      error { _ = try extra("2026-12-02 10:00", "2026-12-03 10:01", every: 30) }
        == .extraHoursTooLong(minutes: 1441))
    #expect(error { _ = try schedule(newYork, [], notice: -1) } == .minimumNotice(seconds: -1))
    #expect(error { _ = try schedule(newYork, [], horizon: 0) } == .horizon(days: 0))
    #expect(error { _ = try schedule(newYork, [], horizon: 731) } == .horizon(days: 731))
    let messages: [(ScheduleError, String)] = [
      (.slotMinutes(0), "0 minutes; 1 to 1440"), (.horizon(days: 731), "731 days; 1 to 730"),
      (.empty(from: time("09:00"), to: time("09:00")), "write 00:00 to 24:00"),
      (.slotLongerThanBlock(slotMinutes: 61, blockMinutes: 60), "61 minutes does not fit into 60"),
    ]
    for (error, text) in messages { #expect(error.description.contains(text)) }
  }
}
