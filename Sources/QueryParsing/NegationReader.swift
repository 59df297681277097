import CivilTime

/// Finds what a line says it does not want; rule 13 of `Preference`.
///
/// A negation reaches over what is read right after it, little words between aside, and over more
/// of the same kind after "or" and "nor". Phrases that have a meaning of their own ("no insurance",
/// "not before 10am", "can't sleep") are read elsewhere and stay what they are.
struct NegationReader {
  let tokens: [QueryToken]
  let calendar: CivilCalendar

  /// How a negation goes on.
  private enum Reach {
    /// Over anything, even words that nothing else reads: "no referral".
    case anything
    /// Over what is understood: "don't want surgery".
    case understood
    /// Over days and times: "can't do Fridays".
    case when
  }

  private static let negations = FixedPhrases<Reach>([
    (.anything, "no|not|without|except|excluding|exclude|avoid|avoiding|besides|except for"),
    (.understood, "dont|doesnt|didnt|wont|never|nothing|neither|nor|isnt|arent|wouldnt|non"),
    (.understood, "other than|rather than|instead of|apart from|aside from|all but"),
    (.understood, "anything but|anyone but|anybody but|any day but|every day but|any time but"),
    (.understood, "any day except|every day except|any time except"),
    (.when, "cant|cannot|unable to|cant do|cannot do|busy"),
  ])

  /// Words that a negation reaches over to what it denies.
  private static let between: Set<String> = [
    "a", "an", "any", "the", "on", "in", "at", "for", "with", "to", "taking", "take", "takes",
    "taken", "accept", "accepts", "accepting", "accepted", "want", "wanting", "wants", "need",
    "needs", "like", "do", "doing", "make", "come", "go", "be", "is", "are", "work", "works",
    "prefer", "use", "speak", "speaks", "interested", "my", "another", "more", "seeing", "dr",
  ]

  /// Words of no wish that name a thing all the same: "not downtown", "no hospitals".
  private static let things: Set<String> = [
    "downtown", "hospital", "hospitals", "clinic", "clinics", "center", "centers", "city", "town",
    "doctor", "doctors", "specialist", "group", "office", "medicine", "surgery",
  ]

  /// "I don't have a dermatologist" wants one.
  private static let owning: Set<String> = ["have", "has", "having", "got", "on"]

  func add(to readings: inout Readings) {
    var start = 0
    while start < tokens.count {
      start = add(start, to: &readings) ?? start + 1
    }
  }

  private func word(_ index: Int) -> String {
    tokens.indices.contains(index) ? tokens[index].word?.text ?? "" : ""
  }

  private func negation(_ start: Int) -> (end: Int, reach: Reach)? {
    guard let (reach, end) = Self.negations.longest(at: start, word) else { return nil }
    let isQuestion = ["if", "why", "whether"].contains(word(start - 1))
    return isQuestion || ["only", "just"].contains(word(end)) ? nil : (end, reach)
  }

  /// Returns the index after the negation and what it denies.
  private func add(_ start: Int, to readings: inout Readings) -> Int? {
    guard let (end, reach) = negation(start), !hasOwnMeaning(start..<end, readings) else {
      return nil
    }
    let (first, saysOwning) = target(end, readings)
    guard first < tokens.count, !tokens[first].followsBreak else { return nil }
    if let denied = denied(at: first, reach, readings),
      !saysOwning || denied.isInsurance || denied.isWhen
    {
      let last = extended(denied, readings)
      let isAlone = last == denied.tokens.upperBound
      let whole = start..<last
      if isAlone, let (meaning, note) = opposite(of: denied) {
        readings.add(
          whole, meaning, Preference.settledPlace, note: "\(text(whole)): \(note)",
          isNegation: true)
      } else {
        exclude(whole, from: &readings)
      }
      return last
    }
    guard reach == .anything else { return nil }
    var last = first
    while last < min(first + 2, tokens.count), !readings.cover(last),
      last == first || !tokens[last].followsBreak
    {
      last += 1
    }
    if last == first, Self.things.contains(word(first)) { last += 1 }
    guard last > first else { return nil }
    exclude(start..<last, from: &readings)
    return last
  }

  private func exclude(_ whole: Range<Int>, from readings: inout Readings) {
    readings.add(
      whole, .excluded, Preference.settledPlace,
      note: "cannot leave out what is not wanted: \"\(text(whole))\" is not used",
      isNegation: true)
  }

  private func text(_ range: Range<Int>) -> String {
    tokens[range].map(\.text).joined(separator: " ")
  }

  /// Whether a phrase that holds the negation and goes on behind it says what it means.
  private func hasOwnMeaning(_ negation: Range<Int>, _ readings: Readings) -> Bool {
    readings.containsReading(over: negation.lowerBound) {
      $0.tokens.upperBound > negation.upperBound
    }
  }

  /// Where that begins which is denied.
  private func target(_ start: Int, _ readings: Readings) -> (index: Int, saysOwning: Bool) {
    var index = start
    var saysOwning = false
    while index < min(start + 5, tokens.count) {
      if readings.byStart[index].contains(where: isDeniable) { break }
      if Self.owning.contains(word(index)) {
        saysOwning = saysOwning || word(index) != "on"
      } else if !Self.between.contains(word(index)), !isAvailability(index, readings) {
        break
      }
      index += 1
    }
    return (index, saysOwning)
  }

  private func isAvailability(_ index: Int, _ readings: Readings) -> Bool {
    readings.byStart[index].contains {
      if case .availability = $0.meaning { true } else { false }
    }
  }

  private func isDeniable(_ reading: Reading) -> Bool {
    switch reading.meaning {
    case .grammar, .patient, .excluded, .availability, .radius: false
    default: true
    }
  }

  /// The longest reading at `index` that a negation may deny.
  private func denied(at index: Int, _ reach: Reach, _ readings: Readings) -> Reading? {
    readings.byStart[index].filter { reading in
      isDeniable(reading) && (reach != .when || reading.isWhen)
    }
    .max { ($0.tokens.count, $0.weight) < ($1.tokens.count, $1.weight) }
  }

  /// The end of more of the same: "Medicaid or Medicare", "Friday afternoon".
  private func extended(_ denied: Reading, _ readings: Readings) -> Int {
    var end = denied.tokens.upperBound
    while end < tokens.count, !tokens[end].followsBreak {
      let saysOr = ["or", "nor", "and"].contains(word(end))
      let next = saysOr ? end + 1 : end
      guard next < tokens.count else { break }
      let more = readings.byStart[next].filter { reading in
        isDeniable(reading)
          && (saysOr ? reading.isSameKind(as: denied) : denied.isDay && reading.isTime)
      }
      guard let longest = more.map(\.tokens.upperBound).max() else { break }
      end = longest
    }
    return end
  }

  // MARK: What can be said otherwise

  private func opposite(of denied: Reading) -> (meaning: Meaning, note: String)? {
    switch denied.meaning {
    case .visitType(.telehealth): (.visitType(.inPerson), "looking for visits in person")
    case .visitType(.inPerson): (.visitType(.telehealth), "looking for video visits")
    case .gender(.male): (.gender(.female), "looking for women")
    case .gender(.female): (.gender(.male), "looking for men")
    case .times(let times):
      rest(of: times).map { (.times($0), "looking from \($0.from) to \($0.to)") }
    case .dates(let dates): rest(of: dates)
    default: nil
    }
  }

  /// What is left of the day in one piece.
  private func rest(of times: TimeRange) -> TimeRange? {
    switch (times.from, times.to) {
    case (.startOfDay, .endOfDay): nil
    case (.startOfDay, _): TimeRange(from: times.to, to: .endOfDay)
    case (_, .endOfDay): TimeRange(from: .startOfDay, to: times.from)
    default: nil
    }
  }

  /// What follows days from today on.
  private func rest(of dates: ClosedRange<CivilDate>) -> (meaning: Meaning, note: String)? {
    guard dates.lowerBound <= calendar.today else { return nil }
    let from = max(calendar.today, dates.upperBound).adding(days: 1)
    let to = from.adding(days: DateReader.openEndDays)
    return (.dates(from...to), "looking from \(from) to \(to)")
  }
}

extension Reading {
  fileprivate var isInsurance: Bool {
    switch meaning {
    case .insurer, .plan, .product: true
    default: false
    }
  }

  fileprivate var isDay: Bool { if case .dates = meaning { true } else { false } }
  fileprivate var isTime: Bool { if case .times = meaning { true } else { false } }

  fileprivate var isWhen: Bool {
    switch meaning {
    case .dates, .times, .datesAndTimes: true
    default: false
    }
  }

  fileprivate func isSameKind(as other: Reading) -> Bool {
    switch (meaning, other.meaning) {
    case (.specialty, .specialty), (.language, .language), (.name, .name), (.place, .place),
      (.place, .state), (.state, .place), (.state, .state), (.visitType, .visitType),
      (.gender, .gender):
      true
    default: isInsurance && other.isInsurance || isWhen && other.isWhen
    }
  }
}
