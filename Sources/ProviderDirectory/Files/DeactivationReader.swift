import CivilTime

/// Reads a deactivation report: a CSV with an NPI column and a date column (`npi,deact_date`, or
/// CMS's own `NPI` and `NPPES Deactivation Date`).
public final class DeactivationReader {
  public enum Row {
    case deactivated(NPPESReader.Deactivation)
    case rejected(Rejection)
  }

  public let path: String
  public var rows: Int { reader.rows }
  public var byteCount: Int { reader.byteCount }
  public var bytesRead: Int { reader.bytesRead }

  private let reader: CSVReader
  private let npi: Int
  private let date: Int

  /// Opens the file and checks its header. Throws `FileFault`.
  public init(path: String) throws(FileFault) {
    self.path = path
    reader = try CSVReader(path: path)
    var columns = CSVColumns(reader)
    npi = columns.require("npi")
    date = columns.require(
      "deact_date", "NPPES Deactivation Date", "NPI Deactivation Date", "Deactivation Date")
    try columns.check()
  }

  /// The next row's fate; nil at the end of the file.
  public func next() throws(FileFault) -> Row? {
    guard let row = try reader.next() else { return nil }
    switch row {
    case .damaged(let line, let field, let reason):
      return .rejected(Rejection(file: path, line: line, field: field, reason: reason))
    case .record(let record):
      let number: NPI
      do {
        number = try NPI(field: record[npi].trimmed)
      } catch {
        return rejected(record, npi, "\"\(record[npi].text)\": \(error.reason)")
      }
      guard let day = record[date].date else {
        return rejected(record, date, "\"\(record[date].text)\" is no date")
      }
      return .deactivated(NPPESReader.Deactivation(npi: number, date: day))
    }
  }

  private func rejected(_ record: RawRecord, _ column: Int, _ reason: String) -> Row {
    .rejected(
      Rejection(file: path, line: record.line, field: reader.header[column], reason: reason))
  }
}

@available(*, unavailable)
extension DeactivationReader: Sendable {}
