import ProviderDirectory

/// Finds the words of the tables, and the words with a fixed meaning, in a query.
struct TermReader {
  let specialties: SpecialtyCatalog
  let insurers: InsurerCatalog
  let languages: LanguageCatalog
  let tokens: [QueryToken]
  private let words: [PhraseWord]

  init(
    specialties: SpecialtyCatalog, insurers: InsurerCatalog, languages: LanguageCatalog,
    tokens: [QueryToken]
  ) {
    self.specialties = specialties
    self.insurers = insurers
    self.languages = languages
    self.tokens = tokens
    words = tokens.map(\.phraseWord)
  }

  func add(startingIn starts: Range<Int>, to readings: inout Readings) {
    for start in starts {
      let startsCount = mayStartCount(start)
      if startsCount { addRadius(start, to: &readings) }
      guard tokens[start].word != nil else { continue }
      let words = words[start...]
      addSpecialties(start, words, to: &readings)
      addOthers(start, words, to: &readings)
      addGrammar(start, words, to: &readings)
      if startsCount { addAge(start, to: &readings) }
    }
  }

  private func word(_ index: Int) -> String {
    guard tokens.indices.contains(index) else { return "" }
    return tokens[index].word?.text ?? tokens[index].numeral ?? ""
  }

  private func preference(_ range: Range<Int>, _ preference: Double) -> Double {
    tokens[range].contains(where: \.isCorrected) ? preference + Preference.corrected : preference
  }

  // MARK: Tables

  private func addSpecialties(
    _ start: Int, _ words: ArraySlice<PhraseWord>, to readings: inout Readings
  ) {
    for mention in specialties.mentions(atStartOf: words) {
      let range = start..<start + mention.wordCount
      readings.add(
        range,
        .specialty(mention.concept, isComplaint: mention.isComplaint, forChild: false),
        preference(range, mention.isComplaint ? Preference.complaint : Preference.term))
      addDoctorOf(mention, range, to: &readings)
    }
    guard let first = words.first, GrammarWords.childWords.contains(first.text) else { return }
    for mention in specialties.mentions(atStartOf: words.dropFirst()) where !mention.isComplaint {
      let range = start..<start + 1 + mention.wordCount
      readings.add(
        range, .specialty(mention.concept, isComplaint: false, forChild: true),
        preference(range, Preference.complaint))
    }
  }

  static let doctors: Set<String> = ["doctor", "doc", "specialist", "physician", "clinic"]

  /// `sinus infection doctor`: what ails with its doctor is one reading, or "infection doctor"
  /// would weigh more.
  private func addDoctorOf(
    _ mention: SpecialtyMention, _ range: Range<Int>, to readings: inout Readings
  ) {
    guard mention.isComplaint, tokens.indices.contains(range.upperBound),
      let next = tokens[range.upperBound].word?.singular,
      Self.doctors.contains(next)
    else { return }
    let range = range.lowerBound..<range.upperBound + 1
    readings.add(
      range, .specialty(mention.concept, isComplaint: true, forChild: false),
      preference(range, Preference.term))
  }

  private func addOthers(
    _ start: Int, _ words: ArraySlice<PhraseWord>, to readings: inout Readings
  ) {
    for mention in insurers.mentions(atStartOf: words) {
      let range = start..<start + mention.wordCount
      // "médica" is Spanish, not Medica.
      guard !tokens[range].contains(where: \.hasMarks) else { continue }
      readings.add(range, .insurer(mention.insurer), preference(range, Preference.term))
    }
    for mention in languages.mentions(atStartOf: words) {
      let range = start..<start + mention.wordCount
      readings.add(range, .language(mention.language), preference(range, Preference.term))
    }
    if let product = words.first.flatMap({ GrammarWords.products[$0.text] }) {
      readings.add(start..<start + 1, .product(product), Preference.term)
    }
  }

  private func addGrammar(
    _ start: Int, _ words: ArraySlice<PhraseWord>, to readings: inout Readings
  ) {
    for match in GrammarWords.table.matches(atStartOf: words) {
      let range = start..<start + match.wordCount
      readings.add(
        range, GrammarWords.phrases[Int(match.value)].meaning, preference(range, Preference.term))
    }
    if let first = words.first,
      GrammarWords.fillers.contains(first.text)
        || first.isPlural && GrammarWords.fillers.contains(first.singular)
    {
      readings.add(start..<start + 1, .grammar, preference(start..<start + 1, Preference.grammar))
    }
  }

  // MARK: Ages and distances

  /// Asked of every word of a line, few of which start an age or a distance.
  func mayStartCount(_ start: Int) -> Bool {
    tokens[start].numeral != nil || Self.countOpeners.contains(word(start))
  }

  private static let countOpeners = openers.firstWords.union(GrammarWords.numbers.keys).union([
    "for", "my", "a", "our", "age", "aged", "is", "an", "the", "about", "around", "roughly",
    "walking", "half",
  ])

  /// `5 year old`, `for my 3 yr old daughter`, `16yo`, `16 y/o`, `age 7`.
  func addAge(_ start: Int, to readings: inout Readings) {
    var next = start
    if word(next) == "for" { next += 1 }
    if ["my", "a", "our"].contains(word(next)) { next += 1 }
    guard let (isChild, after) = age(next) else { return }
    let end = Self.relatives.contains(word(after)) ? after + 1 : after
    readings.add(start..<end, .patient(isChild: isChild), Preference.term)
  }

  private static let relatives: Set<String> = [
    "son", "daughter", "boy", "girl", "kid", "child", "baby", "toddler", "infant", "twins", "man",
    "woman", "male", "female", "mother", "father", "mom", "dad", "husband", "wife", "patient",
    "nephew", "niece", "grandson", "granddaughter", "brother", "sister", "teen", "teenager",
  ]

  private func isRelative(_ index: Int) -> Bool { Self.relatives.contains(word(index)) }

  private func age(_ start: Int) -> (isChild: Bool, end: Int)? {
    let saysAge =
      ["age", "aged"].contains(word(start))
      || word(start) == "is" && isRelative(word(start - 1) == "who" ? start - 2 : start - 1)
    if saysAge, let years = Int(word(start + 1)), (0...120).contains(years),
      !CountedWords.follow(word(start + 2))
    {
      return (years < 18, start + 2)
    }
    let written = word(start)
    let digits = written.utf8.prefix { (48...57).contains($0) }
    guard
      let number = digits.isEmpty ? GrammarWords.numbers[written] : Int(Substring(digits)),
      (0...120).contains(number)
    else { return nil }
    // What is written onto the number: "16yo", "16y/o", "3yr".
    var unit = digits.isEmpty ? "" : written.dropFirst(digits.count).filter(\.isLetter)
    var next = start + 1
    if unit.isEmpty {
      unit = word(next)
      next += 1
      if unit == "y", word(next) == "o" { (unit, next) = ("yo", next + 1) }
    }
    switch unit {
    case "yo", "yearold", "yrold": return (number < 18, next)
    case "year", "years", "yr", "yrs", "y", "month", "months", "mo", "mos", "week", "weeks", "wk":
      guard ["old", "olds"].contains(word(next)) || word(next) == "of" && word(next + 1) == "age"
      else { return nil }
      return (!unit.hasPrefix("y") || number < 18, word(next) == "of" ? next + 2 : next + 1)
    default: return nil
    }
  }

  // MARK: Radius

  private static let miles: Set<String> = ["mi", "mile", "miles", "mil"]
  private static let kilometers: Set<String> = [
    "km", "kms", "kilometer", "kilometers", "kilometre", "kilometres",
  ]
  private static let fractions = ["1/4": 0.25, "1/2": 0.5, "3/4": 0.75]
  static let milesPerKilometer = 1 / 1.609344

  /// Whether a distance is the least, by the words before it.
  private static let openers = FixedPhrases<Bool>([
    (false, "within|in|under|up to|less than|fewer than|max|maximum|at most|inside"),
    (false, "no more than|not more than|no further than|no farther than|not further than"),
    (false, "not over|no over|not farther than|not beyond|not exceeding"),
    (true, "more than|over|at least|beyond|further than|farther than|not within|outside"),
  ])

  /// `5 miles`, `within 10mi of`, `no more than half a mile`, `8 km radius`. A least distance
  /// ("over 10 miles") cannot be looked for.
  func addRadius(_ start: Int, to readings: inout Readings) {
    let opener = Self.openers.longest(at: start, word)
    var next = opener?.end ?? start
    if ["a", "an", "the", "about", "around", "roughly"].contains(word(next)),
      let (_, end) = distance(next + 1), end > next + 1
    {
      next += 1
    }
    guard let (miles, after) = distance(next), miles > 0, miles <= 12_500 else { return }
    var end = after
    if word(end) == "radius" { end += 1 }
    if word(end) == "away" || word(end) == "max" { end += 1 }
    if opener?.value == true {
      return readings.add(
        start..<end, .excluded, Preference.term,
        note: "a search has a greatest distance, no least one")
    }
    if ["of", "from", "around"].contains(word(end)) {
      readings.add(start..<end, .radius(miles: miles), Preference.term)
      end += 1
    }
    readings.add(start..<end, .radius(miles: miles), Preference.term)
  }

  private func distance(_ start: Int) -> (miles: Double, end: Int)? {
    if word(start) == "walking", word(start + 1) == "distance" { return (1, start + 2) }
    if let fraction = Self.fractions[word(start)], Self.miles.contains(word(start + 1)) {
      return (fraction, start + 2)
    }
    if word(start) == "half" {
      let next = ["a", "an"].contains(word(start + 1)) ? start + 2 : start + 1
      return Self.miles.contains(word(next)) ? (0.5, next + 1) : nil
    }
    var number = GrammarWords.numbers[word(start)].map(Double.init)
    var unit = ""
    if number == nil, tokens.indices.contains(start), let numeral = tokens[start].numeral {
      let digits = numeral.prefix { $0.isNumber || $0 == "." }
      number = Double(digits)
      unit = numeral.dropFirst(digits.count).filter { $0 != "-" }
    }
    guard let number, number.isFinite else { return nil }
    var end = start + 1
    if unit.isEmpty {
      unit = word(end)
      end += 1
    }
    if Self.miles.contains(unit) { return (number, end) }
    return Self.kilometers.contains(unit) ? (number * Self.milesPerKilometer, end) : nil
  }
}
