import CivilTime
import Glibc
import ProviderDirectory
import SearchIndex
import Store

/// The nightly job: provider files → directory tables → documents → a new generation → the switch.
///
/// Whatever ends it early, the generation before it serves on: rows of an unfinished run are in the
/// tables, marked with its number, and the next run takes them over or sweeps them out.
final class IndexRun {
  /// Rows a transaction: some 20 ms under the lock, then bookings have their turn.
  static let batchRows = 4000
  /// Rows held in memory and sorted before they are stored. Files are in no order that the tables
  /// know; without the sort every row dirties a page of its own.
  static let sortedRows = 100_000

  private let inputs: RunInputs
  private let home: HomeDirectory
  private let clock: Clock
  private let progress: Progress
  private var summary = RunSummary()

  init(_ inputs: RunInputs, home: HomeDirectory, clock: Clock, progress: Progress) {
    self.inputs = inputs
    self.home = home
    self.clock = clock
    self.progress = progress
  }

  func run() throws -> RunSummary {
    let locator = SiteLocator(try Gazetteer())
    let insurers = try InsurerCatalog()
    let taxonomies = try knownTaxonomies()
    try inputs.check(locator, taxonomies)
    let store = try Store.open(home, clock: clock)
    let generations = IndexGenerations(root: home.indexPath)
    // Taken first: one run at a time.
    let building = try generations.begin()
    let run = try store.write { try $0.beginDirectoryRun(note: "loading") }
    let rejections = RejectionLog(path: Self.rejectionsPath(home, run: run))
    let load = DirectoryLoad(
      store, run: run, locator: locator, taxonomies: taxonomies, insurers: insurers,
      languages: try LanguageCatalog(), rejections: rejections, progress: progress,
      totalBytes: inputs.byteCount)
    try load.load(inputs, into: &summary)
    try rejections.finish()
    if rejections.count > 0 { summary.rejections = rejections.path }
    try sweep(store, run: run)
    let generation = try build(store, building, generations, insurers)
    try store.write { try $0.finishDirectoryRun(run, note: "served as \(generation.name)") }
    try store.checkpoint()
    summary.generation = generation.name
    summary.contentDigest = generation.manifest.contentDigest
    summary.documents = generation.manifest.documents
    progress.end()
    summary.finish(elapsedSeconds: progress.elapsedSeconds)
    return summary
  }

  private func knownTaxonomies() throws -> KnownTaxonomies {
    if let path = inputs.taxonomy { return try KnownTaxonomies(path: path) }
    return KnownTaxonomies(try TaxonomyCatalog().allEntries.map(\.code))
  }

  private func sweep(_ store: Store, run: Int64) throws {
    progress.begin("sweeping")
    let tally = try store.sweepDirectory(
      run: run, batch: Self.batchRows, afterEachBatch: Self.letOthersWrite)
    summary.removedRoles = tally.removed + tally.unlisted
    summary.keptForVisits = tally.withVisits.map(\.description)
  }

  private func build(
    _ store: Store, _ building: BuildingGeneration, _ generations: IndexGenerations,
    _ insurers: InsurerCatalog
  ) throws -> Generation {
    progress.begin("indexing")
    let writer = try IndexWriter(into: building)
    var lineages: [String: [String]] = [:]
    try store.read { transaction in
      let total = try transaction.listedRoleCount()
      try transaction.forEachListedRole { roles in
        for role in roles {
          var insurerIDs = Set<String>()
          for case let id? in role.plans.map(\.insurerID) {
            if lineages[id] == nil { lineages[id] = [id] + insurers.lineage(of: id) }
            insurerIDs.formUnion(lineages[id] ?? [])
          }
          try writer.add(role, insurerIDs: insurerIDs.sorted())
        }
        progress.show(done: writer.count, of: total, count: writer.count, unit: "documents")
      }
    }
    try writer.commit()
    progress.begin("publishing")
    return try generations.publish(building, created: clock.now(), feeds: feeds())
  }

  private func feeds() -> [String: String] {
    var feeds: [String: String] = [:]
    for file in summary.files where file.quarantined == nil {
      feeds[file.kind, default: ""] += (feeds[file.kind] == nil ? "" : ", ") + file.file
    }
    return feeds
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
