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

  private func verify(
    _ tokens: [(String, Int64)], secret: String = secret, algorithm: String = "HS256",
    hasAudience: Bool = true
  ) throws -> [Answer] {
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
      let secret, algorithm: String
      let hasAudience: Bool
      let tokens: [Pair]
    }
    let question = Question(
      secret: secret, algorithm: algorithm, hasAudience: hasAudience,
      tokens: tokens.map { .init(token: $0, at: $1) })
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

  /// The edges of a link's window, by PyJWT.
  private func edges(
    _ token: String, secret: String, algorithm: String, hasAudience: Bool = true
  ) throws -> [String] {
    let (opens, closes) = (start.secondsSinceEpoch - 300, start.secondsSinceEpoch + 5400)
    return try verify(
      [(token, opens - 1), (token, opens), (token, closes - 1), (token, closes)], secret: secret,
      algorithm: algorithm, hasAudience: hasAudience
    ).map { $0.error ?? "open" }
  }

  private static let window = [
    "ImmatureSignatureError", "open", "open", "ExpiredSignatureError",
  ]

  @Test func signedByAKeyThatTheServerHasNot() throws {
    let scratch = try ScratchDirectory()
    func openssl(_ arguments: String...) throws -> String {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
      process.arguments = arguments
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return String(decoding: bytes, as: UTF8.self)
    }
    let pem = try openssl("genrsa", "2048")
    let path = try scratch.file("video.pem", Array(pem.utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let text = """
      video.url = https://meet.clinic.example
      video.app-id = nearcare
      video.secret = \(Self.secret.replacing(" ", with: "-"))
      video.key-file = \(path)
      video.key-id = nearcare-1
      """
    let rooms = try #require(try MessagingSettings(text: text, source: "messaging").video)
    let link = try rooms.link(
      to: try #require(ClaimID(rawValue: 42)), start: start, end: start.adding(seconds: 1800),
      for: .practitioner)
    let token = try #require(link.components(separatedBy: "?jwt=").last)
    let header = try #require(token.split(separator: ".").first)
    let padded = header + String(repeating: "=", count: (4 - header.count % 4) % 4)
    #expect(
      Data(base64Encoded: String(padded)).map { String(decoding: $0, as: UTF8.self) }
        == #"{"alg":"RS256","kid":"nearcare-1","typ":"JWT"}"#)
    let publicKey = try openssl("rsa", "-in", path, "-pubout")
    #expect(try edges(token, secret: publicKey, algorithm: "RS256") == Self.window)
    let other = try openssl("genrsa", "2048")
    let strange = try scratch.file("other.pem", Array(other.utf8))
    let answers = try verify(
      [(token, start.secondsSinceEpoch)],
      secret: try openssl("rsa", "-in", strange, "-pubout"), algorithm: "RS256")
    #expect(answers.map(\.error) == ["InvalidSignatureError"])
    // A weak key, and none at all; the file's contents are not repeated.
    for wrong in [try openssl("genrsa", "-traditional", "1024"), "canary of no key"] {
      try Data(wrong.utf8).write(to: URL(fileURLWithPath: path))
      let error = try #require(throws: MessagingSettingsError.self) {
        try MessagingSettings(text: text, source: "messaging")
      }
      #expect(
        error.description
          == "messaging: video.key-file: it holds no RSA private key of 2048 bits or more in PEM")
    }
  }

  @Test func dailysTokenIsSelfSigned() throws {
    let daily = VideoRooms(
      url: "https://clinic.daily.co",
      server: .daily(domainID: "d-1", api: .init(url: "https://api.daily.co/v1")),
      secret: Secret(Self.secret))
    let visit = try #require(ClaimID(rawValue: 42))
    let link = try daily.link(
      to: visit, start: start, end: start.adding(seconds: 1800), for: .patient)
    let token = try #require(link.components(separatedBy: "?t=").last)
    #expect(
      try edges(token, secret: Self.secret, algorithm: "HS256", hasAudience: false)
        == Self.window)
    let opens = start.secondsSinceEpoch - 300
    let claims = try verify(
      [(token, opens)], algorithm: "HS256", hasAudience: false)[0].claims
    #expect(
      claims == """
        {"d": "d-1", "exp": \(opens + 5700), "iat": \(opens), "nbf": \(opens), "o": false, \
        "r": "\(daily.room(of: visit))", "u": "Patient"}
        """)
    #expect(link.hasPrefix("https://clinic.daily.co/\(daily.room(of: visit))?t="))
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
      store: practice.store, vault: practice.vault, channels: [.email: practice.inbox],
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
