import CivilTime
import ProviderDirectory

/// One way to understand a stretch of tokens.
struct Reading: Sendable {
  let tokens: Range<Int>
  let meaning: Meaning
  let weight: Double
  /// What is assumed if this reading is chosen.
  var note: String?
  /// Whether it turns another reading round, and so depends on it.
  var isNegation = false

  var isPlace: Bool { if case .place = meaning { true } else { false } }
  var isSpecialty: Bool { if case .specialty = meaning { true } else { false } }
  var isName: Bool { if case .name = meaning { true } else { false } }
}

enum Meaning: Sendable {
  case specialty(SpecialtyConcept, isComplaint: Bool, forChild: Bool)
  case insurer(Insurer)
  case plan(id: String)
  case product(String)
  case place(ParsedPlace)
  /// A state as a whole.
  case state(StateEntry)
  case radius(miles: Double)
  case dates(ClosedRange<CivilDate>)
  case times(TimeRange)
  case datesAndTimes(ClosedRange<CivilDate>, TimeRange)
  case visitType(VisitType)
  case language(Language)
  case gender(Gender)
  case name(String)
  case sort(SortOrder)
  case availability
  case newPatients
  /// The patient, not the practitioner: "for my son".
  case patient(isChild: Bool)
  /// What is not wanted, where no filter can say so: it is reported, and never looked for.
  case excluded
  case grammar
}

/// The one place that decides what words are when they could be two things.
///
/// Readings are laid side by side so that the sum of their weights is greatest; a token under no
/// reading weighs nothing and is reported as not recognized. The rules, then, are these weights:
///
/// 1. More words under one reading beat the same words under several: "Spanish Fork" is the city,
///    not the language; "chinese medicine" is acupuncture; "Portland Maine" is one place.
/// 2. Words after `Dr.` are a name before anything else: "Dr. Boston", "Dr. May".
/// 3. A place with its state, a ZIP code, or a place after "in", "near", "around" and the like
///    beats the words of any table: "in Mobile", "Reading PA".
/// 4. The words of the tables beat a bare city of the same name: "Oxford" is the insurer, "Orange"
///    alone is nothing but the city.
/// 5. Who treats beats what ails ("eye doctor" before "eye"), and both beat grammar.
/// 6. A bare city counts only when it has at least `bareCityPopulation` people, or after "in" or
///    "near", or has several words ("Sacred Heart"), so that ordinary words and names that some
///    hamlet bears stay what they are. Right before "Hospital" or "Clinic" it has to be a city of
///    `hospitalTownPopulation` people.
/// 7. `May`, `March`, `Sun` and the like are dates only beside a number or another word of dates.
/// 8. A corrected spelling weighs less than the same words spelt right.
/// 9. The name of a state is that state, not the town of the same name elsewhere ("in Ohio" is not
///    Ohio, Illinois), unless the town has `stateNamesakePopulation` people (New York, Washington)
///    and "state" does not follow. The whole state is searched.
/// 10. A word that is nothing else, right beside who treats, is a name if it is a common surname or
///     given name ("pediatrician johnson") or has a capital where other words have none. A common
///     surname is one too after "with" and "see", and where the line names nobody who treats.
///     A surname that is a town as well is the town, unless a given name stands before it; so is
///     a given name ("Elizabeth NJ"), unless a surname stands behind it and the town has fewer than
///     `namesakePopulation` people. Before "County" neither town nor name is read.
/// 11. Capitalized words that are nothing else before "Clinic", "Medical Group" and the like are a
///     practice's name, and so is an insurer's name before "Medical Center" or "Hospital"; alone it
///     is the insurer ("Kaiser Permanente").
/// 12. Of two places, where one comes from or lives is not where one searches ("from Hoboken …
///     in NYC"); else the ZIP code or point, the place with a distance around it, the one after
///     "in", "near" or with its state, and at last the first. The others are reported.
/// 13. What stands after "no", "not", "without", "except" and the like is not wanted. Where its
///     opposite is a filter ("no video", "not before 10am", "not this week") that is it; all else
///     is reported as a phrase, and never looked for.
/// 14. `MD`, `OR`, `ME` and the like are states in capitals after "in" ("in MD"), unless the whole
///     line is in capitals; after a name `MD` is its title.
/// 15. Of two names the first is looked for, and the other reported.
enum Preference {
  static let name = 6.0
  static let settledPlace = 2.0
  static let term = 0.0
  static let complaint = -1.0
  static let bareCity = -3.5
  static let smallPlace = -5.0
  static let word = -4.0
  static let grammar = -6.0
  static let corrected = -2.0
  static let state = -4.5
  static let bareSurname = -2.0
  static let fullName = 1.0
  static let bareCityPopulation = 10_000
  static let stateNamesakePopulation = 500_000
  static let namesakePopulation = 200_000
  static let hospitalTownPopulation = 50_000

  /// Ten for each word, less three for the reading, so that one long reading beats two short ones.
  static func weight(_ count: Int, _ preference: Double) -> Double {
    10 * Double(count) - 3 + preference
  }
}

/// The readings of a query, by the token that they start at.
struct Readings {
  private(set) var byStart: [[Reading]]
  /// How many readings there are over each token.
  private var coverCounts: [Int]

  init(tokenCount: Int) {
    byStart = Array(repeating: [], count: tokenCount)
    coverCounts = Array(repeating: 0, count: tokenCount)
  }

  mutating func add(
    _ tokens: Range<Int>, _ meaning: Meaning, _ preference: Double, note: String? = nil,
    isNegation: Bool = false
  ) {
    let weight = Preference.weight(tokens.count, preference)
    for index in tokens { coverCounts[index] += 1 }
    byStart[tokens.lowerBound].append(
      Reading(
        tokens: tokens, meaning: meaning, weight: weight, note: note, isNegation: isNegation))
  }

  mutating func remove(startingIn starts: Range<Int>) {
    for start in starts { remove(startingAt: start) { _ in true } }
  }

  /// Removes names and negations, which are found by what else is read.
  mutating func removeDependent() {
    for start in byStart.indices { remove(startingAt: start) { $0.isName || $0.isNegation } }
  }

  private mutating func remove(startingAt start: Int, where leaves: (Reading) -> Bool) {
    for reading in byStart[start] where leaves(reading) {
      for index in reading.tokens { coverCounts[index] -= 1 }
    }
    byStart[start].removeAll(where: leaves)
  }

  /// The most tokens that a reading has.
  static let longest = 16
  /// How many tokens before its start a reading depends on: "near the greater …".
  private static let lookBehind = 4

  /// Where readings may start that depend on any of the tokens `changed`, in order and apart.
  static func starts(around changed: [Int], tokenCount: Int) -> [Range<Int>] {
    var starts: [Range<Int>] = []
    for index in changed.sorted() {
      let around = max(0, index - longest)..<min(tokenCount, index + lookBehind + 1)
      if let last = starts.last, last.upperBound >= around.lowerBound {
        starts[starts.count - 1] = last.lowerBound..<around.upperBound
      } else {
        starts.append(around)
      }
    }
    return starts
  }

  /// Whether some reading covers the token at `index`.
  func cover(_ index: Int) -> Bool { coverCounts[index] > 0 }

  /// Whether a reading that covers the token at `index` is such.
  func containsReading(over index: Int, where isSuch: (Reading) -> Bool) -> Bool {
    guard cover(index) else { return false }
    for start in max(0, index - Self.longest)...index {
      for reading in byStart[start] where reading.tokens.contains(index) && isSuch(reading) {
        return true
      }
    }
    return false
  }

  /// The readings that together weigh most and do not overlap, in order. Of equals, the one found
  /// first.
  func heaviest() -> [Reading] {
    let count = byStart.count
    var best = [Double](repeating: 0, count: count + 1)
    var choice = [Int?](repeating: nil, count: count)
    for start in stride(from: count - 1, through: 0, by: -1) {
      best[start] = best[start + 1]
      for (index, reading) in byStart[start].enumerated() {
        let weight = reading.weight + best[reading.tokens.upperBound]
        if weight > best[start] {
          best[start] = weight
          choice[start] = index
        }
      }
    }
    var chosen: [Reading] = []
    var position = 0
    while position < count {
      if let index = choice[position] {
        chosen.append(byStart[position][index])
        position = chosen[chosen.count - 1].tokens.upperBound
      } else {
        position += 1
      }
    }
    return chosen
  }
}
