import Foundation
import TestSupport

/// A Python program of this folder that serves on loopback for as long as the tests run: it prints
/// its ports, writes what it takes into a folder, and ends with its standard input.
final class LoopbackServer: Sendable {
  private struct Hello: Decodable {
    let ports: [String: Int]
    let certificate: String
  }

  private let scratch: ScratchDirectory
  private let hello: Hello
  // Ends the server when it is closed, at the latest with this process.
  private let input = Pipe()

  init(_ program: String) throws {
    scratch = try ScratchDirectory()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent(program).path, scratch.path,
    ]
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw DidNotStart() }
      line += more
    }
    hello = try JSONDecoder().decode(Hello.self, from: line)
  }

  struct DidNotStart: Error {}

  var certificate: String { hello.certificate }
  func port(_ name: String) -> Int { hello.ports[name] ?? 0 }

  /// The files that it wrote, in the order in which it did.
  func files(_ ending: String) throws -> [Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    return try names.filter { $0.hasSuffix(ending) }.sorted().map {
      try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\($0)"))
    }
  }
}
