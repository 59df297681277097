import ArgumentParser
import Console
import ProviderDirectory
import Scheduling
import Store

struct VisitTypes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "visit-type",
    abstract: "Add, change, remove and list what may be booked with a practitioner at a site.",
    subcommands: [Add.self, Remove.self, List.self])

  struct Add: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a visit type, or change the one of that name; booked visits stay as they are.",
      discussion: """
        Hours name the visit types that may be booked in them: in the column visit_type of a file
        for `nearcare schedule import`, or with `nearcare schedule hours add --visit`.

        Examples:
          nearcare schedule visit-type add 1234567893-4fz0q8 new-patient --minutes 40 \
        --buffer-after 10 --room exam
          nearcare schedule visit-type add 1234567893-4fz0q8 video-check --minutes 15 \
        --visit telehealth --name "Video check-up"
        """)

    @Argument(help: "A role id.") var roleID: String
    @Argument(help: "Its name in slot ids and files, such as follow-up.") var id: String
    @Option(help: "How long the visit is.") var minutes: Int
    @Option(help: "What people read (default: the name with spaces).") var name: String?
    @Option(help: "in-person or telehealth.") var visit = "in-person"
    @Option(help: "Minutes kept free before it, 0 to 240.") var bufferBefore = 0
    @Option(help: "Minutes kept free after it, 0 to 240.") var bufferAfter = 0
    @Option(help: "The kind of room it needs.") var room: String?
    @OptionGroup var editing: EditOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let role = try parseRole(roleID)
      try program.requireListed(role)
      let id = try parseName(id, what: "visit type")
      let type = try program.parser().visitType(matching: visit)
      let room = try room.map { try parseName($0, what: "kind of room") }
      let words = "\(id)".split(separator: "-").joined(separator: " ")
      let spoken = name ?? words.prefix(1).uppercased() + words.dropFirst()
      let kind = try valid { () throws(ScheduleError) in
        try VisitKind(
          id: id, name: spoken, visitType: type, minutes: minutes,
          bufferBeforeMinutes: bufferBefore, bufferAfterMinutes: bufferAfter, roomKind: room)
      }
      if let room,
        try program.openStore().read({ try $0.rooms(at: role.site) })
          .allSatisfy({ $0.kind != room })
      {
        writeNote(
          """
          site \(role.site) has no room of kind \(room) yet, so no \(id) can be booked; \
          nearcare schedule room add \(role.site) \(room) 1
          """)
      }
      try program.edit([role], editing, json: options.json) { try $0.put(kind, of: role) }
    }
  }

  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Offer a visit type no longer.",
      discussion: """
        Examples:
          nearcare schedule visit-type remove 1234567893-4fz0q8 follow-up
        """)

    @Argument(help: "A role id.") var roleID: String
    @Argument(help: "Its name in slot ids.") var id: String
    @OptionGroup var editing: EditOptions
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let role = try parseRole(roleID)
      try program.requireListed(role)
      let id = try parseName(id, what: "visit type")
      try program.edit([role], editing, json: options.json) { transaction in
        guard try transaction.retire(id, of: role) else {
          throw Failure(
            .usage,
            """
            \(role) has no visit type \(id); nearcare schedule visit-type list \(role) shows them
            """)
        }
      }
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List visit types.",
      discussion: """
        Examples:
          nearcare schedule visit-type list 1234567893-4fz0q8
        """)

    @Argument(help: "A role id.") var roleID: String
    @OptionGroup var options: GlobalOptions

    struct Reply: Encodable {
      let id, name, visitType: String
      let minutes, bufferBefore, bufferAfter: Int
      let room: Nullable<String>
    }

    func run() throws {
      let program = try Program(options)
      let role = try parseRole(roleID)
      let stored = try program.openStore(createIfMissing: false).read { try $0.schedule(of: role) }
      guard let schedule = stored else { throw Refused(.unknownRole(role)) }
      let kinds = schedule.practice.kinds.sorted { $0.id < $1.id }
      if options.json {
        return try writeJSON([
          "visit_types": kinds.map { kind in
            Reply(
              id: "\(kind.id)", name: kind.name, visitType: kind.visitType.rawValue,
              minutes: kind.minutes, bufferBefore: kind.bufferBeforeMinutes,
              bufferAfter: kind.bufferAfterMinutes, room: Nullable(kind.roomKind?.description))
          }
        ])
      }
      for kind in kinds { writeLine(ScheduleText.kind(kind)) }
      if kinds.isEmpty { writeNote("none at \(role); its hours say how long visits are") }
    }
  }
}
