import ArgumentParser
import Booking
import Console
import Glibc
import Store

struct Appointments: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List your appointments, ended ones too, or tell one's story.",
    discussion: """
      Examples:
        nearcare appointments
        nearcare appointments --json
        nearcare appointments a-1nr7pm40k2vf8 --history     who did what to it, and when
      """)

  @Argument(help: "An appointment id, for its story.") var appointmentID: String?
  @Flag(help: "Everything that happened to the appointment, moves included.") var history = false
  @OptionGroup var desk: DeskOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard history == (appointmentID != nil) else {
      throw ValidationError("--history and an appointment id go together")
    }
  }

  func run() throws {
    let program = try Program(options)
    if let appointmentID { return try tell(try parseAppointment(appointmentID), program) }
    let token = try program.requireSession()
    let all = try done(try program.bookings().appointments(as: token))
    guard !all.isEmpty || options.json else {
      return writeNote("No appointments yet; nearcare search finds one.")
    }
    try program.report(all, json: options.json)
  }

  struct Story: Encodable {
    struct Event: Encodable {
      let at: String
      let state: String
      let by: String
      let detail: Nullable<String>
      let appointmentID: String
      let slotID: String

      enum CodingKeys: String, CodingKey {
        case at, state, by, detail
        case appointmentID = "appointment_id"
        case slotID = "slot_id"
      }
    }
    let history: [Event]
  }

  private func tell(_ id: ClaimID, _ program: Program) throws {
    let events = try done(try program.bookings().history(of: id, by: try desk.asker(program)))
    if options.json {
      return try writeJSON(
        Story(
          history: events.map {
            Story.Event(
              at: $0.appointment.zone.rfc3339($0.at), state: $0.state.rawValue, by: $0.by,
              detail: Nullable($0.detail), appointmentID: $0.appointment.text,
              slotID: "\($0.appointment.slot)")
          }))
    }
    for event in events {
      let zone = event.appointment.zone
      let detail = event.detail.map { " (\(Terminal.safe($0)))" } ?? ""
      writeLine(
        """
        \(Words.moment(event.at, in: zone))  \(event.state.rawValue)\(detail)  \
        \(event.appointment.text) at \(Words.moment(event.appointment.start, in: zone))  \
        by \(Terminal.safe(event.by))
        """)
    }
  }
}

/// For commands that the practice's desk may give as well.
struct DeskOptions: ParsableArguments {
  @Flag(
    help: """
      As the practice: by the account that is signed in, or, in a home without staff accounts, by \
      whoever owns its files, recorded by their name on this machine.
      """)
  var asFrontDesk = false

  func asker(_ program: Program) throws -> Asker {
    asFrontDesk ? .frontDesk(try program.desk()) : .patient(try program.requireSession())
  }

  /// By which the operating system knows who runs this.
  static var nameHere: String {
    guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else {
      return "uid-\(getuid())"
    }
    return String(cString: name)
  }
}

func parseAppointment(_ text: String) throws -> ClaimID {
  guard let id = ClaimID(appointment: text) else {
    throw Failure(
      .usage,
      """
      "\(Terminal.safe(text))" is not an appointment id; `nearcare appointments` lists \
      yours, such as a-1nr7pm40k2vf8
      """)
  }
  return id
}
