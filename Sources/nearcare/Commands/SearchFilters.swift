import Console
import ArgumentParser
import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import QueryParsing
import SearchIndex

/// The options of `search` that say what the words could say, and replace it.
struct SearchFilters: ParsableArguments {
  @Option(help: "Around a ZIP code, a city (\"Boston, MA\"), or lat,lon.") var near: String?
  @Option(parsing: .unconditional, help: "Radius in miles.") var radius: Double?
  @Option(help: "Inside the polygons of a GeoJSON file.") var within: String?
  @Option(help: "A NUCC code or words, such as \"heart doctor\".") var specialty: String?
  @Option(help: "A practitioner's or a practice's name.") var name: String?
  @Option(help: "An insurer or a plan id.") var insurance: String?
  @Option(help: "When, in words: \"next tuesday morning\".") var when: String?
  @Option(help: "First day, YYYY-MM-DD.") var from: String?
  @Option(help: "Last day, YYYY-MM-DD.") var to: String?
  @Option(help: "telehealth or in-person.") var visit: String?
  @OptionGroup var patient: PatientStateOption
  @Option(help: "A language spoken, by name or two-letter code.") var language: String?
  @Option(help: "female or male.") var gender: String?
  @Flag(exclusivity: .exclusive) var newPatients: NewPatientsFlag?
  @Option(help: "best, distance or soonest.") var sort: String?
  @Option(
    help: ArgumentHelp(
      "Only those who also have this of what --facets counts; may be given again.",
      valueName: "kind=code"))
  var only: [String] = []
  @Flag(help: "Only those with an open slot.") var available = false

  /// The value of an option that drops what the words say.
  static let any = "any"

  /// Whether any option says whom to look for.
  var narrow: Bool {
    [near, within, specialty, name, insurance, when, from, to, visit, language, gender]
      .contains { $0 != nil } || available || !only.isEmpty
      || newPatients == .accepting
  }

  func validate() throws {
    if let radius, !(radius > 0 && radius <= SearchTranslation.largestRadiusMiles) {
      throw ValidationError(
        "--radius \(radius) is outside 0 to \(Int(SearchTranslation.largestRadiusMiles)) miles")
    }
    if let name, !name.contains(where: { $0.isLetter || $0.isNumber }) {
      throw ValidationError("--name \"\(Terminal.safe(name))\" has no letters")
    }
    for text in only where Self.facetValue(text) == nil {
      throw ValidationError(
        "--only \"\(Terminal.safe(text))\" is not KIND=CODE, where KIND is one of "
          + FacetValue.Kind.allCases.map(\.rawValue).joined(separator: ", ")
          + "; search with --facets lists the codes")
    }
    if near != nil, within != nil {
      throw ValidationError("--near and --within both say where; give one")
    }
    if when != nil, from != nil || to != nil {
      throw ValidationError("--when and --from/--to both say when; give one")
    }
    if radius != nil, within != nil {
      throw ValidationError("--radius and --within both draw the area; give one")
    }
  }

  func applied(to parsed: ParsedQuery, program: Program) throws -> ParsedQuery {
    var query = parsed
    let parser = try program.parser()
    let context = try program.parseContext()
    if let near {
      let (place, note) = try parser.notedPlace(near, home: context.home)
      (query.place, query.states) = (place, [])
      if let note { query.notes.append(note) }
    }
    if let radius { query.radiusMiles = radius }
    if let specialty {
      query.specialties = Self.isAny(specialty) ? [] : try parser.specialties(matching: specialty)
      query.parts.removeAll { $0.kind == .specialty || $0.kind == .complaint }
    }
    if let name { query.name = Self.isAny(name) ? nil : name }
    if let insurance {
      let noted = query.noteOnPlanProducts
      query.notes.removeAll { $0 == noted }
      query.insurance = Self.isAny(insurance) ? [] : [try parser.insurance(matching: insurance)]
      query.planProducts = QueryParser.planProducts(in: insurance)
      if let note = query.noteOnPlanProducts { query.notes.append(note) }
    }
    if let when { try replace(&query, when: when, parser: parser, context: context) }
    if from != nil || to != nil { query.dates = try dates(program: program) }
    if let visit {
      query.visitType = Self.isAny(visit) ? nil : try parser.visitType(matching: visit)
    }
    if let language {
      query.languages =
        Self.isAny(language) ? [] : [try parser.language(matching: language).code]
    }
    if let gender {
      query.gender = Self.isAny(gender) ? nil : try parser.gender(matching: gender)
    }
    if let newPatients { query.wantsNewPatients = newPatients == .accepting }
    if let sort { query.sort = try parser.sort(matching: sort) }
    return query
  }

  /// What `--only` narrows the search to.
  var narrowed: [FacetValue] { only.compactMap(Self.facetValue) }

  private static func facetValue(_ text: String) -> FacetValue? {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let kind = FacetValue.Kind(rawValue: parts[0].lowercased()) else {
      return nil
    }
    return FacetValue(kind, String(parts[1]))
  }

  private static func isAny(_ value: String) -> Bool { value.lowercased() == any }

  private func replace(
    _ query: inout ParsedQuery, when: String, parser: QueryParser, context: ParseContext
  ) throws {
    guard !Self.isAny(when) else {
      (query.dates, query.times, query.wantsAvailability) = (nil, nil, false)
      return
    }
    let window = try parser.when(when, context: context)
    (query.dates, query.times) = (window.dates, window.times)
    if let sort = window.sort { query.sort = sort }
    query.notes += window.notes
  }

  private func dates(program: Program) throws -> ClosedRange<CivilDate> {
    let today = program.localZone.local(at: program.now).date
    let first = try from.map { try day($0, option: "--from") } ?? today
    let last = try to.map { try day($0, option: "--to") } ?? first.adding(days: 90)
    guard first <= last else {
      throw Failure(.usage, "--from \(first) is after --to \(last); swap them")
    }
    return first...last
  }

  func drawnArea() throws -> Area? {
    guard let within else { return nil }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: within))
    } catch {
      throw Failure(.inputOutput, "cannot read \(within); check the path given to --within")
    }
    do {
      return try Area.geoJSON(bytes)
    } catch {
      throw Failure(.badData, "\(within): \(error)")
    }
  }
}

/// `--new-patients`, and what takes it back.
enum NewPatientsFlag: String, EnumerableFlag {
  case accepting, any

  static func name(for value: Self) -> NameSpecification {
    switch value {
    case .accepting: .customLong("new-patients")
    case .any: .customLong("any-new-patients")
    }
  }

  static func help(for value: Self) -> ArgumentHelp? {
    switch value {
    case .accepting: "Only those said to take new patients."
    case .any: "Whether or not they take new patients; also --new-patients any."
    }
  }

  /// A flag takes no value, but every option that replaces words takes `any`: this one does too.
  static func spelledOut(_ arguments: [String]) -> [String] {
    var spelled: [String] = []
    for argument in arguments {
      switch (spelled.last, argument) {
      case (_, "--new-patients=any"): spelled.append("--any-new-patients")
      case ("--new-patients", SearchFilters.any):
        spelled[spelled.count - 1] = "--any-new-patients"
      default: spelled.append(argument)
      }
    }
    return spelled
  }
}

extension Search {
  /// This search as one would type it; `--json` and the time budget aside.
  var command: SearchCommand {
    SearchCommand(
      words: words.joined(separator: " "),
      options: [
        ("--near", filters.near), ("--radius", filters.radius.map(Words.miles)),
        ("--within", filters.within), ("--specialty", filters.specialty), ("--name", filters.name),
        ("--insurance", filters.insurance), ("--when", filters.when), ("--from", filters.from),
        ("--to", filters.to), ("--visit", filters.visit),
        ("--patient-state", filters.patient.state), ("--language", filters.language),
        ("--gender", filters.gender), ("--sort", filters.sort), ("--home", options.home),
        ("--new-patients", filters.newPatients == .any ? SearchFilters.any : nil),
      ] + filters.only.map { ("--only", $0) },
      flags: (filters.available ? ["--available"] : [])
        + (filters.newPatients == .accepting ? ["--new-patients"] : []))
  }
}

/// An ISO date, or an error that names the option.
func day(_ text: String, option: String) throws -> CivilDate {
  guard let date = CivilDate(iso: text) else {
    throw Failure(
      .usage, "\(option) \"\(Terminal.safe(text))\" is not a date; write YYYY-MM-DD, as 2026-12-01")
  }
  return date
}

func require(_ value: Int, in range: ClosedRange<Int>, option: String) throws {
  guard range.contains(value) else {
    throw ValidationError(
      "\(option) \(value) is outside \(range.lowerBound) to \(range.upperBound)")
  }
}
