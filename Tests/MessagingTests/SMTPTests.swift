import Booking
import Foundation
import Privacy
import StoreTestSupport
import Testing

@testable import Messaging

/// Mail by libcurl to a real server on loopback. Costs a CPU second, most of it Python's start.
@Suite struct SMTPTests {
  private let server: MailServer
  private static let password = "a secret of the tests"

  init() throws { server = try MailServer.shared.get() }

  private func message(to address: String, _ body: String = "Subject: x\r\n\r\nx\r\n")
    -> OutgoingMessage
  {
    OutgoingMessage(
      key: "a-1.offer.patient.1", medium: .email, address: address, body: body)
  }

  @Test func whatArrivesIsWhatWasSent() throws {
    let body = "Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n\r\nend\r\n"
    let answer = try server.channel("plain").send(message(to: "dots@example.org", body))
    #expect(answer == .delivered(id: "a-1.offer.patient.1"))
    let taken = try server.taken(for: "dots@example.org")
    #expect(taken.map(\.mail) == [body])
    #expect(taken.map(\.from) == ["visits@clinic.example"])
    #expect(taken.map(\.tls) == [nil])
  }

  @Test(arguments: ["starttls", "implicit"]) func encryptedAndOverOneConnection(
    door: String
  ) throws {
    let password = door == "starttls" ? Self.password : nil
    let channel = try server.channel(door, password: password)
    for _ in 0..<3 {
      let answer = channel.send(message(to: "\(door)@example.org"))
      #expect(answer == .delivered(id: "a-1.offer.patient.1"))
    }
    let taken = try server.taken(for: "\(door)@example.org")
    #expect(taken.map(\.tls) == ["TLSv1.3", "TLSv1.3", "TLSv1.3"])
    #expect(taken.map(\.login) == Array(repeating: password == nil ? nil : "visits", count: 3))
    #expect(Set(taken.map(\.peer)).count == 1)
  }

  @Test func nothingIsSentToWhoCannotBeTrusted() throws {
    let address = "untrusted@example.org"
    let channels = [
      // A certificate that nobody vouches for.
      try server.channel("starttls", password: Self.password, trusted: false),
      try server.channel("implicit", trusted: false),
      // No TLS at all: 127.1 is not taken for this machine.
      try server.channel("plain", host: "127.1"),
    ]
    for channel in channels {
      #expect(
        channel.send(message(to: address)) == .failed("no TLS with a certificate that is trusted"))
    }
    #expect(try server.taken(for: address).isEmpty)
  }

  @Test func wrongPasswordIsNotThePatientsFault() throws {
    let channel = try server.channel("starttls", password: "not it")
    let answer = channel.send(message(to: "login@example.org"))
    #expect(answer == .failed("SMTP 535 5.7.8 to AUTH"))
  }

  @Test(arguments: [
    ("unknown", ChannelAnswer.refused("SMTP 550 5.1.1 to RCPT")),
    ("full", .failed("SMTP 452 4.2.2 to RCPT")),
    ("spam", .refused("SMTP 554 5.7.1 to the mail")),
    ("later", .failed("SMTP 451 4.3.0 to the mail")),
  ])
  func repliesAreToldByTheirCodesAlone(local: String, expected: ChannelAnswer) throws {
    #expect(try server.channel("plain").send(message(to: "\(local)@example.org")) == expected)
  }

  @Test func connectionsThatBreakOrHangEnd() throws {
    let dropped = try server.channel("plain").send(message(to: "drop@example.org"))
    guard case .failed = dropped else { throw Unexpected(answer: dropped) }
    let slow = try server.channel("plain", limitMilliseconds: 300)
    let hung = slow.send(message(to: "slow@example.org"))
    #expect(hung == .failed("the server did not answer in time"))
    // The connection that failed is not the next mail's.
    #expect(slow.send(message(to: "unhung@example.org")) == .delivered(id: "a-1.offer.patient.1"))
    let nobody = MessagingSettings.Server(url: "smtp://127.0.0.1:1")
    let channel = SMTPChannel(nobody, from: try EmailAddress("visits@clinic.example"))
    #expect(
      channel.send(message(to: "x@example.org")) == .failed("the server takes no connection"))
  }

  struct Unexpected: Error { let answer: ChannelAnswer }

  /// One patient's bad address is told to the desk, and the next patient has their mail.
  @Test func workerGoesOn() throws {
    let practice = try Practice(emails: ["unknown@example.org", "good@example.org"])
    for (number, patient) in practice.patients.enumerated() {
      let slot = TestClinic.slot(practice.roles[number * 3], day: 2, 9)
      _ = try practice.bookings.book(.slot(slot), as: patient.session).value
    }
    let done = try practice.worker(try server.channel("plain")).work()
    #expect((done.delivered, done.givenUp) == (1, 1))
    let (taken) = try server.taken(for: "good@example.org")
    #expect(taken.map(\.mail) == [try practice.bodies(of: .delivered)[0]])
    let desk = Asker.frontDesk(FrontDesk(name: "mona"))
    let failed = try practice.bookings.messages(in: [.givenUp], limit: 9, by: desk).value.messages
    #expect(failed.map(\.outcome) == ["SMTP 550 5.1.1 to RCPT"])
  }
}

@Suite struct MessagingSettingsTests {
  private func settings(_ text: String?) throws -> MessagingSettings {
    try MessagingSettings(text: text, source: "messaging")
  }

  @Test func nothingSetUpIsFiles() throws {
    let settings = try settings(nil)
    #expect(settings.smtp == nil)
    #expect(settings.from.text == "nearcare@localhost.localdomain")
  }

  @Test func everySetting() throws {
    let settings = try settings(
      """
      # the clinic's own server
      mail.from = visits@clinic.example

      smtp.url = smtp://mail.clinic.example:587
      smtp.user = visits
      smtp.password = p = q#
      smtp.ca-file = /etc/ssl/clinic.pem
      """)
    let server = try #require(settings.smtp)
    #expect(settings.from.text == "visits@clinic.example")
    #expect(server.password?.text == "p = q#")
    #expect(server.requiresTLS)
    #expect("\(server)".contains("Secret(withheld)") && !"\(server)".contains("p = q"))
  }

  @Test(arguments: [
    ("smtp.url = ftp://x", "smtp.url: write it as smtp://HOST:PORT or smtps://HOST:PORT"),
    (
      "smtp.url = smtp://me:hidden@x",
      "smtp.url: write it as smtp://HOST:PORT or smtps://HOST:PORT"
    ),
    ("mail.from = me", "mail.from: it needs exactly one @, and has 0"),
    ("smtp.password hidden", "line 1 is not name = value"),
    ("\nsmpt.password = hidden", "line 2 sets what is not known; there are mail.from, smtp.url, "),
  ])
  func whatIsWrongIsSaidAndNoSecret(text: String, problem: String) throws {
    let error = try #require(throws: MessagingSettingsError.self) { try settings(text) }
    #expect(error.description.hasPrefix("messaging: \(problem)"))
    #expect(!error.description.contains("hidden"))
  }

  @Test func loopbackAloneNeedsNoTLS() {
    for url in ["smtp://127.0.0.1:25", "smtp://localhost", "http://[::1]:80/x"] {
      #expect(MessagingSettings.isLoopback(url))
    }
    for url in [
      "smtp://127.0.0.1.example.org", "smtp://localhost.example.org:25", "smtp://127.1",
      "http://[::1]x/", "http://example.org/127.0.0.1", "127.0.0.1",
    ] {
      #expect(!MessagingSettings.isLoopback(url))
    }
  }
}
