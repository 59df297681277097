import Console
import ArgumentParser
import CivilTime
import ProviderDirectory
import Scheduling

struct WhyNot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why-not",
    abstract: "Say whether a visit can start at a time, and every reason when it cannot.",
    discussion: """
      Examples:
        nearcare why-not 1234567893-4fz0q8 2026-12-01T09:00           the site's wall clock
        nearcare why-not 1234567893-4fz0q8 2026-12-01T14:00:00Z       or an instant
      """)

  @Argument(help: "A role id.") var roleID: String
  @Argument(help: "Wall time at the site, YYYY-MM-DDTHH:MM, or RFC 3339.") var time: String
  @Option(help: "telehealth, in-person, or a visit type of the practice.") var visit: String?
  @OptionGroup var patient: PatientStateOption
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    struct Reason: Encodable {
      let code, detail: String
    }
    let bookable: Bool
    let reasons: [Reason]
    /// What does not keep a visit from being booked: `not-licensed`.
    let notes: [Reason]
  }

  func run() throws {
    let program = try Program(options)
    let role = try parseRole(roleID)
    let (schedule, occupancy) = try program.calendar(of: role)
    let (type, kind) = try program.visit(visit, in: schedule)
    let start = try instant(time, in: schedule.zone)
    let reasons = refusals(
      ofStart: start, visitType: type, kind: kind, in: schedule, busy: occupancy.busy(role),
      rooms: occupancy.rooms(role), now: program.now)
    let note = try licenceNote(program, role, type)
    if options.json {
      return try writeJSON(
        Reply(
          bookable: reasons.isEmpty,
          reasons: reasons.map { .init(code: $0.code.rawValue, detail: $0.message) },
          notes: note.map { [.init(code: "not-licensed", detail: $0)] } ?? []))
    }
    if reasons.isEmpty {
      writeLine("\(Words.moment(start, in: schedule.zone)) can be booked")
    } else {
      writeLine("\(Words.moment(start, in: schedule.zone)) cannot be booked:")
      for reason in reasons { writeLine("  \(reason.code.rawValue): \(reason.message)") }
    }
    if let note { writeNote(note) }
  }

  /// Of a visit by video, or one that may be.
  private func licenceNote(_ program: Program, _ id: RoleID, _ type: VisitType?) throws -> String? {
    guard type != .inPerson, let role = try program.role(id),
      role.visitTypes.contains(.telehealth)
    else { return nil }
    return program.licenceNote(on: role, for: try program.patientState(patient.state))
  }

  private func instant(_ text: String, in zone: Zone) throws -> Instant {
    if let instant = Instant(rfc3339: text) { return instant }
    let parts = text.split(whereSeparator: { $0 == "T" || $0 == " " })
    guard parts.count == 2, let date = CivilDate(iso: String(parts[0])),
      let time = TimeOfDay(String(parts[1])), time.minutes < 1440
    else { throw Failure(.usage, Refusal.malformedTime(Terminal.safe(text)).message) }
    switch zone.resolve(date, time) {
    case .unique(let instant): return instant
    case .repeated(let first, _, let second):
      writeNote(
        """
        \(text) happens twice at \(zone.name); taking \(zone.rfc3339(first)), \
        the other is \(zone.rfc3339(second))
        """)
      return first
    case .skipped(_, let transition, _):
      throw Failure(
        .usage,
        """
        \(text) does not exist at \(zone.name): the clocks move forward at \
        \(zone.rfc3339(transition)); name another time
        """)
    }
  }
}
