import CivilTime

// The values that provider files write in several ways, read straight from bytes: 8,000,000 rows of
// 330 fields leave no time for number and date formatters.

extension RawField {
  /// A whole number, also in the forms that spreadsheets leave behind (`2.0`, `1457900839.0`); nil
  /// for anything else, a fraction or an overflow included.
  var wholeNumber: Int64? { Self.wholeNumber(trimmed) }

  static func wholeNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    var value: Int64 = 0
    var index = 0
    while index < bytes.count, let digit = digit(bytes[index]) {
      guard index < 18 else { return nil }
      value = value * 10 + Int64(digit)
      index += 1
    }
    guard index > 0 else { return nil }
    if index == bytes.count { return value }
    guard bytes[index] == UInt8(ascii: "."), index + 1 < bytes.count else { return nil }
    return bytes[(index + 1)...].allSatisfy { $0 == UInt8(ascii: "0") } ? value : nil
  }

  /// `MM/DD/YYYY`, `M/D/YY` (2000–2099: NPIs begin in 2005) or `YYYY-MM-DD`; nil for anything else
  /// and for days that no calendar has.
  var date: CivilDate? { Self.date(trimmed) }

  static func date(_ bytes: UnsafeBufferPointer<UInt8>) -> CivilDate? {
    var parts = (0, 0, 0)
    var widths = (0, 0, 0)
    var part = 0
    var separator: UInt8 = 0
    for byte in bytes {
      if let digit = digit(byte) {
        switch part {
        case 0: (parts.0, widths.0) = (parts.0 * 10 + digit, widths.0 + 1)
        case 1: (parts.1, widths.1) = (parts.1 * 10 + digit, widths.1 + 1)
        default: (parts.2, widths.2) = (parts.2 * 10 + digit, widths.2 + 1)
        }
        guard max(widths.0, widths.1, widths.2) <= 4 else { return nil }
      } else {
        guard byte == UInt8(ascii: "/") || byte == UInt8(ascii: "-"), part < 2,
          separator == 0 || separator == byte
        else { return nil }
        separator = byte
        part += 1
      }
    }
    guard part == 2 else { return nil }
    if separator == UInt8(ascii: "-") {
      guard widths.0 == 4, widths.1 == 2, widths.2 == 2 else { return nil }
      return CivilDate(year: parts.0, month: parts.1, day: parts.2)
    }
    guard (1...2).contains(widths.0), (1...2).contains(widths.1) else { return nil }
    switch widths.2 {
    case 4: return CivilDate(year: parts.2, month: parts.0, day: parts.1)
    case 2: return CivilDate(year: 2000 + parts.2, month: parts.0, day: parts.1)
    default: return nil
    }
  }

  /// `9:00`, `09:30`, `17:00:00`, `24:00`; nil for anything else.
  var timeOfDay: TimeOfDay? {
    let parts = trimmed.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3 else { return nil }
    let numbers = parts.map { part in
      (1...2).contains(part.count)
        ? Self.wholeNumber(UnsafeBufferPointer(rebasing: part)) : nil
    }
    guard let hour = numbers[0], let minute = numbers[1], minute < 60, parts[1].count == 2,
      parts.count == 2 || numbers[2] == 0
    else { return nil }
    return TimeOfDay(minutes: Int(hour * 60 + minute))
  }

  /// The digits alone, as telephone numbers are kept; a spreadsheet's `.0` is not part of them.
  var digits: String {
    var field = trimmed
    if field.count > 2, field[field.count - 1] == UInt8(ascii: "0"),
      field[field.count - 2] == UInt8(ascii: ".")
    {
      field = UnsafeBufferPointer(rebasing: field[..<(field.count - 2)])
    }
    return String(decoding: field.lazy.filter { Self.digit($0) != nil }, as: UTF8.self)
  }

  /// Whether the trimmed field is this ASCII word, in either case.
  func equals(_ word: StaticString) -> Bool {
    let field = trimmed
    guard field.count == word.utf8CodeUnitCount else { return false }
    for index in 0..<field.count where field[index] & 0xdf != word.utf8Start[index] & 0xdf {
      return false
    }
    return true
  }

  @inline(__always)
  static func digit(_ byte: UInt8) -> Int? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? Int(value) : nil
  }
}

/// Why a text is no NPI: the three mistakes have different cures.
enum NPIFault: Error {
  case empty, notANumber, notTenDigits, badCheckDigit

  var reason: String {
    switch self {
    case .empty: "empty; every row needs an NPI"
    case .notANumber: "not a whole number"
    case .notTenDigits: "not ten digits beginning with 1 or 2"
    case .badCheckDigit: "the check digit does not agree"
    }
  }
}

extension NPI {
  init(field: UnsafeBufferPointer<UInt8>) throws(NPIFault) {
    if field.isEmpty { throw .empty }
    guard let number = RawField.wholeNumber(field) else { throw .notANumber }
    guard (1_000_000_000...2_999_999_999).contains(number) else { throw .notTenDigits }
    guard let npi = NPI(number) else { throw .badCheckDigit }
    self = npi
  }

  init(text: String) throws(NPIFault) {
    var text = text
    let result = text.withUTF8 { bytes in
      Result { () throws(NPIFault) in
        try NPI(field: RawField(bytes: bytes, hasDoubledQuotes: false).trimmed)
      }
    }
    self = try result.get()
  }
}
