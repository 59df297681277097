/// Why a row of a schedule file cannot be read.
struct FieldFault: Error {
  var column: Int
  var reason: String
}

extension CSVReader {
  /// The next row as `read` makes it of a record, or as a rejection that says what was wrong; nil
  /// at the end of the file.
  func next<Row>(
    orRejected rejected: (Rejection) -> Row, _ read: (RawRecord) throws(FieldFault) -> Row
  ) throws(FileFault) -> Row? {
    guard let row = try next() else { return nil }
    switch row {
    case .damaged(let line, let field, let reason):
      return rejected(Rejection(file: path, line: line, field: field, reason: reason))
    case .record(let record):
      do {
        return try read(record)
      } catch {
        return rejected(
          Rejection(
            file: path, line: record.line, field: header[error.column], reason: error.reason))
      }
    }
  }
}

/// Fields that files of hours and of exceptions have in common.
extension RawRecord {
  func npi(_ column: Int) throws(FieldFault) -> NPI {
    do {
      return try NPI(field: self[column].trimmed)
    } catch {
      throw FieldFault(column: column, reason: "\"\(self[column].text)\": \(error.reason)")
    }
  }

  /// How the visits are made, or else the practice's own words for them.
  func visits(_ column: Int) throws(FieldFault) -> (kinds: [ShortName], visitType: VisitType) {
    let field = self[column]
    if let type = Self.visitType(field) { return ([], type) }
    let words = field.text.split(separator: ";").map { $0.filter { $0 != " " } }
    let kinds = words.compactMap { ShortName($0) }
    guard !kinds.isEmpty, kinds.count == words.count, Set(kinds).count == kinds.count else {
      throw FieldFault(
        column: column,
        reason: "\"\(field.text)\" is neither in-person nor telehealth, nor visit types of the "
          + "practice like new-patient;follow-up")
    }
    return (kinds, .inPerson)
  }

  func minutes(_ column: Int) throws(FieldFault) -> Int {
    try value(column, Self.noMinutes) { Self.minutes($0) }
  }

  func minutes(ifAny column: Int?) throws(FieldFault) -> Int? {
    try optional(column, Self.noMinutes) { Self.minutes($0) }
  }

  func value<T>(
    _ column: Int, _ complaint: String, _ parse: (RawField) -> T?
  ) throws(FieldFault) -> T {
    guard let value = parse(self[column]) else {
      throw FieldFault(column: column, reason: "\"\(self[column].text)\" \(complaint)")
    }
    return value
  }

  /// Nil where the file has no such column or the field is empty.
  func optional<T>(
    _ column: Int?, _ complaint: String, _ parse: (RawField) -> T?
  ) throws(FieldFault) -> T? {
    guard let column, !self[column].isEmpty else { return nil }
    return try value(column, complaint, parse)
  }

  private static let noMinutes = "is no whole number of minutes from 1 to 1440"

  private static func minutes(_ field: RawField) -> Int? {
    field.wholeNumber.flatMap { (1...1440).contains($0) ? Int($0) : nil }
  }

  private static func visitType(_ field: RawField) -> VisitType? {
    if field.equals("telehealth") { return .telehealth }
    let text = field.text.lowercased()
    return ["in-person", "in person", "in_person"].contains(text) ? .inPerson : nil
  }
}
