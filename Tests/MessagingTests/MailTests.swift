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

/// Mails as other programs read them: Python's `email`, and in them PyPI's `icalendar`.
@Suite struct MailTests {
  struct Said: Decodable {
    struct Calendar: Decodable {
      let method, parameter, uid, start, end, status, summary, location, description: String
      let attendee: String
      let sequence, longest: Int
      let properties: [String]
      /// Of each: UID, start, status, description.
      let events: [[String]]
    }
    let headers: [String]
    let subject, date, plain, html: String
    let id: String
    let from, types, defects: [String]
    let to: [[String]]
    let longest, bare: Int
    let calendar: Calendar?
  }

  static func read(_ mails: [String]) throws -> [Said] {
    let output = try python("mail.py", try JSONEncoder().encode(mails))
    return try JSONDecoder().decode([Said].self, from: output)
  }

  /// What a program of this folder prints in answer to a question.
  static func python(_ program: String, _ question: Data) throws -> Data {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent(program).path
    ]
    let scratch = try ScratchDirectory()
    let file = try scratch.file("question.json", Array(question))
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
    let answer = Pipe()
    process.standardOutput = answer
    try process.run()
    let output = try answer.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return output
  }

  /// Booked, moved twice, cancelled: one entry of a calendar that changes.
  @Test func theLifeOfAVisit() throws {
    let practice = try Practice()
    let ann = practice.patients[0].session
    let role = practice.roles[0]
    var visit = try practice.bookings.book(
      .slot(TestClinic.slot(role, day: 3, 9)), reason: "a private matter", as: ann
    ).value
    let first = visit.text
    _ = try practice.arrivals()
    for hour in [10, 11] {
      visit = try practice.bookings.reschedule(
        visit.id, to: .slot(TestClinic.slot(role, day: 3, hour)), as: ann
      ).value
      _ = try practice.arrivals()
    }
    _ = try practice.bookings.cancel(visit.id, as: ann).value
    _ = try practice.arrivals()
    let said = try Self.read(practice.inbox.messages.map(\.body))
    let calendars = said.compactMap(\.calendar)
    #expect(calendars.map(\.method) == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"])
    #expect(calendars.map(\.parameter) == calendars.map(\.method))
    #expect(calendars.map(\.sequence) == [0, 1, 2, 3])
    #expect(Set(calendars.map(\.uid)) == ["\(first)@clinic.example"])
    #expect(
      calendars.map(\.start)
        == [14, 15, 16, 16].map { "2026-11-26T\($0):00:00+00:00" })
    #expect(calendars.map(\.status) == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"])
    #expect(calendars.allSatisfy { $0.attendee == "mailto:patient0@example.org" })
    #expect(
      Set(calendars[0].properties).isSuperset(of: [
        "UID", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "ATTENDEE", "SEQUENCE", "STATUS",
      ]))
    #expect(
      said.map(\.subject) == [
        "Your visit is booked: Thu Nov 26, 9:00 AM EST",
        "Your visit has moved: Thu Nov 26, 10:00 AM EST",
        "Your visit has moved: Thu Nov 26, 11:00 AM EST",
        "Your visit is cancelled: Thu Nov 26, 11:00 AM EST",
      ])
    for mail in said {
      #expect(mail.defects == [])
      #expect(mail.longest <= 76)
      #expect(mail.bare == 0)
      #expect(
        mail.types == [
          "multipart/alternative", "text/plain", "text/html", "text/calendar",
        ])
      #expect(
        Set(mail.headers).isSuperset(of: [
          "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Auto-Submitted",
        ]))
      #expect(mail.date == "2026-11-23T13:00:00+00:00")
      #expect(mail.to == [["Pat Ient 0", "patient0@example.org"]])
      #expect(!(mail.plain + mail.html).contains("private matter"))
    }
    #expect(
      said[0].plain == """
        Hello Pat Ient 0,

        Your visit is booked.

        When: Thu Nov 26, 9:00 AM EST
        With: Test
        Where: 1 Main St, New York, NY 10001
        Directions: https://www.openstreetmap.org/directions?route=%3B40.75000%2C-74.00000

        To cancel: nearcare cancel \(first)
        To choose another time: nearcare reschedule \(first) SLOT_ID

        """)
    #expect(
      said[0].html.contains(
        """
        <a href="https://www.openstreetmap.org/directions?route=%3B40.75000%2C-74.00000">
        """.trimmingCharacters(in: .newlines)))
  }

  /// Whatever stands in a name, the headers and the calendar are ours alone.
  @Test func nothingIsInjected() throws {
    let evil = [
      "Ann\r\nBcc: all@example.org", "Ann\nBEGIN:VEVENT\nEND:VCALENDAR", "\"Ann\" <x@example.org>",
      "Ann,; \u{301},;:\"^n", "=?utf-8?B?QmNj?=", "Ann\u{2028}X-Header: 1\u{85}\u{0}",
      "<script>alert(1)</script>", String(repeating: "ñandú \u{1FA7A} ", count: 40),
      String(repeating: "x", count: 200), ".", "From here", "Ann\t\u{202E}nnA",
    ]
    let mails = try evil.map { text in
      let to = MailAddress(name: text, address: "ann@example.org")
      let from = MailAddress(name: text, address: "visits@clinic.example")
      let start = try #require(Instant(rfc3339: "2026-12-01T14:30:00Z"))
      return Mail(
        from: from, to: to, subject: text, date: start, messageID: "a-1.x@clinic.example",
        paragraphs: [[text, "Directions: https://example.org/?a=1&b=\"2"], ["."]],
        language: .english,
        calendar: CalendarPart(
          method: .request,
          events: [
            CalendarEvent(
              uid: "a-1@clinic.example", sequence: 0, stamp: start, start: start,
              end: start.adding(seconds: 1800), summary: text, location: text,
              description: "\(text)\nline two", organizer: from, attendee: to)
          ])
      ).text
    }
    let said = try Self.read(mails)
    for (text, mail) in zip(evil, said) {
      let shown = text.onOneLine
      #expect(
        mail.headers == [
          "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID",
          "Subject", "To",
        ])
      #expect(mail.subject == shown)
      #expect(mail.to.map { $0[1] } == ["ann@example.org"])
      // Python 3.11 keeps the blanks between encoded words, which RFC 2047 takes away.
      #expect(mail.to.map { $0[0].filter { $0 != " " } } == [shown.filter { $0 != " " }])
      #expect(mail.from == ["visits@clinic.example"])
      #expect(mail.defects == [], "\(text)")
      #expect(mail.longest <= 76)
      #expect(mail.bare == 0)
      let calendar = try #require(mail.calendar)
      #expect(calendar.summary == shown)
      #expect(calendar.location == shown)
      #expect(calendar.description.hasSuffix("\nline two"))
      #expect(calendar.longest <= 75)
      #expect(!mail.html.contains("<script>"))
      #expect(mail.plain.hasPrefix(shown))
    }
  }

  /// Lines of every length around the fold, of characters of every width.
  @Test func foldsAreWithin75OctetsAndBetweenCharacters() throws {
    var random = SeededGenerator(seed: 7)
    let letters: [Unicode.Scalar] = ["a", "é", "€", "\u{1F600}", ",", "\\"]
    for length in 0..<240 {
      let line = String(
        String.UnicodeScalarView((0..<length).map { _ in letters.randomElement(using: &random)! }))
      let folded = CalendarEvent.folded(line)
      let lines = folded.components(separatedBy: "\r\n")
      #expect(lines.allSatisfy { $0.utf8.count <= 75 })
      #expect(folded.replacing("\r\n ", with: "").unicodeScalars.elementsEqual(line.unicodeScalars))
    }
  }

  @Test func calendarTextIsEscaped() {
    #expect(
      CalendarEvent.escaped("a\\,b;c,\u{301}\nd\r\ne:\"f")
        == "a\\\\\\,b\\;c\\,\u{301}\\nd  e:\"f")
  }

  @Test func textsAreWhole() throws { try MessageTexts().verify() }

  @Test func spanishSaysTheSame() throws {
    let texts = try MessageTexts()
    let wall = try #require(
      CivilDateTime(date: CivilDate(iso: "2026-12-02")!, time: TimeOfDay("14:05")!))
    #expect(try texts.moment(wall, zone: "EST", .spanish) == "mié 2 dic, 2:05 p. m. EST")
    #expect(try texts.moment(wall, zone: "EST", .english) == "Wed Dec 2, 2:05 PM EST")
    #expect(
      try texts.sentence("mail.who", .spanish, ["who": "{when}"]) == "Con: {when}")
    #expect(try texts.sentence("mail.who", .spanish) == nil)
  }

  /// In development mails are files, one for a message however often it is sent.
  @Test func maildirKeepsOneFile() throws {
    let scratch = try ScratchDirectory()
    let maildir = Maildir(path: scratch.path + "/mail")
    let message = OutgoingMessage(
      key: "a-1.offer.patient.1", medium: .email, address: "", body: "Hello\r\n")
    for _ in 0..<2 {
      #expect(maildir.send(message) == .delivered(id: "a-1.offer.patient.1.eml"))
    }
    let files = FileManager.default
    #expect(
      try files.contentsOfDirectory(atPath: maildir.path + "/new") == ["a-1.offer.patient.1.eml"])
    #expect(try files.contentsOfDirectory(atPath: maildir.path + "/tmp") == [])
    let attributes = try files.attributesOfItem(
      atPath: maildir.path + "/new/a-1.offer.patient.1.eml")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }
}
