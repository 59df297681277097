import Console
import CivilTime
import Foundation
import ProviderDirectory
import Scheduling
import SearchIndex
import Store
import TestSupport
import Testing

@testable import indexer

/// A folder with a sample in it and a home to index it into.
private struct Workshop {
  let scratch: ScratchDirectory
  let home: HomeDirectory

  init(providers: Int = 300) throws {
    scratch = try ScratchDirectory()
    home = HomeDirectory(path: scratch.path + "/home")
    _ = try SampleRun.fictional(providers, seed: 5, folder: scratch.path)
  }

  func path(_ file: String) -> String { "\(scratch.path)/\(file)" }

  var inputs: RunInputs {
    RunInputs(
      nppes: [path("npidata_pfile.csv")], sites: [path("pl_pfile.csv")],
      plans: [path("plans.json")], networks: [path("providers.json")],
      schedules: [path("schedules.csv")])
  }

  static let clock = Clock { Instant(secondsSinceEpoch: 1_795_000_000) }

  func run(_ inputs: RunInputs, maxLoss: String = "2%") throws -> RunSummary {
    try IndexRun(
      inputs, home: home, clock: Self.clock, maxLoss: LossLimit(argument: maxLoss)!,
      progress: .silent
    ).run()
  }

  func run() throws -> RunSummary { try run(inputs) }

  func current() throws -> Generation { try IndexGenerations(root: home.indexPath).current() }

  /// Every indexed role, read back from the generation.
  func indexed() throws -> [RoleID: PractitionerRole] {
    let searcher = try IndexSearcher(current())
    var roles: [RoleID: PractitionerRole] = [:]
    for document in 1...UInt32(searcher.count) {
      let role = try searcher.role(document)
      roles[role.id] = role
    }
    return roles
  }

  /// The weekly hours of every role that the run has.
  func schedules(_ summary: RunSummary) throws -> [RoleID: [ScheduleBlock]] {
    let store = try Store.open(home, clock: Self.clock)
    var blocks: [RoleID: [ScheduleBlock]] = [:]
    for role in try indexed().keys {
      blocks[role] = try store.read { try $0.schedule(of: role)?.blocks }
    }
    #expect(blocks.count == summary.documents)
    return blocks
  }

  func rejections(_ summary: RunSummary) throws -> [String] {
    guard let path = summary.rejections else { return [] }
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
  }
}

struct IndexRunTests {
  @Test func filesBecomeAGeneration() throws {
    let workshop = try Workshop()
    let summary = try workshop.run()
    #expect(summary.generation == "gen-0001")
    #expect(summary.rejected == 0)
    #expect(summary.files.map(\.kind) == ["nppes", "sites", "plans", "networks", "schedules"])
    for file in summary.files { #expect(file.accepted + file.rejected == file.rows) }
    #expect(summary.documents == summary.files[0].rows + summary.files[1].rows)
    let indexed = try workshop.indexed()
    #expect(indexed.count == summary.documents)
    let store = try Store.open(workshop.home, clock: Clock { Instant(secondsSinceEpoch: 0) })
    let stored = try store.read { try $0.roles(Array(indexed.keys)) }
    #expect(stored == indexed)
    #expect(indexed.values.contains { $0.hasSchedule && $0.visitTypes.contains(.telehealth) })
    #expect(indexed.values.contains { $0.plans.count > 2 && $0.languages.contains("es") })
  }

  @Test func theSameInputGivesTheSameContent() throws {
    let workshop = try Workshop()
    let first = try workshop.run()
    let second = try workshop.run()
    #expect(second.generation == "gen-0002")
    #expect(second.contentDigest == first.contentDigest)
    #expect(second.documents == first.documents)
    #expect(second.removedRoles == 0)
    let elsewhere = try Workshop()
    #expect(try elsewhere.run().contentDigest == first.contentDigest)
  }

  /// What searches look at first is there when the new generation is.
  @Test func hoursAreSummedUp() throws {
    let workshop = try Workshop()
    let summary = try workshop.run()
    let store = try Store.open(workshop.home, clock: Workshop.clock)
    let withHours = try workshop.schedules(summary).filter { !$0.value.isEmpty }
    #expect(withHours.count > 10)
    var known: [RoleID: Outlook] = [:]
    let roles = withHours.keys.sorted()
    try store.read { transaction in
      try transaction.forEachOutlook(of: roles) { known[roles[$0]] = $1 }
    }
    #expect(known.count == withHours.count)
    let bounds = Set(known.values.map(\.earliest))
    #expect(bounds.count > 1, "all of them open at the same moment")
  }

  @Test func aSmallerFeedRemovesRoles() throws {
    let workshop = try Workshop()
    let first = try workshop.run()
    let lines = try String(contentsOfFile: workshop.path("npidata_pfile.csv"), encoding: .utf8)
      .split(separator: "\n")
    let part = try workshop.scratch.file("part.csv", lines.prefix(101).joined(separator: "\n"))
    var inputs = workshop.inputs
    inputs.nppes = [part]
    inputs.sites = []
    let second = try workshop.run(inputs, maxLoss: "100%")
    #expect(second.documents == 100)
    #expect(second.removedRoles == first.documents - 100)
    let strangers = second.files.filter { $0.kind == "networks" || $0.kind == "schedules" }
    #expect(strangers.allSatisfy { $0.rejected > $0.accepted })
    #expect(try workshop.rejections(second).count == second.rejected + 1)
  }

  @Test func aDamagedNetworkIsSetAsideWhole() throws {
    let workshop = try Workshop()
    let whole = try Data(contentsOf: URL(fileURLWithPath: workshop.path("providers.json")))
    let broken = try workshop.scratch.file("broken.json", Array(whole.dropLast(40)))
    var inputs = workshop.inputs
    inputs.networks = [broken]
    let summary = try workshop.run(inputs)
    let file = try #require(summary.files.first { $0.file == "broken.json" })
    #expect(file.quarantined?.contains("the file breaks off") == true)
    #expect((file.rows, file.accepted, file.rejected) == (0, 0, 0))
    #expect(try workshop.indexed().values.allSatisfy { $0.plans.isEmpty })
    inputs.networks = [broken, workshop.path("providers.json")]
    #expect(try workshop.run(inputs).contentDigest == workshop.run().contentDigest)
  }

  /// The blocks of a role are the same, in their order, wherever the file has them.
  @Test func hoursMayStandApart() throws {
    let workshop = try Workshop(providers: 60)
    let together = try workshop.schedules(workshop.run())
    #expect(together.values.contains { $0.count > 2 })
    let text = try String(contentsOfFile: workshop.path("schedules.csv"), encoding: .utf8)
    let lines = text.split(separator: "\n").map(String.init)
    let byDay = lines.dropFirst().enumerated().sorted {
      let days = [$0, $1].map {
        $0.element.split(separator: ",", omittingEmptySubsequences: false)[2]
      }
      return days[0] == days[1] ? $0.offset < $1.offset : days[0] > days[1]
    }
    var apart = workshop.inputs
    apart.schedules = [
      try workshop.scratch.file(
        "apart.csv", ([lines[0]] + byDay.map(\.element)).joined(separator: "\n") + "\n")
    ]
    let expected = together.mapValues { blocks in
      let order = ["WEDNESDAY", "TUESDAY", "THURSDAY", "SUNDAY", "SATURDAY", "MONDAY", "FRIDAY"]
      return order.flatMap { day in blocks.filter { "\($0.weekday)".uppercased() == day } }
    }
    #expect(try workshop.schedules(workshop.run(apart)) == expected)
  }

  @Test func whateverFailsTheOldGenerationServes() throws {
    let workshop = try Workshop()
    _ = try workshop.run()
    let before = try workshop.current()
    let noHeader = try workshop.scratch.file("wrong.csv", "a,b\n1,2\n")
    var wrong = workshop.inputs
    wrong.nppes = [noHeader]
    #expect(throws: FileFault.self) { try workshop.run(wrong) }
    wrong.nppes = [workshop.path("none.csv")]
    #expect(throws: FileFault.self) { try workshop.run(wrong) }
    wrong = workshop.inputs
    wrong.networks = [workshop.path("none.json")]
    #expect(throws: FileFault.self) { try workshop.run(wrong) }
    #expect(try workshop.current() == before)
    #expect(try workshop.run().contentDigest == before.manifest.contentDigest)
  }

  @Test func oneRunAtATime() throws {
    let workshop = try Workshop()
    let other = try IndexGenerations(root: workshop.home.indexPath).begin()
    let error = #expect(throws: IndexError.self) { try workshop.run() }
    #expect(error.flatMap { Failure($0) }?.status == .tryLater)
    withExtendedLifetime(other) {}
  }

  @Test func deactivationsTakePractitionersOut() throws {
    let workshop = try Workshop()
    let roles = try {
      _ = try workshop.run(); return try workshop.indexed()
    }()
    let two = Array(Set(roles.keys.map(\.npi)).sorted().prefix(2))
    let report = try workshop.scratch.file(
      "report.csv", "npi,deact_date\n\(two[0]),2030-01-01\n\(two[1]),2001-01-01\n1,2001-01-01\n")
    var inputs = workshop.inputs
    inputs.deactivations = [report]
    let summary = try workshop.run(inputs)
    #expect(summary.deactivated == 2)
    #expect(summary.retired == 1)
    let left = Set(try workshop.indexed().keys.map(\.npi))
    #expect(!left.contains(two[0]))
    #expect(left.contains(two[1]))
    #expect(try workshop.rejections(summary)[1].contains("not ten digits"))
  }
}

struct RealFileRunTests {
  private static let weeks = ["0101-20240107", "0108-20240114", "0115-20240121", "0122-20240128"]
    .map { "data/nppes/npidata_pfile_2024\($0).csv" }
  private static let raw = [
    "data/nppes/raw329_organizations_20181204.csv",
    "data/nppes/raw329_practitioners_ct_ma_ri_20181204.csv",
    "data/nppes/raw330_weekly_202606_with_damage.csv",
  ]

  /// Rows as a second reader counts them: none of these files has line breaks inside quotes.
  private func lines(_ path: String) throws -> Int {
    try SharedFiles.text(path).split(whereSeparator: \.isNewline).count - 1
  }

  @Test(.enabled(if: SharedFiles.have(raw[0], raw[1], raw[2])))
  func rawFilesOfThreeYears() throws {
    let workshop = try Workshop(providers: 1)
    let inputs = RunInputs(nppes: Self.raw.map { SharedFiles.url($0).path })
    let summary = try workshop.run(inputs)
    for (file, path) in zip(summary.files, Self.raw) {
      #expect(file.rows == (try lines(path)))
      #expect(file.accepted + file.rejected == file.rows)
    }
    #expect(summary.deactivated == 4)
    #expect(
      summary.documents
        == summary.accepted - summary.superseded - summary.deactivated - summary.retired)
    #expect(
      try workshop.rejections(summary).count == summary.rejected + (summary.rejected > 0 ? 1 : 0))
    #expect(try workshop.run(inputs).contentDigest == summary.contentDigest)
  }

  @Test(.enabled(if: SharedFiles.have(weeks[0], weeks[1], weeks[2], weeks[3])))
  func fourWeeksRowByRow() throws {
    let locator = SiteLocator(try Gazetteer())
    let taxonomies = KnownTaxonomies(try TaxonomyCatalog().allEntries.map(\.code))
    var accepted = 0
    var rejected: [String: Int] = [:]
    for week in Self.weeks {
      let reader = try NPPESReader(
        path: SharedFiles.url(week).path, locator: locator, taxonomies: taxonomies)
      while let row = try reader.next() {
        if case .rejected(let rejection) = row {
          rejected[rejection.field, default: 0] += 1
        } else {
          accepted += 1
        }
      }
      #expect(reader.rows == (try lines(week)))
    }
    let allRejected = rejected.values.reduce(0, +)
    #expect(accepted + allRejected == 84_644)
    // Mostly sites abroad and military post; far fewer than one in a hundred.
    #expect(allRejected < 400, "\(rejected)")
  }
}
