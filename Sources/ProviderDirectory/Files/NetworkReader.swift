public import CivilTime

/// Reads `providers.json` of the QHP machine-readable files: which practitioners are in which
/// plans' networks, and where.
///
/// Source of the format: CMS, "QHP provider and formulary APIs". Publishers write `specialty` and
/// `speciality`, numbers for strings, and single values for arrays; all are read. Damaged JSON
/// throws `FileFault.malformed`, after which nothing of the file may be used.
public final class NetworkReader {
  public enum Row {
    case entry(Entry)
    case rejected(Rejection)
  }

  public struct Entry: Hashable, Sendable {
    public var npi: NPI
    public var line: Int
    /// Five digits each, of the addresses where the plans are accepted; empty when none is given.
    public var zips: [String]
    /// In the file's order, each once: a plan's tiers are one membership.
    public var planIDs: [String]
    public var newPatients: NewPatients
    /// As written, for example `Spanish`.
    public var languages: [String]
    public var lastUpdated: CivilDate?
  }

  public let path: String
  public var rows: Int { reader.elements }
  public var byteCount: Int { reader.byteCount }
  public var bytesRead: Int { reader.bytesRead }
  private let reader: JSONArrayReader

  public init(path: String) throws(FileFault) {
    self.path = path
    reader = try JSONArrayReader(path: path)
  }

  /// The next entry's fate; nil at the end of the array.
  public func next() throws(FileFault) -> Row? {
    var row: Row?
    _ = try reader.next { (line, cursor) throws(JSONCursor.SyntaxError) in
      row = try read(line, &cursor)
    }
    return row
  }

  private struct Draft {
    var npi: String?
    var zips: [String] = []
    var planIDs: [String] = []
    var badPlanID: String?
    var newPatients = NewPatients.unknown
    var languages: [String] = []
    var lastUpdated: CivilDate?
  }

  private func read(
    _ line: Int, _ cursor: inout JSONCursor
  ) throws(JSONCursor.SyntaxError) -> Row {
    guard try cursor.kind() == .object else {
      try cursor.skipValue()
      return rejected(line, "", "not an object")
    }
    var draft = Draft()
    try cursor.object { (key, value) throws(JSONCursor.SyntaxError) in
      switch key {
      case "npi": draft.npi = try value.scalar()
      case "plans": try readPlans(&value, &draft)
      case "addresses": try readAddresses(&value, &draft)
      case "accepting": draft.newPatients = Self.newPatients(try value.scalar())
      case "languages": try readLanguages(&value, &draft)
      case "last_updated_on": draft.lastUpdated = QHPValues.date(try value.scalar())
      default: try value.skipValue()
      }
    }
    return entry(draft, line)
  }

  private func entry(_ draft: Draft, _ line: Int) -> Row {
    guard let text = draft.npi else {
      return rejected(line, "npi", "null; without an NPI it is not known who this is")
    }
    let npi: NPI
    do {
      npi = try NPI(text: text)
    } catch {
      return rejected(line, "npi", "\"\(text)\": \(error.reason)")
    }
    if let bad = draft.badPlanID { return rejected(line, "plans", "\"\(bad)\" is no plan id") }
    guard !draft.planIDs.isEmpty else { return rejected(line, "plans", "no plan") }
    return .entry(
      Entry(
        npi: npi, line: line, zips: draft.zips, planIDs: draft.planIDs,
        newPatients: draft.newPatients, languages: draft.languages,
        lastUpdated: draft.lastUpdated))
  }

  private func readPlans(
    _ cursor: inout JSONCursor, _ draft: inout Draft
  ) throws(JSONCursor.SyntaxError) {
    try cursor.oneOrMany { (plan) throws(JSONCursor.SyntaxError) in
      var id: String?
      if try plan.kind() == .object {
        try plan.object { (key, value) throws(JSONCursor.SyntaxError) in
          if key == "plan_id" { id = try value.scalar() ?? "" } else { try value.skipValue() }
        }
      } else {
        try plan.skipValue()
      }
      guard let planID = QHPValues.planID(id ?? "") else {
        draft.badPlanID = id ?? ""
        return
      }
      if !draft.planIDs.contains(planID) { draft.planIDs.append(planID) }
    }
  }

  private func readAddresses(
    _ cursor: inout JSONCursor, _ draft: inout Draft
  ) throws(JSONCursor.SyntaxError) {
    try cursor.oneOrMany { (address) throws(JSONCursor.SyntaxError) in
      guard try address.kind() == .object else { return try address.skipValue() }
      try address.object { (key, value) throws(JSONCursor.SyntaxError) in
        guard key == "zip" else { return try value.skipValue() }
        if let zip = Self.fiveDigits(try value.scalar() ?? ""), !draft.zips.contains(zip) {
          draft.zips.append(zip)
        }
      }
    }
  }

  private func readLanguages(
    _ cursor: inout JSONCursor, _ draft: inout Draft
  ) throws(JSONCursor.SyntaxError) {
    try cursor.oneOrMany { (language) throws(JSONCursor.SyntaxError) in
      let name = QHPValues.trimmed(try language.scalar() ?? "")
      if !name.isEmpty, !draft.languages.contains(name) { draft.languages.append(name) }
    }
  }

  /// The ZIP's first five digits; numbers that lost leading zeros get them back. Nil for no ZIP.
  private static func fiveDigits(_ text: String) -> String? {
    let digits = text.utf8.filter { RawField.digit($0) != nil }
    let full: Int? =
      switch digits.count {
      case 3...5: 5
      case 7...9: 9
      default: nil
      }
    guard let full else { return nil }
    let padded = Array(repeating: UInt8(ascii: "0"), count: full - digits.count) + digits
    return String(decoding: padded.prefix(5), as: UTF8.self)
  }

  private static func newPatients(_ text: String?) -> NewPatients {
    guard let text else { return .unknown }
    switch QHPValues.trimmed(text).lowercased() {
    case "accepting", "accepting new patients", "yes", "true": return .accepting
    case "not accepting", "not accepting new patients", "no", "false": return .notAccepting
    case "accepting in some locations", "accepting in some": return .someLocations
    default: return .unknown
    }
  }

  private func rejected(_ line: Int, _ field: String, _ reason: String) -> Row {
    .rejected(Rejection(file: path, line: line, field: field, reason: reason))
  }
}

@available(*, unavailable)
extension NetworkReader: Sendable {}
