import ArgumentParser
import Console
import ProviderDirectory
import Scheduling
import Store

struct ImportSchedule: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take over the weekly hours, or the exceptions to them, of a CSV file.",
    discussion: """
      Columns: npi, site, day_of_week, start_time, end_time, slot_duration_min, visit_type,
      valid_from, valid_until, and where wanted step_min, every_weeks. Wall time at the site; an
      end before the start is on the next day. visit_type is in-person, telehealth, or visit types
      of the practice with semicolons between them. The hours stand in place of those that the
      practitioners named had; time off and other exceptions stay.

      Columns of a file of exceptions: npi, site, exception, from, to, and for hours
      slot_duration_min, visit_type and where wanted step_min. exception is time-off, extra-hours
      or replacement-hours; from and to are wall times as 2026-12-24T09:00, of time off also days.
      Of time off, site may be all. What is there already is not added twice.

      Examples:
        nearcare schedule import hours.csv --dry-run
        nearcare schedule import hours.csv
        nearcare schedule import holidays.csv

      A file with any row that cannot be applied changes nothing: every such row is listed, and the
      exit code is 65.
      """)

  @Argument(help: "The CSV file.") var file: String
  @OptionGroup var editing: EditOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
    if try ExceptionReader.reads(file) {
      return try importExceptions(program)
    }
    var rejections: [Rejection] = []
    let rows = try read(&rejections)
    let hours = try program.openStore(createIfMissing: false).read {
      try byRole(rows, $0, &rejections)
    }
    guard rejections.isEmpty else { throw rejected(rejections) }
    guard !hours.isEmpty else {
      throw Failure(.badData, "\(Terminal.safe(file)) has no hours; nothing has changed")
    }
    try program.edit(
      hours.keys.sorted(), editing, json: options.json, say: "the hours are as they were"
    ) { transaction in
      for (role, blocks) in hours {
        try transaction.replaceHours(of: role, blocks: blocks, run: 0)
      }
    }
  }

  private func read(_ rejections: inout [Rejection]) throws -> [ScheduleReader.Hours] {
    let reader = try ScheduleReader(path: file)
    var rows: [ScheduleReader.Hours] = []
    while let row = try reader.next() {
      switch row {
      case .hours(let hours): rows.append(hours)
      case .rejected(let rejection): rejections.append(rejection)
      }
    }
    return rows
  }

  /// The blocks of each role; what names no role, or a visit type that its practice lacks, is
  /// rejected.
  private func byRole(
    _ rows: [ScheduleReader.Hours], _ transaction: ReadTransaction,
    _ rejections: inout [Rejection]
  ) throws -> [RoleID: [ScheduleBlock]] {
    var blocks: [RoleID: [ScheduleBlock]] = [:]
    var schedules: [RoleID: Schedule] = [:]
    for row in rows {
      func reject(_ field: String, _ reason: String) {
        rejections.append(Rejection(file: file, line: row.line, field: field, reason: reason))
      }
      guard let schedule = try schedule(of: row.npi, row.site, transaction, &schedules) else {
        let (field, reason) = Self.unknown(row.npi, row.site)
        reject(field, reason)
        continue
      }
      if let unknown = row.kinds.first(where: { schedule.practice.kind($0) == nil }) {
        reject("visit_type", Self.unknown(unknown, at: schedule.role))
        continue
      }
      do throws(ScheduleError) {
        blocks[schedule.role, default: []].append(try ScheduleBlock(row))
      } catch {
        reject("", "\(error)")
      }
    }
    return blocks
  }

  /// Nil when the directory does not list the role.
  func schedule(
    of npi: NPI, _ site: SiteKey?, _ transaction: ReadTransaction,
    _ known: inout [RoleID: Schedule]
  ) throws -> Schedule? {
    let named = try site.map { RoleID(npi: npi, site: $0) } ?? transaction.mainRole(of: npi)
    guard let role = named else { return nil }
    let schedule = try known[role] ?? transaction.schedule(of: role)
    known[role] = schedule
    return schedule
  }

  static func unknown(_ npi: NPI, _ site: SiteKey?) -> (field: String, reason: String) {
    if let site { return ("site", "the directory has no \(npi)-\(site)") }
    return ("npi", "the directory has no main site of \(npi); name the site")
  }

  static func unknown(_ kind: ShortName, at role: RoleID) -> String {
    "\(role) has no visit type \(kind); add it with nearcare schedule visit-type add"
  }

  func rejected(_ rejections: [Rejection]) -> Failure {
    let sorted = rejections.sorted { $0.line < $1.line }
    for rejection in sorted {
      let field = rejection.field.isEmpty ? "" : " \(rejection.field):"
      writeNote(
        Terminal.safe("\(rejection.file):\(rejection.line):\(field) \(rejection.reason)"))
    }
    return Failure(
      .badData,
      """
      \(Terminal.safe(file)): \(Words.plural(sorted.count, "row", "rows")) cannot be applied, so \
      nothing has changed; mend and import again
      """)
  }
}
