import Booking
import CivilTime
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Testing

@Suite struct AppointmentTests {
  let desk: Desk
  init() throws { desk = try Desk() }

  @Test func tellsWhenAndByWhichRules() throws {
    let role = TestClinic.role(person: 9)
    try desk.clinic.add([role], zone: "America/Los_Angeles", to: desk.store)
    // 12:00 in New York is 09:00 in Los Angeles.
    let visit = try desk.bookings.book(
      .slot(desk.slot(role, 12)), reason: "chest pain", as: desk.ann
    ).value
    #expect(visit.wall.description == "2026-11-24T09:00:00")
    #expect(visit.zone.name == "America/Los_Angeles")
    #expect(visit.zone.rfc3339(visit.start) == "2026-11-24T09:00:00-08:00")
    #expect(visit.tzdataVersion == TimeZoneDatabase.version)
    #expect(visit.reason == "chest pain")
    #expect(visit.status == .booked)
    #expect(ClaimID(appointment: visit.text) == visit.id)
    #expect(try desk.bookings.appointments(as: desk.ann).value == [visit])
    #expect(try desk.bookings.appointments(as: desk.bob).value == [])
    #expect(
      try desk.clinic.count("SELECT count(*) FROM claim WHERE instr(reason_sealed, 'chest') > 0")
        == 0)
  }

  @Test func areListedByStartCancelledOnesToo() throws {
    let late = try desk.bookings.book(.slot(desk.slot(15)), as: desk.ann).value
    let early = try desk.bookings.book(.slot(desk.slot(Desk.skin, 10)), as: desk.ann).value
    let cancelled = try desk.bookings.cancel(early.id, as: desk.ann).value
    #expect(cancelled.status == .cancelled)
    #expect(try desk.bookings.appointments(as: desk.ann).value == [cancelled, late])
  }

  @Test func slotIsBookedOnce() throws {
    _ = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let outcome = try desk.bookings.book(.slot(desk.slot(9)), as: desk.bob)
    #expect(outcome.code == .slotTaken)
    #expect(
      try desk.bookings.book(.slot(desk.slot(Desk.heartElsewhere, 9)), as: desk.bob).code
        == .slotTaken)
    #expect(try desk.bookings.book(.slot(desk.slot(9, 30)), as: desk.bob).code == nil)
  }

  @Test func patientIsInOnePlace() throws {
    _ = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    #expect(
      try desk.bookings.book(.slot(desk.slot(Desk.skin, 9)), as: desk.ann).code == .patientBusy)
    let hold = try desk.bookings.hold(desk.slot(Desk.skin, 9), as: desk.ann).value
    #expect(try desk.bookings.book(.hold(hold.id), as: desk.ann).code == .patientBusy)
    #expect(try desk.bookings.book(.slot(desk.slot(Desk.skin, 9, 30)), as: desk.ann).code == nil)
  }

  @Test func sameKeyGivesTheSameAnswer() throws {
    let slot = Place.slot(desk.slot(9))
    let first = try desk.bookings.book(slot, idempotencyKey: "k", as: desk.ann).value
    #expect(try desk.bookings.book(slot, idempotencyKey: "k", as: desk.ann).value == first)
    // The key is the patient's, whatever the session.
    let annElsewhere = try Desk.register("Ann", desk.bookings).token
    #expect(try desk.bookings.book(slot, idempotencyKey: "k", as: annElsewhere).value == first)
    #expect(
      try desk.bookings.book(.slot(desk.slot(10)), idempotencyKey: "k", as: desk.ann).code
        == .idempotencyKeyReused)
    #expect(try desk.bookings.book(slot, idempotencyKey: "k", as: desk.bob).code == .slotTaken)
    #expect(
      try desk.bookings.book(.slot(desk.slot(10)), idempotencyKey: "k", as: desk.bob).code == nil)
    let cancelled = try desk.bookings.cancel(first.id, as: desk.ann).value
    #expect(try desk.bookings.book(slot, idempotencyKey: "k", as: desk.ann).value == cancelled)
    #expect(try desk.clinic.count("SELECT count(*) FROM claim") == 2)
  }

  @Test func keyOfAHoldIsTheAppointments() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    let first = try desk.bookings.book(.hold(hold.id), idempotencyKey: "k", as: desk.ann).value
    #expect(
      try desk.bookings.book(.hold(hold.id), idempotencyKey: "k", as: desk.ann).value == first)
    #expect(
      try desk.bookings.book(.slot(hold.slot), idempotencyKey: "k", as: desk.ann).value == first)
  }

  @Test func refusedKeyMayBeTriedAgain() throws {
    let taken = try desk.bookings.book(.slot(desk.slot(9)), as: desk.bob).value
    let wish = Place.slot(desk.slot(9))
    #expect(try desk.bookings.book(wish, idempotencyKey: "k", as: desk.ann).code == .slotTaken)
    _ = try desk.bookings.cancel(taken.id, as: desk.bob).value
    #expect(try desk.bookings.book(wish, idempotencyKey: "k", as: desk.ann).code == nil)
  }

  @Test func cancellingFreesTheTimeOnce() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    #expect(try desk.bookings.cancel(visit.id, as: desk.bob).code == .unknownAppointment)
    desk.clinic.clock.advance(seconds: 60)
    let cancelled = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(cancelled.changedAt == TestClinic.start.adding(seconds: 60))
    #expect(try desk.bookings.cancel(visit.id, as: desk.ann).code == .alreadyCancelled)
    #expect(try desk.bookings.book(.slot(desk.slot(9)), as: desk.bob).code == nil)
  }

  @Test func startedVisitCannotBeCancelled() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    desk.clinic.clock.set(to: visit.start)
    #expect(try desk.bookings.cancel(visit.id, as: desk.ann).code == .appointmentStarted)
    desk.clinic.clock.advance(seconds: -1)
    #expect(try desk.bookings.cancel(visit.id, as: desk.ann).code == nil)
  }

  @Test func holdIsNoAppointment() throws {
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    #expect(try desk.bookings.cancel(hold.id, as: desk.ann).code == .unknownAppointment)
    #expect(try desk.bookings.appointments(as: desk.ann).value == [])
  }

  @Test func rulesOfTheScheduleAreAsked() throws {
    let unlisted = TestClinic.role(person: 50)
    try desk.clinic.list(unlisted, listed: false)
    let idle = TestClinic.role(person: 51)
    try desk.clinic.list(idle)
    let cases: [(SlotID, Refusal.Code)] = [
      (desk.slot(TestClinic.role(person: 99), 9), .unknownRole),
      (desk.slot(unlisted, 9), .unknownRole),
      (desk.slot(idle, 9), .noSchedule),
      (TestClinic.slot(Desk.heart, 7, 30), .slotInPast),
      (TestClinic.slot(Desk.heart, day: -1, 9), .slotInPast),
      (TestClinic.slot(Desk.heart, 8, 30), .notice),
      (TestClinic.slot(Desk.heart, day: 91, 9), .beyondHorizon),
      (desk.slot(17), .outsideSchedule),
      (desk.slot(9, 10), .offGrid),
      (TestClinic.slot(Desk.heart, day: 1, 9, minutes: 60), .wrongDuration),
      (TestClinic.slot(Desk.heart, day: 1, 9, visitType: .telehealth), .wrongVisitType),
    ]
    for (slot, code) in cases {
      #expect(try desk.bookings.hold(slot, as: desk.ann).code == code, "\(slot)")
      #expect(try desk.bookings.book(.slot(slot), as: desk.ann).code == code, "\(slot)")
    }
    #expect(try desk.clinic.count("SELECT count(*) FROM claim") == 0)
  }

  /// What is offered is what is accepted: every slot of two days, with claims among them.
  @Test func everyOfferedSlotIsAccepted() throws {
    for (hour, minute) in [(9, 0), (11, 30), (14, 0)] {
      _ = try desk.bookings.book(.slot(desk.slot(hour, minute)), as: desk.bob).value
    }
    let from = CivilDate(iso: "2026-11-23")!
    var accepted = 0
    for role in [Desk.heart, Desk.heartElsewhere] {
      while true {
        let offered = try desk.store.read { transaction in
          let schedule = try #require(try transaction.schedule(of: role))
          let taken = try transaction.occupancy(
            of: [schedule], for: TestClinic.start..<TestClinic.start.adding(seconds: 3 * 86_400))
          return slots(
            in: schedule, matching: SlotRequest(dates: from...from.adding(days: 1)),
            busy: taken.busy(role), now: transaction.now)
        }
        guard let first = offered.first else { break }
        #expect(try desk.bookings.book(.slot(first.id), as: desk.ann).code == nil, "\(first.id)")
        accepted += 1
      }
    }
    #expect(accepted > 25)
    #expect(try desk.clinic.overlaps() == 0)
  }
}
