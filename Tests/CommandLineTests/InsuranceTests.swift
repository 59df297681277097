import Foundation
import Testing

/// Brand, insurer and plan through the whole program, against the list of everyone.
@Suite struct InsuranceTests {
  struct Row {
    let id: String
    /// Plan id and insurer id of each plan.
    let plans: [(id: String, insurer: String)]
    let json: [String: Any]
  }

  static func rows(_ home: SampleHome, _ options: String) throws -> [Row] {
    let run = try home.run(
      "nearcare search --near 10001 --radius 12000 --limit 10000 --slots 0 --budget-ms 60000 --json"
        + " \(options)")
    let results = try #require(try run.json()["results"] as? [[String: Any]])
    return try results.map { result in
      let plans = try #require(result["plans"] as? [[String: Any]])
      return Row(
        id: try #require(result["role_id"] as? String),
        plans: plans.map { ($0["id"] as? String ?? "", $0["insurer"] as? String ?? "") },
        json: result)
    }
  }

  /// The insurer and everything below it, from the table's own lines.
  static func family(of id: String) throws -> Set<String> {
    let table = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../data/tables/insurers.tsv")
    let lines = try String(contentsOf: table, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    var family: Set = [id]
    var before = 0
    while family.count > before {
      before = family.count
      for line in lines where family.contains(String(line[2])) { family.insert(String(line[0])) }
    }
    return family
  }

  @Test func aBrandFindsItsInsurersPlansAndAPlanItself() throws {
    let home = try SampleHome()
    let everyone = try Self.rows(home, "--specialty any")
    #expect(everyone.count >= 2000)
    for brand in ["bcbs", "anthem", "empire", "oscar", "medicare"] {
      let family = try Self.family(of: brand)
      let expected = everyone.filter { $0.plans.contains { family.contains($0.insurer) } }
      let found = try Self.rows(home, "--insurance \(brand)")
      #expect(Set(found.map(\.id)) == Set(expected.map(\.id)), "\(brand)")
      #expect(!found.isEmpty, "\(brand)")
      for row in found { try Self.expectMatched(row) { family.contains($0.insurer) } }
    }
    #expect(try Self.family(of: "bcbs").isSuperset(of: ["empire", "anthem", "bcbs"]))
    for plan in ["99901NY0010001", "99901NY0010016"] {
      let expected = everyone.filter { $0.plans.contains { $0.id == plan } }
      #expect(!expected.isEmpty)
      for words in ["--insurance \(plan)", "--insurance \(plan.lowercased())", "'takes \(plan)'"] {
        let found = try Self.rows(home, words)
        #expect(Set(found.map(\.id)) == Set(expected.map(\.id)), "\(words)")
        for row in found { try Self.expectMatched(row) { $0.id == plan } }
      }
    }
  }

  /// Exactly the plans that answer are marked, and their insurers name one of them with its date.
  static func expectMatched(
    _ row: Row, _ answers: ((id: String, insurer: String)) -> Bool
  ) throws {
    let plans = try #require(row.json["plans"] as? [[String: Any]])
    let marked = plans.filter { $0["matched"] as? Bool == true }
    #expect(
      Set(marked.compactMap { $0["id"] as? String }) == Set(row.plans.filter(answers).map(\.id)))
    let insurers = Set(marked.compactMap { $0["insurer"] as? String })
    for entry in try #require(row.json["insurance"] as? [[String: Any]]) {
      let id = try #require(entry["id"] as? String)
      #expect(entry["matched"] as? Bool == insurers.contains(id))
      guard insurers.contains(id) else {
        #expect(entry["plan_id"] is NSNull && entry["as_of"] is NSNull)
        continue
      }
      let plan = try #require(
        marked.first { $0["id"] as? String == entry["plan_id"] as? String })
      #expect(plan["name"] as? String == entry["plan_name"] as? String)
      #expect(plan["as_of"] as? String == entry["as_of"] as? String)
    }
  }
}
