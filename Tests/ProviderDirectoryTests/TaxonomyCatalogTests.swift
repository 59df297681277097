import Foundation
import ProviderDirectory
import TestSupport
import Testing

@Suite struct TaxonomyCatalogTests {
  let catalog: TaxonomyCatalog

  init() throws { catalog = try TaxonomyCatalog() }

  private func code(_ text: String) throws -> TaxonomyCode { try #require(TaxonomyCode(text)) }

  @Test func namesACode() throws {
    let cardiology = try #require(catalog.entry(code("207RC0000X")))
    #expect(cardiology.name == "Cardiovascular Disease Physician")
    #expect(cardiology.grouping == "Allopathic & Osteopathic Physicians")
    #expect(cardiology.classification == "Internal Medicine")
    #expect(cardiology.specialization == "Cardiovascular Disease")
    #expect(cardiology.kind == .individual)
    #expect(cardiology.isActive)
    #expect(try catalog.name(of: code("208000000X")) == "Pediatrics Physician")
  }

  @Test func tellsOrganizationsAndInactiveCodes() throws {
    #expect(try catalog.entry(code("282N00000X"))?.kind == .organization)
    #expect(try catalog.entry(code("193200000X"))?.kind == .organization)
    #expect(try catalog.entry(code("103GC0700X"))?.isActive == false)
  }

  @Test func knowsOnlyItsOwnCodes() throws {
    #expect(try !catalog.contains(code("0000000000".dropLast() + "X")))
    #expect(try catalog.name(of: code("ZZZZZZZZZX")) == nil)
    #expect(try catalog.contains(code("101200000X")))
  }

  @Test func listsACodesSubspecialties() throws {
    let internists = catalog.entries(withPrefix: "207R")
    #expect(internists.allSatisfy { $0.classification == "Internal Medicine" })
    #expect(internists.contains { $0.code.text == "207RC0000X" })
    #expect(internists.map(\.code) == internists.map(\.code).sorted())
    #expect(catalog.entries(withPrefix: "").count == 883)
  }

  static let source = "data/nucc/nucc_taxonomy_251.csv"

  /// Every code of the code set as published is there, and no other.
  @Test(.enabled(if: SharedFiles.have(source)))
  func holdsEveryCodeAsPublished() throws {
    let text = try String(contentsOf: SharedFiles.url(Self.source), encoding: .utf8)
    let published = Set(
      text.split(whereSeparator: \.isNewline).compactMap { line in
        TaxonomyCode(line.prefix(10))
      })
    #expect(Set(catalog.allEntries.map(\.code)) == published)
  }
}
