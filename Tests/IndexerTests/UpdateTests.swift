import CivilTime
import Console
import Foundation
import ProviderDirectory
import Scheduling
import SearchIndex
import Store
import TestSupport
import Testing

@testable import indexer

/// Weekly files made of a sample's rows: the same practitioners with later dates, moved, renamed,
/// deactivated; new ones; and secondary sites.
private struct Weeks {
  let scratch: ScratchDirectory
  var generator: SeededGenerator
  let header: [String]
  let rows: [[String]]
  let siteHeader: String
  let sites: [String]

  init(seed: UInt64, providers: Int) throws {
    scratch = try ScratchDirectory()
    generator = SeededGenerator(seed: seed)
    _ = try SampleRun.fictional(providers, seed: seed, folder: scratch.path)
    let main = try Self.lines("\(scratch.path)/npidata_pfile.csv").map(Self.cells)
    header = main[0]
    rows = Array(main.dropFirst())
    let secondary = try Self.lines("\(scratch.path)/pl_pfile.csv")
    siteHeader = secondary[0]
    sites = Array(secondary.dropFirst())
  }

  private static func lines(_ path: String) throws -> [String] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  /// A sample quotes every field and has no quotes in one.
  private static func cells(_ line: String) -> [String] {
    line.dropFirst().dropLast().components(separatedBy: "\",\"")
  }

  func column(_ name: String) -> Int { header.firstIndex(of: name)! }

  private var address: Range<Int> {
    let first = column("Provider First Line Business Practice Location Address")
    let name = "Provider Business Practice Location Address Country Code (If outside U.S.)"
    return first..<column(name)
  }

  func file(_ name: String, _ rows: [[String]]) throws -> String {
    let text = ([header] + rows).map { "\"" + $0.joined(separator: "\",\"") + "\"" }
    return try scratch.file(name, text.joined(separator: "\n") + "\n")
  }

  func siteFile(_ name: String, _ rows: some Sequence<String>) throws -> String {
    try scratch.file(name, ([siteHeader] + rows).joined(separator: "\n") + "\n")
  }

  func npi(_ row: [String]) -> String { row[column("NPI")] }

  /// Some rows as another week has them.
  mutating func changed(_ rows: [[String]], day: Int) -> [[String]] {
    rows.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }.map { row in
      var row = row
      row[column("Last Update Date")] = "03/\(day < 10 ? "0" : "")\(day)/2030"
      switch Int.random(in: 0..<4, using: &generator) {
      case 0:
        let other = rows.randomElement(using: &generator)!
        row.replaceSubrange(address, with: other[address])
      case 1: row[column("Provider Credential Text")] = "Ph.D."
      case 2:
        row[column("Provider License Number State Code_3")] =
          ["NV", "", "VI"].randomElement(using: &generator)!
      default: break
      }
      return row
    }
  }
}

private func run(
  _ inputs: RunInputs, _ home: HomeDirectory, maxLoss: String = "100%"
) throws -> RunSummary {
  let clock = Clock { Instant(secondsSinceEpoch: 1_795_000_000) }
  return try IndexRun(
    inputs, home: home, clock: clock, maxLoss: LossLimit(argument: maxLoss)!, progress: .silent
  ).run()
}

/// Writes to a home as a shell would.
private func strayWrite(_ sql: String, to home: HomeDirectory) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
  process.arguments = [
    "-c",
    "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()",
    home.databasePath, sql,
  ]
  try process.run()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
}

struct UpdateTests {
  @Test(arguments: [1, 2, 3])
  func weekByWeekIsAllAtOnce(_ seed: UInt64) throws {
    var weeks = try Weeks(seed: seed, providers: 160)
    let known = Array(weeks.rows.prefix(120))
    var nppes = [try weeks.file("week0.csv", known)]
    for week in 1...3 {
      let new = weeks.rows[(120 + (week - 1) * 13)..<(120 + week * 13)]
      let again = weeks.changed(known, day: week * 7)
      nppes.append(try weeks.file("week\(week).csv", again + new))
    }
    // Of practitioners whom no report takes out.
    let staying = Set(known.prefix(100).map(weeks.npi))
    let sites = weeks.sites.filter { line in staying.contains { line.contains($0) } }
    // A site that is the primary one as well, so that who moves away keeps it.
    let siteFiles = [
      try weeks.siteFile("sites0.csv", sites.prefix(sites.count / 2)),
      try weeks.siteFile("sites1.csv", sites.suffix(sites.count - sites.count / 2)),
    ]
    let reports = try (0..<2).map { number in
      let gone = known[(100 + number * 8)..<(106 + number * 8)].map(weeks.npi)
      return try weeks.scratch.file(
        "report\(number).csv",
        "npi,deact_date\n" + gone.map { "\($0),2030-03-1\(number)\n" }.joined())
    }
    func home(_ name: String) -> HomeDirectory {
      HomeDirectory(path: "\(weeks.scratch.path)/\(name)")
    }
    let whole = try run(
      RunInputs(nppes: nppes, sites: siteFiles, deactivations: reports), home("whole"))
    _ = try run(RunInputs(nppes: [nppes[0]], sites: [siteFiles[0]]), home("weekly"))
    let steps = [
      RunInputs(isUpdate: true, nppes: [nppes[1]], deactivations: [reports[0]]),
      RunInputs(isUpdate: true, nppes: [nppes[2]], sites: [siteFiles[1]]),
      RunInputs(isUpdate: true, nppes: [nppes[3]], deactivations: [reports[1]]),
    ]
    for step in steps {
      let once = try run(step, home("weekly"))
      #expect(once.kind == "update")
      #expect(try run(step, home("weekly")).contentDigest == once.contentDigest)
    }
    let generations = IndexGenerations(root: home("weekly").indexPath)
    #expect(try generations.current().manifest.contentDigest == whole.contentDigest)
    #expect(try generations.current().manifest.documents == whole.documents)
    // Continued, and not built anew.
    let files = try generations.current().manifest.files.map(\.name)
    #expect(files.contains("changes.glass"), "\(files)")
  }

  /// What the front desk writes between two runs is in the next one's index, however little it reads.
  @Test func hoursOfTheFrontDeskReachAnIndexThatIsContinued() throws {
    let weeks = try Weeks(seed: 3, providers: 40)
    let home = HomeDirectory(path: "\(weeks.scratch.path)/home")
    _ = try run(RunInputs(nppes: [try weeks.file("all.csv", weeks.rows)]), home)
    let generations = IndexGenerations(root: home.indexPath)
    let role = try generations.open().searcher.role(40)
    #expect(!role.hasSchedule)
    let block = try ScheduleBlock(
      weekday: .monday, start: TimeOfDay(minutes: 540)!, end: TimeOfDay(minutes: 600)!,
      slotMinutes: 20, visitType: .telehealth)
    let store = try Store.open(home, clock: .fixed(at: Instant(secondsSinceEpoch: 1_795_000_000)))
    try store.write { try $0.replaceHours(of: role.id, blocks: [block], run: 0) }
    _ = try run(
      RunInputs(isUpdate: true, nppes: [try weeks.file("week.csv", Array(weeks.rows.prefix(2)))]),
      home)
    let searcher = try generations.open().searcher
    let document = try #require(searcher.documentID(of: role.id))
    #expect(document > 40)
    let now = try searcher.role(document)
    #expect(now.hasSchedule && now.visitTypes == [.telehealth])
  }

  @Test func aLicenceOfAnUpdateIsFound() throws {
    let weeks = try Weeks(seed: 6, providers: 40)
    let home = HomeDirectory(path: "\(weeks.scratch.path)/home")
    _ = try run(RunInputs(nppes: [try weeks.file("all.csv", weeks.rows)]), home)
    var row = weeks.rows.first { $0[weeks.column("Entity Type Code")] == "1" }!
    for number in 1...15 { row[weeks.column("Provider License Number State Code_\(number)")] = "" }
    row[weeks.column("Provider License Number State Code_2")] = "VI"
    row[weeks.column("Last Update Date")] = "03/05/2030"
    let week = RunInputs(isUpdate: true, nppes: [try weeks.file("week.csv", [row])])
    _ = try run(week, home)
    let searcher = try IndexGenerations(root: home.indexPath).open().searcher
    let found = try searcher.documents(CandidateQuery(licence: .of(state: "VI")))
    #expect(try found.map { "\(try searcher.role($0).id.npi)" } == [weeks.npi(row)])
    #expect(try found.map { try searcher.role($0).licenceStates } == [["VI"]])
  }

  /// A directory of before licences were read has them of nobody; an update would leave it so.
  @Test func aLoadWithoutLicencesIsNotContinued() throws {
    let weeks = try Weeks(seed: 7, providers: 20)
    let home = HomeDirectory(path: "\(weeks.scratch.path)/home")
    let all = try weeks.file("all.csv", weeks.rows)
    _ = try run(RunInputs(nppes: [all]), home)
    try strayWrite("UPDATE directory_run SET reads_licences = 0", to: home)
    #expect(throws: StoreError.olderFullLoad(path: home.databasePath, run: 1)) {
      try run(RunInputs(isUpdate: true, nppes: [all]), home)
    }
    _ = try run(RunInputs(nppes: [all]), home)
    _ = try run(RunInputs(isUpdate: true, nppes: [all]), home)
  }

  @Test func updatesContinueAFinishedFullLoadOnly() throws {
    let weeks = try Weeks(seed: 9, providers: 60)
    let home = HomeDirectory(path: "\(weeks.scratch.path)/home")
    let all = try weeks.file("all.csv", weeks.rows)
    let few = try weeks.file("few.csv", Array(weeks.rows.prefix(20)))
    let update = RunInputs(isUpdate: true, nppes: [few])
    #expect(throws: StoreError.noFullLoad(path: home.databasePath, unfinished: nil)) {
      try run(update, home)
    }
    let first = try run(RunInputs(nppes: [all]), home)
    #expect(throws: SwitchRefusal.self) {
      try run(RunInputs(nppes: [few]), home, maxLoss: "2%")
    }
    // Its rows carry another mark, so the full load before it is not whole any more.
    #expect(throws: StoreError.noFullLoad(path: home.databasePath, unfinished: 2)) {
      try run(update, home)
    }
    #expect(try run(RunInputs(nppes: [all]), home).contentDigest == first.contentDigest)
    #expect(try run(update, home).contentDigest == first.contentDigest)
  }

  @Test func aSmallDirectoryMayLoseAnyUnlessALimitIsGiven() throws {
    let weeks = try Weeks(seed: 4, providers: 30)
    let home = HomeDirectory(path: "\(weeks.scratch.path)/home")
    _ = try run(RunInputs(nppes: [try weeks.file("all.csv", weeks.rows)]), home)
    let few = RunInputs(nppes: [try weeks.file("few.csv", Array(weeks.rows.prefix(10)))])
    let clock = Clock.fixed(at: Instant(secondsSinceEpoch: 1_795_000_000))
    #expect(throws: SwitchRefusal.self) { try run(few, home, maxLoss: "2%") }
    #expect(try IndexRun(few, home: home, clock: clock, progress: .silent).run().documents == 10)
  }

  @Test func aLossBeyondTheLimitIsNotServed() throws {
    let weeks = try Weeks(seed: 4, providers: 100)
    let home = HomeDirectory(path: "\(weeks.scratch.path)/home")
    let first = try run(RunInputs(nppes: [try weeks.file("all.csv", weeks.rows)]), home)
    let most = try weeks.file("most.csv", Array(weeks.rows.prefix(97)))
    let error = #expect(throws: SwitchRefusal.self) {
      try run(RunInputs(nppes: [most]), home, maxLoss: "2.5%")
    }
    #expect(
      error?.message.hasPrefix(
        "the directory would lose 3 of 100 roles (3.0 %); the limit is 2.5%. gen-0001 serves on.")
        == true, "\(error?.message ?? "")")
    #expect(error?.message.hasSuffix("run again with --max-loss 3%") == true)
    let generations = IndexGenerations(root: home.indexPath)
    #expect(try generations.names() == ["gen-0001"])
    #expect(try generations.current().manifest.contentDigest == first.contentDigest)
    // Nothing has left the directory either.
    let store = try Store.open(home, clock: .fixed(at: Instant(secondsSinceEpoch: 1_795_000_000)))
    #expect(try store.read { try $0.listedRoleCount() } == 100)
    let path = generations.changesPaths(of: "gen-0002")[0]
    let report = try String(contentsOfFile: path, encoding: .utf8)
    #expect(report.contains("gen-0002, compared with gen-0001"))
    let accepted = try run(RunInputs(nppes: [most]), home, maxLoss: "3")
    #expect(accepted.documents == 97)
    #expect((accepted.changes.removed, accepted.changes.added) == (3, 0))
    #expect(try store.read { try $0.listedRoleCount() } == 97)
  }

  @Test func networksOfAnUpdateReplaceThoseOfBefore() throws {
    let scratch = try ScratchDirectory()
    let home = HomeDirectory(path: scratch.path + "/home")
    _ = try SampleRun.fictional(80, seed: 5, folder: scratch.path)
    let file = { (name: String) in "\(scratch.path)/\(name)" }
    let full = RunInputs(
      nppes: [file("npidata_pfile.csv")], plans: [file("plans.json")],
      networks: [file("providers.json")], schedules: [file("schedules.csv")])
    let first = try run(full, home)
    let none = try scratch.file("none.json", "[]")
    let without = try run(RunInputs(isUpdate: true, nppes: [], networks: [none]), home)
    #expect(without.changes.changed > 0 && without.changes.removed == 0)
    let again = RunInputs(
      isUpdate: true, nppes: [], plans: full.plans, networks: full.networks)
    #expect(try run(again, home).contentDigest == first.contentDigest)
    #expect(
      try run(RunInputs(isUpdate: true, nppes: full.nppes), home).contentDigest
        == first.contentDigest)
  }

  @Test(arguments: [
    ("2%", 2.0), ("2", 2), ("0.5%", 0.5), ("100%", 100), ("0", 0), ("-1", nil), ("101%", nil),
    ("two", nil), ("", nil), ("nan", nil),
  ])
  func limitsArePerCent(_ text: String, _ percent: Double?) {
    #expect(LossLimit(argument: text)?.percent == percent)
  }
}
