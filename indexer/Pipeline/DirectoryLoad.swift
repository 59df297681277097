import Glibc
import ProviderDirectory
import Scheduling
import Store

/// Reads the files of one run into the directory tables, a batch of rows a transaction. Rows are
/// parsed outside the lock.
final class DirectoryLoad {
  let store: Store
  let run: DirectoryRun
  let locator: SiteLocator
  let taxonomies: KnownTaxonomies
  let rejections: RejectionLog
  let progress: Progress
  let languages: LanguageCodes
  /// For what memory shall not hold.
  let scratchFolder: String
  var plans: PlanNumbers

  private let totalBytes: Int
  private var finishedBytes = 0
  private var finishedRows = 0

  init(
    _ store: Store, run: DirectoryRun, locator: SiteLocator, taxonomies: KnownTaxonomies,
    insurers: InsurerCatalog, languages: LanguageCatalog, rejections: RejectionLog,
    progress: Progress, totalBytes: Int, scratchFolder: String
  ) {
    self.store = store
    self.run = run
    self.locator = locator
    self.taxonomies = taxonomies
    self.rejections = rejections
    self.progress = progress
    self.totalBytes = totalBytes
    self.scratchFolder = scratchFolder
    self.languages = LanguageCodes(languages)
    plans = PlanNumbers(insurers)
  }

  /// Main files first, since all the others hang on their practitioners; deactivations before
  /// sites, so that no site is added to an NPI that is out.
  func load(_ inputs: RunInputs, into summary: inout RunSummary) throws {
    progress.begin("reading")
    for path in inputs.nppes { try loadMainFile(path, into: &summary) }
    for path in inputs.deactivations { try loadDeactivations(path, into: &summary) }
    for path in inputs.sites { try loadSites(path, into: &summary) }
    for path in inputs.plans { try loadPlans(path, into: &summary) }
    for path in inputs.networks { try loadNetwork(path, into: &summary) }
    for path in inputs.schedules { try loadHours(path, into: &summary) }
  }

  func beginFeed(_ kind: FeedKind, _ path: String) throws -> Feed {
    try store.write { try $0.beginFeed(kind, name: Self.fileName(path), run: run) }
  }

  func finishFeed(
    _ feed: Feed, _ tally: RunSummary.FileTally, bytes: Int, into summary: inout RunSummary
  ) throws {
    try store.write {
      try $0.finishFeed(
        feed, rows: tally.rows, accepted: tally.accepted, rejected: tally.rejected,
        quarantined: tally.quarantined)
    }
    finishedBytes += bytes
    finishedRows += tally.rows
    showProgress(bytes: 0, rows: 0)
    summary.add(tally)
    progress.finished(tally)
  }

  func reject(_ rejection: Rejection, _ tally: inout RunSummary.FileTally) throws {
    try rejections.add(rejection)
    tally.rejected += 1
  }

  func showProgress(bytes: Int, rows: Int) {
    progress.show(
      done: finishedBytes + bytes, of: totalBytes, count: finishedRows + rows, unit: "rows")
  }

  /// The rows in the order of the tables' keys, rows of one NPI in the file's order, cut to the
  /// size of a transaction.
  private static func batches<Row>(
    _ rows: [Row], by npi: (Row) -> NPI
  ) -> some Sequence<[Row]> {
    let order = rows.enumerated().map { (npi: npi($1), place: $0) }.sorted {
      ($0.npi, $0.place) < ($1.npi, $1.place)
    }
    return stride(from: 0, to: order.count, by: IndexRun.batchRows).lazy.map { start in
      order[start..<min(start + IndexRun.batchRows, order.count)].map { rows[$0.place] }
    }
  }

  /// Stores a batch and lets others write.
  func write<T>(_ body: (WriteTransaction) throws -> T) throws -> T {
    let result = try store.write(body)
    IndexRun.letOthersWrite()
    return result
  }

  static func tally(_ path: String, _ kind: FeedKind) -> RunSummary.FileTally {
    RunSummary.FileTally(file: fileName(path), kind: kind.rawValue)
  }

  private static func fileName(_ path: String) -> String {
    String(path.split(separator: "/").last ?? Substring(path))
  }
}

/// Rows of a main file, in the order and the sizes in which they are stored.
private struct MainPortion: Sendable {
  var practitioners = PractitionerRows()
  var deactivations: [[NPPESReader.Deactivation]] = []
  var rejections: [Rejection] = []
  /// Of the file, with this portion.
  var bytes = 0
  var rows = 0
  var repairs = 0
}

extension DirectoryLoad {
  private func loadMainFile(_ path: String, into summary: inout RunSummary) throws {
    let feed = try beginFeed(.nppes, path)
    var tally = Self.tally(path, .nppes)
    var bytesRead = 0
    try readAhead { [taxonomies] hand in
      let reader = try NPPESReader(
        path: path, locator: SiteLocator(try Gazetteer()), taxonomies: taxonomies)
      try Self.readMainFile(reader, hand)
    } store: { portion in
      let rows = portion.practitioners
      for start in stride(from: 0, to: rows.count, by: IndexRun.batchRows) {
        let batch = start..<min(start + IndexRun.batchRows, rows.count)
        let tallied = try write { try $0.put(rows, batch, feed: feed) }
        summary.superseded += tallied.superseded
        summary.retired += tallied.retired
        let share = { (from: Int, to: Int) in from + (to - from) * batch.upperBound / rows.count }
        showProgress(
          bytes: share(bytesRead, portion.bytes), rows: share(tally.rows, portion.rows))
      }
      for batch in portion.deactivations {
        summary.deactivated += batch.count
        summary.retired += try write { try $0.deactivate(batch, feed: feed) }
      }
      for rejection in portion.rejections { try reject(rejection, &tally) }
      showProgress(bytes: portion.bytes, rows: portion.rows)
      (bytesRead, tally.rows, tally.repaired) = (portion.bytes, portion.rows, portion.repairs)
    }
    tally.accepted = tally.rows - tally.rejected
    try finishFeed(feed, tally, bytes: bytesRead, into: &summary)
  }

  private static func readMainFile(
    _ reader: NPPESReader, _ hand: (MainPortion) throws -> Void
  ) throws {
    var deactivations: [NPPESReader.Deactivation] = []
    var portion = MainPortion()
    var size = IndexRun.firstSortedRows
    func finish() throws {
      portion.practitioners.sort()
      portion.deactivations = Array(batches(deactivations, by: \.npi))
      (portion.bytes, portion.rows) = (reader.bytesRead, reader.rows)
      portion.repairs = reader.repairs
      deactivations.removeAll(keepingCapacity: true)
      try hand(portion)
      portion = MainPortion()
      size = min(2 * size, IndexRun.mostSortedRows)
    }
    while let row = try reader.next() {
      switch row {
      case .practitioner(let practitioner): portion.practitioners.append(practitioner)
      case .deactivated(let deactivation): deactivations.append(deactivation)
      case .rejected(let rejection): portion.rejections.append(rejection)
      }
      if portion.practitioners.count + deactivations.count >= size { try finish() }
    }
    try finish()
  }

  private func loadDeactivations(_ path: String, into summary: inout RunSummary) throws {
    let reader = try DeactivationReader(path: path)
    let feed = try beginFeed(.deactivations, path)
    var tally = Self.tally(path, .deactivations)
    var deactivations: [NPPESReader.Deactivation] = []
    func store() throws {
      for batch in Self.batches(deactivations, by: \.npi) {
        summary.retired += try write { try $0.deactivate(batch, feed: feed) }
      }
      summary.deactivated += deactivations.count
      deactivations.removeAll(keepingCapacity: true)
    }
    while let row = try reader.next() {
      switch row {
      case .deactivated(let deactivation): deactivations.append(deactivation)
      case .rejected(let rejection): try reject(rejection, &tally)
      }
      if deactivations.count >= IndexRun.sortedRows { try store() }
    }
    try store()
    tally.rows = reader.rows
    tally.accepted = tally.rows - tally.rejected
    try finishFeed(feed, tally, bytes: reader.bytesRead, into: &summary)
  }

  private func loadSites(_ path: String, into summary: inout RunSummary) throws {
    let reader = try SecondarySitesReader(path: path, locator: locator)
    let feed = try beginFeed(.sites, path)
    var tally = Self.tally(path, .sites)
    var sites: [(npi: NPI, line: Int, site: PracticeSite)] = []
    func store() throws {
      for batch in Self.batches(sites, by: \.npi) {
        for place in try write({ try $0.put(batch.map { ($0.npi, $0.site) }, feed: feed) }) {
          let rejection = Rejection(
            file: path, line: batch[place].line, field: "NPI",
            reason: "\(batch[place].npi) has no accepted record in the main files")
          try reject(rejection, &tally)
        }
      }
      sites.removeAll(keepingCapacity: true)
      showProgress(bytes: reader.bytesRead, rows: reader.rows)
    }
    while let row = try reader.next() {
      switch row {
      case .site(let npi, let line, let site): sites.append((npi, line, site))
      case .rejected(let rejection): try reject(rejection, &tally)
      }
      if sites.count >= IndexRun.sortedRows { try store() }
    }
    try store()
    tally.rows = reader.rows
    tally.accepted = tally.rows - tally.rejected
    tally.repaired = reader.repairs
    try finishFeed(feed, tally, bytes: reader.bytesRead, into: &summary)
  }
}
