import Console
import ArgumentParser
import QueryParsing

struct Parse: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what each word of a search is understood as.",
    discussion: """
      Examples:
        nearcare parse "heart doctor 10001"
        nearcare parse --json "video visit with a therapist tonight"
      """)

  @Argument(help: "The words of a search.") var words: [String]
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let program = try Program(options)
    let query = try program.parse(words.joined(separator: " "))
    if options.json { return try writeJSON(ParseReply(query)) }
    let rows = rows(query)
    if rows.isEmpty { writeNote("no word says whom to look for") }
    for (name, value) in rows {
      let label = name.padding(toLength: 15, withPad: " ", startingAt: 0)
      writeLine("\(program.terminal.faint(label))\(Terminal.safe(value))")
    }
  }

  private func rows(_ query: ParsedQuery) -> [(String, String)] {
    var rows: [(String, String)] = []
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { rows.append((name, value)) }
    }
    add("specialty", query.specialties.map { "\($0.name) (\($0.code))" }.joined(separator: ", "))
    add("insurance", query.insurance.map(\.name).joined(separator: ", "))
    add("kind of plan", query.planProducts.joined(separator: ", "))
    add("place", query.place?.label)
    add("state", query.states.map(\.name).joined(separator: ", "))
    add("radius", query.radiusMiles.map { "\($0) mi" })
    add("dates", query.dates.map { "\($0.lowerBound) to \($0.upperBound)" })
    add("times", query.times.map { "\($0.from) to \($0.to)" })
    add("visit", query.visitType?.rawValue)
    add("languages", query.languages.joined(separator: ", "))
    add("gender", query.gender?.rawValue)
    add("new patients", query.wantsNewPatients ? "taken" : nil)
    add("name", query.name)
    add("sort", query.sort?.rawValue)
    add("not understood", query.unrecognized.joined(separator: ", "))
    for note in query.notes { add("note", note) }
    return rows
  }
}
