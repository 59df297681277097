/// What a wall clock and a calendar show together, to the second, in no particular zone.
public struct CivilDateTime: Hashable, Comparable, Sendable {
  public let date: CivilDate
  /// 00:00…23:59 when read off a clock; 24:00 only as an end.
  public let time: TimeOfDay
  /// 0…59.
  public let second: Int

  /// Nil if `second` is outside 0…59, or not 0 at 24:00.
  public init?(date: CivilDate, time: TimeOfDay, second: Int = 0) {
    guard (0...59).contains(second), time < .endOfDay || second == 0 else { return nil }
    self.date = date
    self.time = time
    self.second = second
  }

  /// The civil time of an instant in a zone that is `offsetSeconds` east of UTC.
  init(_ instant: Instant, offsetSeconds: Int) {
    let local = instant.adding(seconds: Int64(offsetSeconds)).secondsSinceEpoch
    let (days, secondOfDay) = Int(local).flooredDivision(by: 86_400)
    date = CivilDate(daysSinceEpoch: Int32(clamping: days))
    time = TimeOfDay(unchecked: secondOfDay / 60)
    second = secondOfDay % 60
  }

  /// The instant at which a clock `offsetSeconds` east of UTC shows this.
  func instant(offsetSeconds: Int) -> Instant {
    let days = Int64(date.daysSinceEpoch)
    return Instant(
      secondsSinceEpoch: days * 86_400 + Int64(time.minutes * 60 + second - offsetSeconds))
  }

  public static func < (a: CivilDateTime, b: CivilDateTime) -> Bool {
    (a.date, a.time, a.second) < (b.date, b.time, b.second)
  }
}

extension CivilDateTime: CustomStringConvertible {
  /// ISO 8601 with seconds and no offset: `2026-12-01T09:30:00`.
  public var description: String { DigitWriter.text { $0.dateTime(self) } }
}
