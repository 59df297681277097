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
    func store() throws {
      for place in try write({ try $0.put(batch.records, replaced: &replaced, feed: feed) }) {
        let record = batch.records[place]
        let site = record.site.map { "\(record.npi)-\($0)" } ?? "\(record.npi) at its only site"
        for line in batch.lines[place] {
          let rejection = Rejection(
            file: path, line: line, field: "site", reason: "the directory has no role \(site)")
          try reject(rejection, &tally)
        }
      }
      batch = HoursBatch()
      showProgress(bytes: reader.bytesRead, rows: reader.rows)
    }
    while let row = try reader.next() {
      switch row {
      case .hours(let hours):
        if batch.rows >= IndexRun.batchRows, !batch.continues(with: hours) { try store() }
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
    try finishFeed(feed, tally, bytes: reader.bytesRead, into: &summary)
  }
}

/// Rows of a schedule file, those of one role that stand together as one record.
private struct HoursBatch {
  var records: [HoursRecord] = []
  /// The lines of each record's rows.
  var lines: [[Int]] = []
  var rows = 0

  func continues(with hours: ScheduleReader.Hours) -> Bool {
    records.last.map { $0.npi == hours.npi && $0.site == hours.site } ?? false
  }

  /// Nil, or why the hours cannot be kept.
  mutating func add(_ hours: ScheduleReader.Hours) -> String? {
    let block: ScheduleBlock
    do throws(ScheduleError) {
      block = try ScheduleBlock(
        weekday: hours.weekday, start: hours.start, end: hours.end,
        slotMinutes: hours.slotMinutes, visitType: hours.visitType, validFrom: hours.validFrom,
        validUntil: hours.validUntil)
    } catch {
      return "\(error)"
    }
    rows += 1
    if continues(with: hours) {
      records[records.count - 1].blocks.append(block)
      lines[lines.count - 1].append(hours.line)
    } else {
      records.append(HoursRecord(npi: hours.npi, site: hours.site, blocks: [block]))
      lines.append([hours.line])
    }
    return nil
  }
}
