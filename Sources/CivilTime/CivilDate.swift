/// The days of a week in ISO 8601 order; raw values 1 (Monday) … 7 (Sunday).
public enum Weekday: Int, CaseIterable, Hashable, Sendable {
  case monday = 1
  case tuesday, wednesday, thursday, friday, saturday, sunday
}

/// A day of the proleptic Gregorian calendar, belonging to no zone.
public struct CivilDate: Hashable, Sendable {
  /// Days since 1970-01-01; the one stored form, so that arithmetic is integer arithmetic.
  public let daysSinceEpoch: Int32

  public init(daysSinceEpoch: Int32) { self.daysSinceEpoch = daysSinceEpoch }

  /// Nil unless the calendar has that day; years −9999…9999.
  public init?(year: Int, month: Int, day: Int) {
    guard (-9999...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= CivilDate.daysInMonth(year: year, month: month)
    else { return nil }
    // Years are counted from March, so that the leap day ends one.
    let marchYear = month > 2 ? year : year - 1
    let era = marchYear.flooredDivision(by: 400).quotient
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    daysSinceEpoch = Int32(era * CivilDate.daysPerEra + dayOfEra - CivilDate.epochFromMarchZero)
  }

  /// The calendar repeats after 400 years.
  private static let daysPerEra = 146_097
  /// Days from 0000-03-01 to 1970-01-01.
  private static let epochFromMarchZero = 719_468

  public var year: Int { components.year }
  /// 1…12.
  public var month: Int { components.month }
  /// 1…31.
  public var day: Int { components.day }

  /// Year, month and day at once, for callers that need more than one of them.
  public var components: (year: Int, month: Int, day: Int) {
    let days = Int(daysSinceEpoch) + CivilDate.epochFromMarchZero
    let (era, dayOfEra) = days.flooredDivision(by: CivilDate.daysPerEra)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  public var weekday: Weekday {
    // 1970-01-01 was a Thursday, three days after a Monday.
    switch (Int(daysSinceEpoch) + 3).flooredDivision(by: 7).remainder {
    case 0: .monday
    case 1: .tuesday
    case 2: .wednesday
    case 3: .thursday
    case 4: .friday
    case 5: .saturday
    default: .sunday
    }
  }

  /// Stops at the last (first) representable day, some 5.8 million years away.
  public func adding(days: Int) -> CivilDate {
    let (sum, overflow) = Int(daysSinceEpoch).addingReportingOverflow(days)
    guard !overflow else {
      return CivilDate(daysSinceEpoch: days > 0 ? Int32.max : Int32.min)
    }
    return CivilDate(daysSinceEpoch: Int32(clamping: sum))
  }

  /// The same day of the month `months` later, or that month's last day if it is shorter.
  public func adding(months: Int) -> CivilDate {
    let (year, month, day) = components
    let (sum, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
    let bounded = overflow ? (months > 0 ? Int.max : Int.min) : sum
    let (newYear, monthIndex) = min(max(bounded, -9999 * 12), 9999 * 12 + 11)
      .flooredDivision(by: 12)
    let lastDay = CivilDate.daysInMonth(year: newYear, month: monthIndex + 1)
    return CivilDate(year: newYear, month: monthIndex + 1, day: min(day, lastDay)) ?? self
  }

  /// 28…31; `month` is 1…12.
  public static func daysInMonth(year: Int, month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate: Strideable {
  public func distance(to other: CivilDate) -> Int {
    Int(other.daysSinceEpoch) - Int(daysSinceEpoch)
  }

  public func advanced(by days: Int) -> CivilDate { adding(days: days) }

  public static func < (a: CivilDate, b: CivilDate) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }
}

extension CivilDate: CustomStringConvertible {
  /// Reads `2026-12-01` and nothing else: four digits, two, two, years 0000…9999 (ISO 8601).
  public init?(iso text: String) { self.init(iso: text[...]) }

  /// As for a whole `String`.
  public init?(iso text: Substring) {
    guard let (year, month, day) = DigitReader.read(text, { $0.date() }) else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// ISO 8601: `2026-12-01`; a year outside 0…9999 carries its sign.
  public var description: String { DigitWriter.text { $0.date(self) } }
}

extension CivilDate {
  /// The date in UTC.
  public init(inUTC instant: Instant) {
    let days = Int(instant.secondsSinceEpoch).flooredDivision(by: 86_400).quotient
    self.init(daysSinceEpoch: Int32(clamping: days))
  }
}
