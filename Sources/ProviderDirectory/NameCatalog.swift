import ReferenceData

/// Common surnames and given names, so that a bare word of a line can be taken for one.
public struct NameCatalog: Sendable {
  private let table: SortedTable

  static let columns = ["name", "kind"]

  /// Opens `names.tsv` of `ReferenceData.path`.
  public init() throws(TableError) {
    try self.init(directory: ReferenceData.path)
  }

  /// Opens `names.tsv` of a folder.
  public init(directory: String) throws(TableError) {
    table = try SortedTable(path: directory + "/names.tsv", columns: Self.columns)
  }

  /// - Parameter word: as `PhraseText.words` writes it.
  public func isSurname(_ word: String) -> Bool {
    ["surname", "both"].contains(kind(of: word))
  }

  /// - Parameter word: as `PhraseText.words` writes it.
  public func isGivenName(_ word: String) -> Bool {
    ["given", "both"].contains(kind(of: word))
  }

  /// Whether it is a given name, though it may be a word more often (`grace`, `john`).
  ///
  /// - Parameter word: as `PhraseText.words` writes it.
  public func mayBeGivenName(_ word: String) -> Bool {
    ["given", "both", "given-word"].contains(kind(of: word))
  }

  /// Whether it is a name of any kind, though it may be a word more often.
  public func contains(_ word: String) -> Bool { kind(of: word) != nil }

  private func kind(of word: String) -> String? { table.row(word)?[1] }

  /// Reads every line.
  public func verify() throws(TableError) {
    try table.verify()
    for (index, row) in table.allRows.enumerated() {
      let isName = !row[0].isEmpty && row[0].utf8.allSatisfy { (97...122).contains($0) }
      guard isName, ["surname", "given", "both", "word", "given-word"].contains(row[1]) else {
        throw .damaged(path: table.path, line: index + 2, detail: "\(row[0]) is no name and kind")
      }
    }
  }
}
