import Booking
import CivilTime
import Foundation
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Synchronization
import Testing

@testable import Messaging

/// What patients and practitioners have said about being told, from the booking to the inbox.
@Suite struct PreferenceTests {
  private let practice: Practice
  private let ann: SessionToken
  private let phone = Inbox(name: "phone"), device = Inbox(name: "device")

  init() throws {
    practice = try Practice()
    ann = practice.patients[0].session
  }

  private func prefer(_ change: (inout MessagePreferences) -> Void) throws {
    _ = try practice.bookings.setMessagePreferences(of: nil, by: .patient(ann), change).value
  }

  private func book(days: Int, hour: Int = 9) throws -> Appointment {
    let slot = TestClinic.slot(practice.roles[0], day: days, hour)
    return try practice.bookings.book(.slot(slot), reason: "itching", as: ann).value
  }

  private func worker() throws -> MessageWorker {
    MessageWorker(
      store: practice.store, vault: practice.vault, random: TestClinic.random(seed: 9),
      channels: [.email: practice.inbox, .sms: phone, .push: device],
      composer: MessageComposer(
        texts: try MessageTexts(), from: try EmailAddress("visits@clinic.example")))
  }

  private func kinds(_ inbox: Inbox) -> [String] {
    inbox.messages.map { String($0.key.split(separator: ".")[1]) }
  }

  /// Nobody gets a text message who has not asked for one.
  @Test func usuallyByMailAlone() throws {
    _ = try book(days: 2)
    #expect(try worker().work().delivered == 1)
    #expect((practice.inbox.messages.count, phone.messages.count) == (1, 0))
  }

  @Test func byTextMessageInSpanish() throws {
    try prefer {
      $0.media = [.sms, .email]
      $0.language = .spanish
    }
    let visit = try book(days: 2)
    #expect(try worker().work().delivered == 1)
    #expect(phone.messages.map(\.address) == ["+12125550147"])
    #expect(phone.messages.map(\.body) == ["Su cita está reservada: mié 25 nov, 9:00 a. m. EST."])
    #expect(practice.inbox.messages.isEmpty)
    let told = try practice.bookings.messages(of: visit.id, by: .patient(ann)).value
    #expect(told[0].body == phone.messages[0].body)
  }

  @Test func byPush() throws {
    try prefer {
      $0.media = [.push]
      $0.device = "device-canary"
    }
    _ = try book(days: 2)
    #expect(try worker().work().delivered == 1)
    #expect(device.messages.map(\.address) == ["device-canary"])
    #expect(device.messages.map(\.title) == ["Your visit"])
    let stored = try practice.clinic.text(
      "SELECT group_concat(CAST(device_sealed AS TEXT)) FROM message_preference")
    #expect(!stored.contains("canary") && !stored.isEmpty)
  }

  /// Neither why somebody is seen, nor by whom: a practice's name may tell.
  @Test func shortTextsSayLittle() throws {
    for language in MessageLanguage.allCases {
      try prefer {
        $0.media = [.sms]
        $0.language = language
      }
      let visit = try book(days: language == .english ? 2 : 3)
      _ = try worker().work()
      let moved = try practice.bookings.reschedule(
        visit.id, to: .slot(TestClinic.slot(practice.roles[0], day: 4, 10)), as: ann
      ).value
      _ = try worker().work()
      _ = try practice.bookings.cancel(moved.id, as: ann).value
      _ = try worker().work()
    }
    #expect(phone.messages.count == 6)
    for message in phone.messages {
      for word in ["itching", "Test", "Pat Ient", "Main St", "cardio", "Cardio"] {
        #expect(!message.body.contains(word), "\(message.body)")
      }
      #expect(message.body.unicodeScalars.count < 160)
    }
  }

  @Test func whoHasOptedOutIsToldNothing() throws {
    try prefer { $0.media = [] }
    _ = try book(days: 2)
    #expect(try worker().work().givenUp == 1)
    let ended = try practice.bookings.messages(in: [.givenUp], limit: 9, by: .patient(ann)).value
      .messages
    #expect(ended.map(\.outcome) == ["the recipient wants no messages"])
    #expect(practice.inbox.tries.isEmpty)
  }

  /// Composed already, and then the patient says no: asked again just before it is sent.
  @Test func optingOutHoldsForWhatIsOnItsWay() throws {
    try prefer { $0.media = [.sms, .email] }
    _ = try book(days: 2)
    _ = try book(days: 3)
    let (bookings, ann) = (practice.bookings, ann)
    phone.answer { _ in
      _ = try! bookings.setMessagePreferences(of: nil, by: .patient(ann)) { $0.media = [.email] }
      return nil
    }
    #expect(try worker().work().delivered == 2)
    #expect((phone.messages.count, practice.inbox.messages.count) == (1, 1))
  }

  @Test func theNextChannelWhenOneRefusesOrFails() throws {
    try prefer { $0.media = [.sms, .email] }
    _ = try book(days: 2)
    phone.answer { _ in .refused("HTTP 400 21610") }
    #expect(try worker().work().delivered == 1)
    #expect((phone.tries.count, practice.inbox.messages.count) == (1, 1))
    _ = try book(days: 5)
    phone.answer { _ in .failed("HTTP 503") }
    for _ in 0..<4 {
      _ = try worker().work()
      practice.clinic.clock.advance(seconds: 200)
    }
    #expect((phone.tries.count, practice.inbox.messages.count) == (4, 2))
    let told = try practice.bookings.messages(in: [.delivered], limit: 9, by: .patient(ann)).value
      .messages
    #expect(told.map(\.channel) == ["inbox", "inbox"])
  }

  /// What it asks is more than the message lasts: another channel at once.
  @Test func noTimeToWaitForTheGateway() throws {
    try prefer { $0.media = [.sms, .email] }
    _ = try book(days: 0, hour: 9)
    practice.clinic.clock.advance(seconds: 600)
    phone.answer { _ in .failed("HTTP 429", retryAfterSeconds: 99_999_999) }
    #expect(try worker().work().delivered == 1)
    #expect(practice.inbox.messages.count == 1)
  }

  @Test func noGatewayMakesAMessageWaitForLong() throws {
    try prefer { $0.media = [.sms] }
    let visit = try book(days: 20)
    phone.answer { _ in .failed("HTTP 429", retryAfterSeconds: 99_999_999) }
    #expect(try worker().work().postponed == 1)
    let job = try practice.bookings.messages(of: visit.id, by: .patient(ann)).value[0].job
    #expect(job.nextAt == practice.clinic.clock.now.adding(seconds: 3600))
  }

  /// A text message due at night comes in the morning; an hour's reminder of an early visit cannot.
  @Test func quietHours() throws {
    try prefer {
      $0.media = [.sms]
      $0.quietHours = QuietHours("08:30-09:30")
    }
    _ = try book(days: 2, hour: 10)
    // It is eight now.
    #expect(try worker().work().delivered == 1)
    practice.clinic.clock.advance(seconds: 49 * 3600)
    #expect(try worker().work().postponed == 1)
    #expect(kinds(phone) == ["confirmation"])
    practice.clinic.clock.advance(seconds: 1800 - 1)
    #expect(try worker().work() == MessagesDone())
    practice.clinic.clock.advance(seconds: 1)
    #expect(try worker().work().delivered == 1)
    #expect(kinds(phone) == ["confirmation", "reminder-1h"])
    try prefer {
      $0.quietHours = QuietHours("21:00-09:00")
      $0.timeZone = "America/Los_Angeles"
    }
    _ = try book(days: 3, hour: 9)
    // Half past nine in New York is half past six in Los Angeles: the patient is asleep.
    #expect(try worker().work().postponed == 1)
  }

  @Test func practitionersAreToldWhereTheyWantIt() throws {
    let role = practice.roles[0]
    let desk = Asker.frontDesk(FrontDesk(name: "mona"))
    _ = try book(days: 2)
    #expect(try worker().work().delivered == 1)
    let notice = PractitionerNotice(
      email: try EmailAddress("dr.test@clinic.example"), hasReminders: true)
    _ = try practice.bookings.setPractitionerNotice(notice, of: role.npi, by: desk).value
    let visit = try book(days: 3)
    #expect(try worker().work().delivered == 2)
    _ = try practice.bookings.cancel(visit.id, as: ann).value
    #expect(try worker().work().delivered == 2)
    let mails = practice.inbox.messages.filter { $0.address == "dr.test@clinic.example" }
    let said = try MailTests.read(mails.map(\.body))
    #expect(
      said.map(\.subject) == [
        "A visit is booked: Thu Nov 26, 9:00 AM EST",
        "A visit is cancelled: Thu Nov 26, 9:00 AM EST",
      ])
    #expect(said.compactMap(\.calendar?.method) == ["REQUEST", "CANCEL"])
    for mail in said {
      #expect(mail.to.map { $0[1] } == ["dr.test@clinic.example"])
      for word in ["Pat Ient", "itching", "patient0"] {
        let written = mail.plain + mail.html + (mail.calendar?.description ?? "")
        #expect(!written.contains(word))
      }
    }
    let stored = try practice.clinic.text(
      "SELECT CAST(email_sealed AS TEXT) FROM practitioner_notice")
    #expect(!stored.contains("clinic"))
    // Off again: what is planned for them ends, what is for the patient does not.
    _ = try book(days: 2, hour: 10)
    #expect(try worker().work().delivered == 2)
    _ = try practice.bookings.setPractitionerNotice(nil, of: role.npi, by: desk).value
    practice.clinic.clock.advance(seconds: 26 * 3600 + 1800)
    let done = try worker().work()
    #expect((done.delivered, done.givenUp) == (2, 1))
  }

  /// An older copy undoes no opt-out.
  @Test func preferencesOfTodayOutliveARestore() throws {
    try prefer { $0.media = [.sms, .email] }
    let copy = practice.clinic.home.path + "/copy.sqlite"
    try practice.store.backUp(to: copy, vault: practice.vault)
    try prefer { $0.media = [] }
    _ = try practice.store.restore(
      from: copy, keeping: practice.clinic.home.path + "/kept.sqlite", vault: practice.vault)
    let now = try practice.bookings.messagePreferences(of: nil, by: .patient(ann)).value
    #expect(now.media == [])
  }
}
