import CivilTime
import TestSupport
import Testing

@Suite struct RFC3339Tests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0),
    ("2026-12-01T14:30:00Z", 1_796_135_400),
    ("2026-12-01T09:30:00-05:00", 1_796_135_400),
    ("2026-12-01t14:30:00z", 1_796_135_400),
    ("2026-12-01T20:00:00.999+05:30", 1_796_135_400),
    ("2026-12-02T00:15:00+09:45", 1_796_135_400),
    ("2026-12-01T14:30:00-00:00", 1_796_135_400),
    ("1969-12-31T23:59:59Z", -1),
    ("1969-12-31T23:59:59.75Z", -1),
    ("0000-01-01T00:00:00Z", -62_167_219_200),
    ("9999-12-31T23:59:59Z", 253_402_300_799),
    ("2016-12-31T23:59:60Z", 1_483_228_800),
    ("2016-12-31T18:59:60.5-05:00", 1_483_228_800),
  ])
  func reads(text: String, seconds: Int64) throws {
    #expect(try Instant(parsingRFC3339: text).secondsSinceEpoch == seconds)
  }

  @Test(arguments: [
    "", "2026-12-01", "2026-12-01T14:30Z", "2026-12-01 14:30:00Z", "2026-12-01T14:30:00",
    "2026-12-01T14:30:00+5:00", "2026-12-01T14:30:00+0500", "2026-12-01T14:30:00.Z",
    "2026-12-01T14:30:00Zjunk", "26-12-01T14:30:00Z", "2026-12-01T14:30:00 Z", "now",
    "2026-12-01T14:30:00,5Z", "2026-12-01T１4:30:00Z", "+2026-12-01T14:30:00Z",
  ])
  func refusesMalformed(text: String) {
    #expect(throws: RFC3339Error.malformed(text)) { try Instant(parsingRFC3339: text) }
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test(arguments: [
    "2026-02-29T00:00:00Z", "2026-12-01T24:00:00Z", "2026-12-01T14:60:00Z", "2026-12-01T14:30:61Z",
    "2026-13-01T00:00:00Z", "2026-12-01T14:30:00+24:00", "2026-12-01T14:30:00+05:60",
  ])
  func refusesWhatDoesNotExist(text: String) {
    #expect(throws: RFC3339Error.noSuchTime(text)) { try Instant(parsingRFC3339: text) }
  }

  @Test(arguments: [
    "2026-12-01T23:59:60Z", "2016-12-31T22:59:60Z", "2016-12-31T23:59:60-05:00",
    "2016-12-30T23:59:60Z",
  ])
  func refusesMisplacedLeapSeconds(text: String) {
    #expect(throws: RFC3339Error.noSuchLeapSecond(text)) { try Instant(parsingRFC3339: text) }
  }

  @Test(arguments: [
    (Int?.none, "2026-12-01T14:30:00Z"), (0, "2026-12-01T14:30:00+00:00"),
    (-18_000, "2026-12-01T09:30:00-05:00"), (20_700, "2026-12-01T20:15:00+05:45"),
    (-1_800, "2026-12-01T14:00:00-00:30"), (50_400, "2026-12-02T04:30:00+14:00"),
    (-17_762, "2026-12-01T09:34:00-04:56"),
  ])
  func writes(offset: Int?, text: String) throws {
    let instant = Instant(secondsSinceEpoch: 1_796_135_400)
    #expect(instant.rfc3339(offsetSeconds: offset) == text)
    #expect(Instant(rfc3339: text) == instant)
  }

  @Test func whatIsWrittenReadsBack() throws {
    var generator = SeededGenerator(seed: 20_261_201)
    let range =
      try #require(
        Instant(rfc3339: "0000-01-02T00:00:00Z"))...Instant(
        secondsSinceEpoch: 253_402_200_000)
    for _ in 0..<20_000 {
      let instant = Instant.random(in: range, using: &generator)
      let offset = Int.random(in: -86_399...86_399, using: &generator)
      let text = instant.rfc3339(offsetSeconds: offset)
      guard Instant(rfc3339: text) == instant else {
        Issue.record("\(instant.secondsSinceEpoch) at \(offset) became \(text)")
        return
      }
    }
  }

  @Test func messagesSayWhatToDo() {
    #expect(
      "\(RFC3339Error.malformed("noon"))"
        == "\"noon\" is not a time: write it like 2026-12-01T09:30:00-05:00 or 2026-12-01T14:30:00Z"
    )
    #expect("\(RFC3339Error.noSuchTime("x"))".contains("\"x\" names a day, time or offset"))
    #expect("\(RFC3339Error.noSuchLeapSecond("x"))".contains("use :59"))
  }

  @Test func instantArithmeticIsTotal() {
    let last = Instant(secondsSinceEpoch: .max)
    #expect(last.adding(seconds: 1) == last)
    #expect(Instant(secondsSinceEpoch: .min).adding(seconds: -1).secondsSinceEpoch == .min)
    #expect(last.seconds(since: Instant(secondsSinceEpoch: -1)) == .max)
    #expect(!last.description.isEmpty)
  }
}

@Suite struct ClockTests {
  @Test func environmentFixesNow() throws {
    let clock = try Clock.system(environment: ["NEARCARE_NOW": "2026-11-22T12:00:00-05:00"])
    #expect(clock.now().description == "2026-11-22T17:00:00Z")
  }

  @Test func badNowIsAnErrorThatNamesIt() {
    let error = #expect(throws: ClockError.self) {
      try Clock.system(environment: ["NEARCARE_NOW": "yesterday"])
    }
    #expect(error?.description.contains("NEARCARE_NOW: \"yesterday\" is not a time") == true)
  }

  @Test func systemClockMoves() throws {
    let now = try Clock.system(environment: [:]).now()
    #expect(now > Instant(secondsSinceEpoch: 1_767_225_600))
  }

  @Test func simulatedClockMovesOnlyWhenTold() throws {
    let simulated = try #require(SimulatedClock("2026-11-22T12:00:00Z"))
    let clock = simulated.clock
    #expect(clock.now().description == "2026-11-22T12:00:00Z")
    simulated.advance(seconds: 300)
    #expect(clock.now().description == "2026-11-22T12:05:00Z")
    simulated.set(to: Instant(secondsSinceEpoch: 0))
    #expect(clock.now().secondsSinceEpoch == 0)
  }
}
