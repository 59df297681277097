import Booking
import Foundation
import Privacy
import Scheduling
import Store
import StoreTestSupport
import Testing

/// Whether the time that a failed sign-in takes tells if anybody has the name. Run by hand, on a
/// machine that is otherwise idle: NEARCARE_TIMING=1.
///
/// The scrypt is made cheap, so that what differs besides would show the more.
@Suite struct SignInTimingTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["NEARCARE_TIMING"] == "1"))
  func knownAndUnknownNamesTakeAsLong() throws {
    var limits = BookingLimits.standard
    limits.freeAttempts = 1_000_000
    let desk = try Desk(limits: limits)
    let passphrase = "correct horse battery"
    _ = try desk.bookings.addStaff(
      login: "iris", StaffPost(role: .administrator, npi: nil, sites: []), passphrase: passphrase,
      by: .frontDesk(FrontDesk(name: "root"))
    ).value
    func nanoseconds(_ name: String) throws -> Double {
      let start = DispatchTime.now().uptimeNanoseconds
      let outcome = try desk.bookings.signIn(
        SignInAttempt(name: name, passphrase: Passphrase(typed: "wrong"), code: "000000"))
      let end = DispatchTime.now().uptimeNanoseconds
      #expect(outcome.code == .signInFailed)
      return Double(end - start)
    }
    var known: [Double] = []
    var unknown: [Double] = []
    for round in 0..<1100 {
      // Now the one first, now the other.
      let pair =
        try round % 2 == 0
        ? [nanoseconds("iris"), nanoseconds("nora")]
        : [
          nanoseconds("nora"), nanoseconds("iris"),
        ].reversed()
      guard round >= 100 else { continue }
      known.append(pair[0])
      unknown.append(pair[1])
    }
    // Of 1,000 pairs, how often the known one took longer: 500, give or take 2 · 15.8.
    let longer = zip(known, unknown).count { $0 > $1 }
    func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] / 1000 }
    print(
      """
      sign-in refused: known \(median(known)) µs, unknown \(median(unknown)) µs; the known one took \
      longer in \(longer) of 1000 pairs
      """)
    let relative = abs(median(known) - median(unknown)) / median(unknown)
    #expect(relative < 0.02)
  }
}
