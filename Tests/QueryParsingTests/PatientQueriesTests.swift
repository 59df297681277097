import CivilTime
import Foundation
import ProviderDirectory
import Testing

@testable import QueryParsing

/// The public queries beside the repository, understood as their lines say.
@Suite struct PatientQueriesTests {
  static let file: URL? = {
    let shared =
      ProcessInfo.processInfo.environment["NEARCARE_SHARED"].map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../shared").standardizedFileURL
    let file = shared.appendingPathComponent("data/queries/patient_queries.jsonl")
    if FileManager.default.fileExists(atPath: file.path) { return file }
    print("SKIPPED (needs ../shared): PatientQueriesTests")
    return nil
  }()

  @Test(.enabled(if: file != nil)) func everyQueryIsUnderstood() throws {
    let text = try String(contentsOf: #require(Self.file), encoding: .utf8)
    let parser = try Fixture.parser()
    var complaints: [String] = []
    var count = 0
    for line in text.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      let expected = try ExpectedQuery(#require(object as? [String: Any]))
      let query = try parser.parse(expected.text, context: Fixture.context())
      count += 1
      let wrong = expected.mismatches(query)
      if !wrong.isEmpty { complaints.append("\(expected.text): \(wrong.joined(separator: "; "))") }
    }
    #expect(count == 30)
    #expect(complaints == [])
  }
}

/// What a line of a query file expects, compared by the rules of `score-queries`.
struct ExpectedQuery {
  let line: [String: Any]
  let text: String

  init(_ line: [String: Any]) throws {
    self.line = line
    text = try #require(line["q"] as? String)
  }

  func mismatches(_ query: ParsedQuery) -> [String] {
    [
      specialty(query), insurance(query), place(query), dates(query), times(query), others(query),
    ].flatMap { $0 }
  }

  private func specialty(_ query: ParsedQuery) -> [String] {
    let codes = query.specialties.map(\.code.text)
    var wrong: [String] = []
    if let code = line["specialty"] as? String, !codes.contains(code) {
      wrong.append("specialties \(codes) lack \(code)")
    }
    if let any = line["specialty_any"] as? [String], Set(any).isDisjoint(with: codes) {
      wrong.append("specialties \(codes) have none of \(any)")
    }
    if codes.count > 25 { wrong.append("\(codes.count) specialties") }
    return wrong
  }

  private func insurance(_ query: ParsedQuery) -> [String] {
    let names = query.insurance.map { Self.plain($0.name) }
    guard let wanted = line["insurance"] as? String else {
      return names.isEmpty ? [] : ["insurance \(names) invented"]
    }
    return names.contains { $0.contains(wanted) } ? [] : ["insurance \(names) lacks \(wanted)"]
  }

  private func place(_ query: ParsedQuery) -> [String] {
    let place = query.place
    if line["place"] == nil {
      return place == nil || place?.kind == .me ? [] : ["place \(place!.label) invented"]
    }
    if line["place"] as? String == "me" { return place?.kind == .me ? [] : ["place is not me"] }
    guard let place, let wanted = line["place"] as? [String: String] else {
      return ["place missing"]
    }
    if let zip = wanted["zip"] { return place.zip == zip ? [] : ["\(place.label) is not \(zip)"] }
    let cities = (wanted["city"] ?? "").split(separator: "|").map { Self.plain(String($0)) }
    let agrees =
      cities.contains(Self.plain(place.city ?? "")) && place.state == wanted["state"]
    return agrees ? [] : ["place \(place.label) is not \(wanted)"]
  }

  private func dates(_ query: ParsedQuery) -> [String] {
    let found = query.dates.map { ["\($0.lowerBound)", "\($0.upperBound)"] }
    let wanted = (line["from"] as? String).map { [$0, line["to"] as? String ?? ""] }
    return found == wanted ? [] : ["dates \(found ?? []) are not \(wanted ?? [])"]
  }

  private func times(_ query: ParsedQuery) -> [String] {
    guard let wanted = line["times"] as? [String] else { return [] }
    let found = query.times.map { ["\($0.from)", "\($0.to)"] }
    return found == wanted ? [] : ["times \(found ?? []) are not \(wanted)"]
  }

  private func others(_ query: ParsedQuery) -> [String] {
    var wrong: [String] = []
    if query.visitType?.rawValue != line["visit_type"] as? String { wrong.append("visit type") }
    if let language = line["language"] as? String, !query.languages.contains(language) {
      wrong.append("languages \(query.languages)")
    }
    if let gender = line["gender"] as? String, query.gender?.rawValue != gender {
      wrong.append("gender")
    }
    if let sort = line["sort"] as? String, query.sort?.rawValue != sort { wrong.append("sort") }
    if let miles = line["radius_miles"] as? Double,
      abs((query.radiusMiles ?? 0) - miles) > 1e-6
    {
      wrong.append("radius \(query.radiusMiles ?? 0)")
    }
    if let name = line["name"] as? String, !Self.plain(query.name ?? "").contains(name) {
      wrong.append("name \(query.name ?? "")")
    }
    return wrong
  }

  private static func plain(_ text: String) -> String {
    text.lowercased().filter { $0 != "." }
  }
}
