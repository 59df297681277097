public import CivilTime

/// Reads weekly hours: `npi, site, day_of_week, start_time, end_time, slot_duration_min,
/// visit_type, valid_from, valid_until`, wall time at the site. `site` is the part of a role id
/// after the hyphen, or empty for the practitioner's main site; the two dates may be empty. An end
/// before the start is on the next day.
///
/// Two columns more may be there: `step_min`, the minutes from one start to the next where they are
/// not the slot's length, and `every_weeks`, 2 for every other week beginning with that of
/// `valid_from`. `visit_type` is in-person, telehealth, or the practice's own visit types with
/// semicolons between them.
public final class ScheduleReader {
  public enum Row {
    case hours(Hours)
    case rejected(Rejection)
  }

  public struct Hours: Hashable, Sendable {
    public var npi: NPI
    public var site: SiteKey?
    public var line: Int
    public var weekday: Weekday
    public var start: TimeOfDay
    public var end: TimeOfDay
    public var slotMinutes: Int
    /// In person where `kinds` says what may be booked.
    public var visitType: VisitType
    public var kinds: [ShortName] = []
    public var stepMinutes: Int?
    public var validFrom: CivilDate?
    public var validUntil: CivilDate?
    public var everyWeeks = 1
  }

  public let path: String
  public var rows: Int { reader.rows }
  public var byteCount: Int { reader.byteCount }
  public var bytesRead: Int { reader.bytesRead }

  private let reader: CSVReader
  private let npi: Int
  private let site: Int?
  private let weekday: Int
  private let start: Int
  private let end: Int
  private let slotMinutes: Int
  private let visitType: Int
  private let validFrom: Int?
  private let validUntil: Int?
  private let stepMinutes: Int?
  private let everyWeeks: Int?

  /// Opens the file and checks its header. Throws `FileFault`.
  public init(path: String) throws(FileFault) {
    self.path = path
    reader = try CSVReader(path: path)
    var columns = CSVColumns(reader)
    npi = columns.require("npi")
    weekday = columns.require("day_of_week")
    start = columns.require("start_time")
    end = columns.require("end_time")
    slotMinutes = columns.require("slot_duration_min")
    visitType = columns.require("visit_type")
    try columns.check()
    site = columns.find("site")
    validFrom = columns.find("valid_from")
    validUntil = columns.find("valid_until")
    stepMinutes = columns.find("step_min")
    everyWeeks = columns.find("every_weeks")
  }

  /// The next row's fate; nil at the end of the file.
  public func next() throws(FileFault) -> Row? {
    try reader.next(orRejected: Row.rejected) { (record) throws(FieldFault) in
      .hours(try read(record))
    }
  }

  private func read(_ record: RawRecord) throws(FieldFault) -> Hours {
    let number = try record.npi(npi)
    let begin = try record.value(start, "is no time of day like 09:30") { $0.timeOfDay }
    let finish = try record.value(end, "is no time of day like 17:00") { $0.timeOfDay }
    guard begin != finish else {
      throw FieldFault(
        column: end, reason: "\(finish) is the start too; for a whole day write 00:00 to 24:00")
    }
    let (kinds, visitType) = try record.visits(visitType)
    let minutes = try record.minutes(slotMinutes)
    let length = finish.minutes - begin.minutes + (finish < begin ? 1440 : 0)
    guard minutes <= length || !kinds.isEmpty else {
      throw FieldFault(
        column: slotMinutes, reason: "no slot of \(minutes) min fits between \(begin) and \(finish)"
      )
    }
    let from = try record.optional(validFrom, "is no date") { $0.date }
    let until = try record.optional(validUntil, "is no date") { $0.date }
    if let from, let until, until < from {
      throw FieldFault(column: validUntil ?? npi, reason: "\(until) is before valid_from, \(from)")
    }
    let weeks = try record.optional(everyWeeks, "is no whole number of weeks from 1 to 52") {
      $0.wholeNumber.flatMap { (1...52).contains($0) ? Int($0) : nil }
    }
    if let weeks, weeks > 1, from == nil {
      throw FieldFault(
        column: everyWeeks ?? npi,
        reason: "every \(weeks) weeks from when on? give valid_from, a day of the first week")
    }
    return Hours(
      npi: number, site: try record.optional(site, "is no site key") { SiteKey($0.text) },
      line: record.line,
      weekday: try record.value(weekday, "is no day like MONDAY, Mon or 1 (Monday) to 7") {
        Self.weekday($0)
      },
      start: begin, end: finish, slotMinutes: minutes, visitType: visitType, kinds: kinds,
      stepMinutes: try record.minutes(ifAny: stepMinutes),
      validFrom: from, validUntil: until, everyWeeks: weeks ?? 1)
  }

  private static let weekdays: [(StaticString, StaticString)] = [
    ("monday", "mon"), ("tuesday", "tue"), ("wednesday", "wed"), ("thursday", "thu"),
    ("friday", "fri"), ("saturday", "sat"), ("sunday", "sun"),
  ]

  /// An English name, its first three letters, or the ISO 8601 number.
  private static func weekday(_ field: RawField) -> Weekday? {
    if let number = field.wholeNumber { return Weekday(rawValue: Int(number)) }
    let place = weekdays.firstIndex { field.equals($0.0) || field.equals($0.1) }
    return place.flatMap { Weekday(rawValue: $0 + 1) }
  }
}

@available(*, unavailable)
extension ScheduleReader: Sendable {}
