import Foundation
import Testing

@testable import QueryParsing

/// The queries of `queries.jsonl`, in the form of the public ones. Every third line is held out: it
/// is never looked at when the words and rules are worked on, only counted.
@Suite struct OwnQueriesTests {
  /// What each part has reached, which may only rise.
  static let floors = (workedOn: 200, heldOut: 98)

  static func lines(_ name: String) throws -> [Substring] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent(name)
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
  }

  /// Lines in other phrasings, written with what they mean before the words were worked on.
  @Test func phrasingsAreUnderstood() throws {
    let lines = try Self.lines("phrasings.jsonl")
    #expect(lines.count == 190)
    let parser = try Fixture.parser()
    for line in lines {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      let expected = try ExpectedQuery(#require(object as? [String: Any]))
      let query = try parser.parse(expected.text, context: Fixture.context())
      #expect(expected.mismatches(query) == [], "\(expected.text)")
    }
  }

  /// Lines with what is not wanted, spans, counties and second wishes; what is left over of each is
  /// part of its answer, which was read and found right.
  @Test func wishesAreAccountedFor() throws {
    let parser = try Fixture.parser()
    for line in try Self.lines("wishes.jsonl") {
      let object = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let expected = try ExpectedQuery(object)
      let query = try parser.parse(expected.text, context: Fixture.context())
      #expect(expected.mismatches(query) == [], "\(expected.text)")
      #expect(query.unrecognized == object["unrecognized"] as? [String], "\(expected.text)")
    }
  }

  @Test func queriesAreUnderstood() throws {
    let lines = try Self.lines("queries.jsonl")
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
