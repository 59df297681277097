import Foundation
import Testing

@testable import ProviderDirectory

@Suite struct SpecialtyCatalogTests {
  let catalog: SpecialtyCatalog

  init() throws { catalog = try SpecialtyCatalog() }

  @Test func theTableHoldsTogether() throws {
    try catalog.verify(against: TaxonomyCatalog())
    #expect(catalog.concepts.count >= 150)
  }

  @Test(arguments: [
    ("heart doctor", "cardiology", false), ("Cardiologists", "cardiology", false),
    ("OB/GYN", "obgyn", false), ("ob-gyn", "obgyn", false), ("ENT", "otolaryngology", false),
    ("ear, nose & throat", "otolaryngology", false),
    ("kids' dentist", "pediatric-dentistry", false),
    ("women's health", "gynecology", false), ("allergies", "allergy", false),
    ("knee pain", "orthopedics", true), ("hearing aids", "hearing-aids", true),
    ("AIDS", "hiv-medicine", true), ("x-ray", "radiology", false),
    ("Crohn's disease", "gastroenterology", true), ("P.T.", "physical-therapy", false),
  ])
  func patientsWords(_ words: String, _ concept: String, _ isComplaint: Bool) throws {
    let mention = try #require(catalog.mention(words))
    #expect(mention.concept.id == concept)
    #expect(mention.isComplaint == isComplaint)
  }

  @Test func theLongestPhraseIsLast() {
    let words = PhraseText.words("eye doctor near me").map { PhraseWord($0) }
    #expect(catalog.mentions(atStartOf: words[...]).map(\.wordCount) == [1, 2])
    #expect(catalog.mentions(atStartOf: words[2...]).isEmpty)
  }

  @Test func whoTreatsChildren() throws {
    let dentist = try #require(catalog.concept(id: "dentistry"))
    #expect(catalog.childConcept(of: dentist)?.codes.first?.text == "1223P0221X")
    let podiatrist = try #require(catalog.concept(id: "podiatry"))
    #expect(catalog.childConcept(of: podiatrist) == nil)
  }

  @Test func thePublicVocabularyIsCovered() throws {
    guard let file = SharedVocabulary.file("consumer_specialty_labels.txt") else { return }
    for label in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      #expect(isKnown(String(label)), "\(label)")
    }
  }

  /// The label, or what stands before its parenthesis, or one side of its slash.
  private func isKnown(_ label: String) -> Bool {
    let plain = label.prefix { $0 != "(" }
    let sides = plain.split(separator: "/").map(String.init)
    return ([label, String(plain)] + sides).contains { catalog.mention($0) != nil }
  }

  @Test func aPhraseClaimedTwiceIsFound() throws {
    let table = "#concept\tname\twords\tcomplaints\tcodes\n"
    #expect(throws: TableError.self) {
      try Self.verify(
        table + "a\tA\theart doctor\t\t207RC0000X\nb\tB\theart doctors\t\t207N00000X\n")
    }
    #expect(throws: TableError.self) { try Self.verify(table + "a\tA\theart\t\t207RC9999X\n") }
    #expect(throws: TableError.self) { try Self.verify(table + "a\tA\tHeart\t\t207RC0000X\n") }
    #expect(throws: TableError.self) { try Self.verify(table + "a\tA\theart\t\t\n") }
    #expect(throws: TableError.self) { try Self.verify(table + "a\tA\theart\t\t103GC0700X\n") }
    try Self.verify(table + "a\tA\theart\tchest pain\t207RC0000X\n")
  }

  private static func verify(_ table: String) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("nearcare-\(ProcessInfo.processInfo.globallyUniqueString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(table.utf8).write(to: folder.appendingPathComponent("specialties.tsv"))
    try SpecialtyCatalog(directory: folder.path).verify(against: TaxonomyCatalog())
  }
}

/// The vocabulary lists beside the repository.
enum SharedVocabulary {
  static func file(_ name: String) -> URL? {
    let shared =
      ProcessInfo.processInfo.environment["NEARCARE_SHARED"].map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../shared").standardizedFileURL
    let file = shared.appendingPathComponent("data/vocab/\(name)")
    if FileManager.default.fileExists(atPath: file.path) { return file }
    print("SKIPPED (needs ../shared): \(name)")
    return nil
  }
}
