import Booking
import CivilTime
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Testing

/// The summary of availability helps a search, and decides no booking, however wrong it is.
@Suite struct SummaryTests {
  @Test func whatItRulesOutCanBeBooked() throws {
    let desk = try Desk()
    try desk.store.summarizeAvailability()
    try desk.clinic.stray(
      """
      UPDATE availability SET first_open = 1 << 40, hours = x'010000'
      """)
    let rows = try desk.clinic.count("SELECT count(*) FROM availability")
    #expect(rows == 3)
    let hold = try desk.bookings.hold(desk.slot(9), as: desk.ann).value
    _ = try desk.bookings.book(.hold(hold.id), as: desk.ann).value
    _ = try desk.bookings.book(.slot(desk.slot(10)), as: desk.bob).value
  }

  @Test func whatItPromisesIsNot() throws {
    let desk = try Desk()
    try desk.store.summarizeAvailability()
    _ = try desk.bookings.book(.slot(desk.slot(9)), as: desk.bob).value
    // Round the clock every day, from the beginning of time on.
    try desk.clinic.stray(
      "UPDATE availability SET first_open = 0, hours = x'01017F000000A0051E0000'")
    let offered = try desk.store.read { transaction in
      try transaction.schedules(of: [Desk.heart], where: { _ in true })
    }
    #expect(offered[Desk.heart]?.blocks.count == 7, "the search does believe it")
    let taken = try desk.bookings.hold(desk.slot(9), as: desk.ann)
    #expect(taken.code == .slotTaken)
    for hour in [3, 20] {
      let held = try desk.bookings.hold(desk.slot(hour), as: desk.ann)
      let booked = try desk.bookings.book(.slot(desk.slot(hour)), as: desk.ann)
      #expect(held.code == .outsideSchedule && booked.code == .outsideSchedule)
    }
  }
}
