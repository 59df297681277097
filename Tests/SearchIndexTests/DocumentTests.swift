import CivilTime
import ProviderDirectory
import TestSupport
import Testing

@testable import SearchIndex

@Suite struct RoleRecordTests {
  static func encoded(_ role: PractitionerRole) -> [UInt8] {
    var bytes: [UInt8] = []
    RoleRecord.encode(role, feed: role.source == nil ? 0 : 5, into: &bytes)
    return bytes
  }

  static func decoded(_ bytes: [UInt8]) -> Result<PractitionerRole, RecordError> {
    Array(bytes).withUnsafeBytes { bytes in
      Result { () throws(RecordError) in
        try RoleRecord.decode(bytes) { (ordinal) throws(RecordError) in
          guard ordinal == 5 else { throw .malformed("feed") }
          return "week.csv"
        }
      }
    }
  }

  @Test func everyRoleComesBackEqual() {
    var made = MadeUpRoles(seed: 1)
    for _ in 0..<2000 {
      var role = made.role()
      role.site.addressLine2 = String(
        repeating: "x", count: .random(in: 0...300, using: &made.generator))
      role.source?.feed = "week.csv"
      #expect(Self.decoded(Self.encoded(role)) == .success(role))
    }
  }

  @Test func everyCutRecordIsRefused() {
    var made = MadeUpRoles(seed: 2)
    for _ in 0..<50 {
      let bytes = Self.encoded(made.role())
      for length in bytes.indices {
        #expect(throws: RecordError.self) { try Self.decoded(Array(bytes[..<length])).get() }
      }
      #expect(Self.decoded(bytes + [0]) == .failure(.malformed("end of record")))
    }
  }

  @Test func anotherVersionIsNamed() {
    var made = MadeUpRoles(seed: 3)
    var bytes = Self.encoded(made.role())
    bytes[0] = 1
    #expect(Self.decoded(bytes) == .failure(.unknownVersion(1)))
  }

  /// Whatever the bytes, an answer and no trap.
  @Test func damagedRecordsNeverTrap() {
    var made = MadeUpRoles(seed: 4)
    var refused = 0
    for _ in 0..<20_000 {
      var bytes = Self.encoded(made.role())
      for _ in 0..<3 {
        bytes[.random(in: bytes.indices, using: &made.generator)] = .random(
          in: 0...255, using: &made.generator)
      }
      if case .failure = Self.decoded(bytes) { refused += 1 }
    }
    #expect(refused > 5000)
  }
}

@Suite struct NameWordsTests {
  @Test(
    arguments: [
      ("SMITH", ["smith"]), ("O'Brien", ["obrien", "o", "brien"]),
      ("O\u{2019}Brien", ["obrien", "o", "brien"]), ("D`Angelo", ["dangelo", "d", "angelo"]),
      ("Smith-Jones", ["smithjones", "smith", "jones"]), ("Núñez", ["nunez"]),
      ("Nu\u{301}n\u{303}ez", ["nunez"]), ("ŁUKASZ Øst", ["lukasz", "ost"]),
      ("Weiß Æther", ["weiss", "aether"]), ("İbrahim", ["ibrahim"]),
      ("J.R. Ewing", ["jr", "ewing"]),
      ("St. Mary's Clinic, Inc.", ["st", "marys", "mary", "s", "clinic", "inc"]),
      ("3M-Care", ["3mcare", "3m", "care"]), ("---", []), ("", []), ("  a  ", ["a"]),
      ("Иванов", ["иванов"]),
    ] as [(String, [String])])
  func aNameIsFoundUnderItsWords(name: String, terms: [String]) {
    let words = NameWords.words(of: name).flatMap(\.terms)
    #expect(words.map { String(decoding: $0, as: UTF8.self) } == terms)
  }
}

@Suite struct TermPrefixTests {
  @Test func noPrefixBeginsAnother() {
    for first in TermPrefix.allCases {
      for second in TermPrefix.allCases where first != second {
        #expect(!second.rawValue.hasPrefix(first.rawValue))
      }
    }
  }

  @Test func longTextsAreCutAndStayDifferent() {
    let long = String(repeating: "x", count: 300)
    var terms = TermList()
    for text in [long, long + "y", String(long.dropLast(200))] { terms.append(.plan, text) }
    #expect(Set(terms.terms).count == 3)
    #expect(terms.terms.allSatisfy { $0.count <= TermPrefix.longestText + 2 })
    #expect(terms.terms[2] == Array(("XP" + String(repeating: "x", count: 100)).utf8))
  }
}
