import ReferenceData

/// Insurers and insurance brands, what patients call them, and which plans are theirs.
public struct InsurerCatalog: Sendable {
  private let table: SortedTable
  private let rows: [TableRow]
  private let aliases: PhraseTable
  /// Phrases of plans' marketing names: the aliases, and words that only plans bear.
  private let planWords: PhraseTable
  private let issuers: [Issuer]

  /// A HIOS issuer id, five digits, and the index of its insurer.
  private struct Issuer {
    let number: UInt32
    let row: Int
  }

  static let columns = ["id", "name", "parent", "aliases", "hios_ids", "plan_words"]

  /// Opens `insurers.tsv` of `ReferenceData.path`.
  public init() throws(TableError) {
    try self.init(directory: ReferenceData.path)
  }

  /// Opens `insurers.tsv` of a folder.
  public init(directory: String) throws(TableError) {
    table = try SortedTable(path: directory + "/insurers.tsv", columns: Self.columns)
    var rows: [TableRow] = []
    var aliases = PhraseTable(expecting: 1500)
    var planWords = PhraseTable(expecting: 2000)
    var issuers: [Issuer] = []
    for row in table.allRows {
      let index = UInt32(rows.count)
      aliases.insert(row.field(3), value: index)
      planWords.insert(row.field(5), value: index)
      planWords.insert(row.field(3), value: index)
      forEachWord(of: row.field(4)) { id in
        if let number = Self.issuerNumber(id) {
          issuers.append(Issuer(number: number, row: Int(index)))
        }
      }
      rows.append(row)
    }
    for (phrase, index) in Self.withoutOf(aliases) { aliases.insert(phrase, value: index) }
    issuers.sort { $0.number < $1.number }
    self.rows = rows
    self.aliases = aliases
    self.planWords = planWords
    self.issuers = issuers
  }

  /// "Blue Cross Minnesota" for "blue cross of minnesota": people leave the little word out.
  private static func withoutOf(_ aliases: PhraseTable) -> [(phrase: String, index: UInt32)] {
    var shortened: [(phrase: String, index: UInt32)] = []
    aliases.forEachPhrase { letters, index in
      // Bytes, and few of them looked at: this is done at every start.
      let last = letters.count - 3
      var start = 1
      while start < last, !isOf(letters, start) { start += 1 }
      guard start < last else { return }
      var short = Array(letters[..<start])
      while start < letters.count {
        if start < last, isOf(letters, start) {
          start += 3
        } else {
          short.append(letters[start])
          start += 1
        }
      }
      shortened.append((String(decoding: short, as: UTF8.self), index))
    }
    return shortened
  }

  /// Whether " of " begins at `index`.
  private static func isOf(_ letters: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    letters[index] == UInt8(ascii: " ") && letters[index + 1] == UInt8(ascii: "o")
      && letters[index + 2] == UInt8(ascii: "f") && letters[index + 3] == UInt8(ascii: " ")
  }

  public var insurers: [Insurer] { rows.map(Insurer.init) }

  public func insurer(id: some StringProtocol) -> Insurer? {
    table.row(id).map(Insurer.init)
  }

  /// The insurers that `words` may name from its first word on, the shortest phrase first.
  public func mentions(
    atStartOf words: ArraySlice<PhraseWord>
  ) -> [(insurer: Insurer, wordCount: Int)] {
    aliases.matches(atStartOf: words).map { (Insurer(rows[Int($0.value)]), $0.wordCount) }
  }

  /// The insurer that the whole of `text` names.
  public func insurer(named text: some StringProtocol) -> Insurer? {
    let words = PhraseText.words(text).map { PhraseWord($0) }
    return aliases.value(of: words[...]).map { Insurer(rows[Int($0)]) }
  }

  /// The insurer's id, and those of its parent, its parent's parent and so on.
  public func lineage(of id: String) -> [String] {
    var line: [String] = []
    var next: String? = id
    while let id = next, !line.contains(id), let insurer = insurer(id: id) {
      line.append(id)
      next = insurer.parentID
    }
    return line
  }

  /// Every alias of the table, for spelling and for suggestions.
  public func forEachPhrase(_ body: (_ letters: UnsafeRawBufferPointer) -> Void) {
    aliases.forEachPhrase { letters, _ in body(letters) }
  }

  // MARK: Plans

  /// Whose plan it is: by the issuer that a HIOS plan id starts with (`38344AK0570001`), else by
  /// the words of its marketing name, else Medicare for the contract ids of CMS (`H1234-001`).
  public func insurer(forPlanID planID: String, marketingName: String) -> Insurer? {
    if let issuer = Self.issuerNumber(ofPlan: planID), let row = row(ofIssuer: issuer) {
      return Insurer(rows[row])
    }
    if let row = row(inPlanName: marketingName) { return Insurer(rows[row]) }
    return Self.isMedicareContract(planID) ? insurer(id: "medicare") : nil
  }

  private func row(ofIssuer number: UInt32) -> Int? {
    var low = 0
    var high = issuers.count
    while low < high {
      let middle = (low + high) / 2
      if issuers[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low < issuers.count && issuers[low].number == number ? issuers[low].row : nil
  }

  /// Of the insurers that the name mentions, a brand rather than its parent, and the brand rather
  /// than the program (Medicare, Medicaid) it is sold under; of the rest, the longest phrase, then
  /// the first.
  private func row(inPlanName name: String) -> Int? {
    let words = PhraseText.words(name).map { PhraseWord($0) }
    var best: (row: Int, rank: [Int])?
    for start in words.indices {
      for match in planWords.matches(atStartOf: words[start...]) {
        let row = Int(match.value)
        let id = rows[row][0]
        let isProgram = ["medicare", "medicaid"].contains(lineage(of: id).last ?? id)
        let rank = [isProgram ? 0 : 1, lineage(of: id).count, match.wordCount, -start]
        if best.map({ $0.rank.lexicographicallyPrecedes(rank) }) ?? true { best = (row, rank) }
      }
    }
    return best?.row
  }

  private static func issuerNumber(_ digits: UnsafeRawBufferPointer) -> UInt32? {
    guard digits.count == 5 else { return nil }
    var number: UInt32 = 0
    for byte in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      number = number * 10 + UInt32(byte - UInt8(ascii: "0"))
    }
    return number
  }

  /// The first five digits of a HIOS plan id: issuer, two letters of the state, product and plan.
  private static func issuerNumber(ofPlan id: String) -> UInt32? {
    let bytes = Array(id.utf8)
    let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
    guard bytes.count >= 10, letters.contains(bytes[5]), letters.contains(bytes[6]) else {
      return nil
    }
    return bytes.withUnsafeBytes { issuerNumber(UnsafeRawBufferPointer(rebasing: $0[..<5])) }
  }

  /// `H`, `R`, `S` or `E` and four digits, as CMS numbers Medicare contracts.
  private static func isMedicareContract(_ id: String) -> Bool {
    let bytes = Array(id.utf8.prefix(6))
    guard bytes.count >= 5, "HRSE".utf8.contains(bytes[0]) else { return false }
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return bytes[1..<5].allSatisfy(digits.contains)
      && (bytes.count == 5 || !digits.contains(bytes[5]))
  }

  // MARK: Checking

  /// Reads every line: words written plainly, none claimed twice, parents that exist and form no
  /// ring, issuer ids of five digits that belong to one insurer.
  public func verify() throws(TableError) {
    try table.verify()
    var claims = PhraseTable(expecting: aliases.count)
    var planClaims = PhraseTable(expecting: planWords.count)
    var owners: [Substring: String] = [:]
    for (index, row) in rows.enumerated() {
      let insurer = Insurer(row)
      var complaint = SpecialtyCatalog.misspelt(row[3]) ?? SpecialtyCatalog.misspelt(row[5])
      if insurer.id.isEmpty || insurer.name.isEmpty { complaint = "an insurer without id or name" }
      for (field, isAlias) in [(row.field(3), true), (row.field(5), false)] {
        let note = { (phrase: String, first: UInt32) in
          if first != UInt32(index) {
            complaint = "\"\(phrase)\" is claimed by \(rows[Int(first)][0]) too"
          }
        }
        if isAlias { claims.insert(field, value: UInt32(index), onRepeat: note) }
        planClaims.insert(field, value: UInt32(index), onRepeat: note)
      }
      if let parent = insurer.parentID, !lineage(of: insurer.id).contains(parent) {
        complaint = "no such parent: \(parent)"
      }
      if let last = lineage(of: insurer.id).last, self.insurer(id: last)?.parentID != nil {
        complaint = "is its own ancestor"
      }
      for id in row[4].split(separator: " ") {
        if id.utf8.count != 5 || UInt32(id) == nil { complaint = "\(id) is not a HIOS issuer id" }
        if let other = owners[id] { complaint = "issuer \(id) belongs to \(other) too" }
        owners[id] = insurer.id
      }
      if let complaint {
        throw .damaged(path: table.path, line: index + 2, detail: "\(insurer.id): \(complaint)")
      }
    }
  }
}

/// An insurer, or a brand of one.
public struct Insurer: Hashable, Sendable {
  /// As in `insurers.tsv`, for example `bcbs`.
  public let id: String
  public let name: String
  /// The brand or company that this one belongs to.
  public let parentID: String?

  init(_ row: TableRow) {
    id = row[0]
    name = row[1]
    parentID = row[2].isEmpty ? nil : row[2]
  }
}
