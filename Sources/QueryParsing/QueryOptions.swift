public import CivilTime
public import ProviderDirectory

/// What a phrase says about when.
public struct ParsedWhen: Hashable, Sendable {
  public var dates: ClosedRange<CivilDate>?
  public var times: TimeRange?
  public var sort: SortOrder?
  /// What was assumed.
  public var notes: [String] = []
}

/// The values of single options, where a word that is not understood is an error.
extension QueryParser {
  /// A ZIP code, a city with or without its state, a county, `lat,lon`, or `me` (with `home`
  /// given).
  public func place(_ text: String, home: ParsedPlace? = nil) throws(QueryError) -> ParsedPlace {
    try notedPlace(text, home: home).place
  }

  /// The same, with what was assumed of a name that several places bear.
  public func notedPlace(
    _ text: String, home: ParsedPlace? = nil
  ) throws(QueryError) -> (place: ParsedPlace, note: String?) {
    try checkLength(text)
    let tokens = QueryToken.tokens(of: text)
    let whole = 0..<tokens.count
    if ["me", "here", "home", "near me"].contains(PhraseText.words(text).joined(separator: " ")) {
      guard let home else { throw .homeUnknown }
      return (QueryAssembly.asHome(home), nil)
    }
    var readings = Readings(tokenCount: tokens.count)
    PlaceReader(lookups: PlaceLookups(gazetteer), tokens: tokens, acceptsEveryCity: true)
      .add(startingIn: tokens.indices, to: &readings)
    var place: ParsedPlace?
    var note: String?
    for reading in readings.byStart.first ?? [] where reading.tokens == whole && place == nil {
      if case .place(let found) = reading.meaning { (place, note) = (found, reading.note) }
    }
    // A full address line ends in its ZIP code.
    if place == nil, let last = tokens.last?.numeral, let entry = gazetteer.zip(last) {
      place = ParsedPlace(zip: entry)
    }
    guard var place else {
      throw .unknownPlace(text, suggestions: nearestCities(to: text))
    }
    if place.kind == .point, let coordinate = place.coordinate {
      place.zoneName = gazetteer.nearestZip(to: coordinate)?.entry.zoneName
    }
    return (place, note)
  }

  /// The state of that name or two-letter code.
  public func state(named text: String) throws(QueryError) -> StateEntry {
    try checkLength(text)
    guard let state = gazetteer.state(named: text) else { throw .unknownState(text) }
    return state
  }

  /// The USPS code of the state that a place is in; of a bare `lat,lon`, that of the nearest ZIP
  /// code, unless that is far away.
  public func state(of place: ParsedPlace) -> String? {
    if let state = place.state { return state }
    guard let nearest = place.coordinate.flatMap({ gazetteer.nearestZip(to: $0) }),
      nearest.distanceMeters < Self.farFromAnyZipMeters
    else { return nil }
    return nearest.entry.state
  }

  private static let farFromAnyZipMeters = 50_000.0

  /// Days and times such as `next Tuesday morning`; every word must be understood.
  public func when(_ text: String, context: ParseContext) throws(QueryError) -> ParsedWhen {
    try checkLength(text)
    let query = try parse(text, context: context)
    let isAboutElse =
      !query.specialties.isEmpty || !query.insurance.isEmpty || query.place != nil
      || query.name != nil || query.visitType != nil || !query.languages.isEmpty
    let when = ParsedWhen(
      dates: query.dates, times: query.times, sort: query.sort, notes: query.notes)
    guard query.unrecognized.isEmpty, !isAboutElse,
      when.dates != nil || when.times != nil || when.sort == .soonest
    else { throw .unknownWhen(text) }
    return when
  }

  /// A NUCC code, or patients' words.
  public func specialties(matching text: String) throws(QueryError) -> [Specialty] {
    try checkLength(text)
    let trimmed = String(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    if let code = TaxonomyCode(trimmed.uppercased()) {
      guard let name = taxonomy.name(of: code) else {
        throw .unknownSpecialty(text, suggestions: [])
      }
      return [Specialty(code: code, name: name)]
    }
    if let mention = specialties.mention(text) { return specialties(of: [mention.concept]) }
    if let concept = specialties.concept(id: trimmed.lowercased()) {
      return specialties(of: [concept])
    }
    let tokens = QueryToken.tokens(of: text)
    var readings = Readings(tokenCount: tokens.count)
    TermReader(
      specialties: specialties, insurers: insurers, languages: languages, tokens: tokens
    ).add(startingIn: tokens.indices, to: &readings)
    let chosen = readings.heaviest()
    let covered = chosen.reduce(0) { $0 + $1.tokens.count }
    let isSpecialty = chosen.allSatisfy {
      switch $0.meaning {
      case .specialty, .grammar, .patient: true
      default: false
      }
    }
    if covered == tokens.count, isSpecialty {
      var assembly = QueryAssembly(text: text, tokens: tokens, parser: self, context: nil)
      let found = assembly.assemble(chosen, corrections: [:]).specialties
      if !found.isEmpty { return found }
    }
    throw .unknownSpecialty(
      text, suggestions: suggestions(text, phrases: specialties.forEachPhrase))
  }

  /// A brand or insurer by name, its id in `insurers.tsv`, or a plan id. Kinds of plan beside it
  /// ("Aetna PPO") are passed over: `planProducts(in:)` tells them.
  public func insurance(matching text: String) throws(QueryError) -> InsuranceMatch {
    try checkLength(text)
    var words = text.split(whereSeparator: \.isWhitespace)
    if insurers.insurer(named: text) == nil {
      words.removeAll { Self.product($0) != nil }
    }
    let trimmed = words.joined(separator: " ")
    if let insurer = insurers.insurer(named: trimmed) ?? insurers.insurer(id: trimmed.lowercased())
    {
      return InsuranceMatch(id: insurer.id, name: insurer.name)
    }
    if Self.looksLikePlanID(trimmed) {
      return plan(id: trimmed.uppercased())
    }
    throw .unknownInsurance(text, suggestions: suggestions(text, phrases: insurers.forEachPhrase))
  }

  /// Kinds of plan in the value of an option, such as `PPO`.
  public static func planProducts(in text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).compactMap { product($0) }
  }

  private static func product(_ word: Substring) -> String? {
    PhraseText.words(word).first.flatMap { GrammarWords.products[$0] }
  }

  /// A plan by its id alone, named by the issuer that the id starts with.
  func plan(id: String) -> InsuranceMatch {
    let owner = insurers.insurer(forPlanID: id, marketingName: "")
    return InsuranceMatch(id: id, name: owner.map { "\($0.name) \(id)" } ?? id, kind: .plan)
  }

  public func language(matching text: String) throws(QueryError) -> Language {
    try checkLength(text)
    guard let language = languages.language(named: text) else {
      throw .unknownLanguage(text, suggestions: suggestions(text, phrases: languages.forEachPhrase))
    }
    return language
  }

  public func visitType(matching text: String) throws(QueryError) -> VisitType {
    try checkLength(text)
    if case .visitType(let type) = Self.fixedMeaning(of: text) { return type }
    throw .unknownVisitType(text)
  }

  public func gender(matching text: String) throws(QueryError) -> Gender {
    try checkLength(text)
    switch text.lowercased() {
    case "f": return .female
    case "m": return .male
    default: break
    }
    if case .gender(let gender) = Self.fixedMeaning(of: text) { return gender }
    throw .unknownGender(text)
  }

  public func sort(matching text: String) throws(QueryError) -> SortOrder {
    try checkLength(text)
    if let order = SortOrder(rawValue: text.lowercased()) { return order }
    if case .sort(let order) = Self.fixedMeaning(of: text) { return order }
    throw .unknownSort(text)
  }

  // MARK: What was meant instead

  private func checkLength(_ text: String) throws(QueryError) {
    let size = text.utf8.count
    guard size <= Self.lengthLimit else {
      throw .tooLong(bytes: size, limit: Self.lengthLimit)
    }
  }

  private static func fixedMeaning(of text: String) -> Meaning? {
    let words = PhraseText.words(text).map { PhraseWord($0) }
    return GrammarWords.table.value(of: words[...]).map { GrammarWords.phrases[Int($0)].meaning }
  }

  /// Letters and digits with at least four digits, as HIOS plan ids and Medicare contracts have.
  private static func looksLikePlanID(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let digits = bytes.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return (5...24).contains(bytes.count) && digits >= 4
      && bytes.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
      }
  }

  /// Up to three phrases that are at most a third of their letters away.
  private func suggestions(
    _ text: String, phrases: ((UnsafeRawBufferPointer) -> Void) -> Void
  ) -> [String] {
    let wanted = Array(PhraseText.words(text).joined(separator: " ").utf8)
    guard (3...60).contains(wanted.count) else { return [] }
    var best: [(distance: Int, phrase: String)] = []
    phrases { phrase in
      guard let distance = EditDistance.between(wanted, phrase, limit: max(1, wanted.count / 3))
      else { return }
      best.append((distance, String(decoding: phrase, as: UTF8.self)))
    }
    best.sort { ($0.distance, $0.phrase) < ($1.distance, $1.phrase) }
    return best.prefix(3).map(\.phrase)
  }

  /// Places one slip away, the most populous first.
  private func nearestCities(to text: String) -> [String] {
    let name = PhraseText.words(text).joined(separator: " ")
    guard (4...30).contains(name.utf8.count) else { return [] }
    var found: [CityEntry] = []
    for variant in Self.oneSlipAway(name) { found += gazetteer.cities(named: variant).prefix(1) }
    found.sort { ($0.population, $1.city) > ($1.population, $0.city) }
    var names: [String] = []
    for entry in found {
      let label = "\(entry.city), \(entry.state)"
      if !names.contains(label) { names.append(label) }
    }
    return Array(names.prefix(3))
  }

  /// Every text that one letter left out, put in, exchanged, or swapped with its neighbour makes.
  static func oneSlipAway(_ text: String) -> [String] {
    let letters = Array(text.utf8)
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz ".utf8)
    var variants: [[UInt8]] = []
    func add(_ cut: Range<Int>, _ replacement: [UInt8]) {
      var variant = letters
      variant.replaceSubrange(cut, with: replacement)
      variants.append(variant)
    }
    for index in 0...letters.count {
      for letter in alphabet { add(index..<index, [letter]) }
      guard index < letters.count else { continue }
      add(index..<index + 1, [])
      for letter in alphabet where letter != letters[index] { add(index..<index + 1, [letter]) }
      if index + 1 < letters.count, letters[index] != letters[index + 1] {
        add(index..<index + 2, [letters[index + 1], letters[index]])
      }
    }
    return variants.map { String(decoding: $0, as: UTF8.self) }
  }
}
