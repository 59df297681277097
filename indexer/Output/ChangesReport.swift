import Console
import Foundation
import ProviderDirectory
import SearchIndex

/// What a generation changed, for people and for programs.
struct ChangesReport {
  private let changes: GenerationChanges
  private let names: [String: String]

  /// Rows of each kind in the text; the JSON has all of them.
  private static let shown = 20

  init(_ changes: GenerationChanges) throws {
    self.changes = changes
    let known = try TaxonomyCatalog().allEntries
    names = Dictionary(
      known.map { ($0.code.text, $0.name) }, uniquingKeysWith: { first, _ in first })
  }

  private struct Group: Encodable {
    let code: String
    let name: String?
    let tally: GenerationChanges.Tally
  }

  private struct Reply: Encodable {
    let from: String?
    let to: String
    let roles: GenerationChanges.Tally
    let states, specialties, plans: [Group]
  }

  /// Those in which anything happened, the most first.
  private func groups(_ tallies: [String: GenerationChanges.Tally]) -> [Group] {
    tallies.filter(\.value.isChanged)
      .map { Group(code: $0.key, name: names[$0.key], tally: $0.value) }
      .sorted { a, b in
        let (more, less) = (a.tally.sum, b.tally.sum)
        return more == less ? a.code < b.code : more > less
      }
  }

  func json() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    let reply = Reply(
      from: changes.from, to: changes.to, roles: changes.roles, states: groups(changes.states),
      specialties: groups(changes.specialties), plans: groups(changes.plans))
    return Array(try encoder.encode(reply)) + [UInt8(ascii: "\n")]
  }

  var text: String {
    var lines = [
      changes.from.map { "\(changes.to), compared with \($0)" }
        ?? "\(changes.to), with none before it to compare with", "",
    ]
    var rows = [Self.header, Self.row("all roles", changes.roles)]
    var more: [Int: Int] = [:]
    for (title, tallies) in [
      ("states", changes.states), ("specialties", changes.specialties), ("plans", changes.plans),
    ] {
      let groups = groups(tallies)
      rows.append([title] + [String](repeating: "", count: 5))
      for group in groups.prefix(Self.shown) {
        let name = group.name.map { " \($0)" } ?? ""
        rows.append(Self.row("  \(Terminal.safe(group.code))\(Terminal.safe(name))", group.tally))
      }
      if groups.isEmpty { more[rows.count - 1] = 0 }
      if groups.count > Self.shown { more[rows.count - 1] = groups.count - Self.shown }
    }
    for (index, line) in Columns.lines(rows, textColumns: [0]).enumerated() {
      lines.append(line)
      if let count = more[index] {
        lines.append(count == 0 ? "    nothing changed" : "    and \(count) more, in the JSON")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let header = ["", "before", "after", "added", "changed", "removed"]

  private static func row(_ name: String, _ tally: GenerationChanges.Tally) -> [String] {
    [name] + [tally.before, tally.after, tally.added, tally.changed, tally.removed].map { "\($0)" }
  }

  /// Writes both beside the generation.
  func write(to paths: [String]) throws {
    for path in paths {
      let file = try OutputFile(path: path)
      try file.append(path.hasSuffix(".json") ? try json() : Array(text.utf8))
      try file.finish()
    }
  }
}

extension GenerationChanges.Tally {
  fileprivate var sum: Int { added + changed + removed }
}
