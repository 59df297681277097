import ReferenceData

/// The NUCC Health Care Provider Taxonomy: codes and names (© American Medical Association), looked
/// up in a sorted table that stays on disk.
public struct TaxonomyCatalog: Sendable {
  private let table: SortedTable

  /// Opens `taxonomy.tsv` of `ReferenceData.path`.
  public init() throws(TableError) {
    try self.init(directory: ReferenceData.path)
  }

  public init(directory: String) throws(TableError) {
    table = try SortedTable(path: directory + "/taxonomy.tsv", columns: TaxonomyEntry.columns)
  }

  /// The display name, for example `Cardiovascular Disease Physician`; nil for codes not in the
  /// set.
  public func name(of code: TaxonomyCode) -> String? {
    table.row(code.text)?[1]
  }

  public func entry(_ code: TaxonomyCode) -> TaxonomyEntry? {
    table.row(code.text).flatMap(TaxonomyEntry.init)
  }

  public func contains(_ code: TaxonomyCode) -> Bool {
    table.row(code.text) != nil
  }

  /// The codes that start with `prefix`, in order: the specialties under a classification.
  public func entries(withPrefix prefix: some StringProtocol) -> [TaxonomyEntry] {
    table.rows(withPrefix: prefix).compactMap(TaxonomyEntry.init)
  }

  public var allEntries: some Sequence<TaxonomyEntry> {
    table.allRows.lazy.compactMap(TaxonomyEntry.init)
  }

  /// Reads every line of the table.
  public func verify() throws(TableError) {
    try table.verify()
    for (index, row) in table.allRows.enumerated() where TaxonomyEntry(row) == nil {
      throw .damaged(
        path: table.path, line: index + 2, detail: "a field of \(row[0]) cannot be read")
    }
  }
}

/// One code of the NUCC taxonomy.
public struct TaxonomyEntry: Hashable, Sendable {
  /// Whether the code is for persons or for organizations and groups.
  public enum Kind: String, Hashable, Sendable {
    case individual = "Individual"
    case organization = "Organization"
  }

  public let code: TaxonomyCode
  /// NUCC's display name.
  public let name: String
  public let grouping: String
  public let classification: String
  /// Empty for a classification as a whole.
  public let specialization: String
  public let kind: Kind
  /// False once NUCC has marked it inactive; such codes stay in use in provider files.
  public let isActive: Bool

  static let columns = [
    "code", "name", "grouping", "classification", "specialization", "kind", "status",
  ]

  init?(_ row: TableRow) {
    guard let code = TaxonomyCode(row[0]), let kind = Kind(rawValue: row[5]),
      ["active", "inactive"].contains(row[6])
    else { return nil }
    self.code = code
    self.kind = kind
    name = row[1]
    grouping = row[2]
    classification = row[3]
    specialization = row[4]
    isActive = row[6] == "active"
  }
}
