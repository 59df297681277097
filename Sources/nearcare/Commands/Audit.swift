import ArgumentParser
import CivilTime
import Console
import Foundation
import Privacy
import Store

struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The audit trail: who did what with whose data, and whether it is whole.",
    discussion: """
      Examples:
        nearcare audit verify                                  every row, and where the trail ends
        nearcare audit verify --since-head 1204:5be1…          it still holds what it held then
        nearcare audit show --patient p-1nr7pm40k2vf8 --from 2026-11-01
        nearcare audit export /secure/audit-2026-11.ndjson     as FHIR AuditEvent, a line each

      The trail names patients by their numbers and never holds what was read or written. Reading
      it is a row of it as well.
      """,
    subcommands: [Verify.self, Show.self, Export.self])
}

extension Audit {
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Recompute every row's code, and print the trail's head.",
      discussion: """
        Examples:
          nearcare audit verify
          nearcare audit verify --since-head 1204:5be1…

        Keep the head that is printed where whoever can write this home cannot. Without one, rows
        cut off the end, or an older copy of the whole database, cannot be told.
        """)

    @Option(help: "A head that `audit verify` printed before.") var sinceHead: String?
    @OptionGroup var options: GlobalOptions

    struct Reply: Encodable {
      let rows: Int64
      let head: String
    }

    func run() throws {
      let kept = try sinceHead.map(Self.head)
      let program = try Program(options)
      let store = try program.openStore(createIfMissing: false)
      let vault = try Vault.open(for: store)
      let head = try store.read { try $0.verifyAudit(vault: vault, since: kept) }
      if options.json {
        return try writeJSON(Reply(rows: head.sequence, head: head.description))
      }
      let since = kept.map { ", among them all up to row \($0.sequence) of the head given" } ?? ""
      writeLine("\(Words.plural(Int(head.sequence), "row", "rows")) verified\(since)")
      writeLine("Head: \(head)")
    }

    static func head(_ text: String) throws -> AuditHead {
      guard let head = AuditHead(text) else {
        throw Failure(
          .usage,
          """
          --since-head "\(Terminal.safe(text))" is not a head; give the row's number, a colon and \
          64 hexadecimal digits, as `nearcare audit verify` prints it
          """)
      }
      return head
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the newest rows, the oldest of them first.",
      discussion: """
        Examples:
          nearcare audit show --limit 20
          nearcare audit show --patient p-1nr7pm40k2vf8
          nearcare audit show --action override-cancel --from 2026-11-01 --to 2026-11-30
        """)

    @Option(help: "A patient's number, p-….") var patient: String?
    @Option(help: "Rows of one kind only, such as sign-in or book.") var action: String?
    @Option(help: "First day, YYYY-MM-DD.") var from: String?
    @Option(help: "Last day.") var to: String?
    @Option(parsing: .unconditional, help: "The newest so many, 1 to 10000.") var limit = 50
    @OptionGroup var options: GlobalOptions

    struct Row: Encodable {
      let sequence: Int64
      let at, actor, action: String
      let patientId: Nullable<String>
      let subject: String

      init(_ entry: AuditEntry) {
        sequence = entry.sequence
        at = entry.at.rfc3339()
        actor = entry.actor
        action = entry.action
        patientId = Nullable(entry.patient?.description)
        subject = entry.subject
      }
    }

    struct Reply: Encodable {
      let audit: [Row]
    }

    func validate() throws { try require(limit, in: 1...10_000, option: "--limit") }

    func run() throws {
      let program = try Program(options)
      let filter = try filter(program)
      let store = try program.openStore(createIfMissing: false)
      let vault = try Vault.open(for: store)
      let reader = try program.administrator(.readAudit)
      let entries = try store.write { transaction in
        let entries = try transaction.auditEntries(filter)
        try transaction.audit(
          .readAudit, of: filter.patient, subject: "\(entries.count) audit rows",
          by: reader, vault: vault)
        return entries
      }
      if options.json {
        try writeJSON(Reply(audit: entries.map(Row.init)))
      } else {
        for entry in entries { writeLine(Terminal.safe(line(entry, program))) }
      }
      if entries.isEmpty {
        throw Failure(.nothingFound, "the audit trail has no such rows; ask for fewer conditions")
      }
    }

    private func filter(_ program: Program) throws -> AuditFilter {
      var filter = AuditFilter(limit: limit)
      filter.patient = try patient.map { text in
        guard let id = PatientID(text) else {
          throw Failure(
            .usage,
            "\"\(Terminal.safe(text))\" is not a patient's number, such as p-1nr7pm40k2vf8")
        }
        return id
      }
      filter.action = try action.map { text in
        guard let action = AuditAction(rawValue: text) else {
          let known = AuditAction.allCases.map(\.rawValue).sorted().joined(separator: ", ")
          throw Failure(
            .usage, "--action \"\(Terminal.safe(text))\" is none of the trail's: \(known)")
        }
        return action
      }
      let first = try from.map { try day($0, option: "--from") }
      let last = try to.map { try day($0, option: "--to") }
      if let first, let last, first > last {
        throw Failure(.usage, "--from \(first) is after --to \(last); swap them")
      }
      filter.from = first.map { program.localZone.dayBounds(of: $0).lowerBound }
      filter.to = last.map { program.localZone.dayBounds(of: $0).upperBound.adding(seconds: -1) }
      return filter
    }

    private func line(_ entry: AuditEntry, _ program: Program) -> String {
      let whose = entry.patient.map { " of patient \($0)" } ?? ""
      return """
        \(entry.sequence)  \(program.localZone.rfc3339(entry.at))  \(entry.actor): \
        \(entry.action)\(whose), \(entry.subject)
        """
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the whole trail, verified, as FHIR R4 AuditEvent resources, a line each.",
      discussion: """
        Examples:
          nearcare audit export /secure/audit-2026-11.ndjson
          nearcare audit export /secure/audit-2026-11.ndjson --since-head 1204:5be1…
        """)

    @Argument(help: "The file to write; it must not exist.") var file: String
    @Option(help: "Refuse unless the trail still holds what this head names.")
    var sinceHead: String?
    @OptionGroup var options: GlobalOptions

    struct Reply: Encodable {
      let rows: Int64
      let head: String
      let file: String
    }

    func run() throws {
      let kept = try sinceHead.map(Verify.head)
      let program = try Program(options)
      let store = try program.openStore(createIfMissing: false)
      let vault = try Vault.open(for: store)
      let reader = try program.administrator(.readAudit)
      let output = try NewFile(path: file)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      // Recorded before it is read, since writers shall not wait for a long trail.
      try store.write {
        try $0.audit(
          .exportAudit, of: nil, subject: "the audit trail", by: reader, vault: vault)
      }
      let head = try store.read {
        try $0.verifyAudit(vault: vault, since: kept) { entry in
          try output.append(try encoder.encode(AuditEvent(entry)))
        }
      }
      try output.finish()
      if options.json {
        return try writeJSON(Reply(rows: head.sequence, head: head.description, file: file))
      }
      writeLine(
        """
        Exported \(Words.plural(Int(head.sequence), "row", "rows")), verified, to \
        \(Terminal.safe(file))
        """)
      writeLine("Head: \(head)")
    }
  }
}
