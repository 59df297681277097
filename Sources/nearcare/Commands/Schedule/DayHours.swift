import ArgumentParser
import CivilTime
import Console
import ProviderDirectory
import Scheduling
import Store

struct DayHours: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hours",
    abstract: "Give hours for one day: beside the weekly ones, or in their place.",
    subcommands: [Add.self, Remove.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add hours on one day.",
      discussion: """
        Examples:
          nearcare schedule hours add 1234567893-4fz0q8 --from 2026-12-05T10:00 \
        --to 2026-12-05T13:00 --minutes 30
          nearcare schedule hours add 1234567893-4fz0q8 --from 2026-12-07T13:00 \
        --to 2026-12-07T18:00 --minutes 20 --replace
        """)

    @Argument(help: "A role id.") var roleID: String
    @Option(help: "Wall time at the site, YYYY-MM-DDTHH:MM.") var from: String
    @Option(help: "Wall time at the site, at most 24 hours later.") var to: String
    @Option(help: "How long a visit is.") var minutes: Int
    @Option(help: "Minutes from one start to the next (default: --minutes).") var step: Int?
    @Option(help: "in-person, telehealth, or visit types of the practice: new-patient;follow-up.")
    var visit = "in-person"
    @Flag(help: "In place of the weekly hours that begin on that day.") var replace = false
    @OptionGroup var editing: EditOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let role = try parseRole(roleID)
      let stored = try program.openStore(createIfMissing: false).read { try $0.schedule(of: role) }
      guard let schedule = stored else { throw Refused(.unknownRole(role)) }
      let (visitType, kinds) = try visits(in: schedule, program)
      let (begin, end) = (try wallTime(from, "--from"), try wallTime(to, "--to"))
      let exception = try valid { () throws(ScheduleError) in
        let offers = try OfferedVisits(
          slotMinutes: minutes, stepMinutes: step, visitType: visitType, kinds: kinds)
        return try ScheduleException(
          replace ? .replacementHours(offers) : .extraHours(offers), from: begin, to: end)
      }
      try program.edit([role], editing, json: options.json) {
        try $0.add(exception, of: role, run: 0)
      }
    }

    private func visits(
      in schedule: Schedule, _ program: Program
    ) throws -> (VisitType, [ShortName]) {
      if let type = VisitType(rawValue: visit) { return (type, []) }
      let kinds = try visit.split(separator: ";").map {
        try parseName(String($0), what: "visit type")
      }
      for kind in kinds where schedule.practice.kind(kind) == nil {
        throw Failure(
          .usage,
          """
          \(schedule.role) has no visit type \(kind); add it with nearcare schedule visit-type add
          """)
      }
      return (.inPerson, kinds)
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take a day's hours back.",
      discussion: """
        Examples:
          nearcare schedule hours remove 1234567893-4fz0q8 2
        """)

    @Argument(help: "A role id.") var roleID: String
    @Argument(help: "The number that `nearcare schedule hours list` shows.") var number: String
    @OptionGroup var editing: EditOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      try removeException(
        roleID, number, isTimeOff: false, editing: editing, options: options)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the hours given for single days.",
      discussion: """
        Examples:
          nearcare schedule hours list 1234567893-4fz0q8
        """)

    @Argument(help: "A role id.") var roleID: String
    @OptionGroup var options: GlobalOptions

    func run() throws { try listExceptions(roleID, isTimeOff: false, options: options) }
  }
}

struct TimeOff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "time-off",
    abstract: "Add, remove and list time off at one site or at all of them.",
    subcommands: [Add.self, Remove.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add time off.",
      discussion: """
        Examples:
          nearcare schedule time-off add 1234567893-4fz0q8 --from 2026-12-24 --to 2026-12-26
          nearcare schedule time-off add 1234567893-4fz0q8 --from 2026-12-01T12:00 \
        --to 2026-12-01T14:30 --all-sites
        """)

    @Argument(help: "A role id.") var roleID: String
    @Option(help: "A day, or a wall time at the site, YYYY-MM-DDTHH:MM.") var from: String
    @Option(help: "The last day, or the wall time at which it ends.") var to: String
    @Flag(help: "At every site of the practitioner, by the wall clock of each.")
    var allSites = false
    @OptionGroup var editing: EditOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let role = try parseRole(roleID)
      try program.requireListed(role)
      let begin = try wallTime(from, "--from", wholeDay: .startOfDay)
      let end = try wallTime(to, "--to", wholeDay: .endOfDay)
      let exception = try valid { () throws(ScheduleError) in
        try ScheduleException(.timeOff, from: begin, to: end)
      }
      let roles = try program.openStore().read { allSites ? try $0.roles(of: role.npi) : [role] }
      try program.edit(roles, editing, json: options.json) { transaction in
        if allSites {
          _ = try transaction.addTimeOff(exception, ofAllSitesOf: role.npi)
        } else {
          try transaction.add(exception, of: role, run: 0)
        }
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Take time off back.",
      discussion: """
        Examples:
          nearcare schedule time-off remove 1234567893-4fz0q8 1
          nearcare schedule time-off remove 1234567893-4fz0q8 all-1     at every site
        """)

    @Argument(help: "A role id.") var roleID: String
    @Argument(help: "The number that `nearcare schedule time-off list` shows.") var number: String
    @OptionGroup var editing: EditOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      try removeException(
        roleID, number, isTimeOff: true, editing: editing, options: options)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List time off, that at every site with it.",
      discussion: """
        Examples:
          nearcare schedule time-off list 1234567893-4fz0q8
        """)

    @Argument(help: "A role id.") var roleID: String
    @OptionGroup var options: GlobalOptions

    func run() throws { try listExceptions(roleID, isTimeOff: true, options: options) }
  }
}

/// One exception as `list` prints it.
private struct ExceptionReply: Encodable {
  let number, text: String
}

extension NumberedException {
  fileprivate var name: String { isEverywhere ? "all-\(number)" : "\(number)" }
  fileprivate var isTimeOff: Bool { exception.hours == nil }
}

private func listExceptions(
  _ roleID: String, isTimeOff: Bool, options: GlobalOptions
) throws {
  let program = try Program(options)
  let role = try parseRole(roleID)
  try program.requireListed(role)
  let all = try program.openStore().read { try $0.exceptions(of: role) }
    .filter { $0.isTimeOff == isTimeOff }
  if options.json {
    return try writeJSON([
      "exceptions": all.map {
        ExceptionReply(number: $0.name, text: ScheduleText.exception($0.exception))
      }
    ])
  }
  for one in all { writeLine("\(one.name)  \(ScheduleText.exception(one.exception))") }
  if all.isEmpty { writeNote("none at \(role)") }
}

private func removeException(
  _ roleID: String, _ name: String, isTimeOff: Bool, editing: EditOptions, options: GlobalOptions
) throws {
  let program = try Program(options)
  let role = try parseRole(roleID)
  try program.requireListed(role)
  let (known, sites) = try program.openStore().read { transaction in
    (try transaction.exceptions(of: role), try transaction.roles(of: role.npi))
  }
  guard let one = known.first(where: { $0.name == name && $0.isTimeOff == isTimeOff }) else {
    let list = isTimeOff ? "time-off" : "hours"
    throw Failure(
      .usage,
      """
      \(role) has no number \(Terminal.safe(name)) there; nearcare schedule \(list) list \(role) \
      shows them
      """)
  }
  try program.edit(one.isEverywhere ? sites : [role], editing, json: options.json) { transaction in
    let isRemoved =
      one.isEverywhere
      ? try transaction.removeTimeOff(one.number, ofAllSitesOf: role.npi)
      : try transaction.removeException(one.number, of: role)
    guard isRemoved else {
      throw Failure(.usage, "\(role) has no number \(one.name) any more: somebody removed it")
    }
  }
}

/// `2026-12-01T09:00`, or a day alone where `wholeDay` says which end of it is meant.
private func wallTime(
  _ text: String, _ option: String, wholeDay: TimeOfDay? = nil
) throws -> CivilDateTime {
  let parts = text.split(separator: "T", omittingEmptySubsequences: false)
  if let date = parts.first.flatMap({ CivilDate(iso: $0) }) {
    let time = parts.count == 2 ? TimeOfDay(parts[1]) : parts.count == 1 ? wholeDay : nil
    if let moment = time.flatMap({ CivilDateTime(date: date, time: $0) }) { return moment }
  }
  let day = wholeDay == nil ? "" : ", or a day as 2026-12-01"
  throw Failure(
    .usage,
    """
    \(option) "\(Terminal.safe(text))" is not a wall time; write YYYY-MM-DDTHH:MM, as \
    2026-12-01T09:00\(day)
    """)
}
