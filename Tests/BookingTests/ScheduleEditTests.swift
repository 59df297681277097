import Booking
import CivilTime
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Testing

/// Changes of hours while visits are booked: what they strand is listed and never touched.
@Suite struct ScheduleEditTests {
  private let desk: Desk
  private let visit: Appointment

  init() throws {
    desk = try Desk()
    visit = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann).value
  }

  private func hours(_ from: Int, _ to: Int) throws -> [ScheduleBlock] {
    try Weekday.allCases.map {
      try ScheduleBlock(
        weekday: $0, start: TimeOfDay(minutes: from)!, end: TimeOfDay(minutes: to)!,
        slotMinutes: 30, visitType: .inPerson)
    }
  }

  private func edit(
    _ policy: EditPolicy, _ change: (WriteTransaction) throws -> Void
  ) throws -> ScheduleEdit {
    try desk.store.write { transaction in
      try transaction.editSchedules(
        of: [Desk.heart, Desk.heartElsewhere], policy, vault: { desk.vault },
        { try change(transaction) })
    }
  }

  private func stored() throws -> [ScheduleBlock] {
    try #require(try desk.store.read { try $0.schedule(of: Desk.heart) }).blocks
  }

  private func audited() throws -> Int {
    try desk.clinic.count("SELECT count(*) FROM audit WHERE action = 'list-stranded'")
  }

  @Test func aChangeThatStrandsAVisitIsListedAndTakenBack() throws {
    let before = try stored()
    for policy in [EditPolicy.unlessStranding, .tryOnly] {
      let edit = try edit(policy) {
        try $0.replaceHours(of: Desk.heart, blocks: hours(600, 1020), run: 0)
      }
      #expect(!edit.isApplied)
      #expect(edit.stranded.map(\.claim) == [visit.id])
      #expect(edit.stranded[0].refusals.map(\.code) == [.outsideSchedule])
      #expect(edit.after[Desk.heart]?.blocks == (try hours(600, 1020)))
      #expect(try stored() == before)
    }
    #expect(try audited() == 2, "each list of visits is a read of patients' affairs")
    try desk.store.read { _ = try $0.verifyAudit(vault: desk.vault) }
  }

  @Test func strandingLeavesTheVisitBooked() throws {
    let edit = try edit(.always) {
      try $0.replaceHours(of: Desk.heart, blocks: hours(600, 1020), run: 0)
    }
    #expect(edit.isApplied && edit.stranded.count == 1)
    #expect(try stored() == (try hours(600, 1020)))
    let visits = try desk.bookings.appointments(as: desk.ann).value
    #expect(visits.map(\.status) == [.booked] && visits[0].id == visit.id)
    // Stranded already, it is not stranded again.
    let next = try self.edit(.unlessStranding) {
      try $0.replaceHours(of: Desk.heart, blocks: hours(660, 1020), run: 0)
    }
    #expect(next.isApplied && next.stranded.isEmpty)
    #expect(try audited() == 1)
  }

  @Test func aChangeThatStrandsNobodyIsMadeAndNotAudited() throws {
    let edit = try edit(.unlessStranding) {
      try $0.replaceHours(of: Desk.heart, blocks: hours(540, 600), run: 0)
    }
    #expect(edit.isApplied && edit.stranded.isEmpty)
    #expect(try stored() == (try hours(540, 600)))
    #expect(try audited() == 0)
  }

  @Test func nothingIsHalfApplied() throws {
    struct Stop: Error {}
    let before = try stored()
    #expect(throws: Stop.self) {
      try edit(.always) {
        try $0.replaceHours(of: Desk.heart, blocks: hours(600, 1020), run: 0)
        throw Stop()
      }
    }
    #expect(try stored() == before)
  }

  @Test func timeOffAtEverySiteStrandsVisitsAtEach() throws {
    let elsewhere = try desk.bookings.book(
      .slot(desk.slot(Desk.heartElsewhere, 11, 15)), as: desk.bob
    ).value
    let day = CivilDate(iso: "2026-11-24")!
    let edit = try edit(.unlessStranding) {
      _ = try $0.addTimeOff(
        try ScheduleException(
          .timeOff, from: CivilDateTime(date: day, time: .startOfDay)!,
          to: CivilDateTime(date: day, time: .endOfDay)!), ofAllSitesOf: Desk.heart.npi)
    }
    #expect(Set(edit.stranded.map(\.claim)) == [visit.id, elsewhere.id])
    #expect(edit.stranded.flatMap(\.refusals).map(\.code) == [.timeOff, .timeOff])
    #expect(try audited() == 2, "a row for each schedule")
  }

  /// As when a zone's rules change after the booking: the moment stays, the wall time does not.
  @Test func visitsThatAZoneMovesAreFound() throws {
    let none = try desk.store.read { try $0.shiftedVisits() }
    #expect(none.checked == 1 && none.shifted.isEmpty)
    try desk.clinic.stray("UPDATE claim SET wall_minute = 600, tzdata_version = '2020a'")
    let found = try desk.store.read { try $0.shiftedVisits() }
    #expect(found.checked == 1)
    let shifted = try #require(found.shifted.first)
    #expect(shifted.claim == visit.id && shifted.tzdataVersion == "2020a")
    #expect(shifted.wall.time == TimeOfDay(hour: 10, minute: 0))
    #expect(shifted.wallNow.time == TimeOfDay(hour: 9, minute: 0))
    #expect(shifted.wall.date == shifted.wallNow.date)
  }
}
