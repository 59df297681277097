import CivilTime
import ProviderDirectory

/// Puts the chosen readings together into one query.
struct QueryAssembly {
  let tokens: [QueryToken]
  let parser: QueryParser
  /// Nil where only words without a place of one's own are read.
  let context: ParseContext?
  var query: ParsedQuery
  var places: [(place: ParsedPlace, reading: Reading)] = []
  var states: [(state: StateEntry, reading: Reading)] = []
  /// Index of the token after a distance.
  var radiusEnd: Int?
  /// Which days a note says to look at, for as long as no other words narrow them.
  private var daysSaid: [(note: String, dates: ClosedRange<CivilDate>)] = []
  private var insurers: [(insurer: Insurer, reading: Reading)] = []
  /// The tokens of the name that is looked for.
  private var nameTokens: Range<Int>?
  private var named: [SpecialtyConcept] = []
  private var complaints: [SpecialtyConcept] = []
  private var isForChild = false
  private var saysDoctor = false
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
    for (note, dates) in daysSaid where dates != query.dates {
      query.notes.removeAll { $0 == note }
    }
    settlePlace()
    settleInsurers()
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
        query.notes.append(
          "looking at weekends too: weekdays need a week, as in \"weekdays next week\"")
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
      insurers.append((insurer, reading))
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
      if let before = query.radiusMiles, before != miles {
        query.notes.append("searching within \(miles) mi, not \(before) mi")
      }
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
      guard take(name: name, reading.tokens) else { return }
      (kind, meaning) = (.name, name)
    case .sort(let order):
      if let before = query.sort, before != order {
        query.notes.append("sorting by \(before.rawValue), not \(order.rawValue)")
      }
      query.sort = query.sort ?? order
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
    case .excluded:
      query.unrecognized.append(text(reading.tokens))
      if let note = reading.note { query.notes.append(note) }
      return
    case .grammar: noteDoctor(reading)
    }
    if let note = reading.note { query.notes.append(note) }
    append(reading.tokens, kind, meaning)
  }

  private mutating func noteDoctor(_ reading: Reading) {
    for index in reading.tokens {
      let word = tokens[index].word?.singular ?? ""
      saysDoctor = saysDoctor || GrammarWords.doctors.contains(word)
    }
  }

  /// By rule 15 of `Preference`; what stands right behind the name belongs to it. False where the
  /// name was reported instead.
  private mutating func take(name: String, _ range: Range<Int>) -> Bool {
    guard let before = query.name, let tokensBefore = nameTokens else {
      (query.name, nameTokens) = (name, range)
      return true
    }
    let isSame = PhraseText.words(before) == PhraseText.words(name)
    if !isSame, tokensBefore.upperBound == range.lowerBound, !tokens[range.lowerBound].followsBreak
    {
      query.name = "\(before) \(name)"
      nameTokens = tokensBefore.lowerBound..<range.upperBound
    } else if !isSame {
      query.unrecognized.append(text(range))
      query.notes.append("looking for \(before), not \(name)")
      return false
    }
    return true
  }

  func text(_ range: Range<Int>) -> String {
    tokens[range].map(\.text).joined(separator: " ")
  }

  mutating func append(_ range: Range<Int>, _ kind: QueryPart.Kind, _ meaning: String) {
    query.parts.append(QueryPart(text: text(range), kind: kind, meaning: meaning))
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
      if let note = reading.note, note.hasPrefix("looking ") { daysSaid.append((note, dates)) }
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

  // MARK: Insurance

  /// "UHC Medicare Advantage" is UnitedHealthcare, not everybody's Medicare too: a program right
  /// beside who sells it is no second insurer.
  private mutating func settleInsurers() {
    for (index, (insurer, reading)) in insurers.enumerated() {
      let seller = insurers.enumerated().first { other in
        other.offset != index && areBeside(reading.tokens, other.element.reading.tokens)
          && isProgram(insurer) && !isProgram(other.element.insurer)
      }
      if let seller = seller?.element.insurer {
        query.notes.append("showing all plans of \(seller.name), \(insurer.name) or not")
        continue
      }
      let match = InsuranceMatch(id: insurer.id, name: insurer.name)
      if !query.insurance.contains(match) { query.insurance.append(match) }
    }
    if let note = query.noteOnPlanProducts { query.notes.append(note) }
  }

  private func isProgram(_ insurer: Insurer) -> Bool {
    ["medicare", "medicaid"].contains(parser.insurers.lineage(of: insurer.id).last)
  }

  /// With nothing but kinds of plan between.
  private func areBeside(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
    let (first, second) = a.lowerBound < b.lowerBound ? (a, b) : (b, a)
    guard first.upperBound <= second.lowerBound else { return false }
    let between = first.upperBound..<second.lowerBound
    return !tokens[second.lowerBound].followsBreak
      && between.allSatisfy { GrammarWords.products[tokens[$0].word?.text ?? ""] != nil }
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
