import Booking
import CivilTime
import Foundation
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import TestSupport
import Testing

@testable import Messaging

/// Links to visits by video, their tokens verified by PyJWT.
@Suite struct VideoRoomTests {
  private struct Answer: Decodable, Equatable {
    var claims: String?
    var error: String?
  }

  private static let secret = "a secret of the tests, 32 or more"
  private let rooms = VideoRooms(
    url: "https://meet.clinic.example", appID: "nearcare", secret: Secret(secret))
  private let start = Instant(rfc3339: "2026-12-01T14:30:00Z")!

  private func link(_ visit: Int64, _ person: VideoRooms.Person) throws -> String {
    try rooms.link(
      to: try #require(ClaimID(rawValue: visit)), start: start, end: start.adding(seconds: 1800),
      for: person)
  }

  private func verify(_ tokens: [(String, Int64)], secret: String = secret) throws -> [Answer] {
    struct Question: Encodable {
      struct Pair: Encodable {
        let token: String
        let at: Int64
        func encode(to encoder: any Encoder) throws {
          var list = encoder.unkeyedContainer()
          try list.encode(token)
          try list.encode(at)
        }
      }
      let secret: String
      let tokens: [Pair]
    }
    let question = Question(secret: secret, tokens: tokens.map { .init(token: $0, at: $1) })
    let output = try MailTests.python("tokens.py", try JSONEncoder().encode(question))
    return try JSONDecoder().decode([Answer].self, from: output)
  }

  /// Five minutes before, to the second, until an hour after.
  @Test func theWindowsEdges() throws {
    let link = try link(42, .patient)
    let token = try #require(link.components(separatedBy: "?jwt=").last)
    let (opens, closes) = (
      start.secondsSinceEpoch - 300, start.secondsSinceEpoch + 1800 + 3600
    )
    let answers = try verify([
      (token, opens - 1), (token, opens), (token, closes - 1), (token, closes),
    ])
    #expect(
      answers.map { $0.error ?? "open" } == [
        "ImmatureSignatureError", "open", "open", "ExpiredSignatureError",
      ])
    let room = try #require(
      link.dropFirst("https://meet.clinic.example/".count).split(separator: "?").first)
    #expect(room.count == 32)
    #expect(
      answers[1].claims == """
        {"aud": "jitsi", "context": {"user": {"moderator": false, "name": "Patient"}}, \
        "exp": \(closes), "iss": "nearcare", "moderator": false, "nbf": \(opens), \
        "room": "\(room)", "sub": "meet.clinic.example"}
        """)
    let forged = try verify([(token, opens)], secret: "another secret of 32 characters...")
    #expect(forged.map(\.error) == ["InvalidSignatureError"])
  }

  @Test func oneRoomForTwoAndAnotherForTheNextVisit() throws {
    func room(_ link: String) -> Substring { link.split(separator: "?")[0] }
    let (patient, practitioner) = (try link(42, .patient), try link(42, .practitioner))
    #expect(room(patient) == room(practitioner))
    #expect(patient != practitioner)
    #expect(room(try link(43, .patient)) != room(patient))
    let token = try #require(practitioner.components(separatedBy: "?jwt=").last)
    let answer = try verify([(token, start.secondsSinceEpoch)])
    #expect(answer[0].claims?.contains("\"moderator\": true, \"name\": \"Practitioner\"") == true)
    var others = rooms
    others.secret = Secret("another secret of 32 characters...")
    let elsewhere = try others.link(
      to: try #require(ClaimID(rawValue: 42)), start: start, end: start, for: .patient)
    #expect(room(elsewhere) != room(patient))
  }

  @Test(arguments: [
    "video.url = http://meet.example\nvideo.app-id = x\nvideo.secret = 0123456789abcdef0123456789abcdef",
    "video.url = https://meet.example\nvideo.app-id = x\nvideo.secret = hidden",
    "video.url = https://meet.example\nvideo.secret = 0123456789abcdef0123456789abcdef",
    "video.url = https://meet.example/\nvideo.app-id = x\nvideo.secret = 0123456789abcdef0123456789abcdef",
  ])
  func settingsThatAreWrong(text: String) throws {
    let error = try #require(throws: MessagingSettingsError.self) {
      try MessagingSettings(text: text, source: "messaging")
    }
    #expect(error.description.hasPrefix("messaging: video.url: "))
    #expect(!error.description.contains("hidden"))
  }

  /// In the confirmation and an hour before; a day before nobody needs it yet.
  @Test func linkIsInTheMailsOfAVideoVisit() throws {
    let practice = try Practice()
    let role = practice.roles[0]
    let blocks = try Weekday.allCases.map {
      try ScheduleBlock(
        weekday: $0, start: TimeOfDay(minutes: 540)!, end: TimeOfDay(minutes: 1020)!,
        slotMinutes: 30, visitType: .telehealth)
    }
    try practice.store.write {
      try $0.replaceSchedule(of: role, blocks: blocks, exceptions: [], run: 1)
    }
    let slot = TestClinic.slot(role, day: 2, 9, visitType: .telehealth)
    let visit = try practice.bookings.book(.slot(slot), as: practice.patients[0].session).value
    let link = try rooms.link(to: visit.id, start: visit.start, end: visit.end, for: .patient)
    let worker = MessageWorker(
      store: practice.store, vault: practice.vault, mail: practice.inbox,
      composer: MessageComposer(
        texts: try MessageTexts(), from: try EmailAddress("visits@clinic.example"), video: rooms))
    for hours: Int64 in [0, 25, 23] {
      practice.clinic.clock.advance(seconds: hours * 3600)
      #expect(try worker.work().delivered == 1)
    }
    let said = try MailTests.read(practice.inbox.messages.map(\.body))
    #expect(
      said.map { $0.plain.contains("from five minutes before: \(link)\n") } == [true, false, true])
    #expect(said.map { $0.html.contains("<a href=\"\(link)\">") } == [true, false, true])
    #expect(said.allSatisfy { !$0.plain.contains("Where:") && $0.calendar?.location == "" })
    #expect(said.allSatisfy { $0.calendar?.summary == "Video visit" })
  }
}
