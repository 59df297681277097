import ArgumentParser
import CivilTime
import Console
import ProviderDirectory
import Scheduling
import Store

struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Show and change when practitioners see patients, and what visits take.",
    discussion: """
      Examples:
        nearcare schedule show 1234567893-4fz0q8
        nearcare schedule import hours.csv
        nearcare schedule set 1234567893-4fz0q8 --max-per-day 16
        nearcare schedule time-off add 1234567893-4fz0q8 --from 2026-12-24 --to 2026-12-26
        nearcare schedule visit-type add 1234567893-4fz0q8 new-patient --minutes 40 --room exam
        nearcare schedule room add 4fz0q8 exam 1

      A change that would leave booked visits without hours is not made: it lists them and
      exits 2. With --strand it is made; the visits stay booked until you move or cancel them.
      """,
    subcommands: [
      ShowSchedule.self, ImportSchedule.self, SetRules.self, DayHours.self, TimeOff.self,
      Holidays.self, Rooms.self, VisitTypes.self,
    ])
}

/// What every command that changes schedules takes.
struct EditOptions: ParsableArguments {
  @Flag(help: "Make the change although booked visits lose their hours; they stay booked.")
  var strand = false
  @Flag(help: "Say what would change and change nothing.") var dryRun = false

  func validate() throws {
    if strand, dryRun { throw ValidationError("--dry-run changes nothing; leave out --strand") }
  }

  var policy: EditPolicy { dryRun ? .tryOnly : strand ? .always : .unlessStranding }
}

/// What a change came to, in JSON.
struct EditReply: Encodable {
  struct Change: Encodable {
    let roleID: String
    let added, removed: [String]

    enum CodingKeys: String, CodingKey {
      case added, removed
      case roleID = "role_id"
    }
  }
  struct Stranded: Encodable {
    let appointmentID, slotID, start: String
    let reasons: [WhyNot.Reply.Reason]

    enum CodingKeys: String, CodingKey {
      case start, reasons
      case appointmentID = "appointment_id"
      case slotID = "slot_id"
    }
  }

  let applied: Bool
  let changes: [Change]
  let stranded: [Stranded]
  /// Only when visits stood in the way.
  let refused: RefusalReply.Refused?

  init(_ edit: ScheduleEdit, refusal: Refusal?) {
    applied = edit.isApplied
    changes = edit.changes.map {
      Change(roleID: "\($0.role)", added: $0.added, removed: $0.removed)
    }
    stranded = edit.stranded.map { visit in
      let zone = edit.after[visit.slot.role]?.zone
      return Stranded(
        appointmentID: visit.claim.appointmentText, slotID: "\(visit.slot)",
        start: zone?.rfc3339(visit.slot.start) ?? "",
        reasons: visit.refusals.map { .init(code: $0.code.rawValue, detail: $0.message) })
    }
    refused = refusal.map { RefusalReply($0).refused }
  }
}

extension ScheduleEdit {
  /// By role, the lines that the change adds and takes away; roles that it leaves as they were have
  /// no entry.
  var changes: [(role: RoleID, added: [String], removed: [String])] {
    after.keys.sorted().compactMap { role in
      let old = before[role].map(ScheduleText.lines) ?? []
      let new = after[role].map(ScheduleText.lines) ?? []
      let change = new.difference(from: old)
      let added = change.insertions.map { $0.line }
      let removed = change.removals.map { $0.line }
      return added.isEmpty && removed.isEmpty ? nil : (role, added, removed)
    }
  }
}

extension CollectionDifference<String>.Change {
  fileprivate var line: String {
    switch self {
    case .insert(_, let line, _), .remove(_, let line, _): line
    }
  }
}

extension Program {
  /// Changes the schedules of `roles` in one transaction and prints what that came to; a refusal
  /// when booked visits stand in the way.
  ///
  /// - Parameter say: what to print for people where no line of a schedule differs.
  /// - Returns: false when it was only tried.
  @discardableResult
  func edit(
    _ roles: [RoleID], _ editing: EditOptions, json: Bool, say: String = "nothing has changed",
    _ change: (WriteTransaction) throws -> Void
  ) throws -> Bool {
    let store = try openStore(createIfMissing: false)
    try permit(.editSchedule, to: roles)
    let edit = try store.write { transaction in
      try transaction.editSchedules(
        of: roles, editing.policy, vault: { try Vault.open(for: store) },
        { try change(transaction) })
    }
    let isRefused = !edit.isApplied && !editing.dryRun
    let refusal = isRefused ? Refusal.strandsVisits(edit.stranded.count) : nil
    if json {
      try writeJSON(EditReply(edit, refusal: refusal))
    } else {
      report(edit, say: say)
    }
    guard let refusal else { return edit.isApplied }
    writeNote("nearcare: \(refusal.message)")
    throw ExitCode(ExitStatus.refused.rawValue)
  }

  private func report(_ edit: ScheduleEdit, say: String) {
    if !edit.isApplied { writeLine("would change, and has not:") }
    for change in edit.changes {
      writeLine(terminal.bold("\(change.role)"))
      for line in change.removed { writeLine("  - \(line)") }
      for line in change.added { writeLine("  + \(line)") }
    }
    if edit.changes.isEmpty { writeLine(say) }
    for visit in edit.stranded {
      guard let zone = edit.after[visit.slot.role]?.zone else { continue }
      let when = Words.moment(visit.slot.start, in: zone)
      writeLine("stranded: \(visit.claim.appointmentText)  \(when)")
      for refusal in visit.refusals {
        writeLine("  \(refusal.code.rawValue): \(Terminal.safe(refusal.message))")
      }
    }
  }

  /// A refusal when the directory does not list the role.
  func requireListed(_ role: RoleID) throws {
    let schedule = try openStore(createIfMissing: false).read { try $0.schedule(of: role) }
    guard schedule != nil else { throw Refused(.unknownRole(role)) }
  }

  /// The site that a site key or a role id names, and who practises there.
  func site(_ text: String) throws -> (key: SiteKey, roles: [RoleID]) {
    guard let key = SiteKey(text) ?? RoleID(text)?.site else {
      throw Failure(
        .usage,
        """
        "\(Terminal.safe(text))" is not a site; give a role id, or the part of it after the \
        hyphen, such as 4fz0q8
        """)
    }
    let roles = try openStore(createIfMissing: false).read { try $0.roles(at: key) }
    guard !roles.isEmpty else {
      throw Failure(.usage, "nobody in the directory practises at site \(key); check its key")
    }
    return (key, roles)
  }
}

func parseName(_ text: String, what: String) throws -> ShortName {
  guard let name = ShortName(text) else {
    throw Failure(
      .usage,
      """
      "\(Terminal.safe(text))" cannot name a \(what); write 1 to \(ShortName.longest) lower-case \
      letters, digits and hyphens, a letter first, such as new-patient
      """)
  }
  return name
}

/// A rule's own words where a schedule cannot be as asked.
func valid<T>(_ make: () throws(ScheduleError) -> T) throws -> T {
  do throws(ScheduleError) {
    return try make()
  } catch {
    throw Failure(.usage, Terminal.safe("\(error)"))
  }
}
