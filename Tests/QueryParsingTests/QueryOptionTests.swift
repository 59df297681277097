import CivilTime
import ProviderDirectory
import Testing

@testable import QueryParsing

@Suite struct QueryOptionTests {
  let parser: QueryParser

  init() throws { parser = try Fixture.parser() }

  @Test func places() throws {
    #expect(try parser.place("10001").zip == "10001")
    #expect(try parser.place("Boston MA").label == "Boston, MA")
    #expect(try parser.place("boston").label == "Boston, MA")
    #expect(try parser.place("Portland, Maine").label == "Portland, ME")
    #expect(try parser.place("40.7,-74.0").kind == .point)
    #expect(try parser.place("40.7,-74.0").zoneName == "America/New_York")
    #expect(try parser.place("near me", home: Fixture.context().home).kind == .me)
    #expect(throws: QueryError.homeUnknown) { try parser.place("me") }
  }

  @Test(arguments: ["", "Narnia", "00000", "91,200", "Boston banana", "Boston, CA 99999"])
  func placesThatAreNone(_ text: String) {
    #expect { try parser.place(text) } throws: { error in
      guard case QueryError.unknownPlace(text, _)? = error as? QueryError else { return false }
      return true
    }
  }

  @Test func aMisspeltPlaceIsSuggested() {
    #expect(throws: QueryError.unknownPlace("Bostn", suggestions: [])) {
      do {
        _ = try parser.place("Bostn")
      } catch let QueryError.unknownPlace(text, suggestions) {
        #expect(suggestions.contains("Boston, MA"))
        throw QueryError.unknownPlace(text, suggestions: [])
      }
    }
  }

  @Test func specialties() throws {
    #expect(try parser.specialties(matching: "207RC0000X").map(\.code.text) == ["207RC0000X"])
    #expect(try parser.specialties(matching: "heart doctor").first?.code.text == "207RC0000X")
    #expect(try parser.specialties(matching: "kids dentist").first?.code.text == "1223P0221X")
    #expect(try parser.specialties(matching: "cardiology").first?.code.text == "207RC0000X")
    #expect(try parser.specialties(matching: "eye doctor").count > 1)
    #expect(throws: QueryError.self) { try parser.specialties(matching: "207RC9999X") }
    #expect(throws: QueryError.self) { try parser.specialties(matching: "Boston") }
    do {
      _ = try parser.specialties(matching: "cardioligist")
      Issue.record("a misspelt specialty was taken")
    } catch {
      #expect("\(error)".contains("cardiologist"))
      #expect("\(error)".contains("\"cardioligist\""))
    }
  }

  @Test func insurance() throws {
    #expect(try parser.insurance(matching: "Blue Cross").id == "bcbs")
    #expect(try parser.insurance(matching: "florida-blue").id == "florida-blue")
    let plan = try parser.insurance(matching: "38344ak0570001")
    #expect(plan.kind == .plan)
    #expect(plan.id == "38344AK0570001")
    #expect(plan.name.contains("Premera"))
    do {
      _ = try parser.insurance(matching: "Aetnna")
      Issue.record("a misspelt insurer was taken")
    } catch {
      #expect("\(error)".contains("aetna"))
    }
  }

  @Test func theRest() throws {
    #expect(try parser.language(matching: "Spanish").code == "es")
    #expect(try parser.language(matching: "es").code == "es")
    #expect(try parser.visitType(matching: "video") == .telehealth)
    #expect(try parser.visitType(matching: "in-person") == .inPerson)
    #expect(try parser.gender(matching: "F") == .female)
    #expect(try parser.gender(matching: "male") == .male)
    #expect(try parser.sort(matching: "soonest") == .soonest)
    #expect(try parser.sort(matching: "nearest") == .distance)
    #expect(throws: QueryError.self) { try parser.language(matching: "Klingon") }
    #expect(throws: QueryError.unknownVisitType("boat")) { try parser.visitType(matching: "boat") }
    #expect(throws: QueryError.unknownGender("x")) { try parser.gender(matching: "x") }
    #expect(throws: QueryError.unknownSort("price")) { try parser.sort(matching: "price") }
  }

  @Test func longValuesAreRefusedAndCut() {
    let long = String(repeating: "x", count: 5_000)
    #expect(throws: QueryError.tooLong(bytes: 5_000, limit: 4096)) {
      try parser.specialties(matching: long)
    }
    let text = "\(QueryError.unknownPlace(String(repeating: "y", count: 500), suggestions: []))"
    #expect(text.count < 300)
  }
}
