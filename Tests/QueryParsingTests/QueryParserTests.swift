import CivilTime
import Foundation
import ProviderDirectory
import TestSupport
import Testing

@testable import QueryParsing

@Suite struct QueryParserTests {
  let parser: QueryParser
  let context: ParseContext

  init() throws {
    parser = try Fixture.parser()
    context = try Fixture.context()
  }

  private func parse(_ text: String) throws -> ParsedQuery {
    try parser.parse(text, context: context)
  }

  @Test func theLineOfTheReadme() throws {
    let query = try parse("cardiologist in NYC available next Tuesday, takes Blue Cross")
    #expect(query.specialties.first?.code.text == "207RC0000X")
    #expect(query.insurance.map(\.id) == ["bcbs"])
    #expect(query.place?.label == "New York, NY")
    #expect("\(query.dates!)" == "2026-12-01...2026-12-01")
    #expect(query.wantsAvailability)
    #expect(query.unrecognized == [])
  }

  // MARK: Words that could be two things

  @Test(arguments: [
    ("dentist in Spanish Fork", "Spanish Fork, UT"), ("dentist Jackson", "Jackson, MS"),
    ("dentist Frisco", "Frisco, TX"), ("dentist in Portland Maine", "Portland, ME"),
    ("dentist Portland, OR", "Portland, OR"), ("dentist portland me", "Portland, ME"),
    ("Reading PA dentist", "Reading, PA"), ("dentist in Mobile", "Mobile, AL"),
    ("dentist Kansas City KS", "Kansas City, KS"), ("dentist in D.C.", "Washington, DC"),
    ("dentist Philly", "Philadelphia, PA"), ("dentist in the Bronx", "Bronx, NY"),
    ("dentist St. Louis", "St. Louis, MO"), ("dentist Brooklyn NY 11201", "11201 Brooklyn, NY"),
    ("dentist Brighton Beach Brooklyn", "Brighton Beach, NY"),
    ("dentist in New York", "New York, NY"), ("dentist Delaware OH", "Delaware, OH"),
    ("dentist in chicgo", "Chicago, IL"), ("dentist pheonix", "Phoenix, AZ"),
  ])
  func places(_ text: String, _ label: String) throws {
    let query = try parse(text)
    #expect(query.place?.label == label)
    #expect(query.unrecognized == [])
    #expect(query.specialties.first?.code.text == "122300000X")
  }

  @Test func languageOrCity() throws {
    let query = try parse("spanish speaking dentist in Spanish Fork, Utah")
    #expect(query.languages == ["es"])
    #expect(query.place?.label == "Spanish Fork, UT")
  }

  @Test(arguments: [
    ("Dr. Boston", "Boston"), ("Dr. May", "May"), ("Dr. Smith cardiologist Denver", "Smith"),
    ("Dr. O'Brien", "O'Brien"), ("doctor García-López", "García López"),
    ("Maria Lopez MD dermatologist", "Maria Lopez"), ("Dr. Patel pediatrician Edison NJ", "Patel"),
  ])
  func names(_ text: String, _ name: String) throws {
    #expect(try parse(text).name == name)
  }

  @Test(arguments: [
    "heart dr 10001", "eye dr Boston", "knee pain doctor chicago", "doctor near me",
  ])
  func noNames(_ text: String) throws {
    #expect(try parse(text).name == nil)
  }

  @Test(arguments: [
    ("pediatrician Johnson", "Johnson"), ("Patel cardiologist Boston", "Patel"),
    ("cardiologist Rodriguez 33125", "Rodriguez"), ("chest pain Dr Smith", "Smith"),
    ("sliding scale therapist", nil), ("Dental Bliss", nil), ("dentist in Texas", nil),
    ("LGBTQ therapist Seattle", nil), ("Dentist Larson", "Larson"), ("dentist, Larson", nil),
  ])
  func bareSurnames(_ text: String, _ name: String?) throws {
    let query = try parse(text)
    #expect(query.name == name)
    if let name, !text.contains("Dr ") {
      #expect(query.notes == ["\(name) is taken for a name"])
    }
  }

  @Test(arguments: [
    ("dermatologist in California", "California"), ("any dentist in Ohio", "Ohio"),
    ("urologist New Jersey", "New Jersey"), ("dentist in new york state", "New York"),
    ("dentist Washington state", "Washington"), ("cardiologist TX", "Texas"),
  ])
  func statesAreNoTowns(_ text: String, _ state: String) throws {
    let query = try parse(text)
    #expect(query.place == nil)
    #expect(query.states.map(\.name) == [state])
    #expect(query.unrecognized == [])
  }

  @Test func whoTreatsBeforeWhatAils() throws {
    let named = try parse("endocrinologist for diabetes and knee pain")
    #expect(named.specialties.allSatisfy { !$0.name.contains("Ortho") })
    let ailing = try parse("knee pain")
    #expect(ailing.specialties.first?.code.text == "207X00000X")
  }

  @Test(arguments: [
    ("sinus infection doctor", "207Y00000X"), ("chest pain doctor", "207RC0000X"),
    ("knee pain specialist", "207X00000X"), ("pain doctor", "208VP0000X"),
  ])
  func theDoctorOfWhatAils(_ text: String, _ code: String) throws {
    #expect(try parse(text).specialties.first?.code.text == code)
  }

  @Test func children() throws {
    #expect(try parse("dentist for my 5 year old").specialties.first?.code.text == "1223P0221X")
    #expect(try parse("doctor for my son").specialties.first?.code.text == "208000000X")
    #expect(try parse("kids podiatrist").specialties.first?.code.text == "213E00000X")
    #expect(try parse("dentist for my wife").specialties.first?.code.text == "122300000X")
    #expect(try parse("therapist for women").gender == nil)
  }

  @Test func brandsOfBlue() throws {
    for (text, id) in [
      ("blue cross", "bcbs"), ("blue shield of california", "blue-shield-california"),
      ("florida blue", "florida-blue"), ("anthem blue cross", "anthem"),
      ("blue cross blue shield of texas", "bcbs-texas"),
    ] {
      #expect(try parse("dentist \(text)").insurance.map(\.id) == [id])
    }
    let query = try parse("UHC PPO dentist")
    #expect(query.insurance.map(\.id) == ["unitedhealthcare"])
    #expect(query.planProducts == ["PPO"])
  }

  @Test(arguments: [
    ("within 5 miles of 60614", 5.0), ("10mi", 10), ("half a mile", 0.5), ("within 1/2 mile", 0.5),
    ("2.5 miles", 2.5),
    ("within fifteen miles", 15), ("a 20 mile radius", 20), ("16.09344 km", 10),
  ])
  func radius(_ text: String, _ miles: Double) throws {
    let found = try #require(parse("dentist \(text)").radiusMiles)
    #expect(abs(found - miles) < 1e-9)
  }

  @Test func aPoint() throws {
    let place = try #require(parse("dentist 40.7128,-74.0060").place)
    #expect(place.kind == .point)
    #expect(place.zoneName == "America/New_York")
    #expect(place.coordinate?.longitude == -74.006)
  }

  // MARK: Spelling

  @Test(arguments: [
    ("dermatolgist", "207N00000X"), ("cardioligist", "207RC0000X"), ("opthamologist", "207W00000X"),
    ("psycologist", "103T00000X"), ("pediatritian", "208000000X"), ("nuerologist", "2084N0400X"),
    ("phyiscal therapist", "225100000X"), ("gastroentrologist", "207RG0100X"),
  ])
  func slips(_ word: String, _ code: String) throws {
    let query = try parse("\(word) near me")
    #expect(query.specialties.first?.code.text == code)
    #expect(query.notes.contains { $0.hasPrefix("showing ") && $0.contains(" for ") })
    #expect(query.unrecognized == [])
  }

  @Test(arguments: [
    "Auburn", "Cardiff", "Hearne", "Derma", "Surgoinsville", "Dental Bliss", "Carlson dentist",
    "Andersen dentist", "dentist Larson", "Rodgers", "message", "interest", "regarding", "generic",
  ])
  func whatIsRightIsNotCorrected(_ text: String) throws {
    #expect(try parse(text).notes.allSatisfy { !$0.hasPrefix("showing ") })
  }

  @Test func aNameIsNotCorrected() throws {
    let query = try parse("Dr. Dermatolgist")
    #expect(query.name == "Dermatolgist")
    #expect(query.specialties == [])
  }

  // MARK: Nothing lost, nothing trapped

  /// Unoptimized code takes some hundred times as long.
  #if DEBUG
    private static let rounds = 100_000 / 50
  #else
    private static let rounds = 100_000
  #endif

  @Test func whatIsNotUnderstoodIsSaid() throws {
    #expect(try parse("dentist xyzzy 日本語 \u{1F9B7}").unrecognized == ["xyzzy", "日本語", "\u{1F9B7}"])
    #expect(try parse("").unrecognized == [])
    #expect(try parse(" ,.;!? ").unrecognized == [])
  }

  /// Every token is in exactly one part or among the unrecognized, for lines made of words of all
  /// kinds.
  @Test func noWordIsLost() throws {
    let words = [
      "cardiologist", "heart", "doctor", "Dr.", "Smith", "in", "near", "me", "NYC", "Boston", "MA",
      "10001", "tomorrow", "next", "Tuesday", "Dec", "3", "12/4", "after", "5pm", "blue", "cross",
      "shield", "of", "california", "spanish", "fork", "speaking", "female", "kids", "dentist",
      "video", "visit", "within", "miles", "two", "weeks", "xyzzy", "\u{1F9B7}", "O'Brien", "asap",
      "PPO",
      "for", "my", "son", "and", "or", "may", "portland", "Maine", "40.7,-74.0", "ob/gyn", "MD",
    ]
    var generator = SeededGenerator(seed: 20_261_124)
    for _ in 0..<Self.rounds / 10 {
      let count = Int.random(in: 1...14, using: &generator)
      let text = (0..<count).map { _ in words.randomElement(using: &generator)! }
        .joined(separator: " ")
      let query = try parse(text)
      let tokens = QueryToken.tokens(of: text).map(\.text)
      let accounted =
        (query.parts.map(\.text) + query.unrecognized).flatMap {
          $0.split(separator: " ").map(String.init)
        }
      #expect(accounted.sorted() == tokens.sorted(), "\(text)")
    }
  }

  @Test func anyUnicodeIsTaken() throws {
    var generator = SeededGenerator(seed: 7)
    let pieces: [String] = [
      "dr", "in", "12", "/", ":", "-", ".", ",", "5pm", " ", " ", " ", "\u{0301}", "\u{202E}", "é",
      "'", "&", "*", "next", "dec", "within", "0", "99999999999999999999", "1e400", "\u{0}",
      "\u{1F468}\u{200D}\u{1F469}", "ß", "İ", "mi", "from", "week",
    ]
    for round in 0..<Self.rounds {
      var text = ""
      for _ in 0..<Int.random(in: 0...8, using: &generator) {
        if round % 2 == 0,
          let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator))
        {
          text.unicodeScalars.append(scalar)
        } else {
          text += pieces.randomElement(using: &generator)!
        }
      }
      let query = try parse(text)
      #expect(query.text == text)
      #expect(query.specialties.count <= 25)
      if let dates = query.dates { #expect(dates.count <= 3_700) }
    }
  }

  @Test func aMegabyteIsRefused() throws {
    let text = String(repeating: "heart doctor ", count: 80_000)
    #expect(throws: QueryError.tooLong(bytes: text.utf8.count, limit: 4096)) { try parse(text) }
    _ = try parse(String(repeating: "a ", count: 2_048))
  }
}
