import Foundation
import Testing

/// Golden transcripts: what a person types and, to the letter, what comes back.
///
/// A transcript is a file in `Transcripts`: a line `$ command`, then stdout as it is, stderr with
/// `! ` before each line, and `[exit N]` unless N is 0. The commands of a file share one home.
/// `NEARCARE_RECORD=1 swift test --filter TranscriptTests` writes the files anew; read the diff.
@Suite struct TranscriptTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Transcripts")

  static let files: [String] = {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".txt") }.sorted()
    } catch {
      return ["the folder Transcripts cannot be read: \(error)"]
    }
  }()

  @Test(arguments: files) func transcript(_ file: String) throws {
    let url = Self.folder.appendingPathComponent(file)
    let expected = try String(contentsOf: url, encoding: .utf8)
    let commands = expected.split(separator: "\n").filter { $0.hasPrefix("$ ") }
      .map { String($0.dropFirst(2)) }
    try #require(!commands.isEmpty)
    let home = try SampleHome()
    var actual = ""
    for command in commands {
      let run = try home.run("cd \"$SAMPLE\" && \(command)")
      actual += "$ \(command)\n" + Self.record(run, home: home) + "\n"
    }
    if ProcessInfo.processInfo.environment["NEARCARE_RECORD"] == "1" {
      try actual.write(to: url, atomically: true, encoding: .utf8)
    } else {
      #expect(actual == expected)
    }
  }

  static func record(_ run: ToolRun, home: SampleHome) -> String {
    var text = ""
    for line in run.stdout.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      text += line + "\n"
    }
    for line in run.stderr.split(separator: "\n") { text += "! \(line)\n" }
    if run.status != 0 { text += "[exit \(run.status)]\n" }
    return steady(text, home: home)
  }

  /// What differs from run to run, by a name: folders, times taken, and ids that are drawn.
  static func steady(_ text: String, home: SampleHome) -> String {
    var text = text.replacingOccurrences(of: home.path, with: "SAMPLE")
    for (pattern, name) in [
      (#""elapsed_(ms|s)":[0-9.]+"#, #""elapsed_$1":N"#),
      (#"\b[0-9.]+ ms\b"#, "N ms"),
      (#"tzdata 20[0-9]{2}[a-z]"#, "tzdata RELEASE"),
      (#""tzdata":"20[0-9]{2}[a-z]""#, #""tzdata":"RELEASE""#),
      (#"\b([ahpw])-[0-9a-z]{13}\b"#, "$1-ID"),
      (#""(appointment_id|entry_id|hold_id|patient_id)":("[^"]*"|[0-9]+)"#, #""$1":"ID""#),
    ] {
      text = text.replacingOccurrences(of: pattern, with: name, options: .regularExpression)
    }
    return text
  }
}
