import Booking
import CivilTime
import Scheduling
import Store
import StoreTestSupport
import Testing

@Suite struct RescheduleTests {
  let desk: Desk
  init() throws { desk = try Desk() }

  private func states(_ visits: [Appointment]) -> [Appointment.Status] { visits.map(\.status) }

  @Test func takesTheNewSlotAndFreesTheOld() throws {
    let old = try desk.bookings.book(
      .slot(desk.slot(9)), reason: "chest pain", as: desk.ann
    ).value
    let new = try desk.bookings.reschedule(old.id, to: .slot(desk.slot(11)), as: desk.ann).value
    #expect(new.replaces == old.id)
    #expect(new.reason == "chest pain")
    let all = try desk.bookings.appointments(as: desk.ann).value
    #expect(states(all) == [.rescheduled, .booked])
    #expect(all[0].replacedBy == new.id)
    #expect(try desk.bookings.book(.slot(desk.slot(9)), as: desk.bob).code == nil)
    #expect(
      try desk.store.read { try $0.outboxEvents(after: 0, limit: 9) }.map(\.kind)
        == [.booked, .rescheduled, .booked])
  }

  @Test func changesNothingWhenTheNewSlotIsTaken() throws {
    let old = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    _ = try desk.bookings.book(.slot(desk.slot(11)), as: desk.bob).value
    #expect(
      try desk.bookings.reschedule(old.id, to: .slot(desk.slot(11)), as: desk.ann).code
        == .slotTaken)
    #expect(try desk.bookings.appointments(as: desk.ann).value == [old])
    #expect(try desk.store.read { try $0.history(of: old.id) }.map(\.state) == [.booked])
  }

  /// 9:00–9:45 at the other site overlaps 9:00–9:30 here: the same person, the same patient.
  @Test func newVisitMayOverlapTheOld() throws {
    let old = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let elsewhere = desk.slot(Desk.heartElsewhere, 9)
    let new = try desk.bookings.reschedule(old.id, to: .slot(elsewhere), as: desk.ann).value
    #expect(new.slot == elsewhere)
    let other = try desk.bookings.reschedule(
      new.id, to: .slot(desk.slot(Desk.skin, 9, 30)), as: desk.ann
    ).value
    #expect(try desk.clinic.overlaps() == 0)
    let story = try desk.bookings.history(of: new.id, by: .patient(desk.ann)).value
    #expect(story.map(\.appointment.id) == [old.id, old.id, new.id, new.id, other.id])
    #expect(
      story.map(\.state) == [.booked, .rescheduled, .booked, .rescheduled, .booked])
    #expect(try desk.bookings.history(of: new.id, by: .patient(desk.bob)).code != nil)
  }

  @Test func holdOfAnEarlierSlotBecomesTheNewVisit() throws {
    let old = try desk.bookings.book(.slot(desk.slot(11)), as: desk.ann).value
    let hold = try desk.bookings.hold(desk.slot(Desk.skin, 11), as: desk.ann).value
    let new = try desk.bookings.reschedule(old.id, to: .hold(hold.id), as: desk.ann).value
    #expect(new.id == hold.id)
    #expect(try desk.bookings.book(.slot(desk.slot(11)), as: desk.bob).code == nil)
  }

  @Test func mayBeRepeated() throws {
    let old = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let wish = Place.slot(desk.slot(11))
    for key in [nil, "k"] {
      let first = try desk.bookings.reschedule(old.id, to: wish, as: desk.ann).value
      #expect(
        try desk.bookings.reschedule(old.id, to: wish, idempotencyKey: key, as: desk.ann).value
          == first)
    }
    #expect(
      try desk.bookings.reschedule(old.id, to: .slot(desk.slot(12)), as: desk.ann).code
        == .alreadyRescheduled)
    #expect(try desk.clinic.count("SELECT count(*) FROM claim") == 2)
  }

  @Test func keyStandsForOneRequest() throws {
    let old = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let wish = Place.slot(desk.slot(11))
    let new = try desk.bookings.reschedule(
      old.id, to: wish, idempotencyKey: "k", as: desk.ann
    ).value
    #expect(
      try desk.bookings.reschedule(old.id, to: wish, idempotencyKey: "k", as: desk.ann).value == new
    )
    #expect(
      try desk.bookings.book(wish, idempotencyKey: "k", as: desk.ann).code
        == .idempotencyKeyReused)
    #expect(
      try desk.bookings.reschedule(new.id, to: wish, idempotencyKey: "k", as: desk.ann).code
        == .idempotencyKeyReused)
  }

  @Test func refusesWhatCannotBeMoved() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let wish = Place.slot(desk.slot(11))
    #expect(
      try desk.bookings.reschedule(visit.id, to: wish, as: desk.bob).code == .unknownAppointment)
    #expect(
      try desk.bookings.reschedule(visit.id, to: .slot(visit.slot), as: desk.ann).code == .sameSlot)
    desk.clinic.clock.set(to: visit.start)
    #expect(
      try desk.bookings.reschedule(visit.id, to: wish, as: desk.ann).code == .appointmentStarted)
    desk.clinic.clock.advance(seconds: -1)
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(
      try desk.bookings.reschedule(visit.id, to: wish, as: desk.ann).code == .alreadyCancelled)
  }
}

@Suite struct VisitLifeTests {
  let desk: Desk
  let mona = FrontDesk(name: "mona")
  init() throws { desk = try Desk() }

  @Test func cancellationWithinTheNoticeIsFlagged() throws {
    let slot = desk.slot(9)
    for (secondsBefore, isLate) in [(86_400, false), (86_399, true)] as [(Int64, Bool)] {
      desk.clinic.clock.set(to: slot.start.adding(seconds: -secondsBefore))
      let visit = try desk.bookings.book(.slot(slot), as: desk.ann).value
      let cancelled = try desk.bookings.cancel(visit.id, reason: "ill", as: desk.ann).value
      #expect(cancelled.isLate == isLate)
      #expect(cancelled.cancelReason == "ill")
    }
    try desk.store.write { try $0.setCancelNotice(of: Desk.heart, seconds: 7200) }
    let visit = try desk.bookings.book(.slot(slot), as: desk.ann).value
    #expect(try !desk.bookings.cancel(visit.id, as: desk.ann).value.isLate)
    #expect(
      try desk.clinic.count("SELECT count(*) FROM claim WHERE instr(end_reason_sealed, 'ill') > 0")
        == 0)
  }

  @Test func frontDeskMayOverrideTheRules() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    desk.clinic.clock.set(to: visit.start)
    let desk = self.desk
    #expect(
      try desk.bookings.cancel(visit.id, reason: nil, by: .frontDesk(mona)).code
        == .appointmentStarted)
    let cancelled = try desk.bookings.cancel(
      visit.id, reason: "fire alarm", override: true, by: .frontDesk(mona)
    ).value
    #expect(!cancelled.isLate)
    #expect(cancelled.cancelReason == "fire alarm")
    #expect(
      try desk.clinic.text("SELECT actor || ' ' || action FROM audit ORDER BY sequence DESC")
        == "front-desk mona override-cancel")
    let story = try desk.bookings.history(of: visit.id, by: .frontDesk(mona)).value
    #expect(story.last?.by == "front-desk mona")
    #expect(try !desk.clinic.text("SELECT group_concat(subject) FROM audit").contains("fire"))
  }

  @Test func patientsComeOrDoNot() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let missed = try desk.bookings.book(.slot(desk.slot(10)), as: desk.bob).value
    #expect(try desk.bookings.checkIn(visit.id, by: mona).code == .checkInClosed)
    #expect(try desk.bookings.markNoShow(missed.id, by: mona).code == .notStarted)
    #expect(try desk.bookings.complete(visit.id, by: mona).code == .notBooked)
    desk.clinic.clock.set(to: visit.start.adding(seconds: -4 * 3600))
    #expect(try desk.bookings.checkIn(visit.id, by: mona).value.status == .checkedIn)
    #expect(try desk.bookings.checkIn(visit.id, by: mona).value.status == .checkedIn)
    #expect(try desk.bookings.cancel(visit.id, as: desk.ann).code == .notBooked)
    #expect(try desk.bookings.book(.slot(desk.slot(9)), as: desk.bob).code == .slotTaken)
    #expect(try desk.bookings.complete(visit.id, by: mona).value.status == .completed)
    desk.clinic.clock.set(to: missed.end)
    #expect(try desk.bookings.checkIn(missed.id, by: mona).code == .checkInClosed)
    #expect(try desk.bookings.markNoShow(missed.id, by: mona).value.status == .noShow)
    #expect(try desk.bookings.checkIn(missed.id, by: mona).code == .notBooked)
    #expect(
      try desk.store.read { try $0.outboxEvents(after: 2, limit: 9) }.map(\.kind)
        == [.checkedIn, .completed, .noShow])
  }
}

@Suite struct SeriesTests {
  let desk: Desk
  init() throws { desk = try Desk() }

  @Test func sameWeekdayAndWallTime() throws {
    // Over the end of daylight time in Chicago, on 2026-11-01.
    let desk = try Desk()
    let role = TestClinic.role(person: 8)
    try desk.clinic.add([role], zone: "America/Chicago", to: desk.store)
    desk.clinic.clock.set(to: Instant(rfc3339: "2026-10-19T08:00:00-05:00")!)
    let ann = try Desk.register("Ann", desk.bookings).token
    let first = SlotID(
      role: role, start: Instant(rfc3339: "2026-10-20T10:30:00-05:00")!, minutes: 30,
      visitType: .inPerson)!
    let series = try desk.bookings.bookSeries(.slot(first), weeks: 4, as: ann).value
    #expect(
      series.map(\.wall.description) == [
        "2026-10-20T10:30:00", "2026-10-27T10:30:00", "2026-11-03T10:30:00",
        "2026-11-10T10:30:00",
      ])
    #expect(series[2].zone.rfc3339(series[2].start) == "2026-11-03T10:30:00-06:00")
    #expect(Set(series.map(\.series)) == [series[0].id])
  }

  @Test func allOrNoneWithEachWeeksReason() throws {
    _ = try desk.bookings.book(.slot(TestClinic.slot(Desk.heart, day: 8, 9)), as: desk.bob).value
    _ = try desk.bookings.book(.slot(TestClinic.slot(Desk.skin, day: 22, 9)), as: desk.ann).value
    let outcome = try desk.bookings.bookSeries(.slot(desk.slot(9)), weeks: 6, as: desk.ann)
    guard case .refused(let refusal) = outcome else {
      Issue.record("booked")
      return
    }
    #expect(refusal.code == .seriesRefused)
    #expect(refusal.parts.map(\.code) == [.slotTaken, .patientBusy])
    for words in [
      "week 1, 2026-11-24: free", "week 2, 2026-12-01: slot-taken",
      "week 4, 2026-12-15: patient-busy", "week 6, 2026-12-29: free",
    ] {
      #expect(refusal.message.contains(words), "\(refusal.message)")
    }
    #expect(try desk.bookings.appointments(as: desk.ann).value.count == 1)
    #expect(try desk.clinic.count("SELECT count(*) FROM claim") == 2)
    #expect(try desk.clinic.count("SELECT count(*) FROM outbox") == 2)
  }

  @Test func beginsWithAHoldWhichStaysWhenRefused() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    _ = try desk.bookings.book(.slot(TestClinic.slot(Desk.heart, day: 15, 9)), as: desk.bob).value
    #expect(
      try desk.bookings.bookSeries(.hold(hold.id), weeks: 3, as: desk.ann).code == .seriesRefused)
    #expect(try desk.bookings.hold(desk.slot(9), as: desk.ann).value == hold)
    let series = try desk.bookings.bookSeries(.hold(hold.id), weeks: 2, as: desk.ann).value
    #expect(series[0].id == hold.id)
  }

  @Test func oneKeyForAll() throws {
    let place = Place.slot(desk.slot(9))
    let series = try desk.bookings.bookSeries(
      place, weeks: 3, idempotencyKey: "k", as: desk.ann
    ).value
    #expect(
      try desk.bookings.bookSeries(place, weeks: 3, idempotencyKey: "k", as: desk.ann).value
        == series)
    #expect(
      try desk.bookings.bookSeries(place, weeks: 4, idempotencyKey: "k", as: desk.ann).code
        == .idempotencyKeyReused)
    #expect(
      try desk.bookings.book(place, idempotencyKey: "k", as: desk.ann).code
        == .idempotencyKeyReused)
    #expect(try desk.bookings.bookSeries(place, weeks: 1, as: desk.ann).code == .seriesLength)
    #expect(try desk.bookings.bookSeries(place, weeks: 53, as: desk.ann).code == .seriesLength)
  }
}
