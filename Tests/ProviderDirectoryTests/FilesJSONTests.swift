import CivilTime
import Foundation
import TestSupport
import Testing

@testable import ProviderDirectory

private func entries(_ text: String) throws -> [NetworkReader.Row] {
  let scratch = try ScratchDirectory()
  let reader = try NetworkReader(path: scratch.file("providers.json", text))
  var rows: [NetworkReader.Row] = []
  while let row = try reader.next() { rows.append(row) }
  #expect(reader.rows == rows.count)
  return rows
}

private func foundationAccepts(_ bytes: [UInt8]) -> Bool {
  do {
    _ = try JSONSerialization.jsonObject(with: Data(bytes))
    return true
  } catch {
    return false
  }
}

struct NetworkReaderTests {
  @Test func anEntryWithEveryVariant() throws {
    let rows = try entries(
      """
      [ {"npi": "1234567893", "type": "INDIVIDUAL", "name": {"first": "A\\u00e9\\"", "last": "B"},
         "addresses": [{"zip": "10003", "phone": "1"}, {"zip": "100031234"}, {"zip": "2116"}],
         "speciality": ["X"], "specialty": "Y", "accepting": "accepting in some locations",
         "languages": ["Spanish", "English", "Spanish"], "last_updated_on": "2024-01-02",
         "plans": [{"plan_id_type": "HIOS-PLAN-ID", "plan_id": "12345xx9876543",
                    "network_tier": "PREFERRED", "years": [2019, 2020]},
                   {"plan_id": "12345XX9876543", "network_tier": "NON-PREFERRED"},
                   {"plan_id": "12345XX9876542"}]},
        {"npi": 1234567893, "plans": {"plan_id": "1"}, "addresses": {"zip": 2116},
         "languages": "French", "accepting": "not accepting"} ]
      """)
    #expect(rows.count == 2)
    guard case .entry(let first) = rows[0], case .entry(let second) = rows[1] else {
      Issue.record("not two entries: \(rows)")
      return
    }
    #expect(first.npi.number == 1_234_567_893)
    #expect(first.zips == ["10003", "02116"])
    #expect(first.planIDs == ["12345XX9876543", "12345XX9876542"])
    #expect(first.newPatients == .someLocations)
    #expect(first.languages == ["Spanish", "English"])
    #expect(first.lastUpdated == CivilDate(year: 2024, month: 1, day: 2))
    #expect(first.line == 1)
    #expect(second.planIDs == ["1"])
    #expect(second.zips == ["02116"])
    #expect(second.languages == ["French"])
    #expect(second.newPatients == .notAccepting)
    #expect(second.line == 9)
  }

  @Test(arguments: [
    (
      #"{"npi": null, "plans": [{"plan_id": "1"}]}"#, "npi",
      "null; without an NPI it is not known who this is"
    ),
    (#"{"plans": [{"plan_id": "1"}]}"#, "npi", "null; without an NPI it is not known who this is"),
    (
      #"{"npi": "1234567890", "plans": [{"plan_id": "1"}]}"#, "npi",
      "\"1234567890\": the check digit does not agree"
    ),
    (#"{"npi": "1234567893"}"#, "plans", "no plan"),
    (#"{"npi": "1234567893", "plans": []}"#, "plans", "no plan"),
    (#"{"npi": "1234567893", "plans": [{"plan_id": null}]}"#, "plans", "\"\" is no plan id"),
    (#"{"npi": "1234567893", "plans": [7]}"#, "plans", "\"\" is no plan id"),
    (#"17"#, "", "not an object"), (#"["a", {"b": 1}]"#, "", "not an object"),
  ])
  func oneBadEntryIsRejectedAndTheNextRead(
    _ element: String, _ field: String, _ reason: String
  ) throws {
    let rows = try entries(
      "[\(element),\n{\"npi\": \"1234567893\", \"plans\": [{\"plan_id\": \"1\"}]}]")
    #expect(rows.count == 2)
    guard case .rejected(let rejection) = rows[0], case .entry(let next) = rows[1] else {
      Issue.record("\(rows)")
      return
    }
    #expect(rejection.field == field)
    #expect(rejection.reason == reason)
    #expect(next.line == 2)
  }

  private static let good = #"{"npi": "1234567893", "plans": [{"plan_id": "1"}]}"#

  @Test(arguments: [
    ("[\(good)", "the file breaks off"), ("[\(good),", "the file breaks off"),
    ("[\(good),]", "the text breaks off"), ("[\(good) \(good)]", "\",\" is missing"),
    ("[\(good)] x", "text after the array"),
    (#"[{"npi": "1234567893", "plans": [}]"#, "no value starts"),
    (#"[{"npi": "1234567893" "plans": []}]"#, "\"}\" is missing"),
    (#"[{"npi": 0123}]"#, "a number with a leading zero"), (#"[{"npi": tru}]"#, "an unknown word"),
    (#"[{"npi": "\x"}]"#, "an unknown escape"), (#"[{"npi": "\ud800"}]"#, "surrogate"),
    ("[{\"npi\": \"a\nb\"}]", "a control character"), (#"[{"npi": 1.}]"#, "without digits"),
    (#"[{"npi": "123"#, "the file breaks off"), (#"[{'npi': 1}]"#, "\"\"\" is missing"),
    (
      "[" + String(repeating: "[", count: 100) + String(repeating: "]", count: 100) + "]",
      "nested deeper"
    ),
  ])
  func damageCondemnsTheFile(_ text: String, _ detail: String) throws {
    let fault = #expect(throws: FileFault.self) { try entries(text) }
    guard case .malformed(_, 1...2, let said) = try #require(fault) else {
      Issue.record("\(String(describing: fault))")
      return
    }
    #expect(said.contains(detail), "\(said)")
  }

  @Test(arguments: [("", "is not a JSON array"), ("{}", "is not a JSON array"), ("[]", "")])
  func onlyAnArrayWillDo(_ text: String, _ message: String) throws {
    if message.isEmpty {
      #expect(try entries(text).isEmpty)
    } else {
      let fault = #expect(throws: FileFault.self) { try entries(text) }
      #expect(fault?.description.contains(message) == true)
    }
  }

  /// The cursor accepts exactly what Foundation's parser accepts, over damaged copies of a good
  /// text.
  @Test(arguments: 1...300)
  func agreesWithFoundation(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var bytes = Array(
      #"{"a": [1, -2.5e3, "x\u00e9\n", true, null, {"b": {}}], "c": "\ud83d\ude00", "d": []}"#.utf8)
    for _ in 0..<Int.random(in: 0...2, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0...2, using: &generator) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(Array("\"{}[],:0e.-".utf8).randomElement(using: &generator)!, at: place)
      default: bytes[place] = Array("\"{}[],: 1a\\".utf8).randomElement(using: &generator)!
      }
    }
    let expected = foundationAccepts(bytes)
    let accepted = bytes.withUnsafeBufferPointer { buffer in
      var cursor = JSONCursor(buffer)
      do {
        try cursor.skipValue()
        try cursor.finish()
        return true
      } catch {
        return false
      }
    }
    #expect(accepted == expected, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
  }

  @Test func elementsLargerThanTheWindowAreRead() throws {
    let plans = (0..<60_000).map { "{\"plan_id\": \"P\($0)-OF-MANY-PLANS\"}" }
    let text =
      "[{\"npi\": \"1234567893\", \"plans\": [{\"plan_id\": \"1\"}], \"x\": [\(plans.joined(separator: ","))]},\n\(Self.good)]"
    #expect(text.utf8.count > 1 << 20)
    let rows = try entries(text)
    #expect(rows.count == 2)
  }

  @Test(.enabled(if: SharedFiles.have("data/insurance/qhp_sample/providers.json")))
  func theSampleOfCMS() throws {
    let folder = "data/insurance/qhp_sample/"
    let reader = try NetworkReader(path: SharedFiles.url(folder + "providers.json").path)
    var accepted = 0
    var rejected = 0
    while let row = try reader.next() {
      if case .entry = row { accepted += 1 } else { rejected += 1 }
    }
    #expect(accepted + rejected == reader.rows)
    // of the three made-up NPIs one has a right check digit
    #expect(accepted == 1)
    #expect(rejected == 2)
    let plans = try PlansReader(path: SharedFiles.url(folder + "plans.json").path)
    guard case .plan(let plan) = try plans.next() else {
      Issue.record("no plan")
      return
    }
    #expect(plan.id == "12345XX9876543")
    #expect(plan.marketingName == "Vandelay Insurance Gold Health Plan")
    #expect(plan.lastUpdated == CivilDate(year: 2015, month: 6, day: 12))
  }
}
