import ReferenceData

/// Languages by the names that patients use for them.
public struct LanguageCatalog: Sendable {
  private let table: SortedTable
  private let rows: [TableRow]
  private let names: PhraseTable

  static let columns = ["iso639", "name", "aliases"]

  /// Opens `languages.tsv` of `ReferenceData.path`.
  public init() throws(TableError) {
    try self.init(directory: ReferenceData.path)
  }

  /// Opens `languages.tsv` of a folder.
  public init(directory: String) throws(TableError) {
    table = try SortedTable(path: directory + "/languages.tsv", columns: Self.columns)
    var rows: [TableRow] = []
    var names = PhraseTable(expecting: 200)
    for row in table.allRows {
      names.insert(row.field(2), value: UInt32(rows.count))
      rows.append(row)
    }
    self.rows = rows
    self.names = names
  }

  public var languages: [Language] { rows.map(Language.init) }

  public func language(code: some StringProtocol) -> Language? {
    table.row(code).map(Language.init)
  }

  /// The languages that `words` may name from its first word on, the shortest name first.
  public func mentions(
    atStartOf words: ArraySlice<PhraseWord>
  ) -> [(language: Language, wordCount: Int)] {
    names.matches(atStartOf: words).map { (Language(rows[Int($0.value)]), $0.wordCount) }
  }

  /// The language that the whole of `text` names, or whose code it is.
  public func language(named text: some StringProtocol) -> Language? {
    let words = PhraseText.words(text).map { PhraseWord($0) }
    if let row = names.value(of: words[...]) { return Language(rows[Int(row)]) }
    return words.count == 1 ? language(code: words[0].text) : nil
  }

  /// Every name of the table, for spelling and for suggestions.
  public func forEachPhrase(_ body: (_ letters: UnsafeRawBufferPointer) -> Void) {
    names.forEachPhrase { letters, _ in body(letters) }
  }

  /// Reads every line: names written plainly, none claimed twice, codes of two or three letters.
  public func verify() throws(TableError) {
    try table.verify()
    var claims = PhraseTable(expecting: names.count)
    for (index, row) in rows.enumerated() {
      var complaint = SpecialtyCatalog.misspelt(row[2])
      claims.insert(row.field(2), value: UInt32(index)) { phrase, first in
        complaint = "\"\(phrase)\" is claimed by \(rows[Int(first)][0]) too"
      }
      if !(2...3).contains(row[0].utf8.count) { complaint = "not an ISO 639 code" }
      if let complaint {
        throw .damaged(path: table.path, line: index + 2, detail: "\(row[0]): \(complaint)")
      }
    }
  }
}

/// A language of ISO 639-1; of 639-2 or 639-3 where the first part has none, such as `ase`,
/// American Sign Language.
public struct Language: Hashable, Sendable {
  public let code: String
  public let name: String

  init(_ row: TableRow) {
    code = row[0]
    name = row[1]
  }
}
