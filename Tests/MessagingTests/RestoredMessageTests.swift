import Booking
import CivilTime
import Foundation
import Messaging
import Privacy
import Store
import StoreTestSupport
import Testing

/// What a restored store sends: what was sent since the backup is not sent again.
@Suite struct RestoredMessageTests {
  let practice: Practice
  let ann: SessionToken
  private var copy: String { practice.clinic.home.path + "/copy.sqlite" }

  init() throws {
    practice = try Practice()
    ann = practice.patients[0].session
  }

  private func book(day: Int, hour: Int = 9) throws -> Appointment {
    try practice.bookings.book(
      .slot(TestClinic.slot(practice.roles[0], day: day, hour)), as: ann
    ).value
  }

  private func restore() throws {
    _ = try practice.store.restore(
      from: copy, keeping: practice.clinic.home.path + "/kept.sqlite", vault: practice.vault)
  }

  private func rounds(_ visit: Appointment) throws -> [String] {
    try practice.store.read { try $0.messages(of: visit.id) }
      .filter { $0.kind == .confirmation }.map { "\($0.round) \($0.state.rawValue)" }
  }

  @Test func whatWasSentSinceIsNotSentAgain() throws {
    let sent = try book(day: 2)
    _ = try practice.arrivals()
    let waiting = try book(day: 2, hour: 11)
    try practice.store.backUp(to: copy, vault: practice.vault)
    // Sent after the backup: one confirmation, and another that somebody asked for.
    _ = try practice.bookings.resend(sent.id, by: .patient(ann)).value
    #expect(try practice.arrivals() == [".confirmation.patient.1", ".confirmation.patient.2"])
    let lost = try book(day: 3)
    #expect(try practice.arrivals() == [".confirmation.patient.1"])
    let tries = practice.inbox.tries.count
    try restore()
    #expect(try practice.arrivals() == [])
    #expect(practice.inbox.tries.count == tries, "not even tried")
    #expect(try rounds(waiting) == ["1 delivered"])
    #expect(try rounds(sent) == ["1 delivered", "2 delivered"])
    #expect(try practice.store.read { try $0.claim(lost.id) } == nil)
    // Words and tries came along, and the next round has a number of its own.
    let told = try practice.bookings.messages(of: waiting.id, by: .patient(ann)).value
    #expect(told[0].body?.contains("Your visit is booked") == true)
    #expect(told[0].attempts.map(\.outcome) == [.delivered])
    #expect(try practice.bookings.resend(sent.id, by: .patient(ann)).value.round == 3)
    #expect(try practice.arrivals() == [".confirmation.patient.3"])
  }

  /// The backup knows nothing of the cancellation, so the visit is to come again: the desk may
  /// cancel it once more, and that is told.
  @Test func aVisitThatIsBookedAgainIsRemindedOf() throws {
    let visit = try book(day: 2)
    _ = try practice.arrivals()
    try practice.store.backUp(to: copy, vault: practice.vault)
    _ = try practice.bookings.cancel(visit.id, as: ann).value
    #expect(try practice.arrivals() == [".cancellation.patient.1"])
    try restore()
    #expect(try practice.arrivals() == [])
    _ = try practice.bookings.cancel(visit.id, as: ann).value
    let tries = practice.inbox.tries.count
    _ = try practice.arrivals()
    #expect(
      practice.inbox.tries.dropFirst(tries)
        == ["\(visit.text).cancellation.patient.1"])
  }
}
