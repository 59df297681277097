import CivilTime
import Privacy
import StoreTestSupport
import TestSupport
import Testing

@testable import Store

@Suite struct RecordNumberTests {
  @Test func textsComeBack() throws {
    var generator = SeededGenerator(seed: 3)
    let random = TestClinic.random(seed: 4)
    for _ in 0..<1000 {
      let instant = Instant.random(
        in: Instant(secondsSinceEpoch: 0)...Instant(secondsSinceEpoch: 8_000_000_000),
        using: &generator)
      let id = ClaimID(at: instant, random: random)
      #expect(ClaimID(hold: id.holdText) == id)
      #expect(ClaimID(appointment: id.appointmentText.uppercased()) == id)
      #expect(ClaimID(rawValue: id.rawValue) == id)
      #expect(id.holdText.utf8.count == 15)
      let patient = PatientID(at: instant, random: random)
      #expect(PatientID(patient.description) == patient)
    }
    #expect(ClaimID(rawValue: 1)?.holdText == "h-0000000000001")
    #expect(ClaimID(rawValue: .max)?.holdText == "h-7zzzzzzzzzzzz")
  }

  @Test(arguments: [
    "", "h-", "h-000000000001", "h-00000000000001", "a-0000000000001", "h_0000000000001",
    "h-000000000000i", "h-000000000000l", "h-000000000000o", "h-000000000000u",
    "h-0000000000000", "h-8000000000000", "h-zzzzzzzzzzzzz", " h-000000000001", "h-00000000000é",
  ])
  func otherTextsAreNoHolds(text: String) {
    #expect(ClaimID(hold: text) == nil)
  }

  @Test func laterOnesAreGreater() {
    let random = TestClinic.random(seed: 5)
    let ids = (0..<100).map {
      ClaimID(at: TestClinic.start.adding(seconds: $0), random: random)
    }
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == 100)
  }

  /// Whatever the clock says, a number is positive.
  @Test(arguments: [Int64.min, -1, 0, 1 << 33, Int64.max])
  func anyClockWillDo(seconds: Int64) {
    let id = ClaimID(
      at: Instant(secondsSinceEpoch: seconds),
      random: RandomSource { [UInt8](repeating: 0, count: $0) })
    #expect(id.rawValue >= 1)
  }
}
