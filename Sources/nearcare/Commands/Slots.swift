import Console
import ArgumentParser
import CivilTime
import ProviderDirectory
import Scheduling
import Store

struct Slots: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the open slots of one practitioner at one site.",
    discussion: """
      Examples:
        nearcare slots 1234567893-4fz0q8
        nearcare slots 1234567893-4fz0q8 --from 2026-12-01 --to 2026-12-07 --visit telehealth
      """)

  @Argument(help: "A role id, as `nearcare search` shows it at the start of each slot id.")
  var roleID: String
  @Option(help: "First day at the site, YYYY-MM-DD (default: today).") var from: String?
  @Option(help: "Last day at the site (default: as far ahead as can be booked).") var to: String?
  @Option(help: "telehealth, in-person, or a visit type of the practice.") var visit: String?
  @OptionGroup var patient: PatientStateOption
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let roleID: String
    /// USPS codes of the states of whose licences the registry knows.
    let licenceStates: [String]
    let slots: [SlotReply]

    enum CodingKeys: String, CodingKey {
      case roleID = "role_id"
      case licenceStates = "licence_states"
      case slots
    }
  }

  func run() throws {
    let program = try Program(options)
    let role = try parseRole(roleID)
    let (schedule, occupancy) = try program.calendar(of: role)
    var request = SlotRequest(dates: try dates(in: schedule, program: program))
    (request.visitType, request.kind) = try program.visit(visit, in: schedule)
    let open = slots(
      in: schedule, matching: request, busy: occupancy.busy(role), rooms: occupancy.rooms(role),
      now: program.now)
    let listed = try program.role(role)
    if options.json {
      try writeJSON(
        Reply(
          roleID: "\(role)", licenceStates: listed?.licenceStates ?? [],
          slots: open.map { SlotReply($0, zone: schedule.zone) }))
    } else if open.isEmpty {
      writeNote(
        schedule.isEmpty
          ? "\(role) takes no online bookings; call the practice"
          : "\(role) has no open slot then; try other dates")
    } else {
      let year = schedule.zone.local(at: program.now).date.year
      for slot in open {
        let when = Words.moment(slot.start, in: schedule.zone, year: year)
        let video = slot.visitType == .telehealth ? "  video" : ""
        let kind = slot.kind.flatMap(schedule.practice.kind).map {
          "  \(Terminal.safe($0.name)), \($0.minutes) min"
        }
        let command = program.terminal.faint("nearcare book \(slot.id)")
        writeLine("\(when)\(video)\(kind ?? "")  \(command)")
      }
      let state = try program.patientState(patient.state)
      if open.contains(where: { $0.visitType == .telehealth }),
        let note = program.licenceNote(on: listed, for: state)
      {
        writeNote(note)
      }
    }
    if open.isEmpty { throw ExitCode(ExitStatus.nothingFound.rawValue) }
  }

  private func dates(
    in schedule: Schedule, program: Program
  ) throws -> ClosedRange<CivilDate>? {
    guard from != nil || to != nil else { return nil }
    let today = schedule.zone.local(at: program.now).date
    let first = try from.map { try day($0, option: "--from") } ?? today
    let last =
      try to.map { try day($0, option: "--to") }
      ?? max(first, today.adding(days: schedule.rules.horizonDays))
    guard first <= last else {
      throw Failure(.usage, "--from \(first) is after --to \(last); swap them")
    }
    return first...last
  }
}

extension Program {
  /// A role as the directory has it; nil when it does not.
  func role(_ id: RoleID) throws -> PractitionerRole? {
    try openStore(createIfMissing: false).read { try $0.roles([id]) }[id]
  }

  /// A role's schedule, and what takes its practitioner and rooms from now to the booking horizon;
  /// a refusal when the directory does not list the role.
  func calendar(of role: RoleID) throws -> (schedule: Schedule, occupancy: Occupancy) {
    let session = try sessionToken()?.hash
    return try openStore(createIfMissing: false).read { transaction in
      guard let schedule = try transaction.schedule(of: role) else {
        throw Refused(.unknownRole(role))
      }
      let horizon = Int64(schedule.rules.horizonDays + 2) * 86_400
      let occupancy = try transaction.occupancy(
        of: [schedule], for: now..<now.adding(seconds: horizon), holdsOf: session)
      return (schedule, occupancy)
    }
  }

  /// What `--visit` asks for: one of the practice's own visit types, or how the visit is made.
  func visit(
    _ text: String?, in schedule: Schedule
  ) throws -> (visitType: VisitType?, kind: ShortName?) {
    guard let text else { return (nil, nil) }
    let lowered = text.lowercased()
    if let kind = schedule.practice.kinds.first(where: {
      "\($0.id)" == lowered || $0.name.lowercased() == lowered
    }) {
      return (kind.visitType, kind.id)
    }
    return (try parser().visitType(matching: text), nil)
  }
}

func parseRole(_ text: String) throws -> RoleID {
  guard let role = RoleID(text) else {
    throw Failure(
      .usage,
      """
      "\(Terminal.safe(text))" is not a role id; copy one from `nearcare search`, such as \
      1234567893-4fz0q8
      """)
  }
  return role
}
