import Glibc
import SearchIndex

/// What a run did, as `--json` prints it (keys in snake case).
struct RunSummary: Encodable {
  /// One input file. `rows` counts CSV records after the header, blank lines aside, or elements of
  /// a JSON array; each was accepted or rejected.
  struct FileTally: Encodable {
    var file: String
    var kind: String
    var rows = 0
    var accepted = 0
    var rejected = 0
    /// Fields that were not UTF-8 and were read as ISO 8859-1.
    var repaired = 0
    /// Why nothing of the file was applied.
    var quarantined: String?
  }

  /// `full` or `update`.
  var kind = ""
  var generation = ""
  var contentDigest = ""
  var documents = 0
  var accepted = 0
  var rejected = 0
  /// Accepted records that another record of the same NPI, of a later date, replaces.
  var superseded = 0
  /// NPIs that the files say are deactivated.
  var deactivated = 0
  /// Accepted records that a deactivation takes out.
  var retired = 0
  var removedRoles = 0
  /// What the generation changed; its reports beside it say more.
  var changes = GenerationChanges.Tally()
  var changesReports: [String] = []
  /// Roles whose hours a front desk set itself; the files' are left aside.
  var keptHours = 0
  /// Gone from the files, but with a visit to come: kept for it, and no longer found.
  var keptForVisits: [String] = []
  var files: [FileTally] = []
  var rejections: String?
  var stages: [Progress.Stage] = []
  var elapsedS = 0.0
  var rowsPerS = 0
  var peakMemoryMb = 0

  mutating func add(_ file: FileTally) {
    files.append(file)
    accepted += file.accepted
    rejected += file.rejected
  }

  mutating func finish(_ progress: Progress) {
    let elapsedSeconds = progress.elapsedSeconds
    stages = progress.stages
    elapsedS = (elapsedSeconds * 1000).rounded() / 1000
    rowsPerS = Int(Double(accepted + rejected) / max(elapsedSeconds, 0.001))
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    peakMemoryMb = usage.ru_maxrss / 1024
  }

  var text: String {
    var lines = [
      "\(generation): \(documents) documents in \(elapsedS) s "
        + "(\(rowsPerS) rows/s, \(peakMemoryMb) MB at most)",
      "changes: \(changes.added) roles added, \(changes.changed) changed, "
        + "\(changes.removed) removed" + (changesReports.first.map { " (\($0))" } ?? ""),
      "rows: \(accepted) accepted, \(rejected) rejected; \(superseded) superseded, "
        + "\(deactivated) deactivations, \(retired) retired",
    ]
    lines += Columns.lines(
      files.map { file in
        [
          file.file, "\(file.rows) rows", "\(file.accepted) accepted", "\(file.rejected) rejected",
          file.quarantined.map { "set aside: \($0)" } ?? "",
        ]
      }, textColumns: [0, 4])
    lines += Columns.lines(
      stages.map { stage in
        [stage.stage, "\(stage.seconds) s", stage.count.map { "\($0) \(stage.unit ?? "")" } ?? ""]
      }, textColumns: [0])
    if let rejections { lines.append("rejections: \(rejections)") }
    if keptHours > 0 { lines.append("\(keptHours) roles keep the hours that their clinics set") }
    if removedRoles > 0 { lines.append("\(removedRoles) roles left the directory") }
    for role in keptForVisits {
      lines.append("\(role) left the files but has visits to come: call the patients")
    }
    return lines.joined(separator: "\n")
  }
}

/// Rows of text in columns as wide as their widest cell.
enum Columns {
  /// - Parameter textColumns: those that begin at the left; the others are numbers.
  static func lines(_ rows: [[String]], textColumns: Set<Int>) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return textColumns.contains(column) ? cell + padding : padding + cell
      }
      let line = "  " + cells.joined(separator: "  ")
      return String(line.prefix(line.count - line.reversed().prefix { $0 == " " }.count))
    }
  }
}
