/// What makes a day or an hour the beginning or the end of a stretch.
enum Bound {
  /// The stretch ends with the day, or begins with it.
  case until, from
  /// The day itself is left out.
  case before, after

  private static let phrases = FixedPhrases<Bound>([
    (.until, "by|until|till|up to|through|thru"),
    (.until, "no later than|not later than|not after|on or before|at or before|nothing after"),
    (.before, "before|earlier than|sooner than|prior to"),
    (.after, "after|later than|any time after|anytime after|past"),
    (.from, "from|starting|since|beginning|starting on|beginning on|as of|starting from"),
    (.from, "on or after|at or after|not before|nothing before|no earlier than|no sooner than"),
    (.from, "not earlier than|not sooner than|not until|not till"),
  ])

  static let firstWords = phrases.firstWords

  /// The longest such phrase at `start`, and the index of the token after it.
  static func phrase(at start: Int, _ word: (Int) -> String) -> (value: Bound, end: Int)? {
    phrases.longest(at: start, word)
  }

  /// `or later`, `or earlier`, `onwards` after a day or an hour.
  static func suffix(at start: Int, _ word: (Int) -> String) -> (bound: Bound, end: Int)? {
    switch (word(start), word(start + 1)) {
    case ("or", "later"), ("or", "after"), ("and", "later"), ("and", "after"): (.from, start + 2)
    case ("or", "earlier"), ("or", "before"), ("or", "sooner"): (.until, start + 2)
    case ("onward", _), ("onwards", _): (.from, start + 1)
    default: nil
    }
  }
}

/// Words that count something else than hours and days: "2-4 miles", "ages 3 to 5".
enum CountedWords {
  private static let after: Set<String> = [
    "mile", "miles", "mi", "km", "kms", "day", "days", "week", "weeks", "wk", "wks", "month",
    "months", "year", "years", "yr", "yrs", "yo", "hour", "hours", "hr", "hrs", "min", "mins",
    "minute", "minutes", "people", "person", "persons", "time", "times", "kid", "kids", "star",
    "stars", "old", "block", "blocks", "visits", "sessions", "business", "of", "percent", "st",
    "street", "ave", "avenue",
  ]
  private static let before: Set<String> = [
    "age", "ages", "aged", "grade", "grades", "level", "levels", "stage", "suite", "apt", "unit",
    "room", "floor", "type", "top", "route", "hwy",
  ]

  static func follow(_ word: String) -> Bool {
    after.contains(word) || CalendarWords.months[word] != nil
  }

  static func precede(_ word: String) -> Bool {
    before.contains(word) || CalendarWords.months[word] != nil
  }
}
