import CivilTime
import ProviderDirectory
import TestSupport
import Testing

@testable import Scheduling

/// What rules a schedule out before slots are laid must never rule out a slot.
@Suite struct StartBoundTests {
  private static let seeds: Range<UInt64> = 0..<600

  /// Wherever a slot is, the bound from that moment on is that moment; and the bound from the
  /// beginning is not after the first.
  @Test func everySlotIsAStart() throws {
    var slotCount = 0
    for seed in Self.seeds {
      let it = try RandomPractice(seed: seed)
      let request = try RandomCase(seed: seed).request
      let hours = WeeklyHours.starts(of: it.schedule.blocks, and: it.schedule.exceptions)
      var bound = StartBound(request, in: it.schedule.zone, from: it.now)
      let found = slots(
        in: it.schedule, matching: request, busy: it.busy, rooms: it.rooms, now: it.now)
      guard let first = found.first else { continue }
      let start = bound.start(in: hours, from: it.now)
      let earliest = try #require(start, "seed \(seed)")
      #expect(earliest <= first.start && earliest >= it.now, "seed \(seed)")
      for slot in found {
        let start = bound.start(in: hours, from: slot.start)
        #expect(start == slot.start, "seed \(seed): \(slot.id)")
      }
      slotCount += found.count
    }
    #expect(slotCount > 5000)
  }

  /// What the wall clock shows, minute by minute.
  @Test func theBoundIsTheFirstMinuteThatIsAStart() throws {
    var (some, none) = (0, 0)
    for seed in Self.seeds.prefix(200) {
      let it = try RandomCase(seed: seed)
      var random = SeededGenerator(seed: seed ^ 0x77)
      let today = it.schedule.zone.local(at: it.now).date.daysSinceEpoch
      let hours = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        let start = Int.random(in: 0..<1440, using: &random)
        return WeeklyHours(
          weekdays: .random(in: 1...127, using: &random),
          visitType: ([nil] + VisitType.allCases).randomElement(using: &random)!,
          startMinute: start, endMinute: start + .random(in: 1...1440, using: &random),
          stepMinutes: [1, 7, 15, 20, 45, 60, 1440].randomElement(using: &random)!,
          firstDay: Bool.random(using: &random)
            ? .min : today + .random(in: -2...4, using: &random))
      }
      let earliest = it.now.adding(seconds: .random(in: 0...90_000, using: &random))
      var bound = StartBound(it.request, in: it.schedule.zone, from: it.now)
      let found = bound.start(in: hours, from: earliest)
      let expected = Self.firstMinute(of: hours, it.request, in: it.schedule.zone, from: earliest)
      if let expected {
        #expect(found == expected, "seed \(seed): \(hours)")
        some += 1
      } else {
        // Further ahead than was gone through; with dates nothing is.
        #expect(found == nil || it.request.dates == nil, "seed \(seed): \(hours)")
        none += 1
      }
    }
    #expect(some > 50 && none > 20, "\(some), \(none)")
  }

  private static func firstMinute(
    of hours: [WeeklyHours], _ request: SlotRequest, in zone: Zone, from earliest: Instant
  ) -> Instant? {
    let first = (earliest.secondsSinceEpoch + 59) / 60
    return (first..<first + 9 * 1440).lazy.map { Instant(secondsSinceEpoch: $0 * 60) }.first {
      let shown = zone.local(at: $0)
      guard shown.second == 0, request.dates?.contains(shown.date) ?? true,
        request.times?.contains(shown.time) ?? true
      else { return false }
      return hours.contains { isStart(shown, of: $0, request.visitType) }
    }
  }

  private static func isStart(
    _ shown: LocalTime, of hours: WeeklyHours, _ visitType: VisitType?
  ) -> Bool {
    if let visitType, let offered = hours.visitType, visitType != offered { return false }
    return [0, 1].contains { daysAgo in
      let date = shown.date.adding(days: -daysAgo)
      let minute = shown.time.minutes + 1440 * daysAgo
      return hours.weekdays >> (date.weekday.rawValue - 1) & 1 == 1
        && date.daysSinceEpoch >= hours.firstDay
        && (hours.startMinute..<hours.endMinute).contains(minute)
        && (minute - hours.startMinute).isMultiple(of: hours.stepMinutes)
    }
  }

  /// Sunday 2026-11-01 in New York has an hour from 01:00 twice; on 2026-03-08 02:00 is skipped.
  @Test func clocksThatAreSetGoOnShowingStarts() throws {
    func starts(_ from: String, _ count: Int) throws -> [String] {
      let zone = try Zone("America/New_York")
      let hours = try WeeklyHours.starts(
        of: [
          ScheduleBlock(
            weekday: .saturday, start: TimeOfDay("23:30")!, end: TimeOfDay("03:30")!,
            slotMinutes: 60, visitType: .inPerson)
        ], and: [])
      var next = Instant(rfc3339: from)!
      var bound = StartBound(SlotRequest(), in: zone, from: next)
      return try (0..<count).map { _ in
        let found = bound.start(in: hours, from: next)
        let start = try #require(found)
        next = start.adding(seconds: 1)
        let shown = zone.local(at: start)
        return "\(shown.date) \(shown.time) \(shown.abbreviation)"
      }
    }
    #expect(
      try starts("2026-10-31T12:00:00-04:00", 6) == [
        "2026-10-31 23:30 EDT", "2026-11-01 00:30 EDT", "2026-11-01 01:30 EDT",
        "2026-11-01 01:30 EST", "2026-11-01 02:30 EST", "2026-11-07 23:30 EST",
      ])
    #expect(
      try starts("2026-03-08T00:00:00-05:00", 3) == [
        "2026-03-08 00:30 EST", "2026-03-08 01:30 EST", "2026-03-14 23:30 EDT",
      ])
  }

  @Test func sameHoursOfManyDaysAreOne() throws {
    let blocks = try [Weekday.monday, .wednesday, .friday].flatMap { weekday in
      try [("13:00", "17:00"), ("09:00", "12:00")].map { from, to in
        try ScheduleBlock(
          weekday: weekday, start: TimeOfDay(from)!, end: TimeOfDay(to)!, slotMinutes: 20,
          visitType: .inPerson)
      }
    }
    let hours = WeeklyHours.starts(of: blocks, and: [])
    #expect(hours.map(\.weekdays) == [0b10101, 0b10101])
    #expect(hours.map(\.startMinute) == [540, 780])
    var again: [ScheduleBlock] = []
    for one in hours { try one.appendPlainBlocks(to: &again) }
    #expect(Set(again) == Set(blocks) && again.count == blocks.count)
  }

  /// Claims only come after it was worked out, and rules, limits and holidays only take slots away.
  @Test func nothingIsOpenBeforeTheEarliestOpening() throws {
    var bounds = 0
    for seed in Self.seeds {
      let one = try RandomPractice(seed: seed)
      let then = one.now.adding(seconds: -Int64(seed % 5) * 40_000)
      let earliest = try Schedule.earliestOpening(
        one.schedule.role, one.schedule.zone, blocks: one.schedule.blocks,
        exceptions: one.schedule.exceptions,
        busy: one.busy.filter { $0.ownHold == nil }.dropLast(one.busy.count / 2), now: then)
      for slot in slots(in: one.schedule, busy: one.busy, rooms: one.rooms, now: one.now) {
        #expect(slot.start >= earliest, "seed \(seed): \(slot.id)")
      }
      if earliest > one.now { bounds += 1 }
    }
    #expect(bounds > 100)
  }
}
