import CivilTime
public import ProviderDirectory
import ReferenceData
import Store

/// The sentences of messages, from `messages.tsv`: people who know patients edit them there.
///
/// A text may hold names in braces, `{when}`, which are filled in; a sentence with a name for which
/// there is nothing to say is left out.
public struct MessageTexts: Sendable {
  private let table: SortedTable
  static let columns = ["key", "text"]

  /// Opens `messages.tsv` of `ReferenceData.path`.
  public init() throws(TableError) {
    try self.init(directory: ReferenceData.path)
  }

  /// Opens `messages.tsv` of a folder.
  public init(directory: String) throws(TableError) {
    table = try SortedTable(path: directory + "/messages.tsv", columns: Self.columns)
  }

  /// The sentence of a key; throws when the table has lost it.
  func text(_ key: String) throws(TableError) -> String {
    guard let row = table.row(key) else {
      throw .damaged(path: table.path, line: nil, detail: "the text \"\(key)\" is missing")
    }
    return row[1]
  }

  func text(_ key: String, _ language: MessageLanguage) throws(TableError) -> String {
    try text("\(language.rawValue).\(key)")
  }

  /// The sentence with its names filled in; nil when one of them has no value.
  func sentence(
    _ key: String, _ language: MessageLanguage, _ values: [String: String] = [:]
  ) throws(TableError) -> String? {
    Self.fill(try text(key, language), values)
  }

  /// `{name}` becomes its value, which is not looked at again; nil when one has none.
  static func fill(_ template: String, _ values: [String: String]) -> String? {
    var result = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...].dropFirst()
      guard let close = rest.firstIndex(of: "}"), let value = values[String(rest[..<close])],
        !value.isEmpty
      else { return nil }
      result += value
      rest = rest[close...].dropFirst()
    }
    return result + rest
  }

  /// Reads every line: the same keys in every language, and in each text the same names.
  public func verify() throws(TableError) {
    try table.verify()
    let (first, others) = (MessageLanguage.english, MessageLanguage.allCases.dropFirst())
    for row in table.rows(withPrefix: "\(first.rawValue).") {
      let key = String(row[0].dropFirst(first.rawValue.utf8.count + 1))
      for language in others {
        let other = try text(key, language)
        guard Self.names(in: row[1]) == Self.names(in: other),
          row[1].count(where: { $0 == "|" }) == other.count(where: { $0 == "|" })
        else {
          throw .damaged(
            path: table.path, line: nil,
            detail: "\"\(language.rawValue).\(key)\" has not the names that the English has")
        }
      }
    }
  }

  private static func names(in text: String) -> Set<Substring> {
    Set(
      text.split(separator: "{", omittingEmptySubsequences: false).dropFirst()
        .map { $0.prefix { $0 != "}" } })
  }
}

extension MessageTexts {
  /// `Tue Dec 1, 9:30 AM EST`: a wall time, and the abbreviation that its zone goes by then.
  func moment(
    _ wall: CivilDateTime, zone abbreviation: String, _ language: MessageLanguage
  ) throws(TableError) -> String {
    func word(_ key: String, _ index: Int) throws(TableError) -> String {
      let words = try text(key, language).split(separator: "|")
      return words.indices.contains(index) ? String(words[index]) : ""
    }
    let (hour, minute) = (wall.time.hour, wall.time.minute)
    let clock = Self.fill(
      try text("time", language),
      [
        "hour": "\(hour % 12 == 0 ? 12 : hour % 12)",
        "minute": "\(minute < 10 ? "0" : "")\(minute)",
        "half": try word("halves", hour / 12),
      ])
    let filled = Self.fill(
      try text("date", language),
      [
        "weekday": try word("weekdays", wall.date.weekday.rawValue - 1),
        "month": try word("months", wall.date.month - 1), "day": "\(wall.date.day)",
        "time": clock ?? "", "zone": abbreviation,
      ])
    guard let filled else {
      throw .damaged(
        path: table.path, line: nil,
        detail: "\"\(language.rawValue).date\" or \"time\" has a name that no date has")
    }
    return filled
  }

  /// An instant on the wall clock of a zone.
  func moment(
    _ instant: Instant, in zone: Zone, _ language: MessageLanguage
  ) throws(TableError) -> String {
    let local = zone.local(at: instant)
    guard let wall = CivilDateTime(date: local.date, time: local.time) else { return "" }
    return try moment(wall, zone: local.abbreviation, language)
  }
}
