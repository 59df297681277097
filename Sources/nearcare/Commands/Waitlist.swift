import ArgumentParser
import Booking
import CivilTime
import Console
import Geospatial
import ProviderDirectory
import Scheduling
import Store

struct Waitlist: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Wait for a slot that somebody gives back; it is held for you when it is yours.",
    subcommands: [Join.self, List.self, Claim.self, Leave.self])

  struct Join: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Wait for a practitioner, or for anybody of a specialty nearby.",
      discussion: """
        Examples:
          nearcare waitlist join --with 1234567893-4fz0q8 --to 2026-12-15
          nearcare waitlist join --with 1234567893                        at any of their sites
          nearcare waitlist join --specialty cardiologist --near 10001 --radius 10 \
        --when "next week morning"
          nearcare waitlist join --with 1234567893-4fz0q8 --instead-of a-1nr7pm40k2vf8
        """)

    @Option(help: "A role id or an NPI.") var with: String?
    @Option(help: "A NUCC code or words, such as \"heart doctor\".") var specialty: String?
    @Option(help: "Around a ZIP code, a city, or lat,lon (default: near me).") var near: String?
    @Option(parsing: .unconditional, help: "Radius in miles, up to 200.") var radius: Double = 25
    @Option(help: "Days and times in words: \"next week morning\".") var when: String?
    @Option(help: "First day, YYYY-MM-DD (default: today).") var from: String?
    @Option(help: "Last day (default: as far ahead as can be booked).") var to: String?
    @Option(help: "telehealth or in-person.") var visit: String?
    @Option(help: "urgent, soon or routine.", transform: Severity.named)
    var severity = Severity.routine
    @Option(help: "An appointment to give up for an earlier slot; it stays until you claim one.")
    var insteadOf: String?
    @Option(help: "Your name for this request: the same key gives the same entry.")
    var idempotencyKey: String?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard (with == nil) != (specialty == nil) else {
        throw ValidationError("say whom you wait for: --with or --specialty, and not both")
      }
      guard radius > 0, radius <= 200 else {
        throw ValidationError("--radius \(radius) is outside 0 to 200 miles")
      }
      if when != nil, from != nil || to != nil {
        throw ValidationError("--when and --from/--to both say when; give one")
      }
    }

    func run() throws {
      let program = try Program(options)
      let wish = try wish(program)
      let replacing = try insteadOf.map(parseAppointment)
      if let idempotencyKey {
        try requireLength(idempotencyKey, atMost: 200, option: "--idempotency-key")
      }
      let token = try program.requireSession()
      let place = try done(
        try program.bookings().joinWaitlist(
          wish, severity: severity, replacing: replacing, idempotencyKey: idempotencyKey,
          as: token))
      try program.report(place, json: options.json)
    }

    private func wish(_ program: Program) throws -> Wish {
      let parser = try program.parser()
      let today = program.localZone.local(at: program.now).date
      let far = today.adding(days: BookingRules.standard.horizonDays)
      var wish = Wish(whom: try whom(program), dates: today...far)
      wish.visitType = try visit.map { try parser.visitType(matching: $0) }
      if let when {
        let window = try parser.when(when, context: try program.parseContext())
        wish.dates = window.dates ?? wish.dates
        wish.times = window.times.map { $0.from..<$0.to }
      } else {
        let first = try from.map { try day($0, option: "--from") } ?? today
        let last = try to.map { try day($0, option: "--to") } ?? max(first, far)
        guard first <= last else {
          throw Failure(.usage, "--from \(first) is after --to \(last); swap them")
        }
        wish.dates = first...last
      }
      return wish
    }

    private func whom(_ program: Program) throws -> Wish.Whom {
      if let with {
        if let npi = Int64(with).flatMap({ NPI($0) }) { return .practitioner(npi) }
        return .role(try parseRole(with))
      }
      let codes = try program.parser().specialties(matching: specialty ?? "").map(\.code)
      let named = try near.map {
        try program.parser().place($0, home: try program.parseContext().home)
      }
      guard let center = try (named ?? program.nearMe())?.coordinate else {
        throw Failure(.configuration, SearchTranslation.howToSetHome)
      }
      return .specialty(codes, around: center, radiusMeters: radius * metersPerMile)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Your places in line, and what is held for you now.",
      discussion: """
        Examples:
          nearcare waitlist list
        """)
    @OptionGroup var options: GlobalOptions

    struct Reply: Encodable {
      let entries: [WaitlistReply]
    }

    func run() throws {
      let program = try Program(options)
      let token = try program.requireSession()
      let places = try done(try program.bookings().waitlist(as: token))
      if options.json {
        return try writeJSON(
          Reply(entries: places.map { WaitlistReply($0, zone: program.localZone) }))
      }
      guard !places.isEmpty else {
        return writeNote("You wait for nothing; nearcare waitlist join --help says how to.")
      }
      for place in places { try program.report(place, json: false) }
    }
  }

  struct Claim: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Book the slot that is held for an entry.",
      discussion: """
        Examples:
          nearcare waitlist claim w-1nr7pm40k2vf8
        """)
    @Argument(help: "An entry id, as `nearcare waitlist list` shows it.") var entryID: String
    @OptionGroup var patient: PatientStateOption
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let id = try parseEntry(entryID)
      try program.requirePatientState(patient)
      let token = try program.requireSession()
      let visit = try done(try program.bookings().claimOffer(id, as: token))
      try program.report(visit, json: options.json)
      program.noteLicence(on: visit.role, visit.visitType, patient)
    }
  }

  struct Leave: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a place in line up; what is held for it goes to the next.",
      discussion: """
        Examples:
          nearcare waitlist leave w-1nr7pm40k2vf8
        """)
    @Argument(help: "An entry id, as `nearcare waitlist list` shows it.") var entryID: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let id = try parseEntry(entryID)
      let token = try program.requireSession()
      try program.report(
        try done(try program.bookings().leaveWaitlist(id, as: token)), json: options.json)
    }
  }
}

extension Severity {
  private static let words: [Severity: String] = [
    .urgent: "urgent", .soon: "soon", .routine: "routine",
  ]

  static func named(_ text: String) throws -> Severity {
    guard let found = words.first(where: { $0.value == text.lowercased() })?.key else {
      throw ValidationError("\"\(Terminal.safe(text))\" is none of urgent, soon and routine")
    }
    return found
  }

  var word: String { Self.words[self] ?? "\(rawValue)" }
}

private func parseEntry(_ text: String) throws -> WaitlistID {
  guard let id = WaitlistID(text) else {
    throw Failure(
      .usage,
      """
      "\(Terminal.safe(text))" is not a waitlist entry; `nearcare waitlist list` shows yours, such \
      as w-1nr7pm40k2vf8
      """)
  }
  return id
}
