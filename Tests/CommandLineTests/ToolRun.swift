import Foundation

/// What a program printed and how it ended.
struct ToolRun {
  let status: Int32
  let stdout: String
  let stderr: String

  /// The JSON object on stdout.
  func json() throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(stdout.utf8))
    guard let object = value as? [String: Any] else { throw NotAnObject(text: stdout) }
    return object
  }

  struct NotAnObject: Error { let text: String }

  /// The folder of the programs under test: the one this test program was built into.
  static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent()

  /// Runs a command line through `sh`, with the built programs first on PATH and only the given
  /// environment besides.
  static func shell(_ command: String, environment: [String: String]) throws -> ToolRun {
    try start(command, environment: environment).finish()
  }

  static func start(_ command: String, environment: [String: String]) throws -> Running {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.environment = environment.merging(
      ["PATH": "\(programs.path):/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"]
    ) { given, _ in given }
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("nearcare-run-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    let (out, err) = (scratch.appendingPathComponent("out"), scratch.appendingPathComponent("err"))
    for file in [out, err] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return Running(process: process, scratch: scratch, out: out, err: err)
  }

  /// A program under way; its output goes to files, so that it never waits for a reader.
  struct Running {
    let process: Process
    fileprivate let scratch: URL
    fileprivate let out: URL
    fileprivate let err: URL

    func finish() throws -> ToolRun {
      process.waitUntilExit()
      defer { try? FileManager.default.removeItem(at: scratch) }
      return ToolRun(
        status: process.terminationStatus,
        stdout: String(decoding: try Data(contentsOf: out), as: UTF8.self),
        stderr: String(decoding: try Data(contentsOf: err), as: UTF8.self))
    }
  }
}

/// A home with a small made-up directory, removed when the test lets go of it.
final class SampleHome: Sendable {
  let root: URL
  /// A Tuesday, ten in the morning in New York.
  static let now = "2026-11-24T10:00:00-05:00"

  /// Builds the sample once and copies it: tests change their own copy.
  init() throws {
    root = FileManager.default.temporaryDirectory
      .appendingPathComponent("nearcare-home-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.copyItem(at: try Self.prototype.get(), to: root)
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  var path: String { root.path }
  var home: String { root.appendingPathComponent("home").path }

  /// NEARCARE_* and little else, so that the tester's own settings do not leak in.
  var environment: [String: String] {
    [
      "NEARCARE_HOME": home, "NEARCARE_NOW": Self.now, "NEARCARE_NEAR": "10001",
      "TZ": "America/New_York", "HOME": root.path, "SAMPLE": root.path,
    ]
  }

  func run(_ command: String, extra: [String: String] = [:]) throws -> ToolRun {
    try ToolRun.shell(command, environment: environment.merging(extra) { $1 })
  }

  private static let prototype = Result<URL, any Error> {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("nearcare-prototype-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    removeAtExit(root.path)
    let environment = [
      "NEARCARE_HOME": root.appendingPathComponent("home").path, "NEARCARE_NOW": now,
      "TZ": "America/New_York",
    ]
    for command in [
      "indexer sample --providers 2000 --seed 7 --out \(root.path)/sample",
      """
      cd \(root.path)/sample && indexer run --nppes npidata_pfile.csv --plans plans.json \
      --networks providers.json --schedules schedules.csv
      """,
    ] {
      let run = try ToolRun.shell(command, environment: environment)
      guard run.status == 0 else { throw SetUpFailed(command: command, run: run) }
    }
    return root
  }

  struct SetUpFailed: Error {
    let command: String
    let run: ToolRun
  }
}

/// Folders to remove when the test program ends.
private nonisolated(unsafe) var leftovers: [String] = []
private func removeAtExit(_ path: String) {
  leftovers.append(path)
  atexit { for path in leftovers { try? FileManager.default.removeItem(atPath: path) } }
}
