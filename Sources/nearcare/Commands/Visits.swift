import ArgumentParser
import Booking
import Console
import Scheduling
import Store

struct Reschedule: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Move an appointment to another slot; the old one is free again, or nothing changes.",
    discussion: """
      Examples:
        nearcare reschedule a-1nr7pm40k2vf8 1234567893-4fz0q8-20261201T1400Z-30p
        nearcare reschedule a-1nr7pm40k2vf8 h-2b9x0qk41mm3z          to what a hold keeps
      """)

  @Argument(help: "An appointment id, as `nearcare appointments` lists it.")
  var appointmentID: String
  @Argument(help: "A slot id or a hold id.") var place: String
  @Option(help: "Your name for this request: the same key gives the same appointment.")
  var idempotencyKey: String?
  @OptionGroup var patient: PatientStateOption
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
    let id = try parseAppointment(appointmentID)
    guard let wanted = Place(place) else { throw Refused(.malformedSlot(place)) }
    if let idempotencyKey {
      try requireLength(idempotencyKey, atMost: 200, option: "--idempotency-key")
    }
    try program.requirePatientState(patient)
    let token = try program.requireSession()
    let moved = try done(
      try program.bookings().reschedule(
        id, to: wanted, idempotencyKey: idempotencyKey, as: token))
    try program.report(moved, json: options.json)
    program.noteLicence(on: moved.role, moved.visitType, patient)
  }
}

struct Cancel: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cancel an appointment; its time is free again at once.",
    discussion: """
      Examples:
        nearcare cancel a-1nr7pm40k2vf8
        nearcare cancel a-1nr7pm40k2vf8 --reason "feeling better"
        nearcare cancel a-1nr7pm40k2vf8 --as-front-desk --override "practitioner ill"

      Within the practice's notice, a day unless it says otherwise, the cancellation is flagged as
      late. --override cancels without the flag, and after the start as well.
      """)

  @Argument(help: "An appointment id, as `nearcare appointments` lists it.")
  var appointmentID: String
  @Option(help: "Why; sealed before it is stored.") var reason: String?
  @Option(help: "Against the rules, for this reason; with --as-front-desk only.")
  var override: String?
  @OptionGroup var desk: DeskOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if override != nil, !desk.asFrontDesk {
      throw ValidationError("--override is the front desk's; add --as-front-desk")
    }
    if override != nil, reason != nil {
      throw ValidationError("--reason and --override both say why; give one")
    }
  }

  func run() throws {
    let program = try Program(options)
    let id = try parseAppointment(appointmentID)
    if let reason { try requireLength(reason, atMost: 500, option: "--reason") }
    if let override { try requireLength(override, atMost: 500, option: "--override") }
    let cancelled = try done(
      try program.bookings().cancel(
        id, reason: override ?? reason, override: override != nil,
        by: try desk.asker(program)))
    try program.report(cancelled, json: options.json)
  }
}

struct CheckIn: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Front desk: the patient is here.",
    discussion: """
      Examples:
        nearcare check-in a-1nr7pm40k2vf8
      """)

  @Argument(help: "An appointment id.") var appointmentID: String
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try attend(appointmentID, options) { try $0.checkIn($1, by: $2) }
  }
}

struct NoShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Front desk: the patient did not come.",
    discussion: """
      Examples:
        nearcare no-show a-1nr7pm40k2vf8
      """)

  @Argument(help: "An appointment id.") var appointmentID: String
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try attend(appointmentID, options) { try $0.markNoShow($1, by: $2) }
  }
}

struct Complete: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Front desk: the visit of a patient who had been checked in is over.",
    discussion: """
      Examples:
        nearcare complete a-1nr7pm40k2vf8
      """)

  @Argument(help: "An appointment id.") var appointmentID: String
  @OptionGroup var options: GlobalOptions

  func run() throws {
    try attend(appointmentID, options) { try $0.complete($1, by: $2) }
  }
}

private func attend(
  _ text: String, _ options: GlobalOptions,
  _ step: (Bookings, ClaimID, FrontDesk) throws -> Outcome<Appointment>
) throws {
  let program = try Program(options)
  let id = try parseAppointment(text)
  let visit = try done(try step(try program.bookings(), id, try program.desk()))
  try program.report(visit, json: options.json)
}
