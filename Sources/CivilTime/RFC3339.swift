/// Why a text is not an RFC 3339 time; `description` names the text and what would be accepted.
public enum RFC3339Error: Error, Equatable, Sendable {
  case malformed(String)
  /// Well formed, but no calendar or clock has it: February 30, 25:00, offset +24:00.
  case noSuchTime(String)
  /// `:60` anywhere but in the last minute of a month in UTC, where leap seconds are put.
  case noSuchLeapSecond(String)
}

extension RFC3339Error: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed(let text):
      "\"\(text)\" is not a time: write it like 2026-12-01T09:30:00-05:00 or 2026-12-01T14:30:00Z"
    case .noSuchTime(let text):
      "\"\(text)\" names a day, time or offset that does not exist: check its numbers"
    case .noSuchLeapSecond(let text):
      "\"\(text)\" has second 60, which exists only at 23:59:60 UTC on a month's last day: "
        + "use :59, or :00 of the next minute"
    }
  }
}

extension Instant {
  /// Reads RFC 3339 section 5.6, e.g. `2026-12-01T09:30:00.25-05:00`. A fraction is dropped
  /// (toward the past). A leap second becomes the first second of the next day, which is the number
  /// that POSIX time gives it.
  public init(parsingRFC3339 text: String) throws(RFC3339Error) {
    guard let fields = DigitReader.read(text[...], { $0.rfc3339() }) else { throw .malformed(text) }
    let isLeapSecond = fields.second == 60
    guard fields.offset.hour < 24, fields.offset.minute < 60, fields.time.hour < 24,
      let date = CivilDate(
        year: fields.date.year, month: fields.date.month, day: fields.date.day),
      let time = TimeOfDay(hour: fields.time.hour, minute: fields.time.minute),
      let civil = CivilDateTime(date: date, time: time, second: isLeapSecond ? 59 : fields.second)
    else { throw .noSuchTime(text) }
    let offsetSeconds = fields.offset.hour * 3600 + fields.offset.minute * 60
    let instant = civil.instant(offsetSeconds: fields.isWest ? -offsetSeconds : offsetSeconds)
    guard isLeapSecond else {
      self = instant
      return
    }
    self = instant.adding(seconds: 1)
    let next = CivilDateTime(self, offsetSeconds: 0)
    guard next.date.day == 1, next.time == .startOfDay, next.second == 0 else {
      throw .noSuchLeapSecond(text)
    }
  }

  /// As `init(parsingRFC3339:)`, for callers that have their own words for what is wrong.
  public init?(rfc3339 text: String) {
    do throws(RFC3339Error) {
      try self.init(parsingRFC3339: text)
    } catch {
      return nil
    }
  }

  /// RFC 3339 at an offset east of UTC, e.g. `2026-12-01T09:30:00-05:00`; nil writes UTC with `Z`.
  /// The format has no seconds in offsets: one that has them (local mean times before 1900 or so)
  /// is cut to the minute, and the text still names this instant.
  public func rfc3339(offsetSeconds: Int? = nil) -> String {
    guard let offsetSeconds else {
      return DigitWriter.text { writer in
        writer.dateTime(CivilDateTime(self, offsetSeconds: 0))
        writer.mark(UInt8(ascii: "Z"))
      }
    }
    let offsetMinutes = offsetSeconds / 60
    return DigitWriter.text { writer in
      writer.dateTime(CivilDateTime(self, offsetSeconds: offsetMinutes * 60))
      writer.mark(offsetMinutes < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
      writer.number(abs(offsetMinutes) / 60, 2)
      writer.mark(UInt8(ascii: ":"))
      writer.number(abs(offsetMinutes) % 60, 2)
    }
  }
}

extension Instant: CustomStringConvertible {
  /// RFC 3339 in UTC: `2026-12-01T14:30:00Z`.
  public var description: String { rfc3339() }
}

private struct RFC3339Fields {
  var date: (year: Int, month: Int, day: Int)
  var time: (hour: Int, minute: Int)
  var second: Int
  var offset: (hour: Int, minute: Int) = (0, 0)
  var isWest = false
}

extension DigitReader {
  fileprivate mutating func rfc3339() -> RFC3339Fields? {
    guard let date = date(), skip(UInt8(ascii: "T")) || skip(UInt8(ascii: "t")),
      let time = time(), skip(UInt8(ascii: ":")), let second = number(2)
    else { return nil }
    if skip(UInt8(ascii: ".")), skipDigits() == 0 { return nil }
    var fields = RFC3339Fields(date: date, time: time, second: second)
    if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return fields }
    fields.isWest = skip(UInt8(ascii: "-"))
    guard fields.isWest || skip(UInt8(ascii: "+")), let offset = self.time() else { return nil }
    fields.offset = offset
    return fields
  }
}
