import ArgumentParser
import Console
import Privacy
import Store

struct Retention: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Remove what has been kept as long as it has to be; a legal hold stops it.",
    discussion: """
      Examples:
        nearcare retention report
        nearcare retention apply
        nearcare retention hold p-1nr7pm40k2vf8 --reason "Roe v. Clinic"
        nearcare retention lift 1

      Visits are kept for 10 years from their end, the audit trail for 6; `nearcare config set
      retention-years` and `audit-years` make it longer. Backups are not touched: remove those that
      are as old.
      """,
    subcommands: [Report.self, Apply.self, Hold.self, Lift.self, Holds.self])

  struct Reply: Encodable {
    let claims, waitlistEntries, patients, auditRows, keptByLegalHold: Int

    init(_ count: RetentionCount) {
      claims = count.claims
      waitlistEntries = count.waitlistEntries
      patients = count.patients
      auditRows = count.auditRows
      keptByLegalHold = count.keptByLegalHold
    }

    func show(_ verb: String) {
      writeLine(
        """
        \(verb): \(Words.plural(claims, "hold or visit", "holds and visits")), \
        \(Words.plural(waitlistEntries, "waitlist entry", "waitlist entries")), \
        \(Words.plural(patients, "patient", "patients")), \
        \(Words.plural(auditRows, "audit row", "audit rows"))
        """)
      if keptByLegalHold > 0 { writeLine("kept by a legal hold: \(keptByLegalHold)") }
    }
  }

  struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Count what is past its time, and change nothing.",
      discussion: """
        Examples:
          nearcare retention report
        """)
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let store = try program.openStore(createIfMissing: false)
      let rules = try Configuration(home: program.home).retentionRules()
      let reply = Reply(try store.retentionDue(rules))
      if options.json { return try writeJSON(reply) }
      reply.show("past its time")
    }
  }

  struct Apply: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove what is past its time, for good.",
      discussion: """
        Examples:
          nearcare retention apply

        At the end the database file is written anew, so that nothing removed stands on in it; that
        needs free space of twice its size and takes some 20 s a GB, in which bookings are told to
        try again later.
        """)
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let store = try program.openStore(createIfMissing: false)
      let reply = Reply(
        try store.applyRetention(
          try Configuration(home: program.home).retentionRules(),
          by: try program.administrator(.maintain), vault: try Vault.open(for: store)))
      if options.json { return try writeJSON(reply) }
      reply.show("removed")
    }
  }

  struct Hold: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep a patient's records, or everybody's, until the hold is lifted.",
      discussion: """
        Examples:
          nearcare retention hold p-1nr7pm40k2vf8 --reason "Roe v. Clinic"
          nearcare retention hold --everybody --reason "inspection of 2026"
        """)
    @Argument(help: "A patient's number.") var patientID: String?
    @Flag(help: "Everybody's records.") var everybody = false
    @Option(help: "Why; sealed before it is stored.") var reason: String
    @OptionGroup var options: GlobalOptions

    func validate() throws {
      guard (patientID == nil) == everybody else {
        throw ValidationError("name a patient, or say --everybody")
      }
    }

    func run() throws {
      let program = try Program(options)
      try requireLength(reason, atMost: 500, option: "--reason")
      let patient = try patientID.map(parsePatient)
      let store = try program.openStore(createIfMissing: false)
      let vault = try Vault.open(for: store)
      let by = try program.administrator(.maintain)
      let number = try store.write {
        try $0.placeLegalHold(on: patient, reason: reason, by: by, vault: vault)
      }
      if options.json { return try writeJSON(["number": number]) }
      writeLine("legal hold \(number)")
    }
  }

  struct Lift: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lift a legal hold.",
      discussion: """
        Examples:
          nearcare retention lift 1
        """)
    @Argument(help: "The number that `nearcare retention holds` shows.") var number: Int64
    @OptionGroup var options: GlobalOptions

    func run() throws {
      let program = try Program(options)
      let store = try program.openStore(createIfMissing: false)
      let vault = try Vault.open(for: store)
      let by = try program.administrator(.maintain)
      guard try store.write({ try $0.liftLegalHold(number, by: by, vault: vault) }) else {
        throw Failure(
          .usage, "there is no legal hold \(number) to lift; see `nearcare retention holds`")
      }
      if options.json { return try writeJSON(["number": number]) }
      writeLine("legal hold \(number) is lifted")
    }
  }

  struct Holds: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the legal holds, lifted ones too.",
      discussion: """
        Examples:
          nearcare retention holds
        """)
    @OptionGroup var options: GlobalOptions

    struct Entry: Encodable {
      let number: Int64
      let patientId: Nullable<String>
      let reason, placedAt: String
      let liftedAt: Nullable<String>
    }

    func run() throws {
      let program = try Program(options)
      let store = try program.openStore(createIfMissing: false)
      let vault = try Vault.open(for: store)
      let by = try program.administrator(.maintain)
      let holds = try store.write { transaction in
        try transaction.audit(
          .listLegalHolds, of: nil, subject: "legal holds", by: by, vault: vault)
        return try transaction.legalHolds(vault: vault)
      }
      let entries = holds.map {
        Entry(
          number: $0.number, patientId: Nullable($0.patient?.description), reason: $0.reason,
          placedAt: program.localZone.rfc3339($0.placedAt),
          liftedAt: Nullable($0.liftedAt.map(program.localZone.rfc3339)))
      }
      if options.json { return try writeJSON(["holds": entries]) }
      for entry in entries {
        let lifted = entry.liftedAt.value.map { "  lifted \($0)" } ?? ""
        writeLine(
          Terminal.safe(
            """
            \(entry.number)  \(entry.placedAt)  \(entry.patientId.value ?? "everybody")  \
            \(entry.reason)\(lifted)
            """))
      }
      if entries.isEmpty { writeNote("None.") }
    }
  }
}
