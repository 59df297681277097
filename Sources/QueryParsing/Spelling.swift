import ProviderDirectory

extension QueryParser {
  /// Replaces words that nothing knows by the nearest word of the tables or of the grammar, if it
  /// is one slip away, or two for words of at least nine letters; else by the nearest larger city.
  /// After "in" and the like the city comes first. A word that is a place, a name after "Dr.", a
  /// common surname or given name, or understood in any other way is never touched.
  func correctSpelling(
    of tokens: inout [QueryToken], readings: Readings, lookups: PlaceLookups,
    corrections: inout [Int: String]
  ) {
    for index in tokens.indices {
      guard tokens[index].isAlphabetic, let word = tokens[index].word?.text, word.utf8.count >= 5,
        !readings.cover(index), !tokens[index].isStarred, !Self.ordinaryWords.contains(word),
        lookups.cities(named: word).isEmpty, lookups.state(named: word) == nil,
        !names.contains(word)
      else { continue }
      let previous = index > 0 ? tokens[index - 1].word?.text : nil
      let saysPlace = GrammarWords.placePrepositions.contains(previous ?? "")
      func city() -> String? {
        nearestCity(at: index, tokens, lookups: lookups, saysPlace: saysPlace)
      }
      func term() -> String? {
        guard word.utf8.count >= 6, let nearest = nearestWord(to: word) else { return nil }
        return Self.isInflected(word, nearest) ? nil : nearest
      }
      guard let nearest = saysPlace ? city() ?? term() : term() ?? city() else { continue }
      tokens[index].word = PhraseWord(nearest)
      tokens[index].isCorrected = true
      corrections[index] = nearest
    }
  }

  /// After a word such as "in" or "San", or before its state; elsewhere a word may be a surname
  /// ("Carlson" is not Carson), so that only large cities with a letter left out, doubled or
  /// swapped are taken.
  static let misspeltCityPopulation = (afterPreposition: 20_000, elsewhere: 200_000)

  /// The word one slip away that makes the name of a larger city, alone or with the word before it
  /// ("San Fransisco"); of several, the most populous.
  private func nearestCity(
    at index: Int, _ tokens: [QueryToken], lookups: PlaceLookups, saysPlace: Bool
  ) -> String? {
    guard let word = tokens[index].word?.text, word.utf8.count <= 14 else { return nil }
    let first = index > 0 && !tokens[index].followsBreak ? tokens[index - 1].word?.text : nil
    let prefix = first.flatMap { Self.cityPrefixes.contains($0) ? $0 + " " : nil } ?? ""
    let states = PlaceReader(lookups: lookups, tokens: tokens).states(at: index + 1)
    let isSure = saysPlace || !prefix.isEmpty || !states.isEmpty
    let least =
      isSure
      ? Self.misspeltCityPopulation.afterPreposition
      : Self.misspeltCityPopulation.elsewhere
    let name = Gazetteer.normalize(prefix + word)
    // Up to its last word, and the first letter of that, which nobody gets wrong.
    let kept = name.utf8.count - word.utf8.count + 1
    guard name.utf8.count >= word.utf8.count else { return nil }
    var best: (population: Int, word: String)?
    for (other, place) in gazetteer.places(oneSlipFrom: name, keeping: kept)
    where place.population >= max(least, (best?.population ?? 0) + 1) {
      let variant = String(other.dropFirst(kept - 1))
      guard !variant.contains(where: { $0 == " " }),
        isSure || variant.utf8.count != word.utf8.count
          || variant.utf8.sorted() == word.utf8.sorted()
      else { continue }
      let entry = lookups.cities(named: prefix + variant).first { city in
        states.isEmpty || states.contains { $0.code == city.state }
      }
      if let entry, entry.population >= max(least, (best?.population ?? 0) + 1) {
        best = (entry.population, variant)
      }
    }
    return best?.word
  }

  /// Whether two words differ in the vowel at their ends, as other languages inflect: "medico" is
  /// no slip for Medica.
  private static func isInflected(_ word: String, _ other: String) -> Bool {
    let vowels = "aeiou".utf8
    guard let last = word.utf8.last, let otherLast = other.utf8.last else { return false }
    return word.utf8.dropLast().elementsEqual(other.utf8.dropLast()) && vowels.contains(last)
      && vowels.contains(otherLast)
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
    vocabulary.withWords(like: word, make: fillVocabulary) { search.offer($0) }
    return search.found
  }

  private func fillVocabulary(_ offer: (UnsafeRawBufferPointer) -> Void) {
    specialties.forEachPhrase(offer)
    insurers.forEachPhrase(offer)
    languages.forEachPhrase(offer)
    GrammarWords.table.forEachPhrase { letters, _ in offer(letters) }
    for var word in Self.calendarWords { word.withUTF8 { offer(UnsafeRawBufferPointer($0)) } }
  }

  private static let calendarWords: [String] =
    CalendarWords.weekdays.keys.filter { $0.utf8.count > 5 }
    + CalendarWords.months.keys.filter { $0.utf8.count > 5 }
    + [
      "tomorrow", "tonight", "weekend", "morning", "afternoon", "evening", "mornings", "afternoons",
    ]
    + ["accepting", "accepts", "insurance", "appointment", "specialist", "doctor", "speaking"]
}

/// Keeps the best of the words that are offered, all with the first letter of the misspelling.
private struct NearestWord {
  private let letters: [UInt8]
  private let limit: Int
  private var best: (distance: Int, prefix: Int, word: [UInt8])?

  init(_ word: String) {
    letters = Array(word.utf8)
    limit = letters.count >= 9 ? 2 : 1
  }

  var found: String? { best.map { String(decoding: $0.word, as: UTF8.self) } }

  mutating func offer(_ word: [UInt8]) {
    let bound = best?.distance ?? limit
    guard abs(word.count - letters.count) <= bound,
      let distance = EditDistance.between(letters, word, limit: bound)
    else { return }
    let prefix = zip(letters, word).prefix { $0 == $1 }.count
    guard let best else {
      self.best = (distance, prefix, word)
      return
    }
    let isBetter =
      distance != best.distance
      ? distance < best.distance
      : prefix != best.prefix ? prefix > best.prefix : word.lexicographicallyPrecedes(best.word)
    if isBetter { self.best = (distance, prefix, word) }
  }
}
