import CivilTime
import Foundation
import ProviderDirectory
import SearchIndex
import Store
import TestSupport
import Testing

@testable import indexer

/// The built program, beside the program that tests it.
private let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
  .deletingLastPathComponent().appendingPathComponent("indexer")

private func start(_ arguments: [String], output: String) throws -> Process {
  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.environment = ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no"]
  _ = FileManager.default.createFile(atPath: output, contents: nil)
  let file = FileHandle(forWritingAtPath: output)
  process.standardOutput = file
  process.standardError = FileHandle.nullDevice
  try process.run()
  return process
}

private struct Summary: Decodable {
  var contentDigest: String
  var peakMemoryMb: Int
  var rejected: Int
}

private func run(_ arguments: [String], output: String) throws -> Summary {
  let process = try start(arguments + ["--json"], output: output)
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(
    Summary.self, from: Data(contentsOf: URL(fileURLWithPath: output)))
}

struct InterruptionTests {
  /// Kills runs with a sign of life at different stages: after the n-th growth of the database,
  /// then in the build of the index. A whole generation is served, the old one unless the kill came
  /// after the new one was published, and the next run takes over.
  @Test(arguments: [1, 3, 6])
  func aKilledRunLeavesAWholeGeneration(_ patience: Int) throws {
    let scratch = try ScratchDirectory()
    let home = HomeDirectory(path: scratch.path + "/home")
    _ = try SampleRun.fictional(2000, seed: 5, folder: scratch.path)
    let files = { (name: String) in "\(scratch.path)/\(name)" }
    let arguments = [
      "run", "--home", home.path, "--nppes", files("npidata_pfile.csv"), "--plans",
      files("plans.json"), "--networks", files("providers.json"), "--schedules",
      files("schedules.csv"),
    ]
    let first = try run(arguments, output: files("first"))
    let generations = IndexGenerations(root: home.indexPath)
    let before = try generations.current()
    let process = try start(arguments, output: files("killed"))
    var changes = 0
    var seen = try modified(home.databasePath + "-wal")
    while process.isRunning, changes < patience {
      let now = try modified(home.databasePath + "-wal")
      if now != seen { changes += 1 }
      seen = now
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let served = try generations.current()
    try served.verify()
    #expect(served == before || served.manifest.contentDigest == first.contentDigest)
    let after = try run(arguments, output: files("after"))
    #expect(after.contentDigest == first.contentDigest)
    #expect(try generations.current().manifest.contentDigest == first.contentDigest)
  }

  private func modified(_ path: String) throws -> Date? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
  }

  /// A file forty times as long takes no more memory: what is read is not kept.
  @Test func readingDoesNotGrowWithTheFile() throws {
    let scratch = try ScratchDirectory()
    _ = try SampleRun.fictional(2000, seed: 9, folder: scratch.path)
    let lines = try String(contentsOfFile: scratch.path + "/npidata_pfile.csv", encoding: .utf8)
      .split(separator: "\n")
    // Rows that are read to their end and then rejected, so that nothing but reading is measured.
    let bad = lines.dropFirst().map { $0.replacingOccurrences(of: "\"Y\"", with: "\"Y") }
      .joined(separator: "\n")
    let start = lines.prefix(20).joined(separator: "\n") + "\n"
    let short = try scratch.file("short.csv", start + bad)
    let long = try scratch.file(
      "long.csv", start + Array(repeating: bad, count: 40).joined(separator: "\n"))
    func peak(_ file: String) throws -> Summary {
      try run(
        ["run", "--home", "\(scratch.path)/home-\(file.hashValue)", "--nppes", file],
        output: scratch.path + "/out")
    }
    let (small, large) = (try peak(short), try peak(long))
    #expect(small.rejected == 2000)
    #expect(large.rejected == 80_000)
    #expect(large.peakMemoryMb - small.peakMemoryMb <= 8)
  }
}
