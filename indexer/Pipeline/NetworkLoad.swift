import ProviderDirectory
import Store

extension DirectoryLoad {
  /// Plans are few enough to hold until the file has proved whole.
  func loadPlans(_ path: String, into summary: inout RunSummary) throws {
    let feed = try beginFeed(.plans, path)
    var tally = Self.tally(path, .plans)
    var found: [PlansReader.Plan] = []
    var rejected: [Rejection] = []
    do throws(FileFault) {
      let reader = try PlansReader(path: path)
      while let row = try reader.next() {
        switch row {
        case .plan(let plan): found.append(plan)
        case .rejected(let rejection): rejected.append(rejection)
        }
      }
    } catch {
      return try quarantine(path, feed, &tally, error, into: &summary)
    }
    for rejection in rejected { try reject(rejection, &tally) }
    for start in stride(from: 0, to: found.count, by: IndexRun.batchRows) {
      let batch = found[start..<min(start + IndexRun.batchRows, found.count)]
      try plans.put(batch.map { ($0.id, $0.marketingName) }, through: self, feed)
    }
    tally.accepted = found.count
    tally.rows = found.count + rejected.count
    try finishFeed(feed, tally, bytes: RunInputs.byteCount(path), into: &summary)
  }

  /// Rows that are rejected are listed as they come, also of a file that is set aside later.
  func loadNetwork(_ path: String, into summary: inout RunSummary) throws {
    let feed = try beginFeed(.networks, path)
    var tally = Self.tally(path, .networks)
    let entries = NetworkEntries(in: scratchFolder)
    let bytes: Int
    do {
      let reader = try NetworkReader(path: path)
      while let row = try reader.next() {
        switch row {
        case .entry(let entry):
          try entries.append(entry, languages: languages.codes(of: entry.languages))
        case .rejected(let rejection): try reject(rejection, &tally)
        }
        if reader.rows % 1000 == 0 { showProgress(bytes: reader.bytesRead, rows: reader.rows) }
      }
      tally.rows = reader.rows
      bytes = reader.bytesRead
    } catch let fault as FileFault {
      tally.rows = tally.rejected
      return try quarantine(path, feed, &tally, fault, into: &summary)
    }
    try apply(entries, path, feed, &tally, bytes: bytes)
    tally.accepted = tally.rows - tally.rejected
    try finishFeed(feed, tally, bytes: 2 * bytes, into: &summary)
  }

  private func apply(
    _ entries: NetworkEntries, _ path: String, _ feed: Feed, _ tally: inout RunSummary.FileTally,
    bytes: Int
  ) throws {
    let missing = entries.planIDs.filter { !plans.isKnown($0) }
    try plans.put(missing.sorted().map { ($0, $0) }, through: self, feed)
    var lines: [Int] = []
    var records: [NetworkRecord] = []
    var memberships = 0
    var applied = 0
    func store() throws {
      for (place, refusal) in try write({ try $0.put(records, feed: feed) }) {
        let (field, reason) =
          switch refusal {
          case .unknownPractitioner: ("npi", "\(records[place].npi) is not in the directory")
          case .noSiteMatches(let sites):
            ("addresses", "names none of the \(sites) sites of \(records[place].npi)")
          }
        let rejection = Rejection(file: path, line: lines[place], field: field, reason: reason)
        try reject(rejection, &tally)
      }
      applied += records.count
      showProgress(bytes: bytes + bytes * applied / max(entries.count, 1), rows: tally.rows)
      lines.removeAll(keepingCapacity: true)
      records.removeAll(keepingCapacity: true)
      memberships = 0
    }
    try entries.forEach(plans: entries.planIDs.map { plans[$0]! }) { line, record in
      lines.append(line)
      records.append(record)
      memberships += record.planNumbers.count * max(1, record.zips.count)
      if memberships >= IndexRun.batchRows { try store() }
    }
    if !records.isEmpty { try store() }
  }

  private func quarantine(
    _ path: String, _ feed: Feed, _ tally: inout RunSummary.FileTally, _ fault: FileFault,
    into summary: inout RunSummary
  ) throws {
    if case .unreadable = fault { throw fault }
    tally.quarantined = fault.description
    progress.warn("set aside: \(fault)")
    try finishFeed(feed, tally, bytes: RunInputs.byteCount(path), into: &summary)
  }
}

/// Plans by id as the run knows them. An id that no plan file names is its own name.
struct PlanNumbers {
  private let insurers: InsurerCatalog
  private var numbers: [String: Int64] = [:]

  init(_ insurers: InsurerCatalog) { self.insurers = insurers }

  subscript(id: String) -> Int64? { numbers[id] }
  func isKnown(_ id: String) -> Bool { numbers[id] != nil }

  mutating func put(
    _ plans: [(id: String, name: String)], through load: DirectoryLoad, _ feed: Feed
  ) throws {
    guard !plans.isEmpty else { return }
    let records = plans.map { plan in
      PlanRecord(
        id: plan.id, name: plan.name.isEmpty ? plan.id : plan.name,
        insurerID: insurers.insurer(forPlanID: plan.id, marketingName: plan.name)?.id)
    }
    let stored = try load.write { try $0.put(records, feed: feed) }
    for (record, number) in zip(records, stored) { numbers[record.id] = number }
  }
}

/// Names of languages as ISO 639-1 codes; each name is looked up once.
final class LanguageCodes {
  private let catalog: LanguageCatalog
  private var seen: [String: String?] = [:]

  init(_ catalog: LanguageCatalog) { self.catalog = catalog }

  /// Without the names that the table does not have.
  func codes(of names: [String]) -> [String] {
    names.compactMap { name in
      if let code = seen[name] { return code }
      let code = catalog.language(named: name)?.code ?? catalog.language(code: name)?.code
      seen[name] = .some(code)
      return code
    }
  }
}
