import Booking
import CivilTime
import Privacy
import Scheduling
import Store
import StoreTestSupport
import Synchronization
import Testing

@Suite struct HoldTests {
  let desk: Desk
  init() throws { desk = try Desk() }

  @Test func lastsFiveMinutesToTheSecond() throws {
    let slot = desk.slot(9)
    let hold = try desk.bookings.hold(slot, as: desk.ann).value
    #expect(hold.slot == slot)
    #expect(hold.expiresAt == TestClinic.start.adding(seconds: 300))
    desk.clinic.clock.advance(seconds: 299)
    #expect(try desk.bookings.hold(slot, as: desk.bob).code == .slotTaken)
    #expect(try desk.bookings.book(.slot(slot), as: desk.bob).code == .slotTaken)
    desk.clinic.clock.advance(seconds: 1)
    let next = try desk.bookings.hold(slot, as: desk.bob).value
    #expect(next.id != hold.id)
    #expect(try desk.bookings.book(.hold(hold.id), as: desk.ann).code == .holdExpired)
    #expect(
      try desk.store.read { try $0.history(of: hold.id) }.map(\.state) == [.held, .expired])
  }

  @Test func expiredHoldCannotBeBookedThoughNobodyWantsItsPlace() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    desk.clinic.clock.advance(seconds: 300)
    let outcome = try desk.bookings.book(.hold(hold.id), as: desk.ann)
    guard case .refused(let refusal) = outcome else {
      Issue.record("booked")
      return
    }
    #expect(refusal.code == .holdExpired)
    #expect(refusal.message.contains(hold.text))
    #expect(refusal.message.contains("nearcare hold \(hold.slot)"))
    #expect(try desk.bookings.book(.slot(hold.slot), as: desk.ann).code == nil)
  }

  @Test func isTheSameWhenAskedForAgain() throws {
    let first = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    desk.clinic.clock.advance(seconds: 100)
    #expect(try desk.bookings.hold(desk.slot(9), as: desk.ann).value == first)
    desk.clinic.clock.advance(seconds: 200)
    let renewed = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    #expect(renewed.id != first.id)
    #expect(renewed.expiresAt == first.expiresAt.adding(seconds: 300))
  }

  @Test func doesNotHideTheSlotFromItsOwner() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    let day = hold.slot.start..<hold.slot.end.adding(seconds: 3600)
    for (token, isTaken) in [(desk.ann, false), (desk.bob, true)] {
      for role in [Desk.heart, Desk.heartElsewhere] {
        let offered = try desk.store.read { transaction in
          let schedule = try #require(try transaction.schedule(of: role))
          let taken = try transaction.occupancy(
            of: [schedule], for: day, holdsOf: token.hash)
          return slots(
            in: schedule, matching: SlotRequest(limit: 40), busy: taken.busy(role),
            now: transaction.now)
        }
        #expect(
          offered.contains { $0.start == hold.slot.start } == (role == Desk.heart && !isTaken))
      }
    }
    let booked = try desk.bookings.book(.slot(hold.slot), as: desk.ann).value
    #expect(booked.id == hold.id, "booking the slot books the hold on it")
  }

  @Test func holdsThePersonAtEverySite() throws {
    _ = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    // 9:00–9:45 at the other site.
    #expect(
      try desk.bookings.hold(desk.slot(Desk.heartElsewhere, 9), as: desk.bob).code == .slotTaken)
    #expect(
      try desk.bookings.hold(desk.slot(Desk.heartElsewhere, 9), as: desk.ann).code == .slotTaken,
      "nor for the same session: one human is in one place")
    #expect(try desk.bookings.hold(desk.slot(Desk.heartElsewhere, 9, 45), as: desk.bob).code == nil)
    #expect(try desk.bookings.hold(desk.slot(Desk.skin, 9), as: desk.bob).code == nil)
  }

  @Test func releaseFreesTheSlotAndMayBeRepeated() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    #expect(try desk.bookings.release(hold.id, as: desk.bob).code == .notYourHold)
    #expect(try desk.bookings.release(hold.id, as: desk.ann).value == hold)
    #expect(try desk.bookings.release(hold.id, as: desk.ann).value == hold)
    #expect(try desk.bookings.book(.hold(hold.id), as: desk.ann).code == .unknownHold)
    let other = try desk.bookings.hold(desk.slot(9), as: desk.bob).value
    desk.clinic.clock.advance(seconds: 1000)
    #expect(try desk.bookings.release(other.id, as: desk.bob).value == other)
    #expect(
      try desk.store.read { try $0.history(of: other.id) }.map(\.state) == [.held, .expired])
  }

  @Test func belongsToItsSession() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    let annElsewhere = try Desk.register("Ann", desk.bookings).token
    for token in [desk.bob, annElsewhere] {
      #expect(try desk.bookings.book(.hold(hold.id), as: token).code == .notYourHold)
      #expect(try desk.bookings.hold(hold.slot, as: token).code == .slotTaken)
    }
    let unknown = try #require(ClaimID(hold: "h-0000000000001"))
    #expect(try desk.bookings.book(.hold(unknown), as: desk.ann).code == .unknownHold)
    #expect(try desk.bookings.release(unknown, as: desk.ann).code == .unknownHold)
  }

  @Test func cannotBeUsedTwice() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    let visit = try desk.bookings.book(.hold(hold.id), as: desk.ann).value
    for outcome in [
      try desk.bookings.book(.hold(hold.id), as: desk.ann).code,
      try desk.bookings.release(hold.id, as: desk.ann).code,
    ] {
      #expect(outcome == .holdUsed)
    }
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(try desk.bookings.book(.hold(hold.id), as: desk.ann).code == .holdUsed)
    #expect(
      try desk.bookings.book(.slot(hold.slot), as: desk.ann).value.id != visit.id)
  }

  @Test func areLimitedForEachPatient() throws {
    let annElsewhere = try Desk.register("Ann", desk.bookings).token
    for hour in 9..<14 {
      _ = try desk.bookings.hold(desk.slot(hour), as: hour < 11 ? desk.ann : annElsewhere).value
    }
    #expect(try desk.bookings.hold(desk.slot(14), as: desk.ann).code == .tooManyHolds)
    #expect(try desk.bookings.hold(desk.slot(14), as: annElsewhere).code == .tooManyHolds)
    #expect(try desk.bookings.hold(desk.slot(9), as: desk.ann).code == nil, "held already")
    #expect(try desk.bookings.hold(desk.slot(14), as: desk.bob).code == nil)
    desk.clinic.clock.advance(seconds: 300)
    #expect(try desk.bookings.hold(desk.slot(15), as: desk.ann).code == nil)
  }

  @Test func isExtendedOnce() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    #expect(try desk.bookings.extend(hold.id, as: desk.bob).code == .notYourHold)
    desk.clinic.clock.advance(seconds: 299)
    let longer = try desk.bookings.extend(hold.id, as: desk.ann).value
    #expect(longer.expiresAt == hold.expiresAt.adding(seconds: 300))
    #expect(try desk.bookings.extend(hold.id, as: desk.ann).code == .holdExtended)
    desk.clinic.clock.advance(seconds: 300)
    #expect(try desk.bookings.hold(desk.slot(9), as: desk.bob).code == .slotTaken)
    desk.clinic.clock.advance(seconds: 1)
    #expect(try desk.bookings.extend(hold.id, as: desk.ann).code == .holdExpired)
    #expect(try desk.bookings.hold(desk.slot(9), as: desk.bob).code == nil)
    let history = try desk.store.read { try $0.history(of: hold.id) }
    #expect(history.map(\.state) == [.held, .held, .expired])
    #expect(history.map(\.detail) == [nil, "extended", nil])
  }

  /// A hold made in time can be booked although the notice has passed meanwhile, but not once the
  /// visit has begun.
  @Test func keepsWhatItPromised() throws {
    let desk = try Desk(limits: BookingLimits(holdSeconds: 7200))
    let slot = TestClinic.slot(Desk.heart, 9, 30)
    desk.clinic.clock.advance(seconds: 1800)
    let hold = try desk.bookings.hold(slot, as: desk.ann).value
    desk.clinic.clock.advance(seconds: 1)
    #expect(try desk.bookings.hold(TestClinic.slot(Desk.skin, 9, 30), as: desk.ann).code == .notice)
    desk.clinic.clock.set(to: slot.start)
    #expect(try desk.bookings.book(.hold(hold.id), as: desk.ann).code == .slotInPast)
    desk.clinic.clock.advance(seconds: -1)
    #expect(try desk.bookings.book(.hold(hold.id), as: desk.ann).code == nil)
  }

  @Test func doesNotOutliveTheHours() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    let blocks = try #require(try desk.store.read { try $0.schedule(of: Desk.heart) }).blocks
    let noon = CivilDateTime(date: CivilDate(iso: "2026-11-24")!, time: TimeOfDay("12:00")!)!
    let away = try ScheduleException(
      .timeOff, from: CivilDateTime(date: noon.date, time: .startOfDay)!, to: noon)
    try desk.store.write {
      try $0.replaceSchedule(of: Desk.heart, blocks: blocks, exceptions: [away], run: 2)
    }
    #expect(try desk.bookings.book(.hold(hold.id), as: desk.ann).code == .timeOff)
    #expect(try desk.bookings.hold(desk.slot(12), as: desk.ann).code == nil)
  }
}

@Suite struct IdentifierTests {
  /// Draws of four bytes, from which ids are made, are the same for the first `repeats` times.
  private func bookings(_ desk: Desk, repeats: Int) -> Bookings {
    let draws = Mutex(0)
    let random = RandomSource { count in
      guard count == 4 else { return RandomSource.system.bytes(count) }
      let draw = draws.withLock { draws in
        draws += 1
        return draws
      }
      return draw <= repeats ? [0, 0, 0, 1] : [0, 0, 1, UInt8(draw)]
    }
    return Bookings(store: desk.store, vault: desk.vault, random: random)
  }

  @Test func takenIDsAreDrawnAgain() throws {
    let desk = try Desk()
    let bookings = bookings(desk, repeats: 5)
    let first = try bookings.hold(desk.slot(9), as: desk.ann).value
    let second = try bookings.hold(desk.slot(10), as: desk.ann).value
    #expect(first.id != second.id)
  }

  @Test func brokenRandomSourceIsAFault() throws {
    let desk = try Desk()
    let bookings = bookings(desk, repeats: .max)
    _ = try bookings.hold(desk.slot(9), as: desk.ann).value
    #expect(throws: BookingFault.noFreeID(attempts: 20)) {
      try bookings.hold(desk.slot(10), as: desk.ann)
    }
  }
}
