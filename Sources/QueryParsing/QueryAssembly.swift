import CivilTime
import ProviderDirectory

/// Puts the chosen readings together into one query.
struct QueryAssembly {
  let tokens: [QueryToken]
  let parser: QueryParser
  /// Nil where only words without a place of one's own are read.
  let context: ParseContext?
  private var query: ParsedQuery
  private var named: [SpecialtyConcept] = []
  private var complaints: [SpecialtyConcept] = []
  private var isForChild = false
  private var saysDoctor = false
  private var places: [(place: ParsedPlace, reading: Reading)] = []
  private var states: [(state: StateEntry, reading: Reading)] = []
  /// Index of the token after a distance.
  private var radiusEnd: Int?
  private var visitTypes: Set<VisitType> = []
  private var genders: Set<Gender> = []

  init(text: String, tokens: [QueryToken], parser: QueryParser, context: ParseContext?) {
    self.tokens = tokens
    self.parser = parser
    self.context = context
    query = ParsedQuery(text: text)
  }

  mutating func assemble(_ readings: [Reading], corrections: [Int: String]) -> ParsedQuery {
    var position = 0
    for reading in readings {
      leaveOut(position..<reading.tokens.lowerBound)
      position = reading.tokens.upperBound
      take(reading)
      for index in reading.tokens {
        if let word = corrections[index] {
          query.notes.append("showing \(word) for \(tokens[index].text)")
        }
      }
    }
    leaveOut(position..<tokens.count)
    settlePlace()
    settleSpecialties()
    query.visitType = visitTypes.count == 1 ? visitTypes.first : nil
    query.gender = genders.count == 1 ? genders.first : nil
    return query
  }

  private mutating func leaveOut(_ range: Range<Int>) {
    for index in range {
      query.unrecognized.append(tokens[index].text)
      if let numeral = tokens[index].numeral, numeral.utf8.count == 5, Int(numeral) != nil {
        query.notes.append("\(numeral) is not a known ZIP code")
      }
      if tokens[index].word?.singular == "weekday" {
        query.notes.append("weekdays need a week, as in \"weekdays next week\"")
      }
    }
  }

  // MARK: One reading

  private mutating func take(_ reading: Reading) {
    var kind = QueryPart.Kind.grammar
    var meaning = ""
    switch reading.meaning {
    case .specialty(let concept, let isComplaint, let forChild):
      take(concept, isComplaint: isComplaint, forChild: forChild)
      (kind, meaning) = (isComplaint ? .complaint : .specialty, concept.name)
    case .insurer(let insurer):
      let match = InsuranceMatch(id: insurer.id, name: insurer.name)
      if !query.insurance.contains(match) { query.insurance.append(match) }
      (kind, meaning) = (.insurance, insurer.name)
    case .plan(let id):
      let match = parser.plan(id: id)
      if !query.insurance.contains(match) { query.insurance.append(match) }
      (kind, meaning) = (.insurance, match.name)
    case .product(let product):
      if !query.planProducts.contains(product) { query.planProducts.append(product) }
      (kind, meaning) = (.product, product)
    case .place(let place):
      let settled = place.kind == .me ? context?.home.map { Self.asHome($0) } ?? place : place
      places.append((settled, reading))
      return
    case .state(let state):
      states.append((state, reading))
      return
    case .radius(let miles):
      query.radiusMiles = miles
      radiusEnd = reading.tokens.upperBound
      (kind, meaning) = (.radius, "\(miles) mi")
    case .dates, .times, .datesAndTimes:
      (kind, meaning) = takeWhen(reading)
    case .visitType(let type):
      visitTypes.insert(type)
      (kind, meaning) = (.visitType, type.rawValue)
    case .language(let language):
      if !query.languages.contains(language.code) { query.languages.append(language.code) }
      (kind, meaning) = (.language, language.name)
    case .gender(let gender):
      genders.insert(gender)
      noteDoctor(reading)
      (kind, meaning) = (.gender, gender.rawValue)
    case .name(let name):
      query.name = query.name.map { "\($0) \(name)" } ?? name
      (kind, meaning) = (.name, name)
    case .sort(let order):
      if query.sort == nil { query.sort = order }
      (kind, meaning) = (.sort, order.rawValue)
    case .availability:
      query.wantsAvailability = true
      kind = .availability
    case .newPatients:
      query.wantsNewPatients = true
      kind = .newPatients
    case .patient(let isChild):
      isForChild = isForChild || isChild
      kind = .patient
    case .grammar: noteDoctor(reading)
    }
    if let note = reading.note { query.notes.append(note) }
    append(reading.tokens, kind, meaning)
  }

  private mutating func noteDoctor(_ reading: Reading) {
    for index in reading.tokens {
      let word = tokens[index].word?.singular ?? ""
      saysDoctor = saysDoctor || ["doctor", "physician", "doc"].contains(word)
    }
  }

  private mutating func append(_ range: Range<Int>, _ kind: QueryPart.Kind, _ meaning: String) {
    let text = tokens[range].map(\.text).joined(separator: " ")
    query.parts.append(QueryPart(text: text, kind: kind, meaning: meaning))
  }

  private mutating func take(_ concept: SpecialtyConcept, isComplaint: Bool, forChild: Bool) {
    isForChild = isForChild || forChild
    if isComplaint { complaints.append(concept) } else { named.append(concept) }
  }

  static func asHome(_ home: ParsedPlace) -> ParsedPlace {
    var place = home
    place.kind = .me
    return place
  }

  // MARK: When

  private mutating func takeWhen(_ reading: Reading) -> (QueryPart.Kind, String) {
    switch reading.meaning {
    case .dates(let dates):
      add(dates)
      return (.dates, Self.text(dates))
    case .times(let times):
      add(times)
      return (.times, "\(times.from)–\(times.to)")
    case .datesAndTimes(let dates, let times):
      add(dates)
      add(times)
      return (.dates, "\(Self.text(dates)) \(times.from)–\(times.to)")
    default: return (.grammar, "")
    }
  }

  private static func text(_ dates: ClosedRange<CivilDate>) -> String {
    dates.count == 1 ? "\(dates.lowerBound)" : "\(dates.lowerBound)…\(dates.upperBound)"
  }

  /// Days named twice: those that both mean where they meet ("Friday … next week" aside, which the
  /// grammar knows), else all from the first to the last.
  private mutating func add(_ dates: ClosedRange<CivilDate>) {
    guard let before = query.dates else {
      query.dates = dates
      return
    }
    if before.overlaps(dates) {
      query.dates = before.clamped(to: dates)
    } else {
      let span = min(before.lowerBound, dates.lowerBound)...max(before.upperBound, dates.upperBound)
      query.dates = span
      query.notes.append("looking at every day from \(span.lowerBound) to \(span.upperBound)")
    }
  }

  /// Times named twice: where they meet ("after 2pm before 4pm"), else from the first to the last.
  private mutating func add(_ times: TimeRange) {
    guard let before = query.times else {
      query.times = times
      return
    }
    let from = max(before.from, times.from)
    let to = min(before.to, times.to)
    if from < to {
      query.times = TimeRange(from: from, to: to)
    } else {
      let span = TimeRange(from: min(before.from, times.from), to: max(before.to, times.to))
      query.times = span
      query.notes.append("looking at all times from \(span.from) to \(span.to)")
    }
  }

  // MARK: Where

  /// By rule 12 of `Preference`. A city of the ZIP code's state, or one named right beside
  /// ("Brighton Beach Brooklyn"), is no second place.
  private mutating func settlePlace() {
    defer { settleStates() }
    func isBefore(_ a: Int, _ b: Int) -> Bool {
      let (left, right) = (claim(of: places[a]), claim(of: places[b]))
      return left == right ? a > b : left.lexicographicallyPrecedes(right)
    }
    guard let winner = places.indices.max(by: isBefore) else { return }
    let place = places[winner].place
    query.place = place
    for (index, other) in places.enumerated() {
      let isBeside =
        other.reading.tokens.lowerBound == places[winner].reading.tokens.upperBound
        || other.reading.tokens.upperBound == places[winner].reading.tokens.lowerBound
      let agrees =
        other.place == place || other.place.kind == .me
        || other.place.state == place.state && (place.kind == .zip || isBeside)
      if index == winner || agrees {
        append(other.reading.tokens, .place, other.place.label)
        if let note = other.reading.note, index == winner { query.notes.append(note) }
      } else {
        query.unrecognized.append(contentsOf: tokens[other.reading.tokens].map(\.text))
        query.notes.append("searching near \(place.label), not \(other.place.label)")
      }
    }
    locatePoint()
  }

  /// How much says that a place is where to search, the weightiest first.
  private func claim(of found: (place: ParsedPlace, reading: Reading)) -> [Double] {
    let kind =
      switch found.place.kind {
      case .zip, .point: 3.0
      case .city: 2.0
      case .me: 1.0
      }
    let start = found.reading.tokens.lowerBound
    let hasRadius = radiusEnd == start || radiusEnd.map { $0 + 1 } == start
    return [
      isOrigin(start) ? 0 : 1, hasRadius ? 1 : 0, kind,
      found.reading.weight - Preference.weight(found.reading.tokens.count, 0),
    ]
  }

  /// `from Hoboken`, `I live in Queens`, unless a distance is measured from there.
  private func isOrigin(_ start: Int) -> Bool {
    func word(_ index: Int) -> String { index < 0 ? "" : tokens[index].word?.text ?? "" }
    if word(start - 1) == "from" { return radiusEnd != start }
    return word(start - 1) == "in"
      && ["live", "living", "lives", "based", "reside", "located"].contains(word(start - 2))
      && ["i", "we", "im", "who", "am", "are", ""].contains(word(start - 3))
  }

  /// A whole state agrees with a place in it, and says where to stay when nothing else does.
  private mutating func settleStates() {
    for (state, reading) in states {
      let isElsewhere =
        query.place.map { $0.kind != .me && $0.state != state.code } ?? false
      if isElsewhere {
        query.unrecognized.append(contentsOf: tokens[reading.tokens].map(\.text))
        query.notes.append("searching near \(query.place?.label ?? ""), not \(state.name)")
        continue
      }
      append(reading.tokens, .state, state.name)
      if query.place == nil || query.place?.kind == .me, !query.states.contains(state) {
        query.states.append(state)
      }
    }
  }

  private mutating func locatePoint() {
    guard query.place?.kind == .point, query.place?.zoneName == nil,
      let coordinate = query.place?.coordinate
    else { return }
    query.place?.zoneName = parser.gazetteer.nearestZip(to: coordinate)?.entry.zoneName
  }

  // MARK: Who

  /// Whoever is named; what ails only where nobody is ("endocrinologist for diabetes" is one wish);
  /// primary care for a "doctor" of no kind. For a child, the practitioners for children first.
  private mutating func settleSpecialties() {
    var concepts = named.isEmpty ? complaints : named
    if concepts.isEmpty, query.name == nil, isForChild || saysDoctor {
      let id = isForChild ? "pediatrics" : "primary-care"
      concepts = parser.specialties.concept(id: id).map { [$0] } ?? []
      if !isForChild {
        query.notes.append("showing primary care; name a specialty for other doctors")
      }
    }
    if isForChild {
      concepts = concepts.flatMap { concept in
        [parser.specialties.childConcept(of: concept), concept].compactMap { $0 }
      }
    }
    query.specialties = parser.specialties(of: concepts)
  }
}

extension QueryParser {
  /// The codes of concepts, the first of each before the second of any, at most 25.
  func specialties(of concepts: [SpecialtyConcept]) -> [Specialty] {
    var codes: [TaxonomyCode] = []
    let longest = concepts.map(\.codes.count).max() ?? 0
    for rank in 0..<longest {
      for concept in concepts where rank < concept.codes.count {
        if !codes.contains(concept.codes[rank]) { codes.append(concept.codes[rank]) }
      }
    }
    return codes.prefix(25).map { Specialty(code: $0, name: taxonomy.name(of: $0) ?? $0.text) }
  }
}
