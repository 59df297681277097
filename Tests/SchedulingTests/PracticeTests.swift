import CivilTime
import ProviderDirectory
import Scheduling
import Testing

/// What a clinic sets beside weekly hours, in its words. December 2026 begins on a Tuesday.
@Suite struct PracticeTests {
  private let newYork = "America/New_York"

  // MARK: Hours

  @Test func everyOtherWeekCountsFromTheWeekOfItsFirstDay() throws {
    // From a Wednesday on: the Monday of that week has gone by, the one two weeks on has not.
    let office = try schedule(
      newYork, try week("09:00-10:00 30", on: [.monday, .thursday], from: "2026-12-02", cycle: 2))
    let days = ["2026-12-03", "2026-12-07", "2026-12-10", "2026-12-14", "2026-12-17", "2026-12-21"]
    #expect(days.map { offered(office, on: $0).count } == [2, 0, 0, 2, 2, 0])
  }

  @Test func everyThirdNightPassesMidnight() throws {
    let night = try schedule(
      newYork, try week("22:00-02:00 120", on: [.sunday], from: "2026-12-06", cycle: 3))
    #expect(offered(night, on: "2026-12-06") == ["22:00 EST"])
    #expect(offered(night, on: "2026-12-07") == ["00:00 EST"])
    #expect(offered(night, on: "2026-12-14") == [])
    #expect(offered(night, on: "2026-12-28") == ["00:00 EST"])
  }

  @Test func visitsMayStartMoreOftenThanTheyLast() throws {
    let office = try schedule(newYork, try week("09:00-10:30 60/15"))
    #expect(offered(office, on: "2026-12-01") == ["09:00 EST", "09:15 EST", "09:30 EST"])
    let rare = try schedule(newYork, try week("09:00-12:00 20/60"))
    #expect(offered(rare, on: "2026-12-01") == ["09:00 EST", "10:00 EST", "11:00 EST"])
  }

  @Test func aDaysReplacementHoursStandInForItsWeeklyOnes() throws {
    let office = try schedule(
      newYork, try hours("09:00-11:00 every 60") + hours("22:00-02:00 every 120"),
      [
        try replaced("2026-12-02 15:00", "2026-12-02 17:00", every: 60),
        try replaced("2026-12-02 18:00", "2026-12-02 19:00", every: 60),
      ])
    #expect(
      offered(office, on: "2026-12-02") == ["00:00 EST", "15:00 EST", "16:00 EST", "18:00 EST"],
      "the night before is the first of December's")
    #expect(offered(office, on: "2026-12-03") == ["09:00 EST", "10:00 EST", "22:00 EST"])
  }

  @Test func aHolidayClosesTheSiteButForHoursGivenForTheDay() throws {
    let christmas = Practice(holidays: [Holiday(date: date("2026-12-25"), name: "Christmas Day")])
    let plain = try schedule(newYork, try hours("09:00-10:00 every 30"))
    let office = schedule(plain, practice: christmas)
    #expect(offered(office, on: "2026-12-24").count == 2)
    #expect(offered(office, on: "2026-12-25") == [])
    let found = refusals(
      of: visit("2026-12-25T09:00:00-05:00"), in: office, busy: [],
      now: instant("2026-12-20T09:00:00Z"))
    #expect(found.map(\.code) == [.holiday])
    #expect(found[0].message.contains("2026-12-25, Christmas Day"))
    let emergency = schedule(
      plain, practice: christmas,
      exceptions: [try extra("2026-12-25 12:00", "2026-12-25 13:00", every: 60)])
    #expect(offered(emergency, on: "2026-12-25") == ["12:00 EST"])
  }

  // MARK: Kinds of visits

  private let new = ShortName("new-patient")!
  private let follow = ShortName("follow-up")!
  private let exam = ShortName("exam")!

  private func clinic(
    before: Int = 0, after: Int = 0, room: ShortName? = nil, rooms: [Room] = [],
    rules: BookingRules = .standard, travel: [RoleID: Int] = [:]
  ) throws -> Schedule {
    Schedule(
      role: drLee, zone: try Zone(newYork),
      blocks: try week("09:00-11:00 20 new-patient follow-up") + week("13:00-14:00 20 follow-up"),
      rules: rules,
      practice: Practice(
        kinds: [
          try VisitKind(
            id: new, name: "New patient", visitType: .inPerson, minutes: 60,
            bufferBeforeMinutes: before, bufferAfterMinutes: after, roomKind: room),
          try VisitKind(id: follow, name: "Follow-up", visitType: .telehealth, minutes: 20),
        ], rooms: rooms, travelMinutes: travel))
  }

  private func starts(
    _ schedule: Schedule, _ kind: ShortName, busy: [Busy] = [], rooms: [RoomUse] = []
  ) -> [String] {
    let day = date("2026-12-01")
    let found = slots(
      in: schedule, matching: SlotRequest(dates: day...day, kind: kind), busy: busy, rooms: rooms,
      now: instant("2026-11-30T12:00:00Z"))
    #expect(found.allSatisfy { $0.kind == kind })
    return shown(found, in: schedule).map { String($0.prefix(5)) }
  }

  @Test func eachKindHasItsLengthAndItsHours() throws {
    let clinic = try clinic()
    #expect(starts(clinic, new) == ["09:00", "09:20", "09:40", "10:00"])
    #expect(starts(clinic, follow).count == 9)
    let day = date("2026-12-01")
    let first = slots(
      in: clinic, matching: SlotRequest(dates: day...day, limit: 2), busy: [],
      now: instant("2026-11-30T12:00:00Z"))
    #expect(
      first.map(\.id.description) == [
        "1234567893-4fz0q8-20261201T1400Z-20t-follow-up",
        "1234567893-4fz0q8-20261201T1400Z-60p-new-patient",
      ])
    let wrong = refusals(
      of: ProposedVisit(
        role: drLee, start: instant("2026-12-01T13:00:00-05:00"),
        end: instant("2026-12-01T14:00:00-05:00"), visitType: .inPerson, kind: new),
      in: clinic, busy: [], now: instant("2026-11-30T12:00:00Z"))
    #expect(wrong.map(\.code) == [.wrongVisitType])
    #expect(wrong[0].message.contains("are follow-up, not new-patient"))
  }

  @Test func buffersAreKeptBetweenVisitsWhoeverHasThem() throws {
    let clinic = try clinic(before: 10, after: 20)
    // A plain visit from 10:00 to 10:20 leaves an hour before it, but not an hour and 20 minutes.
    let plain = busy("2026-12-01T10:20:00-05:00", "2026-12-01T10:40:00-05:00")
    #expect(starts(clinic, new, busy: [plain]) == ["09:00"])
    #expect(starts(clinic, follow, busy: [plain]).contains("10:00"))
    // The new patient's own buffers keep the follow-up away just as far.
    let visit = Busy(
      start: instant("2026-12-01T09:20:00-05:00"), end: instant("2026-12-01T10:20:00-05:00"),
      beforeSeconds: 600, afterSeconds: 1200)
    #expect(starts(clinic, follow, busy: [visit]) == ["10:40", "13:00", "13:20", "13:40"])
    let close = refusals(
      of: ProposedVisit(
        role: drLee, start: instant("2026-12-01T10:20:00-05:00"),
        end: instant("2026-12-01T10:40:00-05:00"), visitType: .telehealth, kind: follow),
      in: clinic, busy: [visit], now: instant("2026-11-30T12:00:00Z"))
    #expect(close.map(\.code) == [.buffer])
    #expect(close[0].message.contains("2026-12-01T09:10:00-05:00 to 2026-12-01T10:40:00-05:00"))
  }

  // MARK: Rooms

  @Test func aRoomSharedByTwoPractitioners() throws {
    let rooms = [Room(id: 8, kind: exam, number: 2), Room(id: 7, kind: exam, number: 1)]
    let clinic = try clinic(room: exam, rooms: rooms)
    func use(_ room: Int64, _ from: String, _ to: String) -> RoomUse {
      RoomUse(
        room: room, claim: busy("2026-12-01T\(from):00-05:00", "2026-12-01T\(to):00-05:00"))
    }
    // Another practitioner has room 1 until 9:30, a third has room 2 from 9:20 on.
    let others = [use(7, "08:00", "09:30"), use(8, "09:20", "10:20")]
    #expect(starts(clinic, new, rooms: others) == ["09:40", "10:00"])
    #expect(starts(clinic, follow, rooms: others).count == 9, "a video call needs no room")
    let visit = ProposedVisit(
      role: drLee, start: instant("2026-12-01T09:40:00-05:00"),
      end: instant("2026-12-01T10:40:00-05:00"), visitType: .inPerson, kind: new)
    #expect(freeRoom(for: visit, in: clinic, uses: others)?.number == 1)
    #expect(freeRoom(for: visit, in: clinic, uses: [])?.number == 1, "the lowest number")
    #expect(freeRoom(for: visit, in: clinic, uses: [], preferring: 8)?.number == 2)
    let none = try self.clinic(room: exam)
    let found = refusals(
      of: visit, in: none, busy: [], now: instant("2026-11-30T12:00:00Z"))
    #expect(found.map(\.code) == [.noRoom])
    #expect(found[0].message.contains("room of kind exam, and this site has none"))
  }

  // MARK: Two sites

  @Test func theWayBetweenTwoSitesTakesTime() throws {
    let other = RoleID(npi: drLee.npi, site: SiteKey("000001")!)
    let clinic = try clinic(travel: [other: 40])
    let away = Busy(
      start: instant("2026-12-01T08:00:00-05:00"), end: instant("2026-12-01T09:00:00-05:00"),
      afterSeconds: 600, role: other)
    // 40 minutes after 9:10, when the work there is done.
    #expect(starts(clinic, new, busy: [away]) == ["10:00"])
    let here = Busy(start: away.start, end: away.end, afterSeconds: 600, role: drLee)
    #expect(starts(clinic, new, busy: [here]) == ["09:20", "09:40", "10:00"])
    let found = refusals(
      of: ProposedVisit(
        role: drLee, start: instant("2026-12-01T09:40:00-05:00"),
        end: instant("2026-12-01T10:40:00-05:00"), visitType: .inPerson, kind: new),
      in: clinic, busy: [away], now: instant("2026-11-30T12:00:00Z"))
    #expect(found.map(\.code) == [.travelTime])
    #expect(found[0].message.contains("the way takes 40 minutes"))
  }

  /// A practitioner in New York and, by telephone, in Los Angeles: each site's hours are its own
  /// clock's, and one visit takes the person at both.
  @Test func aProviderAtSitesInTwoZones() throws {
    let east = try schedule(newYork, try hours("09:00-12:00 every 60"))
    let west = try schedule("America/Los_Angeles", try hours("06:00-09:00 every 60"))
    let taken = [busy("2026-12-01T10:00:00-05:00", "2026-12-01T11:00:00-05:00")]
    #expect(offered(east, on: "2026-12-01", busy: taken) == ["09:00 EST", "11:00 EST"])
    #expect(offered(west, on: "2026-12-01", busy: taken) == ["06:00 PST", "08:00 PST"])
  }

  // MARK: At most so many

  @Test func aDaysMostIsCountedByTheSitesDate() throws {
    let rules = try BookingRules(minimumNoticeSeconds: 0, horizonDays: 90, visitsPerDay: 2)
    let honolulu = Schedule(
      role: drLee, zone: try Zone("Pacific/Honolulu"), blocks: try hours("13:00-16:00 every 60"),
      rules: rules)
    // By UTC these are the second of December; in Honolulu, two on the first and none on the second.
    let two = [
      busy("2026-12-02T00:00:00Z", "2026-12-02T01:00:00Z"),
      busy("2026-12-02T01:00:00Z", "2026-12-02T02:00:00Z"),
    ]
    #expect(offered(honolulu, on: "2026-12-01", busy: two) == [])
    #expect(offered(honolulu, on: "2026-12-01", busy: [two[0]]).count == 2)
    #expect(offered(honolulu, on: "2026-12-02", busy: two).count == 3)
    let found = refusals(
      of: visit("2026-12-01T13:00:00-10:00", minutes: 60), in: honolulu, busy: two,
      now: instant("2026-11-30T12:00:00Z"))
    #expect(found.map(\.code) == [.dayFull])
    #expect(found[0].message.contains("2026-12-01 has 2 visits"))
    let elsewhere = two.map {
      Busy(
        start: $0.start, end: $0.end, role: RoleID(npi: drLee.npi, site: SiteKey("000001")!))
    }
    #expect(offered(honolulu, on: "2026-12-01", busy: elsewhere).count == 1, "each site counts")
  }

  @Test func aWeeksMostRunsFromMondayToSunday() throws {
    let office = Schedule(
      role: drLee, zone: try Zone(newYork), blocks: try hours("22:00-24:00 every 60"),
      rules: try BookingRules(minimumNoticeSeconds: 0, horizonDays: 90, visitsPerWeek: 1))
    // Sunday night in New York is Monday by UTC.
    let sunday = [busy("2026-12-07T03:00:00Z", "2026-12-07T04:00:00Z")]
    let days = ["2026-11-29", "2026-11-30", "2026-12-06", "2026-12-07"]
    #expect(days.map { offered(office, on: $0, busy: sunday).count } == [2, 0, 0, 2])
  }

  // MARK: One's own hold

  @Test func onesOwnHoldKeepsItsSlotAndTakesTheOthers() throws {
    let clinic = try clinic()
    let held = try #require(SlotID("1234567893-4fz0q8-20261201T1400Z-60p-new-patient"))
    let own = [Busy(start: held.start, end: held.end, role: drLee, ownHold: held)]
    #expect(starts(clinic, new, busy: own) == ["09:00", "10:00"])
    #expect(starts(clinic, follow, busy: own).first == "10:00")
  }

  // MARK: What strands a visit

  @Test func aVisitIsStrandedOnlyWhenNobodyIsThereForIt() throws {
    let booked = visit("2026-12-01T09:30:00-05:00")
    func codes(_ schedule: Schedule) -> [Refusal.Code] {
      strandings(of: booked, in: schedule).map(\.code)
    }
    #expect(codes(try schedule(newYork, try hours("09:00-12:00 every 30"))) == [])
    #expect(codes(try schedule(newYork, try hours("09:00-12:00 every 20"))) == [], "off the grid")
    #expect(codes(try schedule(newYork, try hours("09:00-12:00 every 60"))) == [], "too short")
    #expect(
      codes(try schedule(newYork, try hours("09:00-09:45 every 45"))) == [.outsideSchedule],
      "its end lies outside")
    #expect(
      codes(try schedule(newYork, try hours("09:00-12:00 every 30 telehealth")))
        == [.wrongVisitType])
    #expect(codes(try schedule(newYork, [])) == [.outsideSchedule])
    let off = try schedule(
      newYork, try hours("09:00-12:00 every 30"), [try away("2026-12-01 09:45", "2026-12-01 10:00")]
    )
    #expect(codes(off) == [.timeOff])
    let closed = schedule(
      try schedule(newYork, try hours("09:00-12:00 every 30")),
      practice: Practice(holidays: [Holiday(date: date("2026-12-01"), name: "Founder's day")]))
    #expect(codes(closed) == [.holiday])
  }

  @Test func whatCannotBeIsRefused() throws {
    func error(_ body: () throws -> Void) -> ScheduleError? {
      do {
        try body()
        return nil
      } catch { return error as? ScheduleError }
    }
    func kind(_ id: String, name: String = "x", minutes: Int = 20, after: Int = 0) throws {
      _ = try VisitKind(
        id: ShortName(id)!, name: name, visitType: .inPerson, minutes: minutes,
        bufferAfterMinutes: after)
    }
    #expect(error { try kind("telehealth") } == .reservedKind(ShortName("telehealth")!))
    #expect(error { try kind("x", name: "") } == .kindName(""))
    #expect(error { try kind("x", minutes: 0) } == .slotMinutes(0))
    #expect(error { try kind("x", after: 241) } == .buffer(minutes: 241))
    #expect(error { _ = try week("09:00-10:00 30/0") } == .slotMinutes(0))
    #expect(
      error { _ = try week("09:00-10:00 30", from: "2026-12-01", cycle: 53) } == .cycle(weeks: 53))
    #expect(error { _ = try week("09:00-10:00 30", cycle: 2) } == .cycleWithoutStart(weeks: 2))
    #expect(
      error {
        _ = try BookingRules(minimumNoticeSeconds: 0, horizonDays: 1, visitsPerDay: 0)
      } == .visits(0))
    for error in [ScheduleError.buffer(minutes: 241), .visits(0), .cycle(weeks: 53)] {
      #expect(error.description.contains("are allowed"))
    }
  }
}
