import Foundation
import Store
import Testing

/// A simulated year against the model of `YearModel`: every message that is due arrives, once, and
/// nothing else does. `NEARCARE_SEED` replays one seed; `NEARCARE_PATIENTS=10000` is the long form, a
/// quarter of an hour.
///
/// Costs some three CPU seconds, because a year needs a few hundred transactions.
@Suite struct YearTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let patients = environment["NEARCARE_PATIENTS"].flatMap { Int($0) } ?? 20
  private static let seeds: [UInt64] =
    environment["NEARCARE_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? [1, 2]

  @Test(arguments: seeds) func aYear(seed: UInt64) throws {
    var year = try YearRun(seed: seed, patients: Self.patients)
    let pace = 365 * 86_400 / (Self.patients * 10)
    var step = 0
    while !year.isOver {
      step += 1
      if let difference = try year.step(seconds: pace) {
        Issue.record(
          """
          seed \(seed), step \(step): \(difference); replay with NEARCARE_SEED=\(seed) \
          swift test --filter YearTests
          """)
        return
      }
    }
    print("seed \(seed): \(step) steps, \(year.tally)")
    #expect(year.tally.sent >= min(Self.patients, 20))
    #expect((1...year.tally.crashes).contains(year.tally.repeats))
    try year.practice.store.read { _ = try $0.verifyAudit(vault: year.practice.vault) }
    let ended = try year.practice.clinic.count(
      "SELECT count(*) FROM message_job WHERE state IN ('leased', 'given-up')")
    #expect(ended == year.tally.givenUp)
    for medium in MessageMedium.allCases { #expect(year.tally.byMedium[medium] ?? 0 > 3) }
    #expect(year.tally.failed >= 1 && year.tally.quiet >= 1)
  }
}
