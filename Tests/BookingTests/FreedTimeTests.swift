import Booking
import CivilTime
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Testing

/// What is offered besides the freed slot itself, and to how many at a time.
@Suite struct FreedTimeTests {
  private static let tuesday = CivilDate(iso: "2026-11-24")!
  private static let exam = ShortName("exam")!

  private func wish(
    _ role: RoleID, from: String = "00:00", to: TimeOfDay = .endOfDay
  ) -> Wish {
    Wish(
      whom: .role(role), dates: Self.tuesday...Self.tuesday, times: TimeOfDay(from)!..<to)
  }

  private func offer(_ desk: Desk, _ token: SessionToken) throws -> SlotID? {
    try desk.bookings.waitlist(as: token).value.compactMap(\.offer).first?.slot
  }

  /// Two practitioners at one site see patients in its one room, half an hour each.
  private func shareARoom(_ desk: Desk, bufferAfterMinutes: Int = 0) throws {
    let kind = try VisitKind(
      id: Self.exam, name: "Visit", visitType: .inPerson, minutes: 30,
      bufferAfterMinutes: bufferAfterMinutes, roomKind: Self.exam)
    let offers = try OfferedVisits(
      slotMinutes: 30, stepMinutes: 30, visitType: .inPerson, kinds: [kind.id])
    let hours = try ScheduleBlock(
      weekday: .tuesday, start: TimeOfDay("09:00")!, end: TimeOfDay("12:00")!, offers: offers)
    try desk.store.write { transaction in
      for role in [Desk.heart, Desk.skin] {
        try transaction.put(kind, of: role)
        try transaction.replaceHours(of: role, blocks: [hours], run: 1)
      }
      _ = try transaction.addRoom(Self.exam, number: 1, at: Desk.heart.site)
    }
  }

  private func inTheRoom(_ role: RoleID, _ hour: Int, _ minute: Int = 0) -> SlotID {
    let slot = TestClinic.slot(role, day: 1, hour, minute, minutes: 30)
    return SlotID(
      role: role, start: slot.start, minutes: 30, visitType: .inPerson, kind: Self.exam)!
  }

  @Test func aFreedRoomIsOfferedByWhoeverMayUseIt() throws {
    let desk = try Desk()
    try shareARoom(desk)
    let cid = try Desk.register("Cid", desk.bookings).token
    let visit = try desk.bookings.book(.slot(inTheRoom(Desk.heart, 9)), as: desk.ann).value
    let ten = TimeOfDay("10:00")!
    _ = try desk.bookings.joinWaitlist(wish(Desk.heart, to: ten), as: cid).value
    _ = try desk.bookings.joinWaitlist(
      wish(Desk.skin, to: TimeOfDay("09:30")!), severity: .urgent, as: desk.bob
    ).value
    #expect(try offer(desk, desk.bob) == nil)
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(try offer(desk, desk.bob) == inTheRoom(Desk.skin, 9), "the more urgent one")
    #expect(try offer(desk, cid) == nil, "9:30 was open all the time, and 9:00 has no room left")
    desk.clinic.clock.advance(seconds: 1800)
    #expect(try desk.bookings.hold(inTheRoom(Desk.heart, 9), as: desk.ann).code == .slotTaken)
    #expect(try offer(desk, cid) == inTheRoom(Desk.heart, 9))
  }

  @Test func whatABufferKeptFreeIsOffered() throws {
    let desk = try Desk()
    try shareARoom(desk, bufferAfterMinutes: 30)
    let visit = try desk.bookings.book(.slot(inTheRoom(Desk.heart, 9)), as: desk.ann).value
    let late = try desk.bookings.book(.slot(inTheRoom(Desk.heart, 11)), as: desk.ann).value
    _ = try desk.bookings.joinWaitlist(
      wish(Desk.heart, from: "09:30", to: TimeOfDay("10:00")!), as: desk.bob
    ).value
    _ = try desk.bookings.cancel(late.id, as: desk.ann).value
    #expect(try offer(desk, desk.bob) == nil)
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(try offer(desk, desk.bob) == inTheRoom(Desk.heart, 9, 30))
  }

  @Test func aPlaceInAFullDayIsOffered() throws {
    let desk = try Desk()
    try desk.store.write { try $0.set(PracticeRules(visitsPerDay: 1), of: Desk.heart) }
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    _ = try desk.bookings.joinWaitlist(wish(Desk.heart, from: "15:00"), as: desk.bob).value
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(try offer(desk, desk.bob) == desk.slot(15))
  }

  private func edit(_ desk: Desk, _ change: (WriteTransaction) throws -> Void) throws {
    try desk.store.write { transaction in
      _ = try transaction.editSchedules(
        of: [Desk.heart, Desk.heartElsewhere, Desk.skin], .always, vault: { desk.vault },
        { try change(transaction) })
    }
  }

  /// What takes Tuesday away, and what gives it back.
  @Test func timeThatIsGivenBackIsOfferedBeforeAnybodyElseCanAsk() throws {
    let midnight = CivilDateTime(date: Self.tuesday, time: TimeOfDay("00:00")!)!
    let away = try ScheduleException(
      .timeOff, from: midnight, to: CivilDateTime(date: Self.tuesday, time: .endOfDay)!)
    let holiday = Holiday(date: Self.tuesday, name: "Moving")
    let cases: [((WriteTransaction) throws -> Void, (WriteTransaction) throws -> Void)] = [
      (
        { _ = try $0.add(away, of: Desk.heart, run: 0) },
        { _ = try $0.removeException(1, of: Desk.heart) }
      ),
      (
        { _ = try $0.addTimeOff(away, ofAllSitesOf: Desk.heart.npi) },
        { _ = try $0.removeTimeOff(1, ofAllSitesOf: Desk.heart.npi) }
      ),
      (
        { try $0.add(holiday, at: Desk.heart.site) },
        { _ = try $0.removeHoliday(on: Self.tuesday, at: Desk.heart.site) }
      ),
    ]
    for (take, give) in cases {
      for isWork in [false, true] {
        let desk = try Desk()
        try edit(desk, take)
        _ = try desk.bookings.joinWaitlist(wish(Desk.heart, from: "09:00"), as: desk.bob).value
        #expect(try desk.bookings.work().offers == 0)
        try edit(desk, give)
        if isWork {
          #expect(try desk.bookings.work().offers == 1)
        } else {
          #expect(try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).code == .slotTaken)
        }
        #expect(try offer(desk, desk.bob) == desk.slot(9))
        #expect(try desk.bookings.book(.slot(desk.slot(10)), as: desk.ann).code == nil)
        #expect(try desk.store.read { try $0.newHours(of: Desk.heart.npi) } == nil)
      }
    }
  }

  /// Two are asked in each transaction; whoever touches the practitioner goes on with the next two.
  @Test(arguments: [false, true]) func aLongLineIsAskedTurnByTurn(byWork: Bool) throws {
    let desk = try Desk(limits: BookingLimits(entriesPerTurn: 2))
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    for _ in 0..<5 {
      _ = try desk.bookings.joinWaitlist(wish(Desk.heart, from: "20:00"), as: desk.ann).value
    }
    _ = try desk.bookings.joinWaitlist(
      wish(Desk.heart, to: TimeOfDay("09:30")!), as: desk.bob
    ).value
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(try offer(desk, desk.bob) == nil)
    #expect(try desk.store.read { try $0.newHours(of: Desk.heart.npi) } != nil)
    if byWork {
      #expect(try desk.bookings.work().offers == 1)
    } else {
      for hour in [11, 12] {
        #expect(try offer(desk, desk.bob) == nil)
        #expect(try desk.bookings.book(.slot(desk.slot(hour)), as: desk.ann).code == nil)
      }
    }
    #expect(try offer(desk, desk.bob) == desk.slot(9))
    #expect(try desk.bookings.work().offers == 0)
    #expect(try desk.store.read { try $0.newHours(of: Desk.heart.npi) } == nil)
  }
}
