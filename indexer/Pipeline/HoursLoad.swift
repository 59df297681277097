import ProviderDirectory
import Scheduling
import Store

extension DirectoryLoad {
  /// Consecutive rows of one role are stored together, in one transaction.
  func loadHours(_ path: String, into summary: inout RunSummary) throws {
    let reader = try ScheduleReader(path: path)
    let feed = try beginFeed(.schedules, path)
    var tally = Self.tally(path, .schedules)
    var batch = HoursBatch()
    var replaced = Set<RoleID>()
    var kept = Set<RoleID>()
    func store() throws {
      for part in Self.batches(batch.records, of: IndexRun.batchRows / 4, by: \.hours.npi) {
        let (unknown, own) = try write {
          try $0.put(part.map(\.hours), replaced: &replaced, feed: feed)
        }
        kept.formUnion(own)
        for record in unknown.lazy.map({ part[$0] }) {
          let npi = record.hours.npi
          let site = record.hours.site.map { "\(npi)-\($0)" } ?? "\(npi) at its only site"
          for line in record.lines {
            let rejection = Rejection(
              file: path, line: line, field: "site", reason: "the directory has no role \(site)")
            try reject(rejection, &tally)
          }
        }
      }
      batch = HoursBatch()
      showProgress(bytes: reader.bytesRead, rows: reader.rows)
    }
    while let row = try reader.next() {
      switch row {
      case .hours(let hours):
        if batch.rows >= IndexRun.sortedRows, !batch.continues(with: hours) { try store() }
        if let reason = batch.add(hours) {
          let rejection = Rejection(file: path, line: hours.line, field: "", reason: reason)
          try reject(rejection, &tally)
        }
      case .rejected(let rejection): try reject(rejection, &tally)
      }
    }
    try store()
    tally.rows = reader.rows
    tally.accepted = tally.rows - tally.rejected
    summary.keptHours += kept.count
    try finishFeed(feed, tally, bytes: reader.bytesRead, into: &summary)
  }
}

/// Rows of a schedule file, those of one role that stand together as one record.
private struct HoursBatch {
  var records: [(hours: HoursRecord, lines: [Int])] = []
  var rows = 0

  func continues(with hours: ScheduleReader.Hours) -> Bool {
    records.last.map { $0.hours.npi == hours.npi && $0.hours.site == hours.site } ?? false
  }

  /// Nil, or why the hours cannot be kept.
  mutating func add(_ hours: ScheduleReader.Hours) -> String? {
    // The night's load knows no practice's visit types, so it could not tell a wrong one.
    guard hours.kinds.isEmpty else {
      return "visit types of a practice are read by `nearcare schedule import`"
    }
    let block: ScheduleBlock
    do throws(ScheduleError) {
      block = try ScheduleBlock(hours)
    } catch {
      return "\(error)"
    }
    rows += 1
    if continues(with: hours) {
      records[records.count - 1].hours.blocks.append(block)
      records[records.count - 1].lines.append(hours.line)
    } else {
      let record = HoursRecord(npi: hours.npi, site: hours.site, blocks: [block])
      records.append((record, [hours.line]))
    }
    return nil
  }
}
