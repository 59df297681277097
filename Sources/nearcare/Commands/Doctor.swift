import Console
import ArgumentParser
import CivilTime
import Privacy
import ProviderDirectory
import SearchIndex
import Store

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check this home: tables, time zones, index, database, key.",
    discussion: """
      Examples:
        nearcare doctor
        nearcare doctor --time-zones       booked visits whose wall time the zones have moved
        nearcare doctor --json
      """)

  @Flag(help: "List booked visits whose wall time differs by today's time zone rules.")
  var timeZones = false
  @OptionGroup var options: GlobalOptions

  struct Check: Encodable {
    let name: String
    let ok: Bool
    let detail: String
  }

  struct Reply: Encodable {
    let checks: [Check]
    let ok: Bool
  }

  func run() throws {
    let program = try Program(options)
    if timeZones { return try program.reportShiftedVisits(json: options.json) }
    let checks = [
      check("tables") { try Self.tables() },
      check("time zones") { try Self.timeZoneData() },
      check("index") { try Self.index(program) },
      check("database") { try Self.database(program) },
      check("key") { try Self.key(program) },
    ]
    let ok = checks.allSatisfy(\.ok)
    if options.json {
      try writeJSON(Reply(checks: checks, ok: ok))
    } else {
      for check in checks {
        let name = check.name.padding(toLength: 12, withPad: " ", startingAt: 0)
        writeLine("\(check.ok ? "ok " : "BAD")  \(name)\(Terminal.safe(check.detail))")
      }
    }
    if !ok { throw ExitCode(ExitStatus.unavailable.rawValue) }
  }

  /// A check that throws has found what it looks for: its message is the finding.
  private func check(_ name: String, _ body: () throws -> String) -> Check {
    do {
      return Check(name: name, ok: true, detail: try body())
    } catch {
      return Check(name: name, ok: false, detail: Failure(error)?.message ?? "\(error)")
    }
  }

  private static func tables() throws -> String {
    let gazetteer = try Gazetteer()
    try gazetteer.verify()
    _ = (try TaxonomyCatalog(), try SpecialtyCatalog(), try InsurerCatalog(), try LanguageCatalog())
    return "all readable"
  }

  /// British Columbia's permanent daylight time came with tzdata 2026b: older data is an hour off.
  private static func timeZoneData() throws -> String {
    let version = TimeZoneDatabase.version
    let vancouver = try Zone("America/Vancouver")
    guard let winter = Instant(rfc3339: "2026-12-01T12:00:00Z"),
      vancouver.local(at: winter).offsetSeconds == -7 * 3600
    else {
      throw Failure(
        .configuration,
        "tzdata \(version) is older than 2026b; install the system's update of tzdata")
    }
    return "tzdata \(version)"
  }

  private static func index(_ program: Program) throws -> String {
    let generation = try IndexGenerations(root: program.home.indexPath).current()
    try generation.verify()
    return "\(generation.name), \(generation.manifest.documents) roles, every file verified"
  }

  private static func database(_ program: Program) throws -> String {
    let store = try program.openStore(createIfMissing: false)
    try store.read { try $0.checkIntegrity() }
    return program.home.databasePath
  }

  private static func key(_ program: Program) throws -> String {
    let store = try program.openStore(createIfMissing: false)
    guard try store.read({ try $0.sealingKeyID() }) != nil else {
      return "none yet; made with the first patient"
    }
    let vault = try Vault.open(for: store)
    let (head, seals) = try store.read {
      (try $0.verifyAudit(vault: vault), try $0.sealsAtMost(vault: vault))
    }
    guard seals < Keyring.mostSeals / 2 else {
      throw Failure(
        .configuration,
        """
        up to \(seals) values are sealed under it, and at \(Keyring.mostSeals) it seals no more: \
        run `nearcare keys reencrypt`
        """)
    }
    return "readable; audit trail of \(head.sequence) rows verified"
  }
}
