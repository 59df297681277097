import CivilTime
import ProviderDirectory
import Testing

@testable import Scheduling

/// What rules a schedule out before slots are laid must never rule out a slot.
@Suite struct OutlookTests {
  private static let seeds: Range<UInt64> = 0..<400

  @Test func noSlotStartsOutsideItsWeekPattern() throws {
    for seed in Self.seeds {
      let one = try RandomCase(seed: seed)
      let weekly = one.schedule.exceptions.allSatisfy { $0.hours == nil }
      let asked = WeekPattern(dates: one.request.dates, times: one.request.times)
      for slot in slots(in: one.schedule, matching: one.request, busy: one.busy, now: one.now) {
        let local = one.schedule.zone.local(at: slot.start)
        let minute = local.time.minutes
        let moment = WeekPattern(
          dates: local.date...local.date,
          times: TimeOfDay(minutes: minute)!..<TimeOfDay(minutes: minute + 1)!)
        #expect(asked.meets(moment), "seed \(seed): \(slot.id)")
        guard weekly else { continue }
        let offered = WeekPattern(one.schedule.blocks, slot.visitType)
        #expect(offered.meets(moment), "seed \(seed): \(slot.id)")
        #expect(offered.meets(asked), "seed \(seed): \(slot.id)")
      }
    }
  }

  @Test func patternsAreThoseOfTheHours() throws {
    func time(_ text: String) -> TimeOfDay { TimeOfDay(text)! }
    let night = try ScheduleBlock(
      weekday: .sunday, start: time("22:00"), end: time("03:30"), slotMinutes: 30,
      visitType: .inPerson)
    // Sunday's last stretch, and Monday's first two.
    #expect(WeekPattern([night], .inPerson).bits == 1 << 55 | 0b11)
    #expect(WeekPattern([night], .telehealth).bits == 0)
    let monday = CivilDate(iso: "2026-11-23")!
    let morning = WeekPattern(dates: monday...monday, times: time("00:00")..<time("12:00"))
    #expect(morning.bits == 0b1111)
    #expect(WeekPattern(dates: monday...monday.adding(days: 6), times: nil).bits == 1 << 56 - 1)
    #expect(WeekPattern(dates: nil, times: time("12:00")..<time("12:00")).bits == 0)
  }

  /// Claims only come after it was worked out, and rules, limits and holidays only take slots away.
  @Test func nothingIsOpenBeforeTheEarliestOpening() throws {
    var bounds = 0
    for seed in Self.seeds {
      let one = try RandomCase(seed: seed)
      let then = one.now.adding(seconds: -Int64(seed % 5) * 40_000)
      let earliest = Schedule.earliestOpening(
        one.schedule.role, one.schedule.zone, blocks: one.schedule.blocks,
        exceptions: one.schedule.exceptions,
        busy: Array(one.busy.prefix(one.busy.count / 2)), now: then)
      for slot in slots(in: one.schedule, busy: one.busy, now: one.now) {
        #expect(slot.start >= earliest, "seed \(seed): \(slot.id)")
      }
      if earliest > one.now { bounds += 1 }
    }
    #expect(bounds > 100)
  }
}
