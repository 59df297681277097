import Booking
import CivilTime
import Messaging
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Testing

/// What is told of a visit, and when; each test reads like a diary.
@Suite struct ScheduleOfMessagesTests {
  private let practice: Practice
  private let ann: SessionToken
  private let bob: SessionToken

  init() throws {
    practice = try Practice()
    (ann, bob) = (practice.patients[0].session, practice.patients[1].session)
  }

  /// A time in New York at `days` after Monday 2026-11-23, eight in the morning of which it is now.
  private func slot(days: Int, hour: Int) -> SlotID {
    TestClinic.slot(practice.roles[0], day: days, hour)
  }

  private func book(days: Int, hour: Int = 9) throws -> Appointment {
    try practice.bookings.book(.slot(slot(days: days, hour: hour)), as: ann).value
  }

  private func pass(hours: Int64, seconds: Int64 = 0) {
    practice.clinic.clock.advance(seconds: hours * 3600 + seconds)
  }

  @Test func bookedDaysAhead() throws {
    _ = try book(days: 2)
    #expect(try practice.arrivals() == [".confirmation.patient.1"])
    pass(hours: 25, seconds: -1)
    #expect(try practice.arrivals() == [])
    pass(hours: 0, seconds: 1)
    #expect(try practice.arrivals() == [".reminder-24h.patient.1"])
    pass(hours: 23, seconds: -1)
    #expect(try practice.arrivals() == [])
    pass(hours: 0, seconds: 1)
    #expect(try practice.arrivals() == [".reminder-1h.patient.1"])
    pass(hours: 100)
    #expect(try practice.arrivals() == [])
  }

  /// The passed reminder is not sent late.
  @Test func bookedInsideTheDayAndInsideTheHour() throws {
    _ = try book(days: 0, hour: 12)
    #expect(try practice.arrivals() == [".confirmation.patient.1"])
    pass(hours: 3)
    #expect(try practice.arrivals() == [".reminder-1h.patient.1"])
    // 11:00 now; at eleven thirty there is no hour left.
    let close = TestClinic.slot(practice.roles[3], day: 0, 14, 30)
    _ = try practice.bookings.book(.slot(close), as: bob).value
    #expect(try practice.arrivals() == [".confirmation.patient.1"])
    pass(hours: 4)
    #expect(try practice.arrivals() == [])
  }

  @Test func noWorkerForDays() throws {
    _ = try book(days: 2)
    pass(hours: 48)
    // An hour before: the day's reminder is of no use any more, the confirmation still is.
    #expect(
      try practice.arrivals() == [".confirmation.patient.1", ".reminder-1h.patient.1"])
    let ended = try practice.bookings.messages(
      in: [.givenUp], limit: 9, by: .patient(ann)
    ).value.messages
    #expect(ended.map(\.kind) == [.reminder24h])
    #expect(ended.map(\.outcome) == ["its time had passed"])
  }

  @Test func noneForAPastVisit() throws {
    _ = try book(days: 1)
    pass(hours: 25)
    #expect(try practice.arrivals() == [])
  }

  @Test func cancelledBeforeAnythingWasSent() throws {
    let visit = try book(days: 2)
    _ = try practice.bookings.cancel(visit.id, as: ann).value
    #expect(try practice.arrivals() == [".cancellation.patient.1"])
    pass(hours: 60)
    #expect(try practice.arrivals() == [])
  }

  /// Between the worker's taking of a message and its sending of it: asked again just before.
  @Test func cancelledWhileTheWorkerHasIt() throws {
    let first = try book(days: 2)
    let second = try practice.bookings.book(
      .slot(TestClinic.slot(practice.roles[3], day: 3, 9)), as: bob
    ).value
    let (bookings, ann, bob) = (practice.bookings, ann, bob)
    practice.inbox.answer { message in
      // Whichever comes first ends the other, which the worker has composed already.
      let isFirst = message.key.hasPrefix(first.text)
      _ = try! bookings.cancel(isFirst ? second.id : first.id, as: isFirst ? bob : ann)
      return nil
    }
    _ = try practice.worker(limits: MessageLimits(batch: 2)).work { [inbox = practice.inbox] in
      inbox.messages.count == 1
    }
    #expect(practice.inbox.messages.count == 1)
    practice.inbox.answer(nil)
    #expect(try practice.arrivals() == [".cancellation.patient.1"])
  }

  @Test func movedVisitIsToldOnce() throws {
    let visit = try book(days: 2)
    _ = try practice.arrivals()
    let later = slot(days: 3, hour: 10)
    _ = try practice.bookings.reschedule(visit.id, to: .slot(later), as: ann).value
    #expect(try practice.arrivals() == [".change.patient.1"])
    pass(hours: 48)
    #expect(try practice.arrivals() == [])
    pass(hours: 2)
    #expect(try practice.arrivals() == [".reminder-24h.patient.1"])
  }

  @Test func whoIsCheckedInIsNotReminded() throws {
    let visit = try book(days: 1, hour: 12)
    pass(hours: 26)
    #expect(
      try practice.arrivals() == [".confirmation.patient.1", ".reminder-24h.patient.1"])
    _ = try practice.bookings.checkIn(visit.id, by: FrontDesk(name: "mona")).value
    pass(hours: 1)
    #expect(try practice.arrivals() == [])
  }

  @Test func offersAreToldWhileTheyLast() throws {
    let visit = try book(days: 2)
    let wish = Wish(
      whom: .role(practice.roles[0]),
      dates: CivilDate(iso: "2026-11-25")!...CivilDate(iso: "2026-11-25")!)
    _ = try practice.bookings.joinWaitlist(
      wish, severity: .routine, replacing: nil, as: bob
    ).value
    _ = try practice.bookings.cancel(visit.id, as: ann).value
    #expect(
      try practice.arrivals() == [".cancellation.patient.1", ".offer.patient.1"])
    let offer = try #require(practice.inbox.messages.first { $0.key.contains("offer") })
    #expect(offer.address == practice.patients[1].email)
    #expect(
      offer.body.replacing("=\r\n", with: "")
        .contains("It is held for you until Mon Nov 23, 8:30 AM EST."))
  }

  @Test func offerThatRanOutIsNotTold() throws {
    let visit = try book(days: 2)
    let wish = Wish(
      whom: .role(practice.roles[0]),
      dates: CivilDate(iso: "2026-11-25")!...CivilDate(iso: "2026-11-25")!)
    _ = try practice.bookings.joinWaitlist(
      wish, severity: .routine, replacing: nil, as: bob
    ).value
    _ = try practice.bookings.cancel(visit.id, as: ann).value
    practice.clinic.clock.advance(seconds: 1800)
    #expect(try practice.arrivals() == [".cancellation.patient.1"])
  }

  // MARK: Trying again

  @Test func failuresAreTriedAgainLaterAndLaterAndThenGivenUp() throws {
    _ = try book(days: 30)
    practice.inbox.answer { _ in .failed("451") }
    var tries: [Int64] = []
    let start = practice.clinic.clock.now
    for _ in 0..<12_000 where practice.inbox.tries.count < 8 {
      let before = practice.inbox.tries.count
      _ = try practice.worker().work()
      if practice.inbox.tries.count > before {
        tries.append(practice.clinic.clock.now.seconds(since: start))
      }
      practice.clinic.clock.advance(seconds: 1)
      if let next = try practice.store.read({ try $0.messages(about: nil, limit: 9).messages })
        .first(where: { $0.kind == .confirmation })?.nextAt
      {
        practice.clinic.clock.set(to: max(next, practice.clinic.clock.now))
      }
    }
    let pauses = zip(tries, tries.dropFirst()).map { $1 - $0 }
    #expect(pauses.count == 7)
    for (pause, base) in zip(pauses, [30, 60, 120, 240, 480, 960, 1800] as [Int64]) {
      #expect((base / 2...base * 3 / 2 + 1).contains(pause), "\(pauses)")
    }
    let ended = try practice.bookings.messages(in: [.givenUp], limit: 9, by: .patient(ann)).value
      .messages
    #expect(ended.map(\.outcome) == ["451"])
  }

  @Test func theOtherSideSaysWhenToComeAgain() throws {
    _ = try book(days: 30)
    practice.inbox.answer { _ in .failed("429", retryAfterSeconds: 900) }
    #expect(try practice.worker().work().postponed == 1)
    practice.clinic.clock.advance(seconds: 899)
    #expect(try practice.worker().work() == MessagesDone())
    practice.clinic.clock.advance(seconds: 1)
    #expect(try practice.worker().work().postponed == 1)
  }

  /// A row that cannot be opened, and an address that nobody takes, cost their own messages only.
  @Test func onePatientNeverStopsAnother() throws {
    _ = try book(days: 2)
    _ = try practice.bookings.book(
      .slot(TestClinic.slot(practice.roles[3], day: 2, 9)), as: bob
    ).value
    try practice.clinic.stray(
      """
      UPDATE patient SET phone_sealed = zeroblob(60)
        WHERE patient_id = \(practice.patients[0].id.rawValue)
      """)
    let done = try practice.worker().work()
    #expect(done.givenUp == 1)
    #expect(practice.inbox.messages.map(\.address) == ["patient1@example.org"])
  }

  // MARK: Afterwards

  @Test func whatWasSentIsSealedAndAudited() throws {
    let visit = try book(days: 2)
    _ = try practice.arrivals()
    let stored = try practice.clinic.text(
      "SELECT CAST(body_sealed AS TEXT) FROM message_job WHERE body_sealed IS NOT NULL")
    #expect(!stored.contains("Pat"))
    let told = try practice.bookings.messages(of: visit.id, by: .patient(ann)).value
    #expect(told.map(\.job.kind) == [.confirmation, .reminder24h, .reminder1h])
    #expect(told[0].body == practice.inbox.messages[0].body)
    #expect(told[0].attempts.map(\.outcome) == [.delivered])
    let refused = try practice.bookings.messages(of: visit.id, by: .patient(bob))
    guard case .refused = refused else { throw UnexpectedRefusal(description: "not refused") }
    // Bob's look at what is not his stands in Ann's trail.
    let filter = AuditFilter(patient: practice.patients[0].id, limit: 9)
    let trail = try practice.store.read { try $0.auditEntries(filter) }.map(\.action)
    #expect(
      trail.suffix(5) == [
        "book", "read-patient", "send-message", "read-message", "refused",
      ])
  }

  @Test func resendIsOneMore() throws {
    let visit = try book(days: 2)
    #expect(try practice.bookings.resend(visit.id, by: .patient(ann)).value.round == 1)
    #expect(try practice.arrivals() == [".confirmation.patient.1"])
    #expect(try practice.bookings.resend(visit.id, by: .patient(ann)).value.round == 2)
    #expect(try practice.arrivals() == [".confirmation.patient.2"])
    pass(hours: 60)
    let late = try practice.bookings.resend(visit.id, by: .patient(ann))
    guard case .refused(let refusal) = late else {
      throw UnexpectedRefusal(description: "not refused")
    }
    #expect(refusal.code == .appointmentStarted)
  }

  /// Whoever writes: a shell that ends a visit ends its messages.
  @Test func guardsStandBehindIt() throws {
    let visit = try book(days: 2)
    try practice.clinic.stray(
      "UPDATE claim SET state = 'no-show' WHERE claim_id = \(visit.id.rawValue)")
    #expect(try practice.arrivals() == [])
    for change in [
      "UPDATE message_job SET state = 'waiting', ended_at = NULL", "DELETE FROM message_job",
    ] {
      #expect(throws: (any Error).self) { try practice.clinic.stray(change) }
    }
  }
}
