import CivilTime
import ProviderDirectory
import Scheduling
import TestSupport
import Testing

@Suite struct SlotIDTests {
  @Test func theTextIsAsDocumented() throws {
    let id = try #require(
      SlotID(
        role: drLee, start: instant("2026-11-24T14:00:00Z"), minutes: 30, visitType: .inPerson))
    #expect(id.description == "1234567893-4fz0q8-20261124T1400Z-30p")
    #expect(SlotID(id.description) == id)
    #expect(id.end == instant("2026-11-24T14:30:00Z"))
    let call = try #require(SlotID("1234567893-4fz0q8-20261124T1400Z-5t"))
    #expect(call.visitType == .telehealth && call.minutes == 5 && call.role == drLee)
  }

  @Test func everyIDReadsBack() throws {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<5000 {
      let site = try #require(SiteKey(rawValue: UInt32.random(in: 0..<1 << 30, using: &random)))
      let minute = Int64.random(in: 0..<253_402_300_800 / 60, using: &random)
      let id = try #require(
        SlotID(
          role: RoleID(npi: drLee.npi, site: site),
          start: Instant(secondsSinceEpoch: minute * 60),
          minutes: .random(in: 1...1440, using: &random),
          visitType: .allCases.randomElement(using: &random)!))
      let text = id.description
      #expect(SlotID(text) == id)
      let isSafe = text.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45
      }
      #expect(isSafe, "\(text)")
    }
  }

  @Test(arguments: [
    "", "-", "---", "1234567893-4fz0q8", "1234567893-4fz0q8-20261124T1400Z",
    "1234567893-4fz0q8-20261124T1400Z-", "1234567893-4fz0q8-20261124T1400Z-p",
    "1234567893-4fz0q8-20261124T1400Z-0p", "1234567893-4fz0q8-20261124T1400Z-030p",
    "1234567893-4fz0q8-20261124T1400Z-+30p", "1234567893-4fz0q8-20261124T1400Z--30p",
    "1234567893-4fz0q8-20261124T1400Z-1441p", "1234567893-4fz0q8-20261124T1400Z-30x",
    "1234567893-4fz0q8-20261124T1400Z-30P", "1234567893-4FZ0Q8-20261124T1400Z-30p",
    "1234567894-4fz0q8-20261124T1400Z-30p", "1234567893-4fz0qu-20261124T1400Z-30p",
    "1234567893-4fz0q8-20261124t1400z-30p", "1234567893-4fz0q8-20261124T140000Z-30p",
    "1234567893-4fz0q8-20261124T2400Z-30p", "1234567893-4fz0q8-20261124T1460Z-30p",
    "1234567893-4fz0q8-20261324T1400Z-30p", "1234567893-4fz0q8-20260229T1400Z-30p",
    "1234567893-4fz0q8-19691231T2359Z-30p", " 1234567893-4fz0q8-20261124T1400Z-30p",
    "1234567893-4fz0q8-20261124T1400Z-30p\n", "1234567893-4fz0q8-20261124T1400Z-30p-",
    "+234567893-4fz0q8-20261124T1400Z-30p", "1234567893-4fz0q8-２0261124T1400Z-30p",
    "1234567893-4fz0q8-20261124T1400Z-999999999999999999999p",
  ])
  func whatIsNoIDIsRefused(text: String) {
    #expect(SlotID(text) == nil)
  }

  /// Whatever is read is written again exactly as it was.
  @Test func mutatedIDsAreRefusedOrExact() {
    let seed: UInt64 = 12
    var random = SeededGenerator(seed: seed)
    let good = Array("1234567893-4fz0q8-20261124T1400Z-30p".utf8)
    let alphabet = Array("0123456789-TZptabkz +:\u{0}é".utf8)
    var read = 0
    for round in 0..<20_000 {
      var bytes = good
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let byte = alphabet.randomElement(using: &random)!
        switch Int.random(in: 0...2, using: &random) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default: bytes.remove(at: place)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      guard let id = SlotID(text) else { continue }
      read += 1
      #expect(Array(id.description.utf8) == Array(text.utf8), "seed \(seed), round \(round)")
    }
    #expect(read > 100, "the mutations must also give ids that can be read")
  }

  @Test func whatHasNoTextIsNoID() {
    let start = instant("2026-11-24T14:00:00Z")
    func id(_ start: Instant, _ minutes: Int) -> SlotID? {
      SlotID(role: drLee, start: start, minutes: minutes, visitType: .inPerson)
    }
    #expect(id(start.adding(seconds: 1), 30) == nil)
    #expect(id(start, 0) == nil)
    #expect(id(start, 1441) == nil)
    #expect(id(Instant(secondsSinceEpoch: -60), 30) == nil)
    #expect(id(Instant(secondsSinceEpoch: 253_402_300_800), 30) == nil)
    #expect(id(Instant(secondsSinceEpoch: 253_402_300_740), 30) != nil)
  }
}
