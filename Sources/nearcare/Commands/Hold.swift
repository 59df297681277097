import Console
import ArgumentParser
import Booking
import CivilTime
import Scheduling
import Store

/// What `hold` and `release` print.
struct HoldReply: Encodable {
  let holdID: String
  let slotID: String
  let expiresAt: String

  enum CodingKeys: String, CodingKey {
    case holdID = "hold_id"
    case slotID = "slot_id"
    case expiresAt = "expires_at"
  }

  init(_ hold: Hold, zone: Zone) {
    holdID = hold.text
    slotID = "\(hold.slot)"
    expiresAt = zone.rfc3339(hold.expiresAt)
  }
}

struct HoldSlot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold",
    abstract: "Keep a slot for five minutes while you decide.",
    discussion: """
      Examples:
        nearcare hold 1234567893-4fz0q8-20261201T1400Z-30p
        nearcare hold --extend h-1nr7pm40k2vf8           five minutes more, once
      """)

  @Argument(help: "A slot id, as `nearcare search` and `nearcare slots` show it.")
  var slotID: String
  @Flag(help: "Give a hold, named by its id, more time.") var extend = false
  @OptionGroup var patient: PatientStateOption
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
    try program.requirePatientState(patient)
    let hold = try extend ? extended(program) : held(program)
    if options.json {
      try writeJSON(HoldReply(hold, zone: program.localZone))
    } else {
      writeLine(hold.text)
      writeNote(
        """
        Held until \(Words.moment(hold.expiresAt, in: program.localZone)). \
        Book it with: nearcare book \(hold.text)
        """)
    }
    program.noteLicence(on: hold.slot.role, hold.slot.visitType, patient)
  }

  private func held(_ program: Program) throws -> Hold {
    guard let slot = SlotID(slotID) else { throw Refused(.malformedSlot(slotID)) }
    return try done(try program.bookings().hold(slot, as: try program.requireSession()))
  }

  private func extended(_ program: Program) throws -> Hold {
    let id = try parseHold(slotID)
    return try done(try program.bookings().extend(id, as: try program.requireSession()))
  }
}

struct ReleaseHold: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release",
    abstract: "Give a held slot back.",
    discussion: """
      Examples:
        nearcare release h-1nr7pm40k2vf8
      """)

  @Argument(help: "A hold id, as `nearcare hold` printed it.") var holdID: String
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
    let id = try parseHold(holdID)
    let token = try program.requireSession()
    let hold = try done(try program.bookings().release(id, as: token))
    if options.json { return try writeJSON(HoldReply(hold, zone: program.localZone)) }
    writeNote("Released \(hold.text); the slot is free again.")
  }
}

private func parseHold(_ text: String) throws -> ClaimID {
  guard let id = ClaimID(hold: text) else {
    throw Failure(
      .usage,
      """
      "\(Terminal.safe(text))" is not a hold id; it is what `nearcare hold` printed, such as \
      h-1nr7pm40k2vf8
      """)
  }
  return id
}
