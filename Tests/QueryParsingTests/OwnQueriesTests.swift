import Foundation
import Testing

@testable import QueryParsing

/// The queries of `queries.jsonl`, in the form of the public ones. Every third line is held out: it
/// is never looked at when the words and rules are worked on, only counted.
@Suite struct OwnQueriesTests {
  /// What each part has reached, which may only rise.
  static let floors = (workedOn: 200, heldOut: 98)

  @Test func queriesAreUnderstood() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("queries.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 300)
    let parser = try Fixture.parser()
    var complaints: [String] = []
    var workedOn = 0
    var heldOut = 0
    for (index, line) in lines.enumerated() {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      let expected = try ExpectedQuery(#require(object as? [String: Any]))
      let query = try parser.parse(expected.text, context: Fixture.context())
      let wrong = expected.mismatches(query)
      if (index + 1) % 3 == 0 {
        heldOut += wrong.isEmpty ? 1 : 0
      } else if wrong.isEmpty {
        workedOn += 1
      } else {
        complaints.append("\(expected.text): \(wrong.joined(separator: "; "))")
      }
    }
    let list = complaints.joined(separator: "\n")
    #expect(workedOn >= Self.floors.workedOn, "\(workedOn) of 200:\n\(list)")
    #expect(heldOut >= Self.floors.heldOut, "\(heldOut) of 100")
  }
}
