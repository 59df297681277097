import CivilTime
import Testing

@testable import QueryParsing

/// Words that could be two things, settled by the rules of `Preference`, and what is said of it.
@Suite struct SettledWordsTests {
  private func parse(_ text: String) throws -> ParsedQuery {
    try Fixture.parser().parse(text, context: Fixture.context())
  }

  @Test(
    arguments: [
      ("coming from Hoboken, cardiologist in NYC", "New York, NY", ["Hoboken"]),
      ("dentist in NYC, coming from 07030", "New York, NY", ["07030"]),
      ("dentist 5 miles from Hoboken", "Hoboken, NJ", []),
      ("I live in 11201, dentist in Manhattan", "Manhattan, NY", ["11201"]),
      ("pediatrician within 3 miles of Newton MA or in Boston", "Newton, MA", ["Boston"]),
      ("moving from Boston to Denver, pediatrician", "Denver, CO", ["Boston"]),
      ("from Hoboken, dentist", "Hoboken, NJ", []),
      ("dentist Sacred Heart", "Sacred Heart, MN", []),
    ] as [(String, String, [String])])
  func twoPlaces(text: String, label: String, left: [String]) throws {
    let query = try parse(text)
    #expect(query.place?.label == label)
    #expect(query.unrecognized == left)
    #expect(left.isEmpty || query.notes.contains { $0.hasPrefix("searching near \(label), not ") })
  }

  @Test(
    arguments: [
      ("dermatologist in Vermont", ["VT"], nil), ("neurologist NJ or NY state", ["NJ", "NY"], nil),
      ("dentist in New York", [], "New York, NY"),
      ("dentist Boston Massachusetts", [], "Boston, MA"),
      ("dentist in Ohio near me", ["OH"], "10001"),
    ] as [(String, [String], String?)])
  func statesAreStates(text: String, codes: [String], label: String?) throws {
    let query = try parse(text)
    #expect(query.states.map(\.code) == codes)
    #expect(query.place?.label == label)
    #expect(query.unrecognized == [])
  }

  @Test func aStateThatAPlaceContradictsIsReported() throws {
    let query = try parse("dentist 10001 Ohio")
    #expect(query.place?.zip == "10001")
    #expect(query.states == [])
    #expect(query.unrecognized == ["Ohio"])
    #expect(query.notes == ["searching near 10001 New York, NY, not Ohio"])
  }

  @Test(
    arguments: [
      ("pediatrician johnson", "johnson"), ("patel cardiologist chicago", "patel"),
      ("chest pain Dr. Smith", "Smith"), ("chest pain dr smith", "smith"),
      ("Maria Lopez dermatologist", "Maria Lopez"), ("james wilson md internist", "james wilson"),
      ("appointment with Chen", "Chen"), ("Dr. Boston podiatrist", "Boston"),
      ("dermatologist Jackson", nil), ("heart dr", nil), ("cardiologist cheap", nil),
      ("DERMATOLOGIST SOMEWHERE", nil), ("Mayo Clinic cardiologist", "Mayo Clinic"),
      ("Cleveland Clinic urologist", "Cleveland Clinic"),
      ("Riverbend Medical Group", "Riverbend Medical Group"),
      ("Kaiser Permanente Medical Center", "Kaiser Permanente Medical Center"),
      ("Kaiser Permanente dentist", nil), ("Dr. Gonz*", "Gonz*"), ("Dr. O'Br* dentist", "O'Br*"),
    ] as [(String, String?)])
  func names(text: String, name: String?) throws {
    #expect(try parse(text).name == name)
  }

  @Test func whatIsAssumedIsSaid() throws {
    #expect(try parse("pediatrician johnson").notes == ["johnson is taken for a name"])
    #expect(
      try parse("dentist bay area").notes == ["showing San Francisco, CA for bay area"])
    #expect(
      try parse("dentist in cincinatti").notes == ["showing Cincinnati, OH for cincinatti"])
    #expect(try parse("dentist in NYC").notes == [])
    #expect(try parse("dermatolgist").notes == ["showing dermatologist for dermatolgist"])
    #expect(
      try parse("dentist weekdays").notes
        == [
          "looking at weekends too: weekdays need a week, as in \"weekdays next week\""
        ])
  }

  /// Said on Tuesday 2026-11-24.
  @Test(
    arguments: [
      ("thanksgiving", "2026-11-26", "2026-11-26"),
      ("the day after Thanksgiving", "2026-11-27", "2026-11-27"),
      ("Black Friday", "2026-11-27", "2026-11-27"), ("MLK day", "2027-01-18", "2027-01-18"),
      ("Presidents' Day", "2027-02-15", "2027-02-15"), ("Memorial Day", "2027-05-31", "2027-05-31"),
      ("Juneteenth", "2027-06-19", "2027-06-19"), ("July 4th", "2027-07-04", "2027-07-04"),
      ("Labor Day weekend", "2027-09-04", "2027-09-06"),
      ("Columbus Day", "2027-10-11", "2027-10-11"), ("Veterans Day", "2027-11-11", "2027-11-11"),
      ("thanksgiving weekend", "2026-11-26", "2026-11-29"),
      ("week of Thanksgiving", "2026-11-24", "2026-11-29"),
      ("the week after Thanksgiving", "2026-11-30", "2026-12-06"),
      ("before Christmas", "2026-11-24", "2026-12-24"),
      ("between Christmas and New Year's", "2026-12-25", "2027-01-01"),
      ("after New Year's Day", "2027-01-02", "2027-02-01"),
      ("New Year's Eve", "2026-12-31", "2026-12-31"), ("Mother's Day", "2027-05-09", "2027-05-09"),
      ("by the end of the week", "2026-11-24", "2026-11-29"),
      ("end of the week", "2026-11-27", "2026-11-29"),
      ("early next week", "2026-11-30", "2026-12-02"), ("midweek", "2026-11-24", "2026-11-26"),
      ("later this week", "2026-11-26", "2026-11-29"),
      ("by the end of the month", "2026-11-24", "2026-11-30"),
      ("before the end of the year", "2026-11-24", "2026-12-31"),
      ("beginning of December", "2026-12-01", "2026-12-10"),
      ("this year", "2026-11-24", "2026-12-31"), ("weekdays next week", "2026-11-30", "2026-12-04"),
    ])
  func holidaysAndPartsOfTheWeek(phrase: String, from: String, to: String) throws {
    let query = try parse("dentist \(phrase)")
    #expect(query.dates.map { ["\($0.lowerBound)", "\($0.upperBound)"] } == [from, to])
    #expect(query.unrecognized == [])
  }
}
