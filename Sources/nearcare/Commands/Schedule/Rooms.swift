import ArgumentParser
import CivilTime
import Console
import ProviderDirectory
import Scheduling
import Store

struct Rooms: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "room",
    abstract: "Add, remove and list the rooms of a site, which all who practise there share.",
    subcommands: [Add.self, Remove.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a room.",
      discussion: """
        Examples:
          nearcare schedule room add 4fz0q8 exam 1
        """)

    @Argument(help: "A site, the part of a role id after the hyphen, or a role id.")
    var site: String
    @Argument(help: "What kind of room, as visit types ask for it.") var kind: String
    @Argument(help: "Its number, 1 to 9999.") var number: Int
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let (site, room) = (try program.site(site), try parseName(kind, what: "kind of room"))
      try requireNumber(number)
      try program.permit(.editSchedule, to: site.roles)
      let isNew = try program.openStore().write {
        try $0.addRoom(room, number: number, at: site.key)
      }
      if options.json { return try writeJSON(RoomReply(site.key, room, number, changed: isNew)) }
      writeLine("\(room) \(number) at site \(site.key)\(isNew ? "" : ", as it was")")
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Give a room to no more visits.",
      discussion: """
        Examples:
          nearcare schedule room remove 4fz0q8 exam 1
        """)

    @Argument(help: "A site, or a role id.") var site: String
    @Argument(help: "What kind of room.") var kind: String
    @Argument(help: "Its number.") var number: Int
    @OptionGroup var editing: EditOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let (site, room) = (try program.site(site), try parseName(kind, what: "kind of room"))
      try program.edit(
        site.roles, editing, json: options.json, say: "\(room) \(number) takes no more visits"
      ) { transaction in
        guard try transaction.retireRoom(room, number: number, at: site.key) else {
          throw Failure(
            .usage,
            """
            site \(site.key) has no \(room) \(number); nearcare schedule room list \(site.key) \
            shows its rooms
            """)
        }
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the rooms of a site.",
      discussion: """
        Examples:
          nearcare schedule room list 4fz0q8
        """)

    @Argument(help: "A site, or a role id.") var site: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let site = try program.site(site)
      let rooms = try program.openStore().read { try $0.rooms(at: site.key) }
      if options.json {
        return try writeJSON([
          "rooms": rooms.map { RoomReply(site.key, $0.kind, $0.number, changed: false) }
        ])
      }
      for room in rooms { writeLine("\(room.kind) \(room.number)") }
      if rooms.isEmpty { writeNote("none at site \(site.key)") }
    }
  }
}

private struct RoomReply: Encodable {
  let site, kind: String
  let number: Int
  let changed: Bool

  init(_ site: SiteKey, _ kind: ShortName, _ number: Int, changed: Bool) {
    self.site = "\(site)"
    self.kind = "\(kind)"
    self.number = number
    self.changed = changed
  }
}

private func requireNumber(_ number: Int) throws {
  guard (1...9999).contains(number) else {
    throw Failure(.usage, "a room's number of \(number); 1 to 9999 are allowed")
  }
}

struct Holidays: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holiday",
    abstract: "Add, remove and list the days on which a site is closed.",
    subcommands: [Add.self, Remove.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Close a site on a day, but for hours given for that very day.",
      discussion: """
        Examples:
          nearcare schedule holiday add 4fz0q8 2026-12-25 Christmas Day
        """)

    @Argument(help: "A site, the part of a role id after the hyphen, or a role id.")
    var site: String
    @Argument(help: "The day, YYYY-MM-DD.") var date: String
    @Argument(help: "What it is called.") var name: [String]
    @OptionGroup var editing: EditOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let site = try program.site(site)
      let name = name.joined(separator: " ")
      guard (1...VisitKind.longestName).contains(name.count) else {
        throw Failure(
          .usage,
          "a holiday's name of \(name.count) characters; 1 to \(VisitKind.longestName) are allowed")
      }
      let holiday = Holiday(date: try day(date, option: "the date"), name: name)
      try program.edit(site.roles, editing, json: options.json) {
        try $0.add(holiday, at: site.key)
      }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Open a site again on a day.",
      discussion: """
        Examples:
          nearcare schedule holiday remove 4fz0q8 2026-12-25
        """)

    @Argument(help: "A site, or a role id.") var site: String
    @Argument(help: "The day, YYYY-MM-DD.") var date: String
    @OptionGroup var editing: EditOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let site = try program.site(site)
      let date = try day(date, option: "the date")
      try program.edit(site.roles, editing, json: options.json) { transaction in
        guard try transaction.removeHoliday(on: date, at: site.key) else {
          throw Failure(
            .usage,
            """
            site \(site.key) has no holiday on \(date); nearcare schedule holiday list \
            \(site.key) shows them
            """)
        }
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the holidays of a site.",
      discussion: """
        Examples:
          nearcare schedule holiday list 4fz0q8
        """)

    @Argument(help: "A site, or a role id.") var site: String
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let site = try program.site(site)
      let holidays = try program.openStore().read { try $0.holidays(at: site.key) }
      if options.json {
        return try writeJSON([
          "holidays": holidays.map { ["date": "\($0.date)", "name": $0.name] }
        ])
      }
      for holiday in holidays { writeLine("\(holiday.date)  \(Terminal.safe(holiday.name))") }
      if holidays.isEmpty { writeNote("none at site \(site.key)") }
    }
  }
}
