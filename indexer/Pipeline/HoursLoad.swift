import CivilTime
import ProviderDirectory
import Scheduling
import Store

extension DirectoryLoad {
  /// The hours of one practitioner are stored together, in one transaction, wherever the file has
  /// them.
  func loadHours(_ path: String, into summary: inout RunSummary) throws {
    let reader = try ScheduleReader(path: path)
    let feed = try beginFeed(.schedules, path)
    var tally = Self.tally(path, .schedules)
    let rows = RowSorter(in: scratchFolder)
    while let row = try reader.next() {
      switch row {
      case .hours(let hours):
        switch Self.block(of: hours) {
        case .success(let block):
          let packed = PackedHours(block, at: hours.site, line: hours.line)
          try rows.append(packed.words, key: hours.npi.number)
        case .failure(let refusal):
          let rejection = Rejection(
            file: path, line: hours.line, field: "", reason: refusal.reason)
          try reject(rejection, &tally)
        }
      case .rejected(let rejection): try reject(rejection, &tally)
      }
      if reader.rows % 1000 == 0 { showProgress(bytes: reader.bytesRead, rows: reader.rows) }
    }
    tally.rows = reader.rows
    summary.keptHours += try apply(rows, path, feed, &tally, bytes: reader.bytesRead)
    tally.accepted = tally.rows - tally.rejected
    try finishFeed(feed, tally, bytes: 2 * reader.bytesRead, into: &summary)
  }

  private struct Refusal: Error {
    let reason: String
  }

  private static func block(
    of hours: ScheduleReader.Hours
  ) -> Result<ScheduleBlock, Refusal> {
    // The night's load knows no practice's visit types, so it could not tell a wrong one.
    guard hours.kinds.isEmpty else {
      let reason = "visit types of a practice are read by `nearcare schedule import`"
      return .failure(Refusal(reason: reason))
    }
    do throws(ScheduleError) {
      return .success(try ScheduleBlock(hours))
    } catch {
      return .failure(Refusal(reason: "\(error)"))
    }
  }

  /// - Returns: of how many roles the front desk's own hours stand.
  private func apply(
    _ rows: RowSorter, _ path: String, _ feed: Feed, _ tally: inout RunSummary.FileTally,
    bytes: Int
  ) throws -> Int {
    var batch = HoursBatch()
    var kept = 0
    var applied = 0
    func store() throws {
      var replaced = Set<RoleID>()
      let (unknown, own) = try write {
        try $0.put(batch.records.map(\.hours), replaced: &replaced, feed: feed)
      }
      kept += Set(own).count
      for record in unknown.lazy.map({ batch.records[$0] }) {
        let npi = record.hours.npi
        let site = record.hours.site.map { "\(npi)-\($0)" } ?? "\(npi) at its only site"
        for line in record.lines {
          let rejection = Rejection(
            file: path, line: line, field: "site", reason: "the directory has no role \(site)")
          try reject(rejection, &tally)
        }
      }
      applied += batch.rows
      showProgress(bytes: bytes + bytes * applied / max(rows.count, 1), rows: tally.rows)
      batch = HoursBatch()
    }
    try rows.forEach { key, words in
      let npi = NPI(key)!
      if batch.rows >= IndexRun.batchRows, batch.records.last?.hours.npi != npi { try store() }
      try batch.add(PackedHours(words: words), of: npi)
    }
    if batch.rows > 0 { try store() }
    return kept
  }
}

/// A block, where it is kept and which line says so, as a row to sort.
private struct PackedHours {
  let words: [UInt32]

  private static let noSite = UInt32.max
  private static let noDay = Int32.min

  init(_ block: ScheduleBlock, at site: SiteKey?, line: Int) {
    let kind = VisitType.allCases.firstIndex(of: block.visitType)!
    words = [
      UInt32(truncatingIfNeeded: line), site?.rawValue ?? Self.noSite,
      UInt32(block.weekday.rawValue | kind << 8 | block.everyWeeks << 16),
      UInt32(block.start.minutes | block.end.minutes << 16),
      UInt32(block.offers.slotMinutes | block.offers.stepMinutes << 16),
      UInt32(bitPattern: block.validFrom?.daysSinceEpoch ?? Self.noDay),
      UInt32(bitPattern: block.validUntil?.daysSinceEpoch ?? Self.noDay),
    ]
  }

  init(words: [UInt32]) { self.words = words }

  var line: Int { Int(words[0]) }
  var site: SiteKey? { words[1] == Self.noSite ? nil : SiteKey(rawValue: words[1]) }

  func block() throws(ScheduleError) -> ScheduleBlock {
    func halves(_ place: Int) -> (low: Int, high: Int) {
      (Int(words[place] & 0xffff), Int(words[place] >> 16))
    }
    let (hours, minutes) = (halves(3), halves(4))
    return try ScheduleBlock(
      weekday: Weekday(rawValue: Int(words[2] & 0xff))!, start: TimeOfDay(minutes: hours.low)!,
      end: TimeOfDay(minutes: hours.high)!,
      offers: OfferedVisits(
        slotMinutes: minutes.low, stepMinutes: minutes.high,
        visitType: VisitType.allCases[Int(words[2] >> 8 & 0xff)]),
      validFrom: day(5), validUntil: day(6), everyWeeks: Int(words[2] >> 16))
  }

  private func day(_ place: Int) -> CivilDate? {
    let days = Int32(bitPattern: words[place])
    return days == Self.noDay ? nil : CivilDate(daysSinceEpoch: days)
  }
}

/// Rows of a schedule file by practitioner, those of one site as one record.
private struct HoursBatch {
  var records: [(hours: HoursRecord, lines: [Int])] = []
  var rows = 0

  mutating func add(_ packed: PackedHours, of npi: NPI) throws {
    let site = packed.site
    let block = try packed.block()
    rows += 1
    var place = records.count - 1
    while place >= 0, records[place].hours.npi == npi {
      if records[place].hours.site == site {
        records[place].hours.blocks.append(block)
        records[place].lines.append(packed.line)
        return
      }
      place -= 1
    }
    let record = HoursRecord(npi: npi, site: site, blocks: [block])
    records.append((record, [packed.line]))
  }
}
