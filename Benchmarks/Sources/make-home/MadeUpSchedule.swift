import CivilTime
import ProviderDirectory
import Scheduling

/// Weekly hours of a made-up role: the same slot length all week, mornings and afternoons of some
/// weekdays; a tenth have a single block, and of twenty one is away for some days.
extension MadeUpDirectory {
  struct MadeUpSchedule {
    var blocks: [ScheduleBlock] = []
    var exceptions: [ScheduleException] = []
  }

  func schedule(_ index: Int, _ role: PractitionerRole) throws -> MadeUpSchedule {
    guard role.hasSchedule else { return MadeUpSchedule() }
    var generator = SplitMix(seed: seed &+ 31 &+ UInt64(index) &* 0x9E6C_63D0_876A_9A35)
    let minutes = [15, 15, 20, 20, 30].randomElement(using: &generator)!
    var schedule = MadeUpSchedule()
    func add(_ weekday: Weekday, _ start: Int, _ end: Int) throws {
      let byVideo = role.visitTypes.contains(.telehealth) && schedule.blocks.isEmpty
      schedule.blocks.append(
        try ScheduleBlock(
          weekday: weekday, start: TimeOfDay(hour: start, minute: 0)!,
          end: TimeOfDay(hour: end, minute: 0)!, slotMinutes: minutes,
          visitType: byVideo ? .telehealth : .inPerson))
    }
    if Int.random(in: 0..<10, using: &generator) == 0, !role.visitTypes.contains(.telehealth) {
      let start = Int.random(in: 8...15, using: &generator)
      try add(Weekday.allCases[Int.random(in: 0..<5, using: &generator)], start, start + 2)
    } else {
      let opening = Int.random(in: 7...9, using: &generator)
      let closing = Int.random(in: 16...18, using: &generator)
      var days = Array(Weekday.allCases.prefix(6).shuffled(using: &generator).prefix(4))
      days.sort { $0.rawValue < $1.rawValue }
      for day in days {
        try add(day, opening, 12)
        if Int.random(in: 0..<4, using: &generator) > 0 { try add(day, 13, closing) }
      }
    }
    if Int.random(in: 0..<20, using: &generator) == 0 {
      let from = today.adding(days: Int.random(in: -5..<25, using: &generator))
      let to = from.adding(days: Int.random(in: 1...14, using: &generator))
      let midnight = TimeOfDay(hour: 0, minute: 0)!
      schedule.exceptions.append(
        try ScheduleException(
          .timeOff, from: CivilDateTime(date: from, time: midnight)!,
          to: CivilDateTime(date: to, time: midnight)!))
    }
    return schedule
  }
}

extension CivilDate {
  /// The date that a clock set to UTC shows.
  init(instant: Instant) {
    self.init(daysSinceEpoch: Int32(instant.secondsSinceEpoch / 86_400))
  }
}
