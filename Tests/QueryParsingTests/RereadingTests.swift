import CivilTime
import TestSupport
import Testing

@testable import ProviderDirectory
@testable import QueryParsing

@Suite struct RereadingTests {
  /// Lines made of words that begin, end and join readings, with some of them exchanged: reading
  /// only around those gives what reading the whole line gives.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func readingAroundTheChangeIsReadingAll(seed: UInt64) throws {
    let parser = try Fixture.parser()
    let context = try Fixture.context()
    let today = parser.today(context, place: nil)
    var generator = SeededGenerator(seed: seed)
    var tokens = QueryToken.tokens(
      of: Self.line(wordCount: .random(in: 1...50, using: &generator), using: &generator))
    let lookups = PlaceLookups(parser.gazetteer)
    var readings = parser.readings(of: tokens, today: today, lookups)
    let changed = tokens.indices.filter { tokens[$0].isAlphabetic && $0 % 9 == Int(seed % 9) }
    for index in changed {
      let word = try #require(Self.words.randomElement(using: &generator))
      tokens[index].word = PhraseWord(word)
      tokens[index].isCorrected = true
    }
    parser.reread(changed, of: tokens, today: today, lookups, in: &readings)
    let whole = parser.readings(of: tokens, today: today, lookups)
    for index in tokens.indices {
      #expect(
        readings.byStart[index].map { "\($0)" } == whole.byStart[index].map { "\($0)" },
        "\(tokens.map(\.text)) from \(index)")
      #expect(readings.cover(index) == whole.cover(index))
    }
  }

  /// The words that no days, times, ages and distances are looked for at start none.
  @Test func whatIsNotLookedForIsNotThere() throws {
    let parser = try Fixture.parser()
    var generator = SeededGenerator(seed: 1)
    let calendar = CivilCalendar(today: try #require(CivilDate(year: 2026, month: 11, day: 24)))
    let files = try ["queries.jsonl", "phrasings.jsonl"].flatMap(OwnQueriesTests.lines)
    let made = (0..<100).map { _ in Self.line(wordCount: 50, using: &generator) }
    for line in files.map(String.init) + made {
      let tokens = QueryToken.tokens(of: line)
      let reader = DateReader(tokens: tokens, calendar: calendar)
      for index in tokens.indices where !reader.mayStartDays(index) {
        #expect(reader.phrases(at: index).isEmpty, "\(tokens[index].text) in \(line)")
      }
      let days = tokens.indices.map(reader.phrases)
      let times = TimeReader(tokens: tokens, calendar: calendar)
      let terms = parser.terms(of: tokens)
      for index in tokens.indices {
        var readings = Readings(tokenCount: tokens.count)
        if !times.mayStartTimes(index) { times.addTimes(index, to: &readings) }
        if !terms.mayStartCount(index) {
          terms.addRadius(index, to: &readings)
          terms.addAge(index, to: &readings)
        }
        #expect(readings.byStart[index].isEmpty, "\(tokens[index].text) in \(line)")
        let opensSpan = DateReader.spanOpeners.contains(reader.word(index))
        #expect(
          opensSpan || !days[index].isEmpty || reader.spans(at: index, days).isEmpty,
          "\(tokens[index].text) in \(line)")
      }
    }
  }

  private static let words = [
    "near", "the", "greater", "downtown", "in", "Boston", "San", "Francisco", "New", "York", "TX",
    "from", "between", "Monday", "and", "Friday", "next", "week", "of", "December", "3", "after",
    "5pm", "before", "Dr", "Maria", "Lopez", "md", "heart", "doctor", "kids", "dentist", "blue",
    "cross", "within", "10", "miles", "around", "sinus", "infection", "Riverbend", "Medical",
    "Group", "Kaiser", "Hospital", "spanish", "speaking", "female", "tomorrow", "morning", "pain",
    "*", "today", "same", "day", "tomorrow", "weekend", "weekday", "this", "coming", "during",
    "fortnight", "now", "the", "the", "week", "month", "year", "end", "early", "mother", "labor",
    "thanksgiving", "eve", "new", "years", "4th", "july", "last", "first", "on", "until", "12/4",
    "10001", "for", "my", "son", "5", "year", "old", "johnson",
  ].map { $0.lowercased() }

  private static func line(
    wordCount: Int, using generator: inout SeededGenerator
  ) -> String {
    (0..<wordCount).map { _ in
      let word = words.randomElement(using: &generator)!
      return Bool.random(using: &generator) ? word.capitalized : word
    }
    .joined(separator: " ")
  }
}

extension String {
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
