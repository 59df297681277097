import Foundation
import Testing

/// `slots.py`, which shares nothing with this program but the files of tzdata.
enum PythonOracle {
  static let python: URL? = {
    let found = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    if found == nil { print("SKIPPED (needs python3): slots compared with zoneinfo") }
    return found.map { URL(fileURLWithPath: $0) }
  }()

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("slots.py")

  /// What the program prints in answer to a question.
  static func ask(_ question: some Encodable) throws -> Data {
    let process = Process()
    process.executableURL = python
    process.arguments = [script.path]
    let stdin = Pipe()
    let stdout = Pipe()
    process.standardInput = stdin
    process.standardOutput = stdout
    let input = try JSONEncoder().encode(question)
    try process.run()
    let writer = Thread {
      stdin.fileHandleForWriting.write(input)
      try! stdin.fileHandleForWriting.close()
    }
    writer.start()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return output
  }
}
