import CivilTime
import Console
import Glibc
import ProviderDirectory
import SearchIndex
import Store

/// The nightly job: provider files → directory tables → documents → a new generation → its checks →
/// the switch.
///
/// Whatever ends it early, the generation before it serves on: rows of an unfinished run are in the
/// tables, marked with its number, and the next run takes them over or sweeps them out. Nothing
/// leaves the tables before the index that knows it has left the service.
final class IndexRun {
  /// Rows a transaction: some 20 ms under the lock, then bookings have their turn.
  static let batchRows = 4000
  /// Roles whose schedules and visits are summarized in one transaction, as long a one.
  static let summaryBatch = 1000
  /// Rows held in memory and sorted before they are stored. Files are in no order that the tables
  /// know; without the sort every row dirties a page of its own.
  static let sortedRows = 100_000
  /// The same of a main file, some 230 bytes a row: each portion goes through the whole table, so
  /// they grow with it.
  static let firstSortedRows = 50_000
  static let mostSortedRows = 400_000

  private let inputs: RunInputs
  private let home: HomeDirectory
  private let clock: Clock
  private let maxLoss: LossLimit
  private let progress: Progress
  private var summary = RunSummary()

  init(
    _ inputs: RunInputs, home: HomeDirectory, clock: Clock, maxLoss: LossLimit = .usual,
    progress: Progress
  ) {
    self.inputs = inputs
    self.home = home
    self.clock = clock
    self.maxLoss = maxLoss
    self.progress = progress
  }

  /// - Throws: `SwitchRefusal` when the new generation has lost too much to be served.
  func run() throws -> RunSummary {
    let locator = SiteLocator(try Gazetteer())
    let insurers = try InsurerCatalog()
    let taxonomies = try knownTaxonomies()
    try inputs.check(locator, taxonomies)
    // Mapped, the pages of a table read from end to end would count as this process's memory.
    let store = try Store.open(home, mapsDatabase: false, clock: clock)
    let generations = IndexGenerations(root: home.indexPath)
    // Taken first: one run at a time.
    let building = try generations.begin()
    let run = try store.write {
      try inputs.isUpdate
        ? $0.beginUpdate(replacesNetworks: !inputs.networks.isEmpty) : $0.beginFullLoad()
    }
    let rejections = RejectionLog(path: Self.rejectionsPath(home, run: run.number))
    let load = DirectoryLoad(
      store, run: run, locator: locator, taxonomies: taxonomies, insurers: insurers,
      languages: try LanguageCatalog(), rejections: rejections, progress: progress,
      totalBytes: inputs.byteCount, scratchFolder: home.indexPath)
    try store.withoutWaitingForDisk { try load.load(inputs, into: &summary) }
    try rejections.finish()
    if rejections.count > 0 { summary.rejections = rejections.path }
    progress.begin("indexing")
    let build = IndexBuild(
      store: store, run: run, building: building, insurers: insurers, clock: clock,
      progress: progress)
    let changes = try inputs.isUpdate ? build.continueOrBuild(generations) : build.buildWhole()
    progress.begin("checking")
    let feeds = try store.read { try $0.feedNames(of: run.version) }
    let prepared = try generations.prepare(building, created: clock.now(), feeds: feeds)
    let report = try compare(prepared.generation, generations)
    try maxLoss.judge(report.changes, report: report.paths[0])
    progress.begin("switching")
    let generation = try generations.publish(prepared)
    progress.served(generation.name)
    let index = PublishedIndex(
      name: generation.name, contentDigest: generation.manifest.contentDigest)
    try store.write {
      try $0.finish(
        run, note: "served as \(generation.name)", index: index, changes: changes)
    }
    try sweep(store, run)
    progress.begin("summarizing")
    try store.summarizeAvailability(batch: Self.summaryBatch, afterEachBatch: Self.letOthersWrite)
    try store.checkpoint()
    progress.end()
    summary.kind = inputs.isUpdate ? "update" : "full"
    summary.generation = generation.name
    summary.contentDigest = generation.manifest.contentDigest
    summary.documents = generation.manifest.documents
    summary.finish(progress)
    return summary
  }

  private func knownTaxonomies() throws -> KnownTaxonomies {
    if let path = inputs.taxonomy { return try KnownTaxonomies(path: path) }
    return KnownTaxonomies(try TaxonomyCatalog().allEntries.map(\.code))
  }

  private func sweep(_ store: Store, _ run: DirectoryRun) throws {
    progress.begin("sweeping")
    let tally = try store.sweepDirectory(
      run, batch: Self.batchRows, afterEachBatch: Self.letOthersWrite)
    summary.removedRoles = tally.removed + tally.unlisted
    summary.keptForVisits = tally.withVisits.map(\.description)
  }

  /// Writes the reports of what the new generation changes.
  private func compare(
    _ generation: Generation, _ generations: IndexGenerations
  ) throws -> (changes: GenerationChanges, paths: [String]) {
    let changes = try GenerationChanges(from: served(generations), to: generation)
    summary.changes = changes.roles
    summary.changesReports = generations.changesPaths(of: generation.name)
    try ChangesReport(changes).write(to: summary.changesReports)
    return (changes, summary.changesReports)
  }

  /// The generation that serves; nil when none does, or it cannot be read and nothing can be lost.
  private func served(_ generations: IndexGenerations) -> Generation? {
    do {
      let opened = try generations.open()
      if let damage = opened.damage {
        progress.warn("\(damage); compared with \(opened.searcher.generation.name)")
      }
      return opened.searcher.generation
    } catch IndexError.noIndex {
      return nil
    } catch {
      progress.warn("\(error); there is nothing to compare the new one with")
      return nil
    }
  }

  private static func rejectionsPath(_ home: HomeDirectory, run: Int64) -> String {
    let number = String(run)
    let padding = String(repeating: "0", count: max(0, 4 - number.utf8.count))
    return "\(home.indexPath)/rejections-\(padding)\(number).csv"
  }

  /// The lock goes to whoever asks at the right moment, and waiters ask every few milliseconds: a
  /// pause of that length lets them in.
  static func letOthersWrite() { usleep(4000) }
}

/// The insurers and brands that a role is found under: those of its plans, and their parents.
final class InsurerLineages {
  private let catalog: InsurerCatalog
  private var lineages: [String: [String]] = [:]

  init(_ catalog: InsurerCatalog) { self.catalog = catalog }

  func found(under role: PractitionerRole) -> [String] {
    var found = Set<String>()
    for case let id? in role.plans.map(\.insurerID) {
      if lineages[id] == nil { lineages[id] = [id] + catalog.lineage(of: id) }
      found.formUnion(lineages[id] ?? [])
    }
    return found.sorted()
  }
}
