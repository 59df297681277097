import Foundation
import Privacy
import Scheduling
import Store
import StoreTestSupport

/// A `BookingContender` process, spoken to line by line.
final class ContenderProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let lines: UnsafeMutablePointer<FILE>

  /// Stands beside the test program, which is built with it.
  private static let executable = URL(fileURLWithPath: "/proc/self/exe")
    .resolvingSymlinksInPath().deletingLastPathComponent()
    .appendingPathComponent("BookingContender")

  /// Starts it, and returns once it has opened the store.
  init(_ clinic: TestClinic, _ token: SessionToken, churning churn: (seed: UInt64, [SlotID])? = nil)
    throws
  {
    process.executableURL = Self.executable
    process.arguments = [clinic.home.path, token.text]
    if let (seed, slots) = churn {
      process.arguments! += ["\(seed)"] + slots.map(\.description)
    }
    var environment = ProcessInfo.processInfo.environment
    environment["NEARCARE_NOW"] = clinic.clock.now.rfc3339(offsetSeconds: 0)
    process.environment = environment
    process.standardInput = input
    process.standardOutput = output
    lines = fdopen(dup(output.fileHandleForReading.fileDescriptor), "r")
    try process.run()
    // Ours would keep the reader from seeing the end.
    try output.fileHandleForWriting.close()
    guard nextLine() == "ready" else { throw POSIXError(.ECHILD) }
  }

  deinit {
    kill()
    fclose(lines)
  }

  func send(_ slot: SlotID) {
    input.fileHandleForWriting.write(Data("\(slot)\n".utf8))
  }

  /// Nil at the end; a line that was cut off is none.
  func nextLine() -> String? {
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    let count = getline(&buffer, &capacity, lines)
    guard count > 0, let buffer else { return nil }
    let line = String(cString: buffer)
    return line.hasSuffix("\n") ? String(line.dropLast()) : nil
  }

  func kill() {
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }
}
