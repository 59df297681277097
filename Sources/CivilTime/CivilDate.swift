/// The days of a week in ISO 8601 order; raw values 1 (Monday) … 7 (Sunday).
public enum Weekday: Int, CaseIterable, Hashable, Sendable {
  case monday = 1
  case tuesday, wednesday, thursday, friday, saturday, sunday
}

/// A day of the proleptic Gregorian calendar, belonging to no zone.
public struct CivilDate: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01; the one stored form, so that arithmetic is integer arithmetic.
  public let daysSinceEpoch: Int32

  public init(daysSinceEpoch: Int32) { self.daysSinceEpoch = daysSinceEpoch }

  public static func < (a: CivilDate, b: CivilDate) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }

  public func adding(days: Int) -> CivilDate {
    CivilDate(daysSinceEpoch: daysSinceEpoch + Int32(days))
  }
}

/// A wall-clock time in minutes after midnight, 00:00…24:00; 24:00 is an end, never a start.
public struct TimeOfDay: Hashable, Comparable, Sendable {
  public let minutes: Int

  /// Nil outside 0…1440.
  public init?(minutes: Int) {
    guard (0...1440).contains(minutes) else { return nil }
    self.minutes = minutes
  }

  public static func < (a: TimeOfDay, b: TimeOfDay) -> Bool { a.minutes < b.minutes }
}
