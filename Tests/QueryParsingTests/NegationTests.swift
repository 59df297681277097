import Testing

@testable import QueryParsing

/// What is not wanted is turned into its opposite where that can be looked for, else reported; it is
/// never looked for itself.
@Suite struct NegationTests {
  let parser: QueryParser
  let context: ParseContext

  init() throws {
    parser = try Fixture.parser()
    context = try Fixture.context()
  }

  @Test(arguments: [
    ("dentist no Medicaid", "no Medicaid"), ("dentist, not medicaid", "not medicaid"),
    ("dentist that doesn't take Medicaid or Medicare", "doesn't take Medicaid or Medicare"),
    ("physical therapy without referral", "without referral"),
    ("dentist next week except Fridays", "except Fridays"),
    ("dentist not on Monday", "not on Monday"), ("dentist can't do Fridays", "can't do Fridays"),
    ("dentist not Friday afternoon", "not Friday afternoon"),
    ("dentist not in the afternoon", "not in the afternoon"),
    ("eye doctor not an optometrist", "not an optometrist"),
    ("dentist not in Brooklyn", "not in Brooklyn"), ("dentist not Dr. Smith", "not Dr Smith"),
    ("dentist other than Aspen Dental", "other than Aspen Dental"),
    ("dentist any day but Friday", "any day but Friday"),
    ("dentist any day except Fridays", "any day except Fridays"),
    ("kidney doctor not downtown", "not downtown"),
    ("dentist over 10 miles away", "over 10 miles away"),
  ])
  func isReportedAsAPhrase(_ text: String, _ phrase: String) throws {
    let query = try parser.parse(text, context: context)
    #expect(query.unrecognized == [phrase])
    #expect(query.insurance == [] && query.place == nil && query.name == nil)
    #expect(query.times == nil && query.radiusMiles == nil && query.visitType == nil)
    #expect(query.dates == nil || text.contains("next week"))
    #expect(query.notes.count == 1)
  }

  @Test(arguments: [
    ("not before 10am", "10:00", "24:00"), ("no earlier than 10", "10:00", "24:00"),
    ("nothing before 10am", "10:00", "24:00"), ("no later than 3pm", "00:00", "15:00"),
    ("not after 3pm", "00:00", "15:00"), ("by 3pm", "00:00", "15:00"),
    ("before 3pm", "00:00", "15:00"), ("until 3pm", "00:00", "15:00"),
    ("3pm or before", "00:00", "15:00"), ("at or after 3pm", "15:00", "24:00"),
    ("not until 2pm", "14:00", "24:00"), ("no mornings", "12:00", "24:00"),
    ("not in the evening", "00:00", "17:00"), ("can't do mornings", "12:00", "24:00"),
  ])
  func timesTurnRound(_ text: String, _ from: String, _ to: String) throws {
    let query = try parser.parse("dentist " + text, context: context)
    let times = try #require(query.times)
    #expect(["\(times.from)", "\(times.to)"] == [from, to])
    #expect(query.unrecognized == [])
  }

  @Test(arguments: [
    ("on or after Dec 5", "2026-12-05", "2027-01-04"),
    ("no earlier than Dec 5", "2026-12-05", "2027-01-04"),
    ("not before Dec 5", "2026-12-05", "2027-01-04"),
    ("not until Dec 5", "2026-12-05", "2027-01-04"),
    ("Dec 5 or later", "2026-12-05", "2027-01-04"),
    ("after Dec 5", "2026-12-06", "2027-01-05"),
    ("no later than Friday", "2026-11-24", "2026-11-27"),
    ("not after Friday", "2026-11-24", "2026-11-27"),
    ("on or before Friday", "2026-11-24", "2026-11-27"),
    ("Friday or before", "2026-11-24", "2026-11-27"),
    ("before Friday", "2026-11-24", "2026-11-26"),
    ("not today", "2026-11-25", "2026-12-25"), ("not this week", "2026-11-30", "2026-12-30"),
  ])
  func daysTurnRound(_ text: String, _ from: String, _ to: String) throws {
    let query = try parser.parse("dentist " + text, context: context)
    let dates = try #require(query.dates)
    #expect(["\(dates.lowerBound)", "\(dates.upperBound)"] == [from, to])
    #expect(query.unrecognized == [])
  }

  @Test func whatBothEndsSayIsNotAnOpenEnd() throws {
    let query = try parser.parse(
      "dentist no earlier than dec 5 and no later than dec 12", context: context)
    #expect("\(query.dates!)" == "2026-12-05...2026-12-12")
    #expect(query.notes == [])
  }

  @Test func visitsAndGenderTurnRound() throws {
    func parse(_ text: String) throws -> ParsedQuery { try parser.parse(text, context: context) }
    for text in ["no telehealth", "don't want telehealth", "not virtual", "no video visits"] {
      #expect(try parse("psychiatrist \(text)").visitType == .inPerson)
    }
    #expect(try parse("psychiatrist not in person").visitType == .telehealth)
    #expect(try parse("therapist, no men").gender == .female)
    #expect(try parse("therapist not a woman").notes == ["not a woman: looking for men"])
  }

  @Test(arguments: [
    "dentist no insurance", "dentist no preference", "dentist not far from Boston",
    "dentist, male or female doesn't matter", "I do not have insurance, dentist",
    "i dont have a dentist", "not sure which dentist", "dentist no rush",
  ])
  func phrasesOfTheirOwnStay(_ text: String) throws {
    let query = try parser.parse(text, context: context)
    #expect(query.unrecognized == [])
    #expect(query.specialties.first?.code.text == "122300000X")
  }

  @Test func aGreatestDistanceIsARadius() throws {
    for text in ["no more than 10 miles", "not over 10mi", "at most 10 miles", "up to 10 mi away"] {
      #expect(try parser.parse("dentist \(text)", context: context).radiusMiles == 10)
    }
    #expect(try parser.parse("within 1,000 miles", context: context).radiusMiles == 1000)
  }
}
