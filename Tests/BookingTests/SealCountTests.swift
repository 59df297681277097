import Booking
import CivilTime
import Privacy
import Store
import StoreTestSupport
import Synchronization
import Testing

/// What the trail says that a key has sealed at most, beside what it has sealed.
@Suite struct SealCountTests {
  /// Counts the nonces that are drawn: one for each value that is sealed.
  private final class Nonces: Sendable {
    let count = Atomic<Int64>(0)

    var source: RandomSource {
      RandomSource { [self] bytes in
        if bytes == 12 { count.add(1, ordering: .relaxed) }
        return RandomSource.system.bytes(bytes)
      }
    }
  }

  @Test func theTrailNeverSaysTooFew() throws {
    let desk = try Desk()
    let nonces = Nonces()
    let vault = try Vault.open(for: desk.store, random: nonces.source)
    var limits = BookingLimits.standard
    limits.passphraseCost = Desk.passphraseCost
    let bookings = Bookings(
      store: desk.store, vault: vault, random: TestClinic.random(seed: 3), limits: limits)
    let before = try desk.store.read { try $0.sealsAtMost(vault: vault) }
    var drawn: Int64 = 0
    func check(_ what: String, seals: Int64, _ body: () throws -> Void) throws {
      try body()
      let now = nonces.count.load(ordering: .relaxed)
      #expect(now - drawn == seals, "\(what)")
      drawn = now
      let atMost = try desk.store.read { try $0.sealsAtMost(vault: vault) } - before
      #expect(now <= atMost, "\(what)")
    }
    var cid: SessionToken?
    var visit: ClaimID?
    try check("register", seals: 4) { cid = try Desk.register("Cid", bookings).token }
    try check("book", seals: 1) {
      visit = try bookings.book(.slot(desk.slot(9)), reason: "rash", as: cid).value.id
    }
    try check("hold", seals: 0) { _ = try bookings.hold(desk.slot(15), as: cid).value }
    try check("series", seals: 8) {
      _ = try bookings.bookSeries(.slot(desk.slot(11)), weeks: 8, reason: "gait", as: cid).value
    }
    try check("cancel", seals: 1) {
      _ = try bookings.cancel(#require(visit), reason: "better", as: cid).value
    }
    try check("waitlist", seals: 1) {
      let day = CivilDate(iso: "2026-11-30")!
      _ = try bookings.joinWaitlist(
        Wish(whom: .practitioner(Desk.skin.npi), dates: day...day), as: cid
      ).value
    }
    try check("passphrase", seals: 2) {
      _ = try bookings.setPassphrase(
        "correct horse battery", present: nil, newCodes: true, as: cid
      ).value
    }
    try check("staff", seals: 2) {
      _ = try bookings.addStaff(
        login: "iris", StaffPost(role: .administrator, npi: nil, sites: []),
        passphrase: "correct horse battery", by: .frontDesk(FrontDesk(name: "root"))
      ).value
    }
  }
}
