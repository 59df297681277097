import Foundation
import Store
import StoreTestSupport
import Testing

/// Random requests to the bookings and to the model, which must answer alike and end up with the
/// same claims and waitlist after every step. `NEARCARE_SEED` replays one seed; `NEARCARE_ROUNDS`
/// multiplies how many are tried.
@Suite struct ModelTests {
  private static let seeds: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["NEARCARE_SEED"].flatMap({ UInt64($0) }) { return [seed] }
    let factor = environment["NEARCARE_ROUNDS"].flatMap { Int($0) } ?? 1
    return Array(1...UInt64(16 * factor))
  }()

  @Test(arguments: seeds)
  func bookingsDoWhatTheModelDoes(seed: UInt64) throws {
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
    #expect(try run.desk.clinic.overlaps() == 0, "seed \(seed)")
    try run.desk.store.read { _ = try $0.verifyAudit(vault: run.desk.vault) }
  }
}
