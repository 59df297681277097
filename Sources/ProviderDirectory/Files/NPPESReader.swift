public import CivilTime

/// Reads NPPES main files (`npidata_pfile_*.csv`): one row, one practitioner or organization at its
/// primary practice location, or one deactivated NPI.
///
/// Source of the columns: CMS, "NPPES Data Dissemination", file header and code values.
public final class NPPESReader {
  public enum Row {
    case practitioner(Practitioner)
    case deactivated(Deactivation)
    case rejected(Rejection)
  }

  public struct Practitioner: Sendable {
    public var role: PractitionerRole
    /// `Last Update Date`, or the enumeration date where that is empty.
    public var lastUpdate: CivilDate

    public init(role: PractitionerRole, lastUpdate: CivilDate) {
      self.role = role
      self.lastUpdate = lastUpdate
    }
  }

  public struct Deactivation: Hashable, Sendable {
    public var npi: NPI
    public var date: CivilDate
    public init(npi: NPI, date: CivilDate) {
      self.npi = npi
      self.date = date
    }
  }

  public let path: String
  public var rows: Int { reader.rows }
  public var byteCount: Int { reader.byteCount }
  public var bytesRead: Int { reader.bytesRead }
  /// Fields whose bytes were not UTF-8 and were read as ISO 8859-1.
  public private(set) var repairs = 0

  private let reader: CSVReader
  private let layout: NPPESLayout
  private let locator: SiteLocator
  private let taxonomies: KnownTaxonomies

  /// Opens the file and checks its header. Throws `FileFault`.
  public init(path: String, locator: SiteLocator, taxonomies: KnownTaxonomies) throws(FileFault) {
    self.path = path
    self.locator = locator
    self.taxonomies = taxonomies
    reader = try CSVReader(path: path)
    layout = try NPPESLayout(reader)
  }

  /// The next row's fate; nil at the end of the file.
  public func next() throws(FileFault) -> Row? {
    guard let row = try reader.next() else { return nil }
    switch row {
    case .damaged(let line, let field, let reason):
      return .rejected(Rejection(file: path, line: line, field: field, reason: reason))
    case .record(let record):
      do {
        return try read(record)
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

  private func read(_ record: RawRecord) throws(Fault) -> Row {
    let npi: NPI
    do {
      npi = try NPI(field: record[layout.npi].trimmed)
    } catch {
      throw Fault(column: layout.npi, reason: "\"\(record[layout.npi].text)\": \(error.reason)")
    }
    if let date = try deactivationDate(record) {
      return .deactivated(Deactivation(npi: npi, date: date))
    }
    let name = try name(record)
    let taxonomies = try taxonomies(record)
    let site = try site(record)
    let role = PractitionerRole(
      id: RoleID(npi: npi, site: site.key), name: name, gender: gender(record),
      taxonomies: taxonomies, licenceStates: licenceStates(record), site: site)
    return .practitioner(Practitioner(role: role, lastUpdate: try lastUpdate(record)))
  }

  /// The date since which the NPI is deactivated; nil while it is in force, also after a
  /// reactivation.
  private func deactivationDate(_ record: RawRecord) throws(Fault) -> CivilDate? {
    guard let deactivated = try optionalDate(record, layout.deactivation) else { return nil }
    if let reactivated = try optionalDate(record, layout.reactivation), reactivated >= deactivated {
      return nil
    }
    return deactivated
  }

  private func lastUpdate(_ record: RawRecord) throws(Fault) -> CivilDate {
    if let date = try optionalDate(record, layout.lastUpdate) { return date }
    if let date = try optionalDate(record, layout.enumeration) { return date }
    throw Fault(column: layout.lastUpdate ?? layout.npi, reason: "no date of the last update")
  }

  private func optionalDate(_ record: RawRecord, _ column: Int?) throws(Fault) -> CivilDate? {
    guard let column, !record[column].isEmpty else { return nil }
    guard let date = record[column].date else {
      throw Fault(column: column, reason: "\"\(record[column].text)\" is no date")
    }
    return date
  }

  private func name(_ record: RawRecord) throws(Fault) -> ProviderName {
    let text = { (column: Int?) in
      column.map { record[$0].text(repairs: &self.repairs) } ?? ""
    }
    switch record[layout.entityType].wholeNumber {
    case 1:
      let last = text(layout.lastName)
      guard !last.isEmpty else { throw Fault(column: layout.lastName, reason: "no last name") }
      return .person(
        first: text(layout.firstName), middle: text(layout.middleName), last: last,
        suffix: text(layout.suffix), credential: text(layout.credential))
    case 2:
      let name = text(layout.organizationName)
      guard !name.isEmpty else {
        throw Fault(column: layout.organizationName ?? layout.entityType, reason: "no name")
      }
      return .organization(name)
    default:
      throw Fault(
        column: layout.entityType,
        reason: "\"\(record[layout.entityType].text)\" is neither 1 (person) nor 2 (organization)")
    }
  }

  private func gender(_ record: RawRecord) -> Gender? {
    guard let column = layout.gender else { return nil }
    if record[column].equals("F") { return .female }
    if record[column].equals("M") { return .male }
    return nil
  }

  /// By code, each once. What is no two letters is no state and left out: a licence that nobody can
  /// place is of no use to a patient.
  private func licenceStates(_ record: RawRecord) -> [String] {
    var states: [String] = []
    for column in layout.licenceStates {
      let bytes = record[column].trimmed
      guard bytes.count == 2, bytes.allSatisfy({ 0x41...0x5A ~= $0 & 0xDF }) else { continue }
      let state = String(decoding: bytes.map { $0 & 0xDF }, as: UTF8.self)
      if !states.contains(state) { states.append(state) }
    }
    return states.sorted()
  }

  /// The known codes, the one switched to primary first. Well-formed codes that NUCC does not list
  /// (retired ones occur) are left out; a row with no other code is rejected, because no search
  /// for a specialty could find it.
  private func taxonomies(_ record: RawRecord) throws(Fault) -> [TaxonomyCode] {
    var codes: [TaxonomyCode] = []
    var primary: TaxonomyCode?
    for slot in layout.taxonomies {
      switch taxonomies.match(record[slot.code]) {
      case .empty, .unknown: continue
      case .malformed:
        throw Fault(
          column: slot.code, reason: "\"\(record[slot.code].text)\" is no taxonomy code")
      case .known(let code):
        if primary == nil, let column = slot.primarySwitch, record[column].equals("Y") {
          primary = code
        }
        if !codes.contains(code) { codes.append(code) }
      }
    }
    guard !codes.isEmpty else {
      throw Fault(column: layout.taxonomies[0].code, reason: "no taxonomy code that NUCC lists")
    }
    if let primary, let place = codes.firstIndex(of: primary), place > 0 {
      codes.remove(at: place)
      codes.insert(primary, at: 0)
    }
    return codes
  }

  private func site(_ record: RawRecord) throws(Fault) -> PracticeSite {
    do {
      return try layout.address.site(record, locator, &repairs)
    } catch {
      throw Fault(column: error.column, reason: error.reason)
    }
  }
}

@available(*, unavailable)
extension NPPESReader: Sendable {}
