import ArgumentParser
import Booking
import CivilTime
import Console
import Messaging
import Privacy
import ProviderDirectory
import Store

struct Agenda: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List a day's visits with whom they are for: a practitioner's, or a front desk's.",
    discussion: """
      Examples:
        nearcare agenda                                          today's
        nearcare agenda --day 2026-12-01 --with 1234567893-4fz0q8

      Each patient shown is a row of the audit trail.
      """)

  @Option(help: "The day, YYYY-MM-DD (default: today).") var day: String?
  @Option(help: "A role id: this practitioner at this site alone.") var with: String?
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let visits: [PatientVisitReply]
  }

  func run() throws {
    let program = try Program(options)
    let zone = program.localZone
    let today = zone.local(at: program.now).date
    let date = try day.map { try nearcare.day($0, option: "--day") } ?? today
    let roles = try with.map { [try parseRole($0)] }
    if roles == nil, try !program.isClosed() {
      throw Failure(.usage, "say whose: nearcare agenda --with ROLE_ID")
    }
    let visits = try done(
      try program.bookings(createIfMissing: false).agenda(
        zone.dayBounds(of: date), at: roles, by: .frontDesk(try program.desk())))
    let isOwn = try isPractitioner(program)
    func link(_ visit: AgendaVisit) throws -> String? {
      isOwn ? try program.videoLink(to: visit.appointment, for: .practitioner) : nil
    }
    if options.json {
      return try writeJSON(
        Reply(visits: try visits.map { PatientVisitReply($0, videoLink: try link($0)) }))
    }
    for visit in visits {
      let one = visit.appointment
      let reason = one.reason.map { "  \($0)" } ?? ""
      writeLine(
        Terminal.safe(
          """
          \(Words.moment(one.start, in: one.zone))  \(one.status.rawValue)  \(one.text)  \
          \(visit.patient.details.name)  \(visit.patient.details.phone.text)\(reason)
          """))
      if let link = try link(visit) { writeLine("  join: \(link)") }
    }
    if visits.isEmpty { writeNote("No visits on \(date).") }
  }

  /// The link to a visit by video is for its two people, and for no one at the desk.
  private func isPractitioner(_ program: Program) throws -> Bool {
    guard try program.isClosed(), let token = try program.sessionToken() else { return false }
    return try done(try program.bookings().whoIs(token)).role == .practitioner
  }
}

/// A visit with whom it is for, as JSON.
struct PatientVisitReply: Encodable {
  let appointmentID, slotID, status, start: String
  let patientID, name, phone: String
  let reason: Nullable<String>
  /// Of the practitioner's own visits by video.
  let videoLink: String?

  enum CodingKeys: String, CodingKey {
    case status, start, name, phone, reason
    case videoLink = "video_link"
    case appointmentID = "appointment_id"
    case slotID = "slot_id"
    case patientID = "patient_id"
  }

  init(_ visit: AgendaVisit, videoLink: String? = nil) {
    self.videoLink = videoLink
    appointmentID = visit.appointment.text
    slotID = "\(visit.appointment.slot)"
    status = visit.appointment.status.rawValue
    start = visit.appointment.zone.rfc3339(visit.appointment.start)
    patientID = "\(visit.patient.id)"
    name = visit.patient.details.name
    phone = visit.patient.details.phone.text
    reason = Nullable(visit.appointment.reason)
  }
}

struct PatientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patient",
    abstract: """
      How a patient is told of visits; for the staff: find a patient, show their record, set a \
      passphrase they have lost.
      """,
    subcommands: [Show.self, Find.self, Reset.self, Preferences.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a patient of yours and their visits.",
      discussion: """
        Examples:
          nearcare patient show p-1nr7pm40k2vf8
        """)
    @Argument(help: "A patient's number.") var patientID: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let id = try parsePatient(patientID)
      let (patient, visits) = try done(
        try program.bookings(createIfMissing: false).record(
          of: id, by: .frontDesk(try program.desk())))
      if options.json {
        let replies = visits.map {
          PatientVisitReply(AgendaVisit(appointment: $0, patient: patient))
        }
        return try writeJSON(RecordReply(patient: PatientReply(patient), visits: replies))
      }
      writeLine(PatientReply(patient).line)
      for visit in visits {
        let reason = visit.reason.map { "  \($0)" } ?? ""
        writeLine(
          Terminal.safe(
            """
              \(Words.moment(visit.start, in: visit.zone))  \(visit.status.rawValue)  \
            \(visit.text)\(reason)
            """))
      }
    }
  }

  struct Find: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Find a patient of yours by e-mail address or telephone number.",
      discussion: """
        Examples:
          nearcare patient find --phone 212-555-0100
        """)
    @Option(help: "E-mail address.") var email: String?
    @Option(help: "Telephone number, ten digits.") var phone: String?
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      if (email == nil) == (phone == nil) { throw ValidationError("give --email or --phone") }
    }

    func run() throws {
      let program = try Program(options)
      let found = try done(
        try program.bookings(createIfMissing: false).findPatients(
          email: try email.map { try EmailAddress($0) },
          phone: try phone.map { try PhoneNumber($0) }, by: .frontDesk(try program.desk())))
      if options.json {
        try writeJSON(["patients": found.map(PatientReply.init)])
      } else {
        for patient in found { writeLine(PatientReply(patient).line) }
      }
      if found.isEmpty {
        throw Failure(.nothingFound, "none of the patients you may see has it")
      }
    }
  }

  struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Front desk: give a patient who stands before you another passphrase.",
      discussion: """
        Examples:
          nearcare patient reset p-1nr7pm40k2vf8

        Look at their papers first. All their sessions end, and their one-time codes.
        """)
    @Argument(help: "A patient's number.") var patientID: String
    @OptionGroup var secrets: SecretOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let id = try parsePatient(patientID)
      var input = try secrets.input()
      _ = try done(
        try program.bookings(createIfMissing: false).resetPassphrase(
          of: id, to: try input.newPassphrase(), by: .frontDesk(try program.desk())))
      if options.json { return try writeJSON(["patient_id": "\(id)"]) }
      writeNote("\(id) has another passphrase, and is signed in nowhere.")
    }
  }
}

private struct PatientReply: Encodable {
  let patientID, name, birthDate, email, phone: String

  enum CodingKeys: String, CodingKey {
    case name, email, phone
    case patientID = "patient_id"
    case birthDate = "birth_date"
  }

  init(_ patient: Patient) {
    patientID = "\(patient.id)"
    name = patient.details.name
    birthDate = "\(patient.details.birthDate)"
    email = patient.details.email.text
    phone = patient.details.phone.text
  }

  var line: String { Terminal.safe("\(patientID)  \(name)  \(birthDate)  \(email)  \(phone)") }
}

private struct RecordReply: Encodable {
  let patient: PatientReply
  let visits: [PatientVisitReply]
}

func parsePatient(_ text: String) throws -> PatientID {
  guard let id = PatientID(text) else {
    throw Failure(
      .usage, "\"\(Terminal.safe(text))\" is not a patient's number, such as p-1nr7pm40k2vf8")
  }
  return id
}

struct BreakGlass: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "break-glass",
    abstract: "In an emergency: see others' patients for an hour; or list who did.",
    subcommands: [Open.self, List.self])

  struct Open: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "See others' patients for 60 minutes, for a reason; all of it is recorded.",
      discussion: """
        Examples:
          nearcare break-glass open --reason "unconscious in the waiting room"
        """)
    @Option(help: "Why; sealed before it is stored, and shown to the administrator.")
    var reason: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      try requireLength(reason, atMost: 500, option: "--reason")
      let end = try done(
        try program.bookings(createIfMissing: false).breakGlass(
          reason: reason, as: try program.requireSession()))
      if options.json { return try writeJSON(["ends_at": program.localZone.rfc3339(end)]) }
      writeNote("Others' patients can be seen until \(Words.moment(end, in: program.localZone)).")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List who saw others' patients, when and why, the newest first.",
      discussion: """
        Examples:
          nearcare break-glass list
        """)
    @OptionGroup var options: GlobalOptions

    struct Entry: Encodable {
      let login, openedAt, endsAt, reason: String
    }

    func run() throws {
      let program = try Program(options)
      let all = try done(
        try program.bookings(createIfMissing: false).emergencies(
          by: .frontDesk(try program.desk())))
      let zone = program.localZone
      let entries = all.map {
        Entry(
          login: $0.login, openedAt: zone.rfc3339($0.openedAt), endsAt: zone.rfc3339($0.endsAt),
          reason: $0.reason)
      }
      if options.json { return try writeJSON(["emergencies": entries]) }
      for entry in entries {
        writeLine(
          Terminal.safe("\(entry.openedAt) to \(entry.endsAt)  \(entry.login)  \(entry.reason)"))
      }
      if entries.isEmpty { writeNote("Nobody has.") }
    }
  }
}
