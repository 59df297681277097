import Booking
import CivilTime
import Privacy
import ProviderDirectory
import Store
import StoreTestSupport
import Synchronization
import Testing

@testable import Messaging

/// Six weekly visits are told of once; what happens to one of them later is told of that one.
@Suite struct SeriesMessageTests {
  let practice: Practice
  let ann: SessionToken
  let role: RoleID

  init() throws {
    practice = try Practice()
    ann = practice.patients[0].session
    role = practice.roles[0]
  }

  func book(weeks: Int = 6, day: Int = 3, hour: Int = 9) throws -> [Appointment] {
    try practice.bookings.bookSeries(
      .slot(TestClinic.slot(role, day: day, hour)), weeks: weeks, as: ann
    ).value
  }

  /// The mails that came since the first `count`, as other programs read them.
  func mails(after count: Int = 0) throws -> [MailTests.Said] {
    try MailTests.read(practice.inbox.messages.dropFirst(count).map(\.body))
  }

  @Test func oneConfirmationListsThemAll() throws {
    let visits = try book()
    #expect(try practice.arrivals() == [".confirmation.patient.1"])
    let mail = try mails()[0]
    let calendar = try #require(mail.calendar)
    #expect(calendar.method == "PUBLISH" && calendar.parameter == "PUBLISH")
    #expect(calendar.events.map { $0[0] } == visits.map { "\($0.text)@clinic.example" })
    // A week is a week on the clock of the site.
    let starts = ["11-26", "12-03", "12-10", "12-17", "12-24", "12-31"]
    #expect(calendar.events.map { $0[1] } == starts.map { "2026-\($0)T14:00:00+00:00" })
    #expect(calendar.events.allSatisfy { $0[2] == "CONFIRMED" })
    for (event, visit) in zip(calendar.events, visits) {
      #expect(event[3].contains("nearcare cancel \(visit.text)"))
    }
    #expect(!calendar.properties.contains("ATTENDEE") && calendar.properties.contains("ORGANIZER"))
    #expect(mail.subject == "Your 6 visits are booked, the first on Thu Nov 26, 9:00 AM EST")
    #expect(mail.defects == [] && mail.longest <= 76 && calendar.longest <= 75)
    for visit in visits { #expect(mail.plain.contains(", appointment \(visit.text)\n")) }
    #expect(mail.plain.contains("Thu Dec 31, 9:00 AM EST, appointment \(visits[5].text)"))
    #expect(mail.plain.contains("To cancel one of them: nearcare cancel APPOINTMENT\n"))
    // Reminders stay each visit's own.
    let jobs = try practice.store.read { try $0.messages(about: nil, limit: 99).messages }
    #expect(jobs.count { $0.kind == .reminder24h } == 6)
    #expect(jobs.count { $0.kind == .reminder1h } == 6)
    #expect(jobs.count { $0.kind == .confirmation } == 1)
    practice.clinic.clock.set(to: visits[2].start.adding(seconds: -3600))
    #expect(try practice.arrivals() == [".reminder-1h.patient.1"])
  }

  @Test func oneThatIsCancelledIsCancelledAlone() throws {
    let visits = try book()
    _ = try practice.arrivals()
    _ = try practice.bookings.cancel(visits[2].id, as: ann).value
    #expect(try practice.arrivals() == [".cancellation.patient.1"])
    let moved = try practice.bookings.reschedule(
      visits[4].id, to: .slot(TestClinic.slot(role, day: 32, 11)), as: ann
    ).value
    #expect(try practice.arrivals() == [".change.patient.1"])
    let said = try mails(after: 1).compactMap(\.calendar)
    #expect(said.map(\.method) == ["CANCEL", "REQUEST"])
    #expect(
      said.map { $0.events.map { $0[0] } }
        == [visits[2], visits[4]].map { ["\($0.text)@clinic.example"] })
    #expect(said.map(\.sequence) == [1, 1])
    // Told again, it is those that are left; what has moved is told of by itself.
    _ = try practice.bookings.resend(visits[3].id, by: .patient(ann)).value
    _ = try practice.arrivals()
    let again = try #require(try mails(after: 3)[0].calendar)
    #expect(
      again.events.map { $0[0] }
        == [0, 1, 3, 5].map { "\(visits[$0].text)@clinic.example" })
    #expect(!again.events.contains { $0[0].hasPrefix(moved.text) })
  }

  /// Its confirmation would have ended with the first visit.
  @Test(arguments: [false, true])
  func theRestIsConfirmedWhenTheFirstEndsBeforeIt(isMoved: Bool) throws {
    let visits = try book()
    if isMoved {
      _ = try practice.bookings.reschedule(
        visits[0].id, to: .slot(TestClinic.slot(role, day: 4, 11)), as: ann
      ).value
    } else {
      _ = try practice.bookings.cancel(visits[0].id, as: ann).value
    }
    _ = try practice.bookings.cancel(visits[1].id, as: ann).value
    #expect(
      try practice.arrivals()
        == [
          ".cancellation.patient.1", isMoved ? ".change.patient.1" : ".cancellation.patient.1",
          ".confirmation.patient.1",
        ].sorted())
    let told = try mails().compactMap(\.calendar).filter { $0.method == "PUBLISH" }
    #expect(
      told.map { $0.events.map { $0[0] } }
        == [visits[2...].map { "\($0.text)@clinic.example" }])
  }

  @Test func theLastOneLeftIsAVisitLikeAnyOther() throws {
    let visits = try book(weeks: 2)
    _ = try practice.bookings.cancel(visits[0].id, as: ann).value
    #expect(try practice.arrivals() == [".cancellation.patient.1", ".confirmation.patient.1"])
    let mail = try #require(try mails().first { $0.calendar?.method == "REQUEST" })
    #expect(mail.subject == "Your visit is booked: Thu Dec 3, 9:00 AM EST")
  }

  /// It was composed with a visit that is cancelled before it goes.
  @Test func whatIsNoLongerTrueIsNotSent() throws {
    let bob = practice.patients[1].session
    _ = try practice.bookings.book(.slot(TestClinic.slot(practice.roles[3], day: 2, 9)), as: bob)
      .value
    let visits = try book()
    let isFirst = Mutex(true)
    practice.inbox.answer { [bookings = practice.bookings, ann] _ in
      let now = isFirst.withLock { first in
        defer { first = false }
        return first
      }
      if now {
        #expect(throws: Never.self) { _ = try bookings.cancel(visits[4].id, as: ann).value }
      }
      return nil
    }
    _ = try practice.arrivals()
    let told = try mails().compactMap(\.calendar).filter { $0.method == "PUBLISH" }
    #expect(told.map(\.events.count) == [5])
    #expect(told[0].events.allSatisfy { !$0[0].hasPrefix(visits[4].text) })
  }

  @Test func shortTextsCountThem() throws {
    let visits = try book(weeks: 3)
    try set(MessagePreferences(media: [.sms], quietHours: nil, language: .spanish))
    let sms = Inbox(name: "sms")
    let worker = try MessageWorker(
      store: practice.store, vault: practice.vault, random: TestClinic.random(seed: 4),
      channels: [.sms: sms],
      composer: MessageComposer(
        texts: MessageTexts(), from: EmailAddress("visits@clinic.example")))
    #expect(try worker.work().delivered == 1)
    #expect(
      sms.messages[0].body.hasPrefix("Sus 3 citas están reservadas, la primera el jue 26 nov"))
    #expect(sms.messages[0].key == "\(visits[0].text).confirmation.patient.1")
  }

  private func set(_ preferences: MessagePreferences) throws {
    _ = try practice.bookings.setMessagePreferences(of: nil, by: .patient(ann)) {
      $0 = preferences
    }.value
  }
}
