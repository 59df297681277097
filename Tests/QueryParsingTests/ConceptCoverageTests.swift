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

  /// Names, friendly names and common conditions of the services that the Department of Veterans
  /// Affairs lists for its facilities.
  static let services: URL? = {
    let file = shared.appendingPathComponent("data/vocab/va_health_services.tsv")
    if FileManager.default.fileExists(atPath: file.path) { return file }
    print("SKIPPED (needs ../shared): every service of the veterans' facilities")
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

  /// `care-services.tsv` says by hand which concepts a service is, or why it is none.
  struct Care {
    let concepts: [SpecialtyConcept]
    let reason: String
  }

  static func careServices() throws -> [String: Care] {
    let table = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("care-services.tsv")
    let catalog = try SpecialtyCatalog()
    let lines = try String(contentsOf: table, encoding: .utf8).split(separator: "\n").dropFirst()
    let rows = try lines.map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      try #require(fields.count == 3, "\(line)")
      let concepts = try fields[1].split(separator: " ").map {
        try #require(catalog.concept(id: String($0)), "\(line)")
      }
      return (String(fields[0]), Care(concepts: concepts, reason: String(fields[2])))
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  @Test func aServiceIsSomeConceptOrHasAReason() throws {
    let services = try Self.careServices()
    #expect(services.count >= 80)
    for (name, service) in services {
      #expect(service.concepts.isEmpty != service.reason.isEmpty, "\(name)")
    }
  }

  @Test(.enabled(if: services != nil)) func everyServiceLeadsToItsConcepts() throws {
    let parser = try Fixture.parser()
    let expected = try Self.careServices()
    let text = try String(contentsOf: #require(Self.services), encoding: .utf8)
    let lines = text.split(separator: "\n").dropFirst()
    #expect(
      Set(lines.map { "\($0.split(separator: "\t", omittingEmptySubsequences: false)[3])" })
        == Set(expected.keys))
    for line in lines {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      let service = try #require(expected[String(fields[3])], "\(line)")
      let name = try parser.parse(String(fields[0]), context: Fixture.context())
      for concept in service.concepts {
        #expect(name.specialties.map(\.code).contains(concept.codes[0]), "\(fields[0])")
      }
      // "hepatitis A/B/C" is three conditions written as one.
      let terms = ([fields[0], fields[1]] + fields[2].split(separator: "|"))
        .map { $0.hasSuffix("A/B/C") ? $0.dropLast(4) : $0 }
      for term in terms where !term.isEmpty {
        let query = try parser.parse(String(term), context: Fixture.context())
        #expect(query.specialties.isEmpty == service.concepts.isEmpty, "\(term)")
        #expect(query.unrecognized == [], "\(term)")
        #expect(query.name == nil, "\(term)")
        if service.concepts.isEmpty { #expect(query.visitType == .telehealth, "\(term)") }
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
