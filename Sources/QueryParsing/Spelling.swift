import ProviderDirectory

extension QueryParser {
  /// Replaces words that nothing knows by the nearest word of the tables or of the grammar, if it
  /// is one slip away, or two for words of at least nine letters; else by the nearest larger city.
  /// After "in" and the like the city comes first. A word that is a place, a name after "Dr.", a
  /// common surname or given name, or understood in any other way is never touched.
  func correctSpelling(
    of tokens: inout [QueryToken], readings: Readings, corrections: inout [Int: String]
  ) {
    for index in tokens.indices {
      guard tokens[index].isAlphabetic, let word = tokens[index].word?.text, word.utf8.count >= 5,
        !readings.cover(index), !Self.ordinaryWords.contains(word),
        gazetteer.cities(named: word).isEmpty,
        gazetteer.state(named: word) == nil, !names.contains(word)
      else { continue }
      let previous = index > 0 ? tokens[index - 1].word?.text : nil
      let saysPlace = GrammarWords.placePrepositions.contains(previous ?? "")
      let first =
        saysPlace ? nearestCity(at: index, tokens, saysPlace: saysPlace) : nearestTerm(to: word)
      guard
        let nearest = first
          ?? (saysPlace
            ? nearestTerm(to: word) : nearestCity(at: index, tokens, saysPlace: saysPlace))
      else { continue }
      tokens[index].word = PhraseWord(nearest)
      tokens[index].isCorrected = true
      corrections[index] = nearest
    }
  }

  private func nearestTerm(to word: String) -> String? {
    word.utf8.count >= 6 ? nearestWord(to: word) : nil
  }

  /// After a word such as "in" or "San", or before its state; elsewhere a word may be a surname
  /// ("Carlson" is not Carson), so that only large cities with a letter left out, doubled or
  /// swapped are taken.
  static let misspeltCityPopulation = (afterPreposition: 20_000, elsewhere: 200_000)

  /// The word one slip away that makes the name of a larger city, alone or with the word before it
  /// ("San Fransisco"); of several, the most populous.
  private func nearestCity(at index: Int, _ tokens: [QueryToken], saysPlace: Bool) -> String? {
    guard let word = tokens[index].word?.text, word.utf8.count <= 14 else { return nil }
    let first = index > 0 && !tokens[index].followsBreak ? tokens[index - 1].word?.text : nil
    let prefix = first.flatMap { Self.cityPrefixes.contains($0) ? $0 + " " : nil } ?? ""
    let states = PlaceReader(gazetteer: gazetteer, tokens: tokens).states(at: index + 1)
    let isSure = saysPlace || !prefix.isEmpty || !states.isEmpty
    let least =
      isSure
      ? Self.misspeltCityPopulation.afterPreposition
      : Self.misspeltCityPopulation.elsewhere
    var best: (population: Int, word: String)?
    for variant in Self.oneSlipAway(word) {
      guard !variant.contains(" "), variant.utf8.first == word.utf8.first,
        isSure || variant.utf8.count != word.utf8.count
          || variant.utf8.sorted() == word.utf8.sorted()
      else { continue }
      let entry = gazetteer.cities(named: prefix + variant).first { city in
        states.isEmpty || states.contains { $0.code == city.state }
      }
      if let entry, entry.population >= max(least, (best?.population ?? 0) + 1) {
        best = (entry.population, variant)
      }
    }
    return best?.word
  }

  /// Right words that lie one slip from a word of the tables.
  private static let ordinaryWords: Set<String> = [
    "action", "addition", "additional", "additions", "adoption", "artistic", "blocking",
    "calculation",
    "cancel", "canceled", "caramel", "checkout", "contains", "contents", "contract", "contracted",
    "contracts", "contravention", "conversion", "corner", "counting", "dancer", "dancers",
    "directive",
    "generic", "germany", "interest", "interested", "leader", "lifetime", "literal", "loading",
    "locale",
    "message", "messages", "normally", "overwrite", "parametric", "prominent", "regarding",
    "relating",
    "remainder", "remove", "removed", "retained", "reverse", "richard", "sender", "settle",
    "submit",
    "testable", "venture", "medication", "meditation", "mediation", "relation", "relations",
    "physical", "musical", "vacation", "education", "dedicated", "mental", "rental", "metal",
    "patience", "confident", "confidence", "conference", "constant", "instant", "importance",
  ]

  private static let cityPrefixes: Set<String> = [
    "san", "los", "las", "new", "fort", "ft", "st", "saint", "santa", "el", "la", "long", "palm",
    "west", "east", "north", "south", "salt", "baton", "virginia", "colorado", "grand", "little",
  ]

  /// The word of the tables or the grammar that a misspelling is nearest to; of equals, the one
  /// that starts most alike, then the first in the alphabet.
  func nearestWord(to word: String) -> String? {
    var search = NearestWord(word)
    let offer = { (letters: UnsafeRawBufferPointer) in search.offer(phrase: letters) }
    specialties.forEachPhrase(offer)
    insurers.forEachPhrase(offer)
    languages.forEachPhrase(offer)
    GrammarWords.table.forEachPhrase { letters, _ in offer(letters) }
    for var word in Self.calendarWords { word.withUTF8 { offer(UnsafeRawBufferPointer($0)) } }
    return search.found
  }

  private static let calendarWords: [String] =
    CalendarWords.weekdays.keys.filter { $0.utf8.count > 5 }
    + CalendarWords.months.keys.filter { $0.utf8.count > 5 }
    + [
      "tomorrow", "tonight", "weekend", "morning", "afternoon", "evening", "mornings", "afternoons",
    ]
    + ["accepting", "accepts", "insurance", "appointment", "specialist", "doctor", "speaking"]
}

/// Keeps the best of the words that are offered.
private struct NearestWord {
  private let letters: [UInt8]
  private let limit: Int
  private var best: (distance: Int, prefix: Int, word: [UInt8])?

  init(_ word: String) {
    letters = Array(word.utf8)
    limit = letters.count >= 9 ? 2 : 1
  }

  var found: String? { best.map { String(decoding: $0.word, as: UTF8.self) } }

  mutating func offer(phrase: UnsafeRawBufferPointer) {
    var start = 0
    for index in 0...phrase.count where index == phrase.count || phrase[index] == UInt8(ascii: " ")
    {
      offer(UnsafeRawBufferPointer(rebasing: phrase[start..<index]))
      start = index + 1
    }
  }

  private mutating func offer(_ word: UnsafeRawBufferPointer) {
    let bound = best?.distance ?? limit
    guard word.count >= 5, abs(word.count - letters.count) <= bound, word[0] == letters[0],
      let distance = EditDistance.between(letters, word, limit: bound)
    else { return }
    let prefix = zip(letters, word).prefix { $0 == $1 }.count
    guard let best else {
      self.best = (distance, prefix, Array(word))
      return
    }
    let isBetter =
      distance != best.distance
      ? distance < best.distance
      : prefix != best.prefix ? prefix > best.prefix : word.lexicographicallyPrecedes(best.word)
    if isBetter { self.best = (distance, prefix, Array(word)) }
  }
}
