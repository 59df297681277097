import Console
import ArgumentParser
import Booking
import Store

struct Appointments: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List your appointments, booked and cancelled.",
    discussion: """
      Examples:
        nearcare appointments
        nearcare appointments --json
      """)

  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let appointments: [AppointmentReply]
  }

  func run() throws {
    let program = try Program(options)
    let token = try program.requireSession()
    let all = try done(try program.bookings().appointments(as: token))
    let roles = try program.openStore().read { try $0.roles(all.map(\.role)) }
    if options.json {
      return try writeJSON(
        Reply(appointments: all.map { AppointmentReply($0, role: roles[$0.role]) }))
    }
    guard !all.isEmpty else { return writeNote("No appointments yet; nearcare search finds one.") }
    for appointment in all {
      let when = Words.moment(appointment.start, in: appointment.zone)
      let name = roles[appointment.role].map { Words.name($0.name) } ?? "\(appointment.role)"
      writeLine("\(appointment.text)  \(appointment.status.rawValue)  \(when)  \(name)")
    }
  }
}

struct Cancel: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cancel an appointment; its time is free again at once.",
    discussion: """
      Examples:
        nearcare cancel a-1nr7pm40k2vf8
      """)

  @Argument(help: "An appointment id, as `nearcare appointments` lists it.")
  var appointmentID: String
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
    guard let id = ClaimID(appointment: appointmentID) else {
      throw Failure(
        .usage,
        """
        "\(Terminal.safe(appointmentID))" is not an appointment id; `nearcare appointments` lists \
        yours, such as a-1nr7pm40k2vf8
        """)
    }
    let token = try program.requireSession()
    let cancelled = try done(try program.bookings().cancel(id, as: token))
    try program.report(cancelled, json: options.json)
  }
}
