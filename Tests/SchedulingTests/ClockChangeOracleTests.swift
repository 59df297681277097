import CivilTime
import Foundation
import ProviderDirectory
import Scheduling
import TestSupport
import Testing

/// Every zone's changes of the clock from 2024 to 2040, as `zoneinfo` knows them, with random
/// schedules laid around each.
///
/// Zones with equal changes are walked once. The short form lays ten schedules around every fifth
/// change; `NEARCARE_ORACLE=full` lays 2,000 around each, and takes the better part of an hour.
@Suite struct ClockChangeOracleTests {
  struct Group: Decodable {
    let zones: [String]
    let changes: [[Int64]]
  }

  private static let isFull = ProcessInfo.processInfo.environment["NEARCARE_ORACLE"] == "full"

  private func groups() throws -> [Group] {
    try JSONDecoder().decode([Group].self, from: PythonOracle.ask(["do": "changes"]))
  }

  @Test(.enabled(if: PythonOracle.python != nil, "SKIPPED (needs python3)"))
  func slotsAroundEveryChange() throws {
    let groups = try groups()
    let last = Instant(rfc3339: "2041-01-01T00:00:00Z")!
    var changes: [(zone: String, at: Int64)] = []
    for group in groups {
      for name in group.zones {
        // The groups stand for their zones only if both programs see the same changes in each.
        var found: [[Int64]] = []
        var at = Instant(rfc3339: "2024-01-01T00:00:00Z")!
        while let next = try Zone(name).nextTransition(after: at), next.instant < last {
          if next.offsetSecondsBefore != next.offsetSecondsAfter {
            found.append([
              next.instant.secondsSinceEpoch, Int64(next.offsetSecondsBefore),
              Int64(next.offsetSecondsAfter),
            ])
          }
          at = next.instant
        }
        #expect(found == group.changes, "\(name)")
      }
      changes += group.changes.map { (group.zones[0], $0[0]) }
    }
    #expect(changes.count > 900)
    if !Self.isFull {
      changes = changes.enumerated().filter { $0.offset % 5 == 0 }.map(\.element)
    }
    let schedules = (0..<UInt64(Self.isFull ? 2000 : 10)).map(Around.init)
    var found = 0
    var compared = 0
    while compared < changes.count {
      let part = Array(changes.dropFirst(compared).prefix(Self.isFull ? 20 : 400))
      found += try compare(part, schedules)
      compared += part.count
      print(
        "compared \(compared) of \(changes.count) changes times \(schedules.count) schedules with "
          + "zoneinfo, \(found) slots so far")
    }
    #expect(found > compared * 100)
  }

  /// How many slots were compared; an issue for each difference.
  private func compare(
    _ changes: [(zone: String, at: Int64)], _ schedules: [Around]
  ) throws -> Int {
    struct Asked: Encodable {
      let `do` = "digest"
      let changes: [Change]
      let schedules: [Around]
    }
    struct Change: Encodable {
      let zone: String
      let at: Int64

      func encode(to encoder: any Encoder) throws {
        var pair = encoder.unkeyedContainer()
        try pair.encode(zone)
        try pair.encode(at)
      }
    }
    let asked = Asked(
      changes: changes.map { Change(zone: $0.zone, at: $0.at) }, schedules: schedules)
    let lines = try PythonOracle.ask(asked).split(separator: UInt8(ascii: "\n"))
    try #require(lines.count == changes.count)
    var slotCount = 0
    for (line, change) in zip(lines, changes) {
      let answers = try JSONDecoder().decode([[UInt64]].self, from: Data(line))
      let zone = try Zone(change.zone)
      for (schedule, answer) in zip(schedules, answers) {
        let mine = try schedule.digest(zone, change: change.at)
        slotCount += Int(answer[1])
        if mine != answer {
          Issue.record("\(change), seed \(schedule.seed): \(mine) slots, zoneinfo has \(answer)")
        }
      }
    }
    return slotCount
  }
}

/// Hours of every day, and what stands in their way on the day of a change.
struct Around: Encodable {
  let seed: UInt64
  /// Minutes from now to the change.
  let lead: Int
  /// Start and end after midnight, a visit's length, and the distance between starts; minutes.
  let blocks: [[Int]]
  let replacement: [[Int]]
  let replaces: Bool
  /// Start after midnight of the change's date, and length; minutes.
  let away: [[Int]]
  /// Start after the change, and length; minutes.
  let busy: [[Int]]

  init(seed: UInt64) {
    self.seed = seed
    var random = SeededGenerator(seed: seed &+ 77_000)
    func hours() -> [Int] {
      // Clocks change at night.
      let start = Int.random(in: 0..<(Bool.random(using: &random) ? 48 : 288), using: &random) * 5
      let length = Int.random(in: 6...96, using: &random) * 5
      let end = start + length <= 1440 ? start + length : (start + length) % 1440
      let visit = [5, 10, 15, 20, 30, 45, 50, 60, 90].filter { $0 <= length }
        .randomElement(using: &random)!
      let step = Bool.random(using: &random) ? visit : Int.random(in: 1...18, using: &random) * 5
      return [start, end == start ? (end + 5) % 1440 : end, visit, step]
    }
    lead = .random(in: 0...1700, using: &random)
    blocks = (0..<Int.random(in: 1...3, using: &random)).map { _ in hours() }
    replaces = Int.random(in: 0..<4, using: &random) == 0
    replacement = replaces ? [hours()] : []
    away =
      Int.random(in: 0..<3, using: &random) == 0
      ? [[Int.random(in: 0..<60, using: &random) * 5, Int.random(in: 1...60, using: &random) * 5]]
      : []
    busy = (0..<Int.random(in: 0...2, using: &random)).map { _ in
      [Int.random(in: -60...60, using: &random) * 5, Int.random(in: 1...24, using: &random) * 5]
    }
  }

  func digest(_ zone: Zone, change: Int64) throws -> [UInt64] {
    let moment = Instant(secondsSinceEpoch: change)
    let day = zone.local(at: moment).date
    func shown(_ minute: Int) -> CivilDateTime {
      CivilDateTime(
        date: day.adding(days: minute / 1440), time: TimeOfDay(minutes: minute % 1440)!)!
    }
    func offers(_ hours: [Int]) throws -> OfferedVisits {
      try OfferedVisits(slotMinutes: hours[2], stepMinutes: hours[3], visitType: .inPerson)
    }
    let weekly = try blocks.flatMap { hours in
      try Weekday.allCases.map {
        try ScheduleBlock(
          weekday: $0, start: TimeOfDay(minutes: hours[0])!, end: TimeOfDay(minutes: hours[1])!,
          offers: try offers(hours))
      }
    }
    let exceptions =
      try replacement.map { hours in
        try ScheduleException(
          .replacementHours(try offers(hours)), from: shown(hours[0]),
          to: shown(hours[1] < hours[0] ? hours[1] + 1440 : hours[1]))
      }
      + away.map {
        try ScheduleException(.timeOff, from: shown($0[0]), to: shown($0[0] + $0[1]))
      }
    let schedule = Schedule(
      role: drLee, zone: zone, blocks: weekly, exceptions: exceptions,
      rules: try BookingRules(minimumNoticeSeconds: 0, horizonDays: 3))
    let taken = busy.map {
      Busy(
        start: moment.adding(seconds: Int64($0[0]) * 60),
        end: moment.adding(seconds: Int64($0[0] + $0[1]) * 60))
    }
    let found = slots(
      in: schedule, busy: taken, now: moment.adding(seconds: -Int64(lead) * 60))
    var number: UInt64 = 0
    for slot in found {
      let start = UInt64(slot.start.secondsSinceEpoch / 60)
      number = number &* 6_364_136_223_846_793_005 &+ start &* 2048 &+ UInt64(slot.id.minutes)
    }
    return [number, UInt64(found.count)]
  }
}
