import Foundation
import ProviderDirectory
import Testing

@testable import QueryParsing

/// Whether the concepts answer what patients ask, and whether anyone answers to the concepts.
@Suite struct ConceptCoverageTests {
  static let shared =
    ProcessInfo.processInfo.environment["NEARCARE_SHARED"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared").standardizedFileURL

  static let labels: URL? = {
    let file = shared.appendingPathComponent("data/vocab/consumer_specialty_labels.txt")
    if FileManager.default.fileExists(atPath: file.path) { return file }
    print("SKIPPED (needs ../shared): every label of the vocabulary list")
    return nil
  }()

  static let weeklyFiles: [URL] = {
    let folder = shared.appendingPathComponent("data/nppes")
    let weeks = [
      "20240101-20240107", "20240108-20240114", "20240115-20240121", "20240122-20240128",
    ]
    let files = weeks.map { folder.appendingPathComponent("npidata_pfile_\($0).csv") }
    if files.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) }) { return files }
    print("SKIPPED (needs ../shared): concepts that no role of four weeks has")
    return []
  }()

  /// `Cardiologist (Heart Doctor)` is two ways to ask, `Dietitian / Nutritionist` too.
  @Test(.enabled(if: labels != nil)) func everyLabelIsUnderstood() throws {
    let parser = try Fixture.parser()
    let text = try String(contentsOf: #require(Self.labels), encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.count >= 50)
    for line in lines {
      for part in line.split(whereSeparator: { "()/".contains($0) }) {
        let label = part.trimmingPrefix("incl ").trimmingCharacters(in: .whitespaces)
        guard !label.isEmpty else { continue }
        let query = try parser.parse(label, context: Fixture.context())
        #expect(!query.specialties.isEmpty, "\(label)")
        #expect(query.unrecognized == [], "\(label)")
        #expect(query.name == nil && query.place == nil, "\(label)")
      }
    }
  }

  /// Said, not required: four weeks of changes need not hold every rare specialty.
  @Test(.enabled(if: !weeklyFiles.isEmpty)) func conceptsOfNoRoleAreListed() throws {
    var used: Set<String> = []
    for file in Self.weeklyFiles { used.formUnion(try Self.quotedCodes(of: file)) }
    #expect(used.contains("207Q00000X"))
    let concepts = try SpecialtyCatalog().concepts
    let idle = concepts.filter { concept in !concept.codes.contains { used.contains($0.text) } }
    print("\(idle.count) of \(concepts.count) concepts have no role in four weeks:")
    print(idle.map(\.id).joined(separator: " "))
    #expect(idle.count < concepts.count / 4)
  }

  /// Ten characters between quotes, the last of them an X.
  private static func quotedCodes(of file: URL) throws -> Set<String> {
    let quote = UInt8(ascii: "\"")
    return try Data(contentsOf: file, options: .alwaysMapped).withUnsafeBytes { bytes in
      var codes: Set<String> = []
      guard let base = bytes.baseAddress else { return codes }
      var start = 11
      while start < bytes.count - 1,
        let found = memchr(base + start, Int32(UInt8(ascii: "X")), bytes.count - 1 - start)
      {
        let index = base.distance(to: UnsafeRawPointer(found))
        if bytes[index + 1] == quote, bytes[index - 10] == quote {
          codes.insert(String(decoding: bytes[(index - 9)...index], as: UTF8.self))
        }
        start = index + 1
      }
      return codes
    }
  }
}
