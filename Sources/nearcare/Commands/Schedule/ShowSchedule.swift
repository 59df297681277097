import ArgumentParser
import Console
import ProviderDirectory
import Scheduling
import Store

struct ShowSchedule: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one schedule: hours, exceptions, rules, visit types, holidays, rooms.",
    discussion: """
      Examples:
        nearcare schedule show 1234567893-4fz0q8
      """)

  @Argument(help: "A role id.") var roleID: String
  @OptionGroup var options: GlobalOptions

  struct Reply: Encodable {
    let roleID, timeZone: String
    let lines, rooms: [String]

    enum CodingKeys: String, CodingKey {
      case lines, rooms
      case roleID = "role_id"
      case timeZone = "time_zone"
    }
  }

  func run() throws {
    let program = try Program(options)
    let role = try parseRole(roleID)
    let (schedule, rooms) = try program.openStore(createIfMissing: false).read { transaction in
      (try transaction.schedule(of: role), try transaction.rooms(at: role.site))
    }
    guard let schedule else { throw Refused(.unknownRole(role)) }
    let lines = ScheduleText.lines(schedule)
    let doors = rooms.map { "\($0.kind) \($0.number)" }
    if options.json {
      return try writeJSON(
        Reply(
          roleID: "\(role)", timeZone: schedule.zone.name, lines: lines, rooms: doors))
    }
    writeLine(program.terminal.bold("\(role), wall time at \(schedule.zone.name)"))
    if schedule.isEmpty { writeLine("  no hours, so no online booking") }
    for line in lines { writeLine("  \(line)") }
    for door in doors { writeLine("  room \(door)") }
  }
}

struct SetRules: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Set how soon, how far ahead and how often may be booked, and ways between sites.",
    discussion: """
      Examples:
        nearcare schedule set 1234567893-4fz0q8 --notice-minutes 120 --horizon-days 60
        nearcare schedule set 1234567893-4fz0q8 --max-per-day 16 --max-per-week none
        nearcare schedule set 1234567893-4fz0q8 --travel-to 1234567893-9k2m4a --travel-minutes 40
      """)

  @Argument(help: "A role id.") var roleID: String
  @Option(help: "Minutes' notice before a visit, 0 to 43200, or \"usual\" (60).")
  var noticeMinutes: String?
  @Option(help: "Days ahead that can be booked, 1 to 730, or \"usual\" (90).")
  var horizonDays: String?
  @Option(help: "The most visits on one day at the site, or \"none\".") var maxPerDay: String?
  @Option(help: "The most from a Monday to the Sunday after, or \"none\".") var maxPerWeek: String?
  @Option(
    help:
      "A visit cancelled later than so many hours before it is late, 0 to 720, or \"usual\" (24).")
  var cancelNoticeHours: String?
  @Option(help: "Another role of the same practitioner.") var travelTo: String?
  @Option(help: "Minutes between the two sites, 0 for none.") var travelMinutes: Int?
  @OptionGroup var editing: EditOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if (travelTo == nil) != (travelMinutes == nil) {
      throw ValidationError("--travel-to and --travel-minutes go together")
    }
    let all = [
      noticeMinutes, horizonDays, maxPerDay, maxPerWeek, cancelNoticeHours, travelTo,
    ]
    if all.allSatisfy({ $0 == nil }) {
      throw ValidationError("nothing to set; see nearcare help schedule set")
    }
    if let travelMinutes {
      try require(travelMinutes, in: 0...Practice.longestTravelMinutes, option: "--travel-minutes")
    }
  }

  func run() throws {
    let program = try Program(options)
    let role = try parseRole(roleID)
    try program.requireListed(role)
    let other = try travelTo.map { try otherSite($0, of: role) }
    if let other { try program.requireListed(other) }
    // Tried on nothing first: a value that cannot be is said before the lock is waited for.
    var tried = PracticeRules()
    try apply(to: &tried)
    var notice: Int? = nil
    try set(&notice, cancelNoticeHours, "--cancel-notice-hours", "usual", 0...720)
    let applied = try program.edit(
      [role] + (other.map { [$0] } ?? []), editing, json: options.json
    ) {
      // Read where they are written, so that two who set different rules lose neither's.
      var rules = try $0.practiceRules(of: role)
      try apply(to: &rules)
      try $0.set(rules, of: role)
      if cancelNoticeHours != nil {
        try $0.setCancelNotice(of: role, seconds: notice.map { Int64($0) * 3600 })
      }
      if let other, let travelMinutes {
        try $0.setTravel(travelMinutes, between: role, and: other)
      }
    }
    if cancelNoticeHours != nil {
      let hours = Words.plural(notice ?? 24, "hour", "hours")
      writeNote("Cancellations \(applied ? "are" : "would be") late within \(hours) of a visit.")
    }
  }

  private func apply(to rules: inout PracticeRules) throws {
    try set(&rules.noticeMinutes, noticeMinutes, "--notice-minutes", "usual", 0...43_200)
    try set(&rules.horizonDays, horizonDays, "--horizon-days", "usual", 1...730)
    try set(&rules.visitsPerDay, maxPerDay, "--max-per-day", "none", 1...1440)
    try set(&rules.visitsPerWeek, maxPerWeek, "--max-per-week", "none", 1...1440)
  }

  private func otherSite(_ text: String, of role: RoleID) throws -> RoleID {
    let other = try parseRole(text)
    guard other.npi == role.npi, other != role else {
      throw Failure(
        .usage, "--travel-to \(other) is not another site of \(role.npi); ways lie between those")
    }
    return other
  }

  private func set(
    _ value: inout Int?, _ text: String?, _ option: String, _ absent: String,
    _ range: ClosedRange<Int>
  ) throws {
    guard let text else { return }
    if text == absent {
      value = nil
    } else if let number = Int(text), range.contains(number) {
      value = number
    } else {
      throw Failure(
        .usage,
        """
        \(option) "\(Terminal.safe(text))" is neither "\(absent)" nor a number from \
        \(range.lowerBound) to \(range.upperBound)
        """)
    }
  }
}
