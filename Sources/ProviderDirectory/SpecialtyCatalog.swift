import ReferenceData

/// What patients call the kinds of care: concepts such as "Cardiologist", the words that mean them,
/// and the NUCC codes that they stand for.
public struct SpecialtyCatalog: Sendable {
  private let table: SortedTable
  private let rows: [TableRow]
  private let phrases: PhraseTable

  static let columns = ["concept", "name", "words", "complaints", "codes"]

  /// Opens `specialties.tsv` of `ReferenceData.path`.
  public init() throws(TableError) {
    try self.init(directory: ReferenceData.path)
  }

  /// Opens `specialties.tsv` of a folder.
  public init(directory: String) throws(TableError) {
    table = try SortedTable(path: directory + "/specialties.tsv", columns: Self.columns)
    var rows: [TableRow] = []
    var phrases = PhraseTable(expecting: 4500)
    for row in table.allRows {
      let number = UInt32(rows.count) << 1
      phrases.insert(row.field(2), value: number)
      phrases.insert(row.field(3), value: number | 1)
      rows.append(row)
    }
    self.rows = rows
    self.phrases = phrases
  }

  public var concepts: [SpecialtyConcept] { rows.map(SpecialtyConcept.init) }

  public func concept(id: some StringProtocol) -> SpecialtyConcept? {
    table.row(id).map(SpecialtyConcept.init)
  }

  /// The concept for children of `concept`, such as a pediatric dentist for a dentist; of those who
  /// treat everything, the pediatrician.
  public func childConcept(of concept: SpecialtyConcept) -> SpecialtyConcept? {
    let isGeneral = ["primary-care", "family-medicine", "internal-medicine"].contains(concept.id)
    return self.concept(id: isGeneral ? "pediatrics" : "pediatric-" + concept.id)
  }

  /// What `words` may mean from its first word on, the shortest phrase first.
  public func mentions(atStartOf words: ArraySlice<PhraseWord>) -> [SpecialtyMention] {
    phrases.matches(atStartOf: words).map { match in
      SpecialtyMention(
        concept: SpecialtyConcept(rows[Int(match.value >> 1)]),
        isComplaint: match.value & 1 == 1, wordCount: match.wordCount)
    }
  }

  /// What the whole of `text` means.
  public func mention(_ text: some StringProtocol) -> SpecialtyMention? {
    let words = PhraseText.words(text).map { PhraseWord($0) }
    return phrases.value(of: words[...]).map { value in
      SpecialtyMention(
        concept: SpecialtyConcept(rows[Int(value >> 1)]), isComplaint: value & 1 == 1,
        wordCount: words.count)
    }
  }

  /// Every phrase of the table, for spelling and for suggestions.
  public func forEachPhrase(_ body: (_ letters: UnsafeRawBufferPointer) -> Void) {
    phrases.forEachPhrase { letters, _ in body(letters) }
  }

  /// Reads every line: phrases written as `PhraseText.words` gives them, none claimed twice, one to
  /// 25 codes, each of them a code of `taxonomy` and one of them active, so that somebody can
  /// match.
  public func verify(against taxonomy: TaxonomyCatalog) throws(TableError) {
    try table.verify()
    var claims = PhraseTable(expecting: phrases.count)
    for (index, row) in rows.enumerated() {
      var complaint = row[0].isEmpty || row[1].isEmpty ? "a concept without id or name" : nil
      for column in [2, 3] {
        complaint = complaint ?? Self.misspelt(row[column])
        claims.insert(row.field(column), value: UInt32(index)) { phrase, first in
          complaint = "\"\(phrase)\" is claimed by \(rows[Int(first)][0]) too"
        }
      }
      let codes = row[4].split(separator: " ")
      if codes.isEmpty || codes.count > 25 { complaint = "\(codes.count) codes, not 1…25" }
      for text in codes where TaxonomyCode(text).map({ taxonomy.contains($0) }) != true {
        complaint = "\(text) is not a NUCC code"
      }
      if Set(codes).count != codes.count { complaint = "a code is given twice" }
      let isActive = { (code: Substring) in
        TaxonomyCode(code).flatMap { taxonomy.entry($0) }?.isActive == true
      }
      if !codes.contains(where: isActive) { complaint = complaint ?? "no code is in use" }
      if let complaint {
        throw .damaged(path: table.path, line: index + 2, detail: "\(row[0]): \(complaint)")
      }
    }
  }

  static func misspelt(_ field: String) -> String? {
    for phrase in field.split(separator: "|", omittingEmptySubsequences: false)
    where PhraseText.words(phrase).joined(separator: " ") != phrase && !field.isEmpty {
      return "\"\(phrase)\" is not written in plain lower-case words"
    }
    return nil
  }
}

/// A kind of care as patients think of it.
public struct SpecialtyConcept: Hashable, Sendable {
  public let id: String
  /// The patients' noun, for example `Cardiologist`.
  public let name: String
  /// Most exact first; several for an umbrella such as "eye doctor".
  public let codes: [TaxonomyCode]

  init(_ row: TableRow) {
    id = row[0]
    name = row[1]
    var codes: [TaxonomyCode] = []
    forEachWord(of: row.field(4)) { word in
      if let code = TaxonomyCode(word) { codes.append(code) }
    }
    self.codes = codes
  }
}

/// A concept found in a text.
public struct SpecialtyMention: Hashable, Sendable {
  public let concept: SpecialtyConcept
  /// Whether the words name what ails the patient ("knee pain") rather than who treats it.
  public let isComplaint: Bool
  public let wordCount: Int
}
