/// Reads NPPES secondary practice locations (`pl_pfile_*.csv`): further sites of NPIs that the main
/// file describes.
public final class SecondarySitesReader {
  public enum Row {
    case site(npi: NPI, line: Int, site: PracticeSite)
    case rejected(Rejection)
  }

  public let path: String
  public var rows: Int { reader.rows }
  public var byteCount: Int { reader.byteCount }
  public var bytesRead: Int { reader.bytesRead }
  public private(set) var repairs = 0

  private let reader: CSVReader
  private let npi: Int
  private let address: AddressColumns
  private let locator: SiteLocator

  /// Opens the file and checks its header. Throws `FileFault`.
  public init(path: String, locator: SiteLocator) throws(FileFault) {
    self.path = path
    self.locator = locator
    reader = try CSVReader(path: path)
    var columns = CSVColumns(reader)
    npi = columns.require("NPI")
    let site = "Provider Secondary Practice Location Address"
    address = AddressColumns(
      line1: columns.require("\(site) - Address Line 1"),
      line2: columns.find("\(site) - Address Line 2"),
      city: columns.require("\(site) - City Name"),
      state: columns.require("\(site) - State Name"),
      zip: columns.require("\(site) - Postal Code"),
      country: columns.find("\(site) - Country Code (If outside U.S.)"),
      phone: columns.find("\(site) - Telephone Number"))
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
      do {
        let site = try address.site(record, locator, &repairs)
        return .site(npi: number, line: record.line, site: site)
      } catch {
        return rejected(record, error.column, error.reason)
      }
    }
  }

  private func rejected(_ record: RawRecord, _ column: Int, _ reason: String) -> Row {
    .rejected(
      Rejection(file: path, line: record.line, field: reader.header[column], reason: reason))
  }
}

@available(*, unavailable)
extension SecondarySitesReader: Sendable {}
