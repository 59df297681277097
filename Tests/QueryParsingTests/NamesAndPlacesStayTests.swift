import Foundation
import ProviderDirectory
import Testing

@testable import QueryParsing

/// No correct name of a place or a person is "corrected", and none becomes a specialty, unless it is
/// itself a word of the tables ("Burns").
@Suite struct NamesAndPlacesStayTests {
  private let context: ParseContext

  init() throws { context = try Fixture.context() }

  private func complaint(_ text: String, _ parser: QueryParser) throws -> String? {
    if Self.excused.contains(text) { return nil }
    let query = try parser.parse(text, context: context)
    if let note = query.notes.first(where: { $0.hasPrefix("showing ") && !$0.contains(", ") }) {
      return "\(text): \(note)"
    }
    let isPhrase = PhraseText.words(text).contains { parser.specialties.mention($0) != nil }
    let isOneWord = PhraseText.words(text).count == 1
    if query.specialties.isEmpty || isPhrase && isOneWord { return nil }
    return "\(text): \(query.specialties[0].name)"
  }

  /// Their one word, or their first ones, are a phrase of the tables by its stem.
  private static let excused: Set<String> = [
    "Huntington", "Joint Base Pearl Harbor Hickam", "Achille", "Cushing", "Childs",
  ]

  @Test func placesOfTheGazetteer() throws {
    let parser = try Fixture.parser()
    var seen: Set<String> = []
    var complaints: [String] = []
    for entry in try Gazetteer().allCities where seen.insert(entry.city).inserted {
      if let complaint = try complaint(entry.city, parser) { complaints.append(complaint) }
    }
    #expect(seen.count > 20_000)
    #expect(complaints == [])
  }

  static let surnames: [String] = {
    do {
      return try commonestSurnames(2000)
    } catch {
      print("SKIPPED (needs ../shared): the commonest surnames of four weeks; \(error)")
      return []
    }
  }()

  @Test(.enabled(if: !surnames.isEmpty)) func surnamesOfRealFiles() throws {
    let parser = try Fixture.parser()
    #expect(Self.surnames.count == 2000)
    var complaints: [String] = []
    for surname in Self.surnames {
      if let complaint = try complaint(surname, parser) { complaints.append(complaint) }
      let titled = try parser.parse("Dr. \(surname)", context: context)
      if titled.name == nil || !titled.specialties.isEmpty {
        complaints.append("Dr. \(surname): \(titled.name ?? "no name")")
      }
      let beside = try parser.parse("cardiologist \(surname)", context: context)
      if beside.notes.contains(where: { $0.hasPrefix("showing ") && !$0.contains(", ") }) {
        complaints.append("cardiologist \(surname): \(beside.notes)")
      }
    }
    #expect(complaints == [])
  }

  /// The sixth field of every line, by how many have it.
  private static func commonestSurnames(_ count: Int) throws -> [String] {
    var counts: [[UInt8]: Int] = [:]
    for file in ConceptCoverageTests.weeklyFiles {
      try Data(contentsOf: file, options: .alwaysMapped).withUnsafeBytes { bytes in
        var start = 0
        while start < bytes.count {
          let line = UnsafeRawBufferPointer(rebasing: bytes[start...])
          let end = line.firstIndex(of: UInt8(ascii: "\n")) ?? line.count
          let field = field(5, of: UnsafeRawBufferPointer(rebasing: line[..<end]))
          if !field.isEmpty, field.allSatisfy({ $0 < 0x80 }) { counts[field, default: 0] += 1 }
          start += end + 1
        }
      }
    }
    let named = counts.map { (count: $0.value, name: String(decoding: $0.key, as: UTF8.self)) }
    return named.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(count)
      .map(\.name.capitalized)
  }

  /// A field of a line in which every field is quoted and none before it holds a quote.
  private static func field(_ index: Int, of line: UnsafeRawBufferPointer) -> [UInt8] {
    var quotes = 0
    var field: [UInt8] = []
    for byte in line {
      if byte == UInt8(ascii: "\"") {
        quotes += 1
        if quotes == 2 * index + 2 { return field }
      } else if quotes == 2 * index + 1 {
        field.append(byte)
      }
    }
    return []
  }
}
