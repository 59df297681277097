import Console
import Glibc

/// What a run is doing, on one line of stderr that is written over: stage, share done by bytes,
/// rate and remaining time. Silent when stderr is no terminal.
final class Progress {
  private let isShown: Bool
  private let start = Progress.seconds
  private var stage = ""
  private var stageStart = 0.0
  private var lastShown = 0.0

  static func onTerminal() -> Progress { Progress(isShown: isatty(STDERR_FILENO) == 1) }
  static var silent: Progress { Progress(isShown: false) }

  private init(isShown: Bool) { self.isShown = isShown }

  var elapsedSeconds: Double { Self.seconds - start }

  func begin(_ stage: String) {
    self.stage = stage
    stageStart = Self.seconds
    lastShown = 0
  }

  /// - Parameters:
  ///   - done, total: in one unit, bytes or documents; the rest is worked out from their share.
  ///   - count: rows or documents so far, for the rate.
  func show(done: Int, of total: Int, count: Int, unit: String) {
    guard isShown else { return }
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

  func end() {
    if isShown { write("\r\u{1B}[K", to: STDERR_FILENO) }
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
