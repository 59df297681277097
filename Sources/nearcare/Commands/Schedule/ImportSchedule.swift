import ArgumentParser
import Console
import ProviderDirectory
import Scheduling
import Store

struct ImportSchedule: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Put the weekly hours of a CSV file in place of those its practitioners have.",
    discussion: """
      Columns: npi, site, day_of_week, start_time, end_time, slot_duration_min, visit_type,
      valid_from, valid_until, and where wanted step_min, every_weeks. Wall time at the site; an
      end before the start is on the next day. visit_type is in-person, telehealth, or visit types
      of the practice with semicolons between them. Time off and other exceptions stay.

      Examples:
        nearcare schedule import hours.csv --dry-run
        nearcare schedule import hours.csv

      A file with any row that cannot be applied changes nothing: every such row is listed, and the
      exit code is 65.
      """)

  @Argument(help: "The CSV file.") var file: String
  @OptionGroup var editing: EditOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
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
      let named =
        try row.site.map { RoleID(npi: row.npi, site: $0) } ?? transaction.mainRole(of: row.npi)
      guard let role = named,
        let schedule = try schedules[role] ?? transaction.schedule(of: role)
      else {
        reject(
          row.site == nil ? "npi" : "site",
          row.site.map { "the directory has no \(row.npi)-\($0)" }
            ?? "the directory has no main site of \(row.npi); name the site")
        continue
      }
      schedules[role] = schedule
      guard let unknown = row.kinds.first(where: { schedule.practice.kind($0) == nil }) else {
        do throws(ScheduleError) {
          blocks[role, default: []].append(try ScheduleBlock(row))
        } catch {
          reject("", "\(error)")
        }
        continue
      }
      reject(
        "visit_type",
        "\(role) has no visit type \(unknown); add it with nearcare schedule visit-type add")
    }
    return blocks
  }

  private func rejected(_ rejections: [Rejection]) -> Failure {
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
