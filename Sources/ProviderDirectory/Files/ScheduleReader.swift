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
    guard let row = try reader.next() else { return nil }
    switch row {
    case .damaged(let line, let field, let reason):
      return .rejected(Rejection(file: path, line: line, field: field, reason: reason))
    case .record(let record):
      do {
        return .hours(try read(record))
      } catch {
        return .rejected(
          Rejection(
            file: path, line: record.line, field: reader.header[error.column], reason: error.reason
          ))
      }
    }
  }

  private struct Fault: Error {
    var column: Int
    var reason: String
  }

  private func read(_ record: RawRecord) throws(Fault) -> Hours {
    let number: NPI
    do {
      number = try NPI(field: record[npi].trimmed)
    } catch {
      throw Fault(column: npi, reason: "\"\(record[npi].text)\": \(error.reason)")
    }
    let begin = try value(record, start, "is no time of day like 09:30") { $0.timeOfDay }
    let finish = try value(record, end, "is no time of day like 17:00") { $0.timeOfDay }
    guard begin != finish else {
      throw Fault(
        column: end, reason: "\(finish) is the start too; for a whole day write 00:00 to 24:00")
    }
    let (kinds, visitType) = try visits(record)
    let minutes = try value(record, slotMinutes, Self.noMinutes) { Self.minutes($0) }
    let length = finish.minutes - begin.minutes + (finish < begin ? 1440 : 0)
    guard minutes <= length || !kinds.isEmpty else {
      throw Fault(
        column: slotMinutes, reason: "no slot of \(minutes) min fits between \(begin) and \(finish)"
      )
    }
    let from = try optional(record, validFrom, "is no date") { $0.date }
    let until = try optional(record, validUntil, "is no date") { $0.date }
    if let from, let until, until < from {
      throw Fault(column: validUntil ?? npi, reason: "\(until) is before valid_from, \(from)")
    }
    let weeks = try optional(record, everyWeeks, "is no whole number of weeks from 1 to 52") {
      $0.wholeNumber.flatMap { (1...52).contains($0) ? Int($0) : nil }
    }
    if let weeks, weeks > 1, from == nil {
      throw Fault(
        column: everyWeeks ?? npi,
        reason: "every \(weeks) weeks from when on? give valid_from, a day of the first week")
    }
    return Hours(
      npi: number, site: try optional(record, site, "is no site key") { SiteKey($0.text) },
      line: record.line,
      weekday: try value(record, weekday, "is no day like MONDAY, Mon or 1 (Monday) to 7") {
        Self.weekday($0)
      },
      start: begin, end: finish, slotMinutes: minutes, visitType: visitType, kinds: kinds,
      stepMinutes: try optional(record, stepMinutes, Self.noMinutes) { Self.minutes($0) },
      validFrom: from, validUntil: until, everyWeeks: weeks ?? 1)
  }

  /// How the visits are made, or else the practice's own words for them.
  private func visits(_ record: RawRecord) throws(Fault) -> ([ShortName], VisitType) {
    let field = record[visitType]
    if let type = Self.visitType(field) { return ([], type) }
    let words = field.text.split(separator: ";").map { $0.filter { $0 != " " } }
    let kinds = words.compactMap { ShortName($0) }
    guard !kinds.isEmpty, kinds.count == words.count, Set(kinds).count == kinds.count else {
      throw Fault(
        column: visitType,
        reason: "\"\(field.text)\" is neither in-person nor telehealth, nor visit types of the "
          + "practice like new-patient;follow-up")
    }
    return (kinds, .inPerson)
  }

  private static let noMinutes = "is no whole number of minutes from 1 to 1440"

  private static func minutes(_ field: RawField) -> Int? {
    field.wholeNumber.flatMap { (1...1440).contains($0) ? Int($0) : nil }
  }

  private func value<T>(
    _ record: RawRecord, _ column: Int, _ complaint: String, _ parse: (RawField) -> T?
  ) throws(Fault) -> T {
    guard let value = parse(record[column]) else {
      throw Fault(column: column, reason: "\"\(record[column].text)\" \(complaint)")
    }
    return value
  }

  private func optional<T>(
    _ record: RawRecord, _ column: Int?, _ complaint: String, _ parse: (RawField) -> T?
  ) throws(Fault) -> T? {
    guard let column, !record[column].isEmpty else { return nil }
    return try value(record, column, complaint, parse)
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

  private static func visitType(_ field: RawField) -> VisitType? {
    if field.equals("telehealth") { return .telehealth }
    let text = field.text.lowercased()
    return ["in-person", "in person", "in_person"].contains(text) ? .inPerson : nil
  }
}

@available(*, unavailable)
extension ScheduleReader: Sendable {}
