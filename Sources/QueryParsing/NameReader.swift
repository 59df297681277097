import ProviderDirectory

/// Finds the names of practitioners and practices in a query; rules 2, 10 and 11 of `Preference`.
struct NameReader {
  let names: NameCatalog
  let insurers: InsurerCatalog
  let tokens: [QueryToken]
  private let words: [PhraseWord]

  init(names: NameCatalog, insurers: InsurerCatalog, tokens: [QueryToken]) {
    self.names = names
    self.insurers = insurers
    self.tokens = tokens
    words = tokens.map(\.phraseWord)
  }

  /// Names that their own words give away. Run after every other reader.
  func add(to readings: inout Readings) {
    for start in tokens.indices {
      addTitled(start, to: &readings)
      addCredentialed(start, to: &readings)
      addFullName(start, to: &readings)
      addPractice(start, to: &readings)
      addKnownPractice(start, to: &readings)
    }
  }

  private func word(_ index: Int) -> String {
    tokens.indices.contains(index) ? tokens[index].word?.text ?? "" : ""
  }

  private func text(_ range: Range<Int>) -> String {
    tokens[range].map(\.text).joined(separator: " ")
  }

  // MARK: Titles

  /// `Dr. Smith`, `Doctor Maria Lopez`, `named Lee`.
  private func addTitled(_ start: Int, to readings: inout Readings) {
    let title = word(start)
    guard ["dr", "drs", "doctor", "doc", "named"].contains(title), !endsComplaint(start, readings)
    else { return }
    let isAbbreviation = ["dr", "drs", "named"].contains(title)
    var end = start + 1
    while end < tokens.count, end < start + 5, mayBeName(end) {
      let isFirst = end == start + 1
      // "Dr. Sarah Martin" is nobody of Martin, Tennessee.
      let isFullName =
        end == start + 2 && names.mayBeGivenName(word(end - 1)) && mayBeSurname(end, readings)
      guard
        isFirst && isAbbreviation || !isFirst && Self.particles.contains(word(end - 1))
          || isFullName || end < start + 4 && !isOtherwiseKnown(end, readings)
      else { break }
      end += 1
    }
    guard end > start + 1 else { return }
    readings.add(start..<end, .name(text(start + 1..<end)), Preference.name)
  }

  /// What surnames begin with: the next word belongs to them whatever else it is.
  private static let particles: Set<String> = [
    "de", "del", "dela", "la", "las", "los", "da", "dos", "das", "di", "van", "von", "der", "den",
    "le", "el", "st", "saint", "san", "santa", "mac", "mc", "o",
  ]

  /// A common surname that is at most a town besides.
  private func mayBeSurname(_ index: Int, _ readings: Readings) -> Bool {
    tokens[index].isAlphabetic && !tokens[index].followsBreak && !tokens[index].isCorrected
      && names.isSurname(word(index))
      && !readings.containsReading(over: index, where: { !$0.isPlace || $0.tokens.count > 1 })
  }

  /// `Maria Lopez MD`.
  private func addCredentialed(_ start: Int, to readings: inout Readings) {
    guard start > 0, GrammarWords.credentials.contains(word(start)) else { return }
    var first = start
    while first > 0, first > start - 3, mayBeName(first - 1), !isOtherwiseKnown(first - 1, readings)
    {
      first -= 1
    }
    guard first < start else { return }
    readings.add(first..<start + 1, .name(text(first..<start)), Preference.name)
  }

  private static let notNames: Set<String> = ["In", "Who", "At", "For", "Near", "With", "On", "MD"]

  private func mayBeName(_ index: Int) -> Bool {
    let token = tokens[index]
    guard token.isAlphabetic, !token.followsBreak else {
      return token.isAlphabetic && word(index - 1) == "dr"
    }
    return !GrammarWords.fillers.contains(token.word?.text ?? "")
      || token.isCapital && !Self.notNames.contains(token.text)
  }

  /// `heart dr` is no name: what ails stands before the title. `chest pain Dr Smith` has one.
  private func endsComplaint(_ index: Int, _ readings: Readings) -> Bool {
    if word(index) == "named" || TermReader.doctors.contains(word(index - 1)) { return false }
    if tokens.indices.contains(index + 1), !isOtherwiseKnown(index + 1, readings),
      tokens[index].isCapital && tokens[index + 1].isCapital || names.isSurname(word(index + 1))
    {
      return false
    }
    for start in max(0, index - 4)..<max(0, index) {
      for reading in readings.byStart[start] where reading.tokens.upperBound == index {
        if case .specialty(_, isComplaint: true, _) = reading.meaning { return true }
      }
    }
    return false
  }

  /// Whether a token already means something on its own, a name apart.
  private func isOtherwiseKnown(_ index: Int, _ readings: Readings) -> Bool {
    readings.containsReading(over: index) { !$0.isName }
  }

  // MARK: Names without a title

  /// `james wilson`, `John Smith MD`, `Smith, John`, `Linda Garcia`: a given name that is nothing
  /// else, or at most a town, before a surname that is at most a town.
  private func addFullName(_ start: Int, to readings: inout Readings) {
    let last = start + 1
    guard last < tokens.count else { return }
    if tokens[last].followsBreak, isLoose(start, readings), isLoose(last, readings),
      names.isSurname(word(start)), names.mayBeGivenName(word(last))
    {
      return readings.add(
        start..<last + 1, .name(text(start..<last + 1)), Preference.bareSurname,
        note: "\(text(start..<last + 1)) is taken for a name")
    }
    guard mayBeGivenName(start, readings), mayBeSurname(last, readings) else { return }
    let saysCredential = GrammarWords.credentials.contains(word(last + 1))
    let isTown = readings.cover(start) || readings.cover(last)
    readings.add(
      start..<(saysCredential ? last + 2 : last + 1), .name(text(start..<last + 1)),
      isTown ? Preference.fullName : Preference.bareSurname,
      note: "\(text(start..<last + 1)) is taken for a name")
  }

  private func mayBeGivenName(_ index: Int, _ readings: Readings) -> Bool {
    guard tokens[index].isAlphabetic, !tokens[index].isCorrected else { return false }
    if !readings.cover(index) { return names.mayBeGivenName(word(index)) }
    func isTown(_ reading: Reading) -> Bool {
      guard case .place(let place) = reading.meaning, reading.tokens.count == 1 else {
        return false
      }
      return place.kind == .city && (place.population ?? .max) < Preference.namesakePopulation
    }
    // The cheap question first: few words are towns.
    return readings.byStart[index].contains(where: isTown) && names.isGivenName(word(index))
      && !GrammarWords.placePrepositions.contains(word(index - 1))
      && !readings.containsReading(over: index) { !isTown($0) }
  }

  /// `pediatrician Johnson`, `patel cardiologist`, `appointment with Chen`: for tokens that nothing
  /// else covers. Run once the spelling is settled.
  func addBare(to readings: inout Readings) {
    let known = readings
    let saysWho = known.byStart.contains { $0.contains { $0.isSpecialty } }
    let showsCapitals = tokens.contains { $0.isAlphabetic && !$0.isCapital }
    var start = 0
    while start < tokens.count {
      guard isLoose(start, known) else {
        start += 1
        continue
      }
      var end = start + 1
      while end < tokens.count, isLoose(end, known), !tokens[end].followsBreak { end += 1 }
      addBare(start..<end, known, saysWho: saysWho, showsCapitals: showsCapitals, to: &readings)
      start = end
    }
  }

  private func addBare(
    _ run: Range<Int>, _ known: Readings, saysWho: Bool, showsCapitals: Bool,
    to readings: inout Readings
  ) {
    func looksLikeName(_ index: Int) -> Bool {
      let token = tokens[index]
      return showsCapitals && token.isCapital && !token.isAllCapitals || token.isStarred
        || names.isSurname(word(index)) || names.isGivenName(word(index))
    }
    guard word(run.upperBound) != "county" else { return }
    let start = run.first(where: looksLikeName) ?? run.upperBound
    let end = (run.last(where: looksLikeName) ?? run.lowerBound - 1) + 1
    guard start < end, end - start <= 3 else { return }
    let hasSurname = (start..<end).contains { names.isSurname(word($0)) }
    let isAfter = !tokens[start].followsBreak && namesWhoTreats(start - 1, known)
    let isBefore =
      end < tokens.count && !tokens[end].followsBreak && namesWhoTreats(end, known)
    let isIntroduced = ["with", "see", "seeing", "called"].contains(word(start - 1))
    let isStarred = tokens[start..<end].contains(where: \.isStarred)
    guard isStarred || isAfter || isBefore || hasSurname && (isIntroduced || !saysWho)
    else { return }
    readings.add(
      start..<end, .name(text(start..<end)), Preference.bareSurname,
      note: "\(text(start..<end)) is taken for a name")
  }

  /// A word that nothing else understands.
  private func isLoose(_ index: Int, _ readings: Readings) -> Bool {
    tokens[index].isAlphabetic && !tokens[index].isCorrected && !readings.cover(index)
  }

  /// Whether a reading for who treats covers a token.
  private func namesWhoTreats(_ index: Int, _ readings: Readings) -> Bool {
    guard index >= 0 else { return false }
    return readings.containsReading(over: index) {
      if case .specialty(_, isComplaint: false, _) = $0.meaning { true } else { false }
    }
  }

  // MARK: Practices

  /// Health systems whose names hold a place or an ordinary word; insurers stand in their table.
  private static let knownPractices: PhraseTable = {
    var table = PhraseTable(expecting: 60)
    let names = """
      mayo clinic|cleveland clinic|johns hopkins|mount sinai|mt sinai|cedars sinai|mass general
      massachusetts general|brigham and womens|nyu langone|sloan kettering
      memorial sloan kettering|md anderson|houston methodist|texas childrens|boston childrens
      childrens hospital of philadelphia|nationwide childrens|one medical|planned parenthood
      aspen dental|northwestern medicine|new york presbyterian|newyork presbyterian
      columbia presbyterian|penn medicine|duke health|emory healthcare|vanderbilt health
      ucla health|ucsf health|stanford health care|university of michigan health|rush university
      hospital for special surgery|city of hope|dana farber|scripps clinic|ochsner clinic
      """
    for name in names.split(whereSeparator: { $0 == "|" || $0 == "\n" }) {
      table.insert(String(name), value: 0)
    }
    return table
  }()

  private func addKnownPractice(_ start: Int, to readings: inout Readings) {
    guard let match = Self.knownPractices.matches(atStartOf: words[start...]).last else { return }
    let range = start..<start + match.wordCount
    readings.add(range, .name(text(range)), Preference.name)
  }

  private static let practiceNouns = [
    ["medical", "center"], ["medical", "group"], ["medical", "associates"], ["health", "center"],
    ["health", "system"], ["surgery", "center"], ["dental", "group"], ["hospital"], ["clinic"],
    ["associates"],
  ]

  /// `Riverbend Medical Group`, `Kaiser Permanente Medical Center`: capitalized words that are
  /// nothing else, or an insurer, before what only a practice is called.
  private func addPractice(_ start: Int, to readings: inout Readings) {
    guard tokens[start].isCapital else { return }
    var end = start
    while end < min(start + 3, tokens.count), tokens[end].isCapital, isLoose(end, readings),
      end == start || !tokens[end].followsBreak
    {
      end += 1
    }
    let isInsurer = end == start
    if isInsurer {
      guard let insurer = insurers.mentions(atStartOf: words[start...]).last else { return }
      end = start + insurer.wordCount
    }
    for noun in Self.practiceNouns where !isInsurer || noun.count == 2 || noun == ["hospital"] {
      let whole = start..<end + noun.count
      guard whole.upperBound <= tokens.count,
        noun.indices.allSatisfy({ word(end + $0) == noun[$0] && tokens[end + $0].isCapital })
      else { continue }
      readings.add(
        whole, .name(text(whole)), Preference.term,
        note: "\(text(whole)) is taken for the name of a practice")
      return
    }
  }
}
