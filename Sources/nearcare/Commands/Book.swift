import Console
import ArgumentParser
import Booking
import Messaging
import ProviderDirectory
import Scheduling
import Store

struct Book: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Book a slot, or what a hold keeps.",
    discussion: """
      Examples:
        nearcare book 1234567893-4fz0q8-20261201T1400Z-30p
        nearcare book h-1nr7pm40k2vf8 --reason "new patient visit"
        nearcare book SLOT_ID --idempotency-key "$(uuidgen)"       safe to repeat after a time-out
        nearcare book SLOT_ID --weeks 6            the same time for six weeks: all of them or none
      """)

  @Argument(help: "A slot id or a hold id.") var place: String
  @Option(help: "Why you come; sealed before it is stored.") var reason: String?
  @Option(help: "Your name for this request: the same key gives the same appointment.")
  var idempotencyKey: String?
  @Option(help: "So many weekly visits, this one the first.") var weeks: Int?
  @OptionGroup var patient: PatientStateOption
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
    guard let wanted = Place(place) else { throw Refused(.malformedSlot(place)) }
    if let reason { try requireLength(reason, atMost: 500, option: "--reason") }
    if let idempotencyKey {
      try requireLength(idempotencyKey, atMost: 200, option: "--idempotency-key")
    }
    try program.requirePatientState(patient)
    let token = try program.requireSession()
    if let weeks {
      let series = try done(
        try program.bookings().bookSeries(
          wanted, weeks: weeks, reason: reason, idempotencyKey: idempotencyKey, as: token))
      try program.report(series, json: options.json)
      if let first = series.first { program.noteLicence(on: first.role, first.visitType, patient) }
      return
    }
    let appointment = try done(
      try program.bookings().book(
        wanted, reason: reason, idempotencyKey: idempotencyKey, as: token))
    try program.report(appointment, json: options.json)
    program.noteLicence(on: appointment.role, appointment.visitType, patient)
  }
}

func requireLength(_ text: String, atMost limit: Int, option: String) throws {
  guard !text.isEmpty, text.count <= limit else {
    throw Failure(.usage, "\(option) has \(text.count) characters; 1 to \(limit) are allowed")
  }
}

extension Program {
  /// Prints the patient's own appointments, of a list or a series, a line each.
  func report(_ appointments: [Appointment], json: Bool) throws {
    let roles = try openStore().read { try $0.roles(appointments.map(\.role)) }
    if json {
      return try writeJSON(
        AppointmentList(
          appointments: try appointments.map {
            AppointmentReply(
              $0, role: roles[$0.role], videoLink: try videoLink(to: $0, for: .patient))
          }))
    }
    for appointment in appointments {
      let when = Words.moment(appointment.start, in: appointment.zone)
      let name = roles[appointment.role].map { Words.name($0.name) } ?? "\(appointment.role)"
      let late = appointment.isLate ? " (late)" : ""
      writeLine("\(appointment.text)  \(appointment.status.rawValue)\(late)  \(when)  \(name)")
      if let link = try videoLink(to: appointment, for: .patient) { writeLine("  join: \(link)") }
    }
  }

  /// The link by which one of the two people joins a visit by video; nil for any other visit, for
  /// one that is over, and where no server for video is set up.
  func videoLink(to visit: Appointment, for person: VideoRooms.Person) throws -> String? {
    let closes = visit.end.adding(seconds: VideoRooms.closesAfterSeconds)
    guard visit.visitType == .telehealth, visit.status == .booked || visit.status == .checkedIn,
      now < closes
    else { return nil }
    return try messagingSettings().video?
      .link(to: visit.id, start: visit.start, end: visit.end, for: person)
  }

  /// Prints an appointment: for programs as JSON, for people as the notice they would get.
  func report(_ appointment: Appointment, json: Bool) throws {
    let role = try openStore().read { try $0.roles([appointment.role]) }[appointment.role]
    if json { return try writeJSON(AppointmentReply(appointment, role: role)) }
    guard let role else { return writeLine(appointment.text) }
    let notice = VisitNotice(
      appointment: appointment, practitioner: role.name, site: role.site)
    for (index, line) in notice.lines.enumerated() {
      writeLine(index == 0 ? terminal.bold(Terminal.safe(line)) : "  \(Terminal.safe(line))")
    }
  }
}
