import Booking
import CivilTime
import Geospatial
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Testing

@Suite struct WaitlistTests {
  let desk: Desk
  let cid: SessionToken
  private static let tuesday = CivilDate(iso: "2026-11-24")!
  private static let heart = Wish(whom: .role(Desk.heart), dates: tuesday...tuesday)

  init() throws {
    desk = try Desk()
    cid = try Desk.register("Cid", desk.bookings).token
  }

  private func join(
    _ wish: Wish = heart, _ severity: Severity = .routine, replacing: ClaimID? = nil,
    as token: SessionToken
  ) throws -> WaitlistID {
    try desk.bookings.joinWaitlist(wish, severity: severity, replacing: replacing, as: token)
      .value.id
  }

  private func offer(_ id: WaitlistID, as token: SessionToken) throws -> Hold? {
    try desk.bookings.waitlist(as: token).value.first { $0.id == id }?.offer
  }

  @Test func cancellationBecomesSomebodysAppointment() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let id = try join(as: desk.bob)
    #expect(try offer(id, as: desk.bob) == nil)
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    let offered = try #require(try offer(id, as: desk.bob))
    #expect(offered.slot == visit.slot)
    #expect(offered.expiresAt == TestClinic.start.adding(seconds: 1800))
    #expect(try desk.bookings.book(.slot(visit.slot), as: desk.ann).code == .slotTaken)
    #expect(try desk.bookings.extend(offered.id, as: desk.bob).code == .holdExtended)
    let claimed = try desk.bookings.claimOffer(id, as: desk.bob).value
    #expect(claimed.id == offered.id)
    #expect(try desk.bookings.claimOffer(id, as: desk.bob).value == claimed)
    #expect(
      try desk.store.read { try $0.outboxEvents(after: 0, limit: 9) }.map(\.kind)
        == [.booked, .cancelled, .offered, .claimed])
    #expect(try desk.bookings.leaveWaitlist(id, as: desk.bob).code == .entryOver)
  }

  /// What is offered in the place of an offer that ran out has to be seen before it is claimed.
  @Test func onlyTheOfferThatWasSeenIsClaimed() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let id = try join(as: desk.bob)
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(try offer(id, as: desk.bob)?.slot == desk.slot(9))
    desk.clinic.clock.advance(seconds: 1560)
    _ = try desk.bookings.hold(desk.slot(11), as: cid).value
    desk.clinic.clock.advance(seconds: 340)
    #expect(try desk.bookings.claimOffer(id, as: desk.bob).code == .offerExpired)
    #expect(try desk.bookings.appointments(as: desk.bob).value.isEmpty)
    #expect(try offer(id, as: desk.bob)?.slot == desk.slot(11))
    #expect(try desk.bookings.claimOffer(id, as: desk.bob).value.slot == desk.slot(11))
  }

  /// Who has moved the visit that they would give up still gives up that one, for earlier slots.
  @Test func theVisitToReplaceIsFollowed() throws {
    let early = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let late = try desk.bookings.book(.slot(desk.slot(11)), as: cid).value
    let own = try desk.bookings.book(.slot(desk.slot(14)), as: desk.bob).value
    let id = try join(replacing: own.id, as: desk.bob)
    _ = try desk.bookings.reschedule(own.id, to: .slot(desk.slot(10)), as: desk.bob).value
    _ = try desk.bookings.cancel(late.id, as: cid).value
    #expect(try offer(id, as: desk.bob) == nil)
    _ = try desk.bookings.cancel(early.id, as: desk.ann).value
    #expect(try desk.bookings.claimOffer(id, as: desk.bob).value.slot == desk.slot(9))
    let booked = try desk.bookings.appointments(as: desk.bob).value.filter { $0.status == .booked }
    #expect(booked.map(\.slot) == [desk.slot(9)])
  }

  /// An entry that cannot be opened stands in nobody's way.
  @Test func aDamagedWishIsPassedOver() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let damaged = try join(Self.heart, .urgent, as: cid)
    let id = try join(as: desk.bob)
    try desk.clinic.stray(
      "UPDATE waitlist SET wish_sealed = zeroblob(80) WHERE waitlist_id = \(damaged.rawValue)")
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(try offer(id, as: desk.bob)?.slot == visit.slot)
    #expect(throws: SealingError.self) { try desk.bookings.waitlist(as: cid) }
  }

  /// Severity first, then who joined first; each has thirty minutes, and the next is asked in the
  /// transaction that ends them.
  @Test func nextInLineIsAskedWhenAnOfferLapses() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let dee = try Desk.register("Dee", desk.bookings).token
    let first = try join(as: desk.bob)
    let urgent = try join(Self.heart, .urgent, as: cid)
    let last = try join(as: dee)
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(try offer(urgent, as: cid) != nil)
    desk.clinic.clock.advance(seconds: 1799)
    #expect(try offer(first, as: desk.bob) == nil)
    #expect(try offer(urgent, as: cid) != nil)
    desk.clinic.clock.advance(seconds: 1)
    // A stranger wants the slot and finds that it has gone to the next in line.
    #expect(try desk.bookings.hold(visit.slot, as: desk.ann).code == .slotTaken)
    #expect(try offer(first, as: desk.bob)?.slot == visit.slot)
    #expect(try desk.bookings.claimOffer(urgent, as: cid).code == .noOffer)
    _ = try desk.bookings.release(try #require(try offer(first, as: desk.bob)).id, as: desk.bob)
    #expect(try offer(last, as: dee)?.slot == visit.slot)
    desk.clinic.clock.advance(seconds: 1800)
    #expect(try desk.bookings.claimOffer(last, as: dee).code == .offerExpired)
    // All three were asked, so it is anybody's now.
    #expect(try desk.bookings.book(.slot(visit.slot), as: desk.ann).code == nil)
  }

  @Test func patientIsOfferedOneSlotAtATime() throws {
    let visits = try [9, 10].map {
      try desk.bookings.book(.slot(desk.slot($0)), as: desk.ann).value
    }
    let (id, other) = (try join(as: desk.bob), try join(as: desk.bob))
    let cids = try join(as: cid)
    for visit in visits { _ = try desk.bookings.cancel(visit.id, as: desk.ann).value }
    #expect(try offer(id, as: desk.bob)?.slot == visits[0].slot)
    #expect(try offer(other, as: desk.bob) == nil)
    #expect(try offer(cids, as: cid)?.slot == visits[1].slot)
    #expect(
      throws: (any Error).self, "nor by a stray shell"
    ) {
      try desk.clinic.stray(
        "UPDATE waitlist SET state = 'offered' WHERE waitlist_id = \(other.rawValue)")
    }
  }

  @Test func oldAppointmentStaysUntilTheClaim() throws {
    let old = try desk.bookings.book(.slot(desk.slot(15)), as: desk.bob).value
    let taken = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    let later = try desk.bookings.book(.slot(desk.slot(16)), as: desk.ann).value
    let id = try join(replacing: old.id, as: desk.bob)
    _ = try desk.bookings.cancel(later.id, as: desk.ann).value
    #expect(try offer(id, as: desk.bob) == nil, "not earlier than what he has")
    _ = try desk.bookings.cancel(taken.id, as: desk.ann).value
    #expect(try offer(id, as: desk.bob)?.slot == taken.slot)
    #expect(try desk.bookings.appointments(as: desk.bob).value == [old])
    let claimed = try desk.bookings.claimOffer(id, as: desk.bob).value
    #expect(claimed.replaces == old.id)
    #expect(
      try desk.bookings.appointments(as: desk.bob).value.map(\.status) == [.booked, .rescheduled])
    #expect(try desk.bookings.book(.slot(old.slot), as: desk.ann).code == nil)
  }

  @Test func offersRespectThePatientsOtherVisits() throws {
    let visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
    _ = try desk.bookings.book(.slot(desk.slot(Desk.skin, 9)), as: desk.bob).value
    let (bobs, cids) = (try join(as: desk.bob), try join(as: cid))
    _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
    #expect(try offer(bobs, as: desk.bob) == nil)
    #expect(try offer(cids, as: cid) != nil)
  }

  /// What is freed, by whom it is wanted, and what they get.
  @Test func wishesAreMatchedByPlaceTimeAndKind() throws {
    try desk.clinic.stray(
      "UPDATE role SET lat = 41.5 WHERE role_id = \(Desk.heartElsewhere.rawValue)")
    let center = Coordinate(latitude: 40.75, longitude: -74)!
    let cardiology = TaxonomyCode("207RC0000X")!
    let day = Self.tuesday...Self.tuesday
    let nine = TimeOfDay("09:00")!..<TimeOfDay("09:01")!
    let later = TimeOfDay("09:45")!..<TimeOfDay.endOfDay
    let cases: [(Wish, Bool)] = [
      (Wish(whom: .practitioner(Desk.heart.npi), dates: day), true),
      (Wish(whom: .practitioner(Desk.skin.npi), dates: day), false),
      (Wish(whom: .role(Desk.heartElsewhere), dates: day), true),
      (Wish(whom: .role(Desk.heartElsewhere), dates: day, times: nine), true),
      (Wish(whom: .role(Desk.heart), dates: day, times: nine), true),
      (Wish(whom: .role(Desk.heart), dates: day, times: later), false),
      (Wish(whom: .role(Desk.heart), dates: day, visitType: .telehealth), false),
      (
        Wish(
          whom: .role(Desk.heart),
          dates: Self.tuesday.adding(days: 1)...Self.tuesday.adding(days: 3)), false
      ),
      (Wish(whom: .specialty([cardiology], around: center, radiusMeters: 1), dates: day), true),
      (
        Wish(
          whom: .specialty(
            [cardiology], around: Coordinate(latitude: 41.5, longitude: -74.2)!,
            radiusMeters: 17_000), dates: day), true
      ),
      (
        Wish(
          whom: .specialty(
            [cardiology], around: Coordinate(latitude: 41.5, longitude: -74.2)!,
            radiusMeters: 16_000), dates: day), false
      ),
      (
        Wish(
          whom: .specialty([TaxonomyCode("207N00000X")!], around: center, radiusMeters: 9000),
          dates: day), false
      ),
    ]
    for (number, (wish, isOffered)) in cases.enumerated() {
      let token = try Desk.register("waiting\(number)", desk.bookings).token
      // 9:00–9:45 at the other site, which two slots here overlap.
      let visit = try desk.bookings.book(
        .slot(desk.slot(Desk.heartElsewhere, 9)), as: desk.ann
      ).value
      let id = try join(wish, as: token)
      _ = try desk.bookings.cancel(visit.id, as: desk.ann).value
      #expect((try offer(id, as: token) != nil) == isOffered, "\(wish)")
      _ = try desk.bookings.leaveWaitlist(id, as: token).value
      #expect(try desk.bookings.leaveWaitlist(id, as: token).value.state == .left)
    }
  }

  @Test func workEndsHoldsAndOffersTheirTime() throws {
    _ = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    _ = try desk.bookings.hold(desk.slot(Desk.skin, 9), as: desk.ann).value
    let id = try join(as: desk.bob)
    #expect(try desk.bookings.work() == WorkDone())
    desk.clinic.clock.advance(seconds: 300)
    var done = WorkDone()
    (done.expiredHolds, done.offers) = (2, 1)
    #expect(try desk.bookings.work() == done)
    #expect(try offer(id, as: desk.bob)?.slot == desk.slot(9))
    #expect(try desk.bookings.work() == WorkDone())
  }

  @Test func addedHoursAreOffered() throws {
    let saturday = CivilDate(iso: "2026-11-28")!
    let evening = TimeOfDay("18:00")!..<TimeOfDay.endOfDay
    let wish = Wish(whom: .role(Desk.heart), dates: saturday...saturday, times: evening)
    let (first, second) = (try join(wish, as: desk.bob), try join(wish, as: cid))
    let blocks = try #require(try desk.store.read { try $0.schedule(of: Desk.heart) }).blocks
    let extra = try ScheduleException(
      .extraHours(slotMinutes: 30, visitType: .inPerson),
      from: CivilDateTime(date: saturday, time: TimeOfDay("18:00")!)!,
      to: CivilDateTime(date: saturday, time: TimeOfDay("19:00")!)!)
    try desk.store.write {
      try $0.replaceSchedule(of: Desk.heart, blocks: blocks, exceptions: [extra], run: 2)
    }
    #expect(try desk.bookings.work().offers == 2)
    #expect(try offer(first, as: desk.bob)?.slot == TestClinic.slot(Desk.heart, day: 5, 18))
    #expect(try offer(second, as: cid)?.slot == TestClinic.slot(Desk.heart, day: 5, 18, 30))
  }

  @Test func entriesEndWithTheirDates() throws {
    let id = try join(as: desk.bob)
    desk.clinic.clock.set(to: Instant(rfc3339: "2026-11-25T07:00:00-05:00")!)
    #expect(try desk.bookings.waitlist(as: desk.bob).value.map(\.state) == [.over])
    #expect(try desk.bookings.work().closedEntries == 1)
    #expect(try desk.bookings.claimOffer(id, as: desk.bob).code == .entryOver)
    #expect(try desk.bookings.joinWaitlist(Self.heart, as: desk.bob).code == .datesOver)
    #expect(try desk.clinic.count("SELECT count(*) FROM waitlist_key") == 0)
  }

  @Test func entriesAreTheirPatientsAndLimited() throws {
    let id = try join(as: desk.bob)
    #expect(try desk.bookings.claimOffer(id, as: desk.ann).code == .unknownEntry)
    #expect(try desk.bookings.leaveWaitlist(id, as: desk.ann).code == .unknownEntry)
    #expect(try desk.bookings.claimOffer(id, as: desk.bob).code == .noOffer)
    for _ in 2...10 { _ = try join(as: desk.bob) }
    #expect(try desk.bookings.joinWaitlist(Self.heart, as: desk.bob).code == .tooManyEntries)
    let unknown = Wish(
      whom: .role(TestClinic.role(person: 77)), dates: Self.tuesday...Self.tuesday)
    #expect(try desk.bookings.joinWaitlist(unknown, as: desk.ann).code == .unknownRole)
  }

  @Test func joiningWithAKeyMayBeRepeated() throws {
    func join(_ wish: Wish) throws -> Outcome<WaitlistPlace> {
      try desk.bookings.joinWaitlist(wish, idempotencyKey: "k", as: desk.bob)
    }
    let first = try join(Self.heart).value
    #expect(try join(Self.heart).value == first)
    var other = Self.heart
    other.visitType = .telehealth
    #expect(try join(other).code == .idempotencyKeyReused)
  }

  /// Neither whom nor where somebody waits for can be read in the file.
  @Test func wishesAreSealed() throws {
    let center = Coordinate(latitude: 40.75, longitude: -74)!
    let psychiatry = TaxonomyCode("2084P0800X")!
    _ = try join(
      Wish(
        whom: .specialty([psychiatry], around: center, radiusMeters: 40_000),
        dates: Self.tuesday...Self.tuesday), as: desk.bob)
    for table in ["waitlist", "waitlist_key"] {
      let columns = try desk.clinic.text(
        "SELECT group_concat('hex(' || name || ')', '||') FROM pragma_table_info('\(table)')")
      let stored = try desk.clinic.text("SELECT group_concat(\(columns)) FROM \(table)")
      for secret in ["2084P0800X", "40.75", "dr5"] {
        let hex = secret.utf8.map { String($0, radix: 16, uppercase: true) }.joined()
        #expect(!stored.contains(hex), "\(secret) in \(table)")
      }
    }
  }
}
