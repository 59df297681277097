import CivilTime
import ProviderDirectory
import Scheduling
import TestSupport

/// A made-up question: a schedule, what is taken, what is asked for, and when.
struct RandomCase: Sendable {
  static let zones = [
    "America/New_York", "America/Phoenix", "America/Denver", "America/Adak", "America/St_Johns",
    "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam",
    "Australia/Lord_Howe", "America/Santiago", "America/Havana", "Africa/Cairo", "Asia/Beirut",
    "Pacific/Chatham", "America/Nuuk", "Africa/Casablanca", "Asia/Kathmandu", "Europe/London",
    "Atlantic/Azores", "America/Vancouver",
  ]

  let zoneName: String
  let schedule: Schedule
  let busy: [Busy]
  let request: SlotRequest
  let now: Instant

  /// Half of the cases lie within days of a change of the clocks.
  init(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    zoneName = Self.zones.randomElement(using: &random)!
    let zone = try Zone(zoneName)
    // 2025-01-01 to 2032-01-01.
    var now = Instant(secondsSinceEpoch: .random(in: 1_735_689_600..<1_956_528_000, using: &random))
    if Bool.random(using: &random), let change = zone.nextTransition(after: now) {
      now = change.instant.adding(seconds: -.random(in: -7200...4 * 86_400, using: &random))
    }
    self.now = now
    let today = zone.local(at: now).date
    schedule = Schedule(
      role: drLee, zone: zone, blocks: try Self.blocks(today, &random),
      exceptions: try Self.exceptions(today, &random),
      rules: try BookingRules(
        minimumNoticeSeconds: [0, 1, 3600, 90_000].randomElement(using: &random)!,
        horizonDays: .random(in: 1...5, using: &random)))
    busy = Self.busy(now, &random)
    request = Self.request(today, &random)
  }

  private static func time(_ random: inout SeededGenerator) -> TimeOfDay {
    // Nights are where clocks change.
    let minutes =
      Bool.random(using: &random)
      ? Int.random(in: 0..<48, using: &random) * 5 : Int.random(in: 0..<288, using: &random) * 5
    return TimeOfDay(minutes: minutes)!
  }

  private static func blocks(
    _ today: CivilDate, _ random: inout SeededGenerator
  ) throws -> [ScheduleBlock] {
    var blocks: [ScheduleBlock] = []
    while blocks.count < Int.random(in: 0...9, using: &random) {
      let start = time(&random)
      let end = Int.random(in: 0..<9, using: &random) == 0 ? .endOfDay : time(&random)
      let from = today.adding(days: .random(in: -3...3, using: &random))
      let length = (end.minutes - start.minutes + 1440) % 1440
      let step = [5, 10, 15, 20, 25, 30, 45, 50, 60, 90].randomElement(using: &random)!
      guard length >= step else { continue }
      blocks.append(
        try ScheduleBlock(
          weekday: .allCases.randomElement(using: &random)!, start: start, end: end,
          slotMinutes: step, visitType: .allCases.randomElement(using: &random)!,
          validFrom: Int.random(in: 0..<4, using: &random) == 0 ? from : nil,
          validUntil: Int.random(in: 0..<4, using: &random) == 0 ? from.adding(days: 3) : nil))
    }
    return blocks
  }

  private static func exceptions(
    _ today: CivilDate, _ random: inout SeededGenerator
  ) throws -> [ScheduleException] {
    var exceptions: [ScheduleException] = []
    while exceptions.count < Int.random(in: 0...3, using: &random) {
      let date = today.adding(days: .random(in: -1...5, using: &random))
      let from = CivilDateTime(date: date, time: time(&random))!
      let length = Int.random(in: 1...288, using: &random) * 5
      let end = from.time.minutes + length
      let to = CivilDateTime(
        date: date.adding(days: end / 1440), time: TimeOfDay(minutes: end % 1440)!)!
      let step = [10, 20, 30, 60].randomElement(using: &random)!
      if Bool.random(using: &random) {
        exceptions.append(try ScheduleException(.timeOff, from: from, to: to))
      } else if step <= length {
        let visitType = VisitType.allCases.randomElement(using: &random)!
        exceptions.append(
          try ScheduleException(
            try .extraHours(slotMinutes: step, visitType: visitType), from: from, to: to))
      }
    }
    return exceptions
  }

  /// In any order, overlapping or not.
  private static func busy(_ now: Instant, _ random: inout SeededGenerator) -> [Busy] {
    let minute = now.secondsSinceEpoch / 300 * 5
    return (0..<Int.random(in: 0...12, using: &random)).map { _ in
      let start = minute + Int64.random(in: -50...1400, using: &random) * 5
      let length = Int64.random(in: 1...40, using: &random) * 5
      return Busy(
        start: Instant(secondsSinceEpoch: start * 60),
        end: Instant(secondsSinceEpoch: (start + length) * 60))
    }
  }

  private static func request(
    _ today: CivilDate, _ random: inout SeededGenerator
  ) -> SlotRequest {
    var request = SlotRequest()
    if Bool.random(using: &random) {
      let from = today.adding(days: .random(in: -2...4, using: &random))
      request.dates = from...from.adding(days: .random(in: 0...4, using: &random))
    }
    if Bool.random(using: &random) {
      let ends = [time(&random), time(&random), TimeOfDay.endOfDay].sorted()
      request.times = ends[0]..<ends[2]
    }
    if Bool.random(using: &random) {
      request.visitType = .allCases.randomElement(using: &random)!
    }
    if Bool.random(using: &random) { request.limit = .random(in: 0...8, using: &random) }
    return request
  }
}
