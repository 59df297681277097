import Testing

@testable import QueryParsing

/// What a line names twice or in full: nothing of it is dropped without a word, nothing invented.
@Suite struct AccountedTests {
  let parser: QueryParser
  let context: ParseContext

  init() throws {
    parser = try Fixture.parser()
    context = try Fixture.context()
  }

  private func parse(_ text: String) throws -> ParsedQuery {
    try parser.parse(text, context: context)
  }

  @Test(arguments: [
    ("dentist 10001 or 10301", "10001 New York, NY", ["10301"]),
    ("dentist 10001 Buffalo", "10001 New York, NY", ["Buffalo"]),
    ("dentist in Boston or Chicago", "Boston, MA", ["Chicago"]),
    ("dentist Brooklyn NY 11201", "11201 Brooklyn, NY", []),
    ("dentist near Union Square San Francisco", "San Francisco, CA", ["Union Square"]),
  ])
  func aSecondPlaceIsSaid(_ text: String, _ label: String, _ left: [String]) throws {
    let query = try parse(text)
    #expect(query.place?.label == label)
    #expect(query.unrecognized == left)
    #expect(query.notes.count == left.count)
  }

  @Test func surroundingsAreSaid() throws {
    let query = try parse("dentist Brighton Beach Brooklyn")
    #expect(query.notes == ["searching near Brighton Beach, NY, in or beside Brooklyn, NY"])
  }

  @Test(arguments: [
    ("dentist Cook County", "Cook County, IL"), ("cook county il dentist", "Cook County, IL"),
    ("dentist in Montgomery County MD", "Montgomery County, MD"),
    ("dentist Orange County Florida", "Orange County, FL"),
    ("pediatrician Orleans Parish", "Orleans Parish, LA"),
    ("dentist miami-dade county", "Miami-Dade County, FL"),
  ])
  func counties(_ text: String, _ label: String) throws {
    let query = try parse(text)
    #expect(query.place?.label == label)
    #expect(query.unrecognized == [])
    #expect(query.notes.contains { $0.contains("searching around the middle of") })
  }

  @Test func aCountyThatIsNoneIsNoTown() throws {
    let query = try parse("dentist Patel County")
    #expect(query.place == nil)
    #expect(query.name == nil)
    #expect(query.unrecognized == ["Patel"])
  }

  @Test(arguments: [
    ("Blue Cross Minnesota", ["bcbs-minnesota"]), ("bcbs ohio", ["anthem"]),
    ("blue cross blue shield of georgia", ["anthem"]), ("blue cross washington", ["premera"]),
    ("kaiser permanente of washington", ["kaiser"]), ("fep", ["bcbs"]),
    ("healthy blue", ["healthy-blue"]), ("innovation health", ["aetna"]),
    ("UHC medicare advantage", ["unitedhealthcare"]), ("Aetna PPO Medicare", ["aetna"]),
    ("Medicare, Aetna", ["medicare", "aetna"]),
    ("medicare and medicaid", ["medicare", "medicaid"]),
    ("médica", []), ("medico", []), ("médico", []),
  ])
  func insurers(_ text: String, _ ids: [String]) throws {
    #expect(try parse("dentist \(text)").insurance.map(\.id) == ids)
  }

  @Test func kindsOfPlanAreSaid() throws {
    let query = try parse("Aetna PPO dentist")
    #expect(query.planProducts == ["PPO"])
    #expect(query.notes == [query.noteOnPlanProducts])
    #expect(try parser.insurance(matching: "Aetna PPO").id == "aetna")
    #expect(QueryParser.planProducts(in: "Aetna PPO") == ["PPO"])
    #expect(throws: QueryError.self) { try parser.insurance(matching: "PPO") }
  }

  @Test(arguments: [
    ("dentist in MD", ["MD"]), ("dentist in OK", ["OK"]), ("dentist in ME or OR", ["ME", "OR"]),
    ("dentist in PA", ["PA"]), ("cardiologist in VA", ["VA"]), ("DENTIST IN OR", ["OR"]),
    ("DENTIST IN OR NEAR BOSTON", []), ("dentist or hygienist", []),
  ])
  func statesByTheirCodes(_ text: String, _ codes: [String]) throws {
    #expect(try parse(text).states.map(\.code) == codes)
  }

  @Test(arguments: [
    ("John Smith", "John Smith"), ("John Smith MD cardiologist", "John Smith"),
    ("john smith cardiologist", "john smith"), ("Mark Johnson dentist Boston", "Mark Johnson"),
    ("Grace Kim pediatrician", "Grace Kim"), ("Linda Garcia dermatologist", "Linda Garcia"),
    ("anna lopez pediatrician", "anna lopez"), ("Dr. Smith or Dr. Jones", "Smith"),
    ("smith, john cardiology", "smith john"), ("dentist elizabeth nj", nil),
    ("dentist elizabeth", nil), ("donna texas dentist", nil),
    ("dentist in Elizabeth Johnson", nil), ("dentist charlotte north carolina", nil),
  ])
  func fullNames(_ text: String, _ name: String?) throws {
    #expect(try parse(text).name == name)
  }

  @Test func aSecondNameIsSaid() throws {
    let query = try parse("Dr. Smith or Dr. Jones")
    #expect(query.unrecognized == ["Dr Jones"])
    #expect(query.notes == ["looking for Smith, not Jones"])
  }

  @Test(arguments: [
    "family doctor for my kid", "primary care for my daughter", "doctor for 16yo", "doctor 16 y/o",
    "doctor for my 3-year-old", "my 3 year old has a fever", "18 month old fever",
    "doctor for my son, age 7", "doctor for my daughter who is 6",
  ])
  func childrenSeePediatriciansFirst(_ text: String) throws {
    let query = try parse(text)
    #expect(query.specialties.first?.code.text == "208000000X")
    #expect(query.unrecognized == [])
  }

  @Test(arguments: [
    ("tooth ache", "122300000X"), ("bee sting", "261QU0200X"), ("walk ins", "261QU0200X"),
    ("65 year old man family doctor", "207Q00000X"), ("dentista", "122300000X"),
    ("gender affirming care", "207RE0101X"),
  ])
  func patientsWords(_ text: String, _ code: String) throws {
    #expect(try parse(text).specialties.first?.code.text == code)
  }

  @Test(arguments: [
    ("st pete", "St. Petersburg, FL"), ("boca", "Boca Raton, FL"), ("soho", "Manhattan, NY"),
    ("h town", "Houston, TX"), ("ny ny", "New York, NY"), ("miami-dade", "Miami, FL"),
  ])
  func shortNamesOfPlaces(_ text: String, _ label: String) throws {
    #expect(try parse("dentist \(text)").place?.label == label)
  }

  @Test func aSecondOrderIsSaid() throws {
    let query = try parse("closest dentist asap")
    #expect(query.sort == .distance)
    #expect(query.notes == ["sorting by distance, not soonest"])
  }

  @Test func whichOfSeveralTownsIsSaid() throws {
    let (place, note) = try parser.notedPlace("Springfield")
    #expect(note == "Springfield is taken for \(place.label)")
    #expect(try parser.notedPlace("Boston, MA").note == nil)
  }
}
