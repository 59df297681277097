import Console
import ArgumentParser
import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import QueryParsing

/// The options of `search` that say what the words could say, and replace it.
struct SearchFilters: ParsableArguments {
  @Option(help: "Around a ZIP code, a city (\"Boston, MA\"), or lat,lon.") var near: String?
  @Option(parsing: .unconditional, help: "Radius in miles.") var radius: Double?
  @Option(help: "Inside the polygons of a GeoJSON file.") var within: String?
  @Option(help: "A NUCC code or words, such as \"heart doctor\".") var specialty: String?
  @Option(help: "An insurer or a plan id.") var insurance: String?
  @Option(help: "When, in words: \"next tuesday morning\".") var when: String?
  @Option(help: "First day, YYYY-MM-DD.") var from: String?
  @Option(help: "Last day, YYYY-MM-DD.") var to: String?
  @Option(help: "telehealth or in-person.") var visit: String?
  @Option(help: "A language spoken, by name or two-letter code.") var language: String?
  @Option(help: "female or male.") var gender: String?
  @Option(help: "best, distance or soonest.") var sort: String?
  @Flag(help: "Only those with an open slot.") var available = false

  /// Whether any option says whom to look for.
  var narrow: Bool {
    [near, within, specialty, insurance, when, from, to, visit, language, gender]
      .contains { $0 != nil } || available
  }

  func validate() throws {
    if let radius, !(radius > 0 && radius <= SearchTranslation.largestRadiusMiles) {
      throw ValidationError(
        "--radius \(radius) is outside 0 to \(Int(SearchTranslation.largestRadiusMiles)) miles")
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
      query.place = try parser.place(near, home: context.home)
    }
    if let radius { query.radiusMiles = radius }
    if let specialty {
      query.specialties = try parser.specialties(matching: specialty)
      query.parts.removeAll { $0.kind == .specialty || $0.kind == .complaint }
    }
    if let insurance { query.insurance = [try parser.insurance(matching: insurance)] }
    if let when {
      let window = try parser.when(when, context: context)
      (query.dates, query.times) = (window.dates, window.times)
      if let sort = window.sort { query.sort = sort }
    }
    if from != nil || to != nil { query.dates = try dates(program: program) }
    if let visit { query.visitType = try parser.visitType(matching: visit) }
    if let language { query.languages = [try parser.language(matching: language).code] }
    if let gender { query.gender = try parser.gender(matching: gender) }
    if let sort { query.sort = try parser.sort(matching: sort) }
    return query
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
