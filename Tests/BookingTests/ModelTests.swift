import Foundation
import Store
import StoreTestSupport
import Testing

/// Random requests to the bookings and to the model, which must answer alike and end up with the
/// same claims and waitlist after every step. `NEARCARE_SEED` replays one seed; `NEARCARE_ROUNDS`
/// multiplies how many are tried, and `NEARCARE_FIRST_ROUND` says with which round to begin.
@Suite struct ModelTests {
  private static let environment = ProcessInfo.processInfo.environment
  /// Rounds of sixteen seeds.
  private static let rounds: [[UInt64]] = {
    if let seed = environment["NEARCARE_SEED"].flatMap({ UInt64($0) }) { return [[seed]] }
    let count = environment["NEARCARE_ROUNDS"].flatMap { UInt64($0) } ?? 1
    let first = environment["NEARCARE_FIRST_ROUND"].flatMap { UInt64($0) } ?? 1
    return (first..<first + count).map { round in ((round - 1) * 16 + 1...round * 16).map(\.self) }
  }()

  @Test(arguments: rounds)
  func bookingsDoWhatTheModelDoes(seeds: [UInt64]) throws {
    var tally = (claimed: 0, replacing: 0, tooLate: 0)
    for seed in seeds {
      let replay = "replay with NEARCARE_SEED=\(seed) swift test --filter ModelTests"
      var run = try ModelRun(seed: seed)
      for step in 1...100 {
        let (what, expected, found) = try run.step()
        guard expected == found else {
          Issue.record(
            """
            seed \(seed), step \(step), \(what): the model says \(expected), the store \(found); \
            \(replay)
            """)
          return
        }
        if let difference = try run.difference() {
          Issue.record("seed \(seed), step \(step), \(what): \(difference); \(replay)")
          return
        }
      }
      #expect(try run.desk.clinic.overlaps() == 0, "seed \(seed); \(replay)")
      try run.desk.store.read { _ = try $0.verifyAudit(vault: run.desk.vault) }
      tally.claimed += run.tally.claimed
      tally.replacing += run.tally.replacing
      tally.tooLate += run.tally.tooLate
    }
    print("seeds \(seeds[0])...: \(tally)")
  }
}
