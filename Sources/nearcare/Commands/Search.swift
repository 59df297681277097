import Console
import ArgumentParser
import CivilTime
import Discovery
import Geospatial
import ProviderDirectory
import QueryParsing
import SearchIndex

struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Find practitioners who fit, are near, take the plan and have time.",
    discussion: """
      Examples:
        nearcare search "cardiologist in NYC available next Tuesday, takes Blue Cross"
        nearcare search "kids dentist saturday" --near 60614 --radius 10
        nearcare search "therapist near 10001" --facets
        nearcare search --specialty dermatologist --near "Boston, MA" --sort distance --json

      Options replace what the words say, and the value "any" drops it, as in --insurance any.
      By default those with an open slot come first, and among them whose main work is what you
      asked for, then who is near and soon. When nobody is found, it says which condition
      was the one too many, and how to search without it.
      """)

  @Argument(help: "What you are looking for, in your own words.")
  var words: [String] = []
  @OptionGroup var filters: SearchFilters
  @Option(parsing: .unconditional, help: "How many results, 1 to 10000.") var limit = 10
  @Option(parsing: .unconditional, help: "How many slots to list for each, 0 to 1000.")
  var slots = 3
  @Flag(help: "Say what each result's place comes from, and what each stage took.")
  var explain = false
  @Flag(help: "Count the specialties, plans, languages and distances of all who match.")
  var facets = false
  @Option(name: .customLong("budget-ms"), help: "How long the search may take, in milliseconds.")
  var budgetMilliseconds = 500
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    try require(limit, in: 1...10_000, option: "--limit")
    try require(slots, in: 0...1000, option: "--slots")
    try require(budgetMilliseconds, in: 1...600_000, option: "--budget-ms")
  }

  func run() throws {
    let budget = Budget(limit: .milliseconds(budgetMilliseconds))
    let program = try Program(options)
    let text = words.joined(separator: " ")
    guard !text.isEmpty || filters.narrow else { throw Failure(.usage, Self.nothingAsked) }
    var query = try filters.applied(to: try program.parse(text), program: program)
    try refuseIfNotUnderstood(query)
    let searcher = try program.openIndex()
    if let name = query.name, let corrected = try searcher.correctedName(name) {
      query.name = corrected.text
      query.notes += corrected.changes.map { "showing \($0.to) for \($0.from)" }
    }
    let translation = SearchTranslation(
      query: query, home: try program.nearMe(), drawnArea: try filters.drawnArea(),
      narrowed: filters.narrowed,
      patientState: try program.patientState(filters.patient.state, searching: query),
      preferredKind: try query.specialties.first.flatMap {
        try program.directoryNames().kind(of: $0.code)
      })
    let (request, origin) = try translation.request(
      available: filters.available, limit: limit, slotsPerResult: slots,
      countsMatched: options.json || explain)
    let pipeline = SearchPipeline(
      searcher: searcher, store: try program.openStore(createIfMissing: false),
      now: program.now,
      session: try program.sessionHash())
    let results = try pipeline.search(request, budget: budget)
    let facets =
      try facets
      ? pipeline.facets(of: request, budget: budget)
        .map { FacetsReply($0, names: try program.directoryNames()) } : nil
    let silent =
      query.wantsNewPatients && !results.results.isEmpty
      ? try pipeline.silentOnNewPatients(request, budget: budget) : 0
    let licence = try licence(translation, results, request, pipeline, budget)
    let suggestions =
      results.results.isEmpty
      ? try self.suggestions(request, query, pipeline, budget, program) : Suggestions.none
    var answered = query
    if answered.place == nil, answered.states.isEmpty, var home = origin {
      home.kind = .me
      answered.place = home
    }
    let explanation =
      explain
      ? Explanation(
        results, of: request,
        ofAnyLicence: try pipeline.inAreaOfAnyLicence(request, budget: budget), now: program.now,
        names: try program.directoryNames()) : nil
    try print(
      results, suggestions, facets, explanation, licence, silent: silent, query: answered,
      translation: translation,
      origin: origin, onlyBookable: request.onlyBookable,
      program: program)
  }

  /// Nil for a search that is not for visits by video.
  private func licence(
    _ translation: SearchTranslation, _ results: SearchResults, _ request: SearchRequest,
    _ pipeline: SearchPipeline, _ budget: Budget
  ) throws -> LicenceReply? {
    guard translation.query.visitType == .telehealth else { return nil }
    return LicenceReply(
      translation.patientState,
      leftOut: results.results.isEmpty
        ? try pipeline.leftOutByLicence(request, budget: budget) : nil)
  }

  private static let nothingAsked = """
    nothing to search for. Say what you need, for example: \
    nearcare search "dermatologist near 10001 next week"
    """

  /// A filter that was not understood must not silently widen the answer.
  private func refuseIfNotUnderstood(_ query: ParsedQuery) throws {
    for word in query.unrecognized where word.utf8.count == 5 && word.allSatisfy(\.isNumber) {
      throw Failure(
        .usage,
        "\(word) is not a known ZIP code. Check it, or name the city: --near \"Boston, MA\""
      )
    }
    let understood =
      !query.specialties.isEmpty || !query.insurance.isEmpty || query.place != nil
      || !query.states.isEmpty
      || query.name != nil || query.dates != nil || query.times != nil || query.visitType != nil
      || !query.languages.isEmpty || query.gender != nil || query.wantsNewPatients
      || query.sort != nil || filters.narrow
    guard understood else {
      let unknown = query.unrecognized.map { "\"\(Terminal.safe($0))\"" }.joined(separator: ", ")
      throw Failure(
        .usage,
        """
        \(unknown.isEmpty ? "no word says whom to look for" : "did not understand \(unknown)"). \
        Name a specialty, a place, a plan or a doctor, for example: \
        nearcare search "skin doctor in Boston, takes Aetna"
        """)
    }
  }

  private func suggestions(
    _ request: SearchRequest, _ query: ParsedQuery, _ pipeline: SearchPipeline, _ budget: Budget,
    _ program: Program
  ) throws -> Suggestions {
    let broader = try program.broaderSpecialty(than: query.specialties.map(\.code))
    // Without the video visit, a search that named no place would be one around home.
    let placeless = request.candidates.area == nil
    let relaxations = try pipeline.relaxations(
      of: request, broader: broader?.codes ?? [], keeping: placeless ? [.visitType] : [],
      budget: budget)
    return Suggestions(
      relaxations, of: command, sort: query.sort, broader: broader?.id)
  }

  private func print(
    _ results: SearchResults, _ suggestions: Suggestions, _ facets: FacetsReply?,
    _ explanation: Explanation?, _ licence: LicenceReply?, silent: Int,
    query: ParsedQuery,
    translation: SearchTranslation,
    origin: ParsedPlace?, onlyBookable: Bool, program: Program
  ) throws {
    let names = try program.directoryNames()
    if options.json {
      try writeJSON(
        SearchReply(
          query: ParseReply(query),
          results: try results.results.map {
            try SearchReply.Result(
              $0, asked: translation.insurance, now: program.now, names: names)
          },
          suggestions: suggestions.list,
          stats: SearchReply.Statistics(results.stats), facets: facets, explain: explanation,
          licence: licence))
    } else {
      let today = program.localZone.local(at: program.now).date
      let year = today.year
      let asked = translation.summary(origin: origin, year: year)
      for note in query.notes { writeNote(Terminal.safe(note)) }
      if licence != nil,
        let note = LicenceReply.note(
          on: translation.patientState, home: try program.patientState(nil)?.code)
      {
        writeNote(note)
      }
      if !query.unrecognized.isEmpty {
        writeNote(
          "not understood, and not used: "
            + query.unrecognized.map(Terminal.safe).joined(separator: ", "))
      }
      if results.results.isEmpty {
        writeNote("Nothing found\(asked.isEmpty ? "" : " " + asked).")
        let licenceLine = licence?.line(onlyBookable: onlyBookable)
        if let licenceLine { writeNote(licenceLine) }
        for line in suggestions.lines { writeNote(line) }
        if licenceLine == nil, let note = afterwards(results.stats, suggestions) { writeNote(note) }
      } else {
        let page = SearchText(
          terminal: program.terminal, names: names, asked: query.specialties.map(\.code),
          insurance: translation.insurance, wantsNewPatients: query.wantsNewPatients,
          patientState: translation.patientState, today: today,
          listsSlots: slots > 0, onlyBookable: onlyBookable, limit: limit)
        writeLine(try page.page(results, summary: asked))
      }
      if self.facets, facets == nil {
        writeNote(
          "The time budget ended before the counting;"
            + " --budget-ms \(budgetMilliseconds * 4) counts longer.")
      }
      if silent > 0 {
        writeNote(
          "Of \(silent) more no source says whether they take new patients;"
            + " --new-patients any lists them too.")
      }
      if let facets, facets.counted > 0 { writeLine("\n" + facets.lines.joined(separator: "\n")) }
      for line in explanation?.lines ?? [] { writeNote(line) }
    }
    if results.results.isEmpty { throw ExitCode(ExitStatus.nothingFound.rawValue) }
  }

  /// What to say below the suggestions, or where there is none.
  private func afterwards(_ stats: SearchStatistics, _ suggestions: Suggestions) -> String? {
    if !stats.complete || stats.elapsed >= stats.budget {
      return "Stopped at the time budget; --budget-ms \(budgetMilliseconds * 4) looks longer."
    }
    guard suggestions.list.isEmpty else { return nil }
    return "Searching farther, or leaving out any two conditions, finds nobody either."
  }
}
