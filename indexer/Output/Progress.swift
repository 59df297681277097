import CivilTime
import Console
import Foundation

/// What a run is doing, on stderr: on a terminal one line that is written over, with the stage, the
/// share done, rate and remaining time; as JSON a line for each stage, file and warning.
final class Progress {
  enum Style {
    case silent
    case terminal
    case json(Clock)
  }

  /// A stage that is over.
  struct Stage: Encodable {
    let stage: String
    let seconds: Double
    /// What it worked through, in `unit`s; nil where there is nothing to count.
    let count: Int?
    let unit: String?
  }

  private struct Line: Encodable {
    let time: String
    let event: String
    var stage: String?
    var seconds: Double?
    var count: Int?
    var unit: String?
    var file: RunSummary.FileTally?
    var generation: String?
    var message: String?
    var exit: Int32?
  }

  private(set) var stages: [Stage] = []
  private let style: Style
  private let start = Progress.seconds
  private var stage = ""
  private var stageStart = 0.0
  private var lastShown = 0.0
  private var counted: (count: Int, unit: String)?

  /// For a person when stderr is a terminal.
  static func onTerminal() -> Progress {
    Progress(isatty(STDERR_FILENO) == 1 ? .terminal : .silent)
  }
  static var silent: Progress { Progress(.silent) }

  init(_ style: Style) { self.style = style }

  var elapsedSeconds: Double { Self.seconds - start }

  /// Ends the stage before.
  func begin(_ stage: String) {
    end()
    self.stage = stage
    stageStart = Self.seconds
    lastShown = 0
    log("begin") { $0.stage = stage }
  }

  /// - Parameters:
  ///   - done, total: in one unit, bytes or documents; the rest is worked out from their share.
  ///   - count: rows or documents so far, for the rate.
  func show(done: Int, of total: Int, count: Int, unit: String) {
    counted = (count, unit)
    guard case .terminal = style else { return }
    let now = Self.seconds
    guard now - lastShown > 0.2 else { return }
    lastShown = now
    let elapsed = max(now - stageStart, 0.001)
    let share = total > 0 ? min(Double(done) / Double(total), 1) : 0
    let remaining = share > 0.01 ? "\(Self.duration(elapsed / share - elapsed)) left" : ""
    let rate = Int(Double(count) / elapsed)
    write(
      "\r\u{1B}[K\(stage)  \(Int(share * 100)) %  \(count) \(unit), \(rate)/s  \(remaining)",
      to: STDERR_FILENO)
  }

  /// Ends the stage, and with it the line on the terminal.
  func end() {
    if case .terminal = style { write("\r\u{1B}[K", to: STDERR_FILENO) }
    guard !stage.isEmpty else { return }
    let ended = Stage(
      stage: stage, seconds: ((Self.seconds - stageStart) * 1000).rounded() / 1000,
      count: counted?.count, unit: counted?.unit)
    stages.append(ended)
    stage = ""
    counted = nil
    log("end") {
      $0.stage = ended.stage
      $0.seconds = ended.seconds
      $0.count = ended.count
      $0.unit = ended.unit
    }
  }

  func finished(_ file: RunSummary.FileTally) { log("file") { $0.file = file } }

  func served(_ generation: String) { log("served") { $0.generation = generation } }

  /// Something that does not stop the run and that an operator should know.
  func warn(_ message: String) {
    switch style {
    case .silent: writeNote("indexer: \(message)")
    case .terminal: writeNote("\r\u{1B}[Kindexer: \(message)")
    case .json: log("warning") { $0.message = message }
    }
  }

  /// Why the run is over without a new generation.
  func failed(_ message: String, _ status: ExitStatus) {
    guard case .json = style else { return writeNote("indexer: \(message)") }
    log("failed") {
      $0.message = message
      $0.exit = status.rawValue
    }
  }

  private func log(_ event: String, _ fill: (inout Line) -> Void) {
    guard case .json(let clock) = style else { return }
    var line = Line(time: clock.now().rfc3339(offsetSeconds: 0), event: event)
    fill(&line)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      writeNote(String(decoding: try encoder.encode(line), as: UTF8.self))
    } catch {
      writeNote("indexer: \(event), which cannot be written as JSON: \(error)")
    }
  }

  private static func duration(_ seconds: Double) -> String {
    let seconds = Int(seconds.rounded(.up))
    return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }

  /// Of a clock that nobody sets.
  private static var seconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
