import Booking
import Privacy
import Scheduling
import StoreTestSupport
import Testing

@testable import Store

/// Whether anybody has a name is not to be told by the work that a failed sign-in is:
/// `Benchmarks/run sign-in` measures the time, this compares the statements.
@Suite struct SignInWorkTests {
  let desk: Desk
  private static let passphrase = "correct horse battery"

  /// The staff's iris, and mona whose account is closed; ann with a passphrase, bob without.
  init() throws {
    var limits = BookingLimits.standard
    limits.freeAttempts = 3
    desk = try Desk(limits: limits)
    _ = try desk.bookings.setPassphrase(
      Self.passphrase, present: nil, newCodes: false, as: desk.ann
    ).value
    let owner = Asker.frontDesk(FrontDesk(name: "root"))
    let post = try StaffPost(role: .administrator, npi: nil, sites: [])
    let codes = try desk.bookings.addStaff(
      login: "iris", post, passphrase: Self.passphrase, by: owner
    ).value
    let iris = try desk.bookings.signIn(
      SignInAttempt(
        name: "iris", passphrase: Passphrase(typed: Self.passphrase),
        code: codes.code(at: desk.clinic.clock.now.secondsSinceEpoch))
    ).value
    let site = try StaffPost(role: .frontDesk, npi: nil, sites: [Desk.heart.site])
    for login in ["mona", "nina"] {
      _ = try desk.bookings.addStaff(
        login: login, site, passphrase: Self.passphrase, by: .patient(iris.token)
      ).value
    }
    _ = try desk.bookings.closeStaff(login: "mona", by: .patient(iris.token)).value
  }

  private func work(_ name: String, _ passphrase: String = "wrong") throws -> [String] {
    let log = StatementLog()
    try desk.store.writer().queue.inDatabase { log.follow($0) }
    let outcome = try desk.bookings.signIn(
      SignInAttempt(name: name, passphrase: Passphrase(typed: passphrase), code: "000000"))
    #expect(outcome.code == .signInFailed || outcome.code == .lockedOut)
    return log.all + ["\(outcome.code == .lockedOut)"]
  }

  @Test(arguments: [
    ["nina", "mona", "nobody.has.this", "not a name at all"],
    ["ann@example.org", "bob@example.org", "nobody@example.org"],
  ])
  func namesThatNobodyHasAreTheSameWork(names: [String]) throws {
    // The first three are free, the fourth closes the name, the fifth finds it closed.
    for attempt in 1...5 {
      let first = try work(names[0])
      for name in names.dropFirst() {
        #expect(try work(name) == first, "\(name), attempt \(attempt)")
      }
    }
  }

  /// A right passphrase with a wrong code is the same work too.
  @Test func aWrongCodeIsTheSameWork() throws {
    #expect(try work("nina", Self.passphrase) == work("nina2"))
  }
}
