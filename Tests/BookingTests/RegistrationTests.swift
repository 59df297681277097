import Booking
import CivilTime
import Privacy
import Scheduling
import Store
import StoreTestSupport
import Testing

@Suite struct RegistrationTests {
  let desk: Desk
  init() throws { desk = try Desk() }

  @Test func sameDetailsSignTheSamePatientIn() throws {
    let first = try Desk.register("Cid", desk.bookings)
    let again = try desk.bookings.register(
      PatientDetails(
        name: " Cid ", birthDate: CivilDate(iso: "1980-02-29")!,
        email: EmailAddress("CID@example.ORG"), phone: PhoneNumber("+1 (212) 555 0147"))
    ).value
    #expect(first.isNew)
    #expect(!again.isNew)
    #expect(again.patient == first.patient)
    #expect(again.token != first.token)
    for token in [first.token, again.token] {
      #expect(try desk.bookings.appointments(as: token).code == nil)
    }
  }

  @Test func addressBelongsToOnePatient() throws {
    let cid = try Desk.details("Cid")
    _ = try desk.bookings.register(cid).value
    let others = [
      try PatientDetails(
        name: "Dan", birthDate: cid.birthDate, email: cid.email, phone: cid.phone),
      try PatientDetails(
        name: "Cid", birthDate: cid.birthDate.adding(days: 1), email: cid.email, phone: cid.phone),
      try PatientDetails(
        name: "Cid", birthDate: cid.birthDate, email: cid.email,
        phone: PhoneNumber("212-555-0199")),
    ]
    for other in others {
      #expect(try desk.bookings.register(other).code == .alreadyRegistered)
    }
    #expect(try desk.clinic.count("SELECT count(*) FROM patient") == 3)
  }

  @Test func nobodyIsBornTomorrow() throws {
    let cid = try Desk.details("Cid")
    let unborn = try PatientDetails(
      name: "Cid", birthDate: CivilDate(iso: "2026-11-25")!, email: cid.email, phone: cid.phone)
    #expect(throws: PatientDetailsError.bornInFuture(today: CivilDate(iso: "2026-11-23")!)) {
      try desk.bookings.register(unborn)
    }
  }

  @Test func onlyLiveSessionsMayAsk() throws {
    let cid = try Desk.register("Cid", desk.bookings)
    let unknown = SessionToken.random(TestClinic.random(seed: 99))
    func codes(_ token: SessionToken?) throws -> [Refusal.Code?] {
      let slot = desk.slot(9)
      let id = ClaimID(hold: "h-0000000000001")!
      return [
        try desk.bookings.hold(slot, as: token).code,
        try desk.bookings.release(id, as: token).code,
        try desk.bookings.book(.slot(slot), as: token).code,
        try desk.bookings.appointments(as: token).code,
        try desk.bookings.cancel(id, as: token).code,
        try desk.bookings.signOut(token).code,
      ]
    }
    #expect(try codes(nil) == Array(repeating: .notSignedIn, count: 6))
    #expect(try codes(unknown) == Array(repeating: .notSignedIn, count: 6))
    desk.clinic.clock.set(to: cid.expiresAt.adding(seconds: -1))
    #expect(try desk.bookings.appointments(as: cid.token).code == nil)
    desk.clinic.clock.set(to: cid.expiresAt)
    #expect(try codes(cid.token) == Array(repeating: .sessionExpired, count: 6))
    let again = try Desk.register("Cid", desk.bookings)
    #expect(try desk.bookings.signOut(again.token).value == .patient(cid.patient))
    #expect(try codes(again.token) == Array(repeating: .notSignedIn, count: 6))
  }

  /// Each request and the audit rows that it leaves, refusals none.
  @Test func everyRequestLeavesItsAuditRows() throws {
    func actions(_ body: () throws -> Void) throws -> String {
      let before = try desk.clinic.count("SELECT max(sequence) FROM audit")
      try body()
      return try desk.clinic.text(
        "SELECT coalesce(group_concat(action), '') FROM audit WHERE sequence > \(before)")
    }
    var cid: Registration?
    #expect(
      try actions { cid = try Desk.register("Cid", desk.bookings) } == "create-patient,sign-in")
    #expect(
      try actions { cid = try Desk.register("Cid", desk.bookings) } == "read-patient,sign-in")
    let token = cid?.token
    var hold: Hold?
    #expect(try actions { hold = try desk.bookings.hold(desk.slot(9), as: token).value } == "hold")
    #expect(
      try actions { _ = try desk.bookings.release(hold!.id, as: token).value } == "release")
    var visit: Appointment?
    #expect(
      try actions { visit = try desk.bookings.book(.slot(desk.slot(9)), as: token).value }
        == "book")
    #expect(try actions { _ = try desk.bookings.hold(desk.slot(9), as: desk.bob) } == "")
    #expect(
      try actions { _ = try desk.bookings.appointments(as: token).value } == "list-appointments")
    #expect(try actions { _ = try desk.bookings.cancel(visit!.id, as: token).value } == "cancel")
    #expect(try actions { _ = try desk.bookings.signOut(token).value } == "sign-out")
    try desk.store.read { _ = try $0.verifyAudit(vault: desk.vault) }
    let events = try desk.store.read { try $0.outboxEvents(after: 0, limit: 10) }
    #expect(events.map(\.kind) == [.booked, .cancelled])
    #expect(events.map(\.claim) == [visit!.id, visit!.id])
  }
}
