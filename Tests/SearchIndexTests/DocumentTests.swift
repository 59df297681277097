import CivilTime
import ProviderDirectory
import TestSupport
import Testing

@testable import SearchIndex

@Suite struct RoleRecordTests {
  /// A role's record, and what its ordinals stand for: the place of each text in `texts`.
  struct Encoded {
    let role: PractitionerRole
    var bytes: [UInt8] = []
    var texts: [String] = []

    init(_ role: PractitionerRole) {
      self.role = role
      RoleRecord.encode(role, into: &bytes, texts: &texts)
      if let source = role.source { texts.append(source.feed) }
      var writer = RecordWriter(bytes: bytes)
      for ordinal in texts.indices { writer.count(ordinal) }
      bytes = writer.bytes
    }

    func decoded(_ bytes: some Sequence<UInt8>) -> Result<PractitionerRole, RecordError> {
      Array(bytes).withUnsafeBytes { bytes in
        Result { () throws(RecordError) in
          try RoleRecord.decode(bytes, role.id, at: role.site.coordinate) {
            (ordinal) throws(RecordError) in
            guard ordinal < texts.count else { throw .malformed("text") }
            return texts[Int(ordinal)]
          }
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
      let encoded = Encoded(role)
      #expect(encoded.decoded(encoded.bytes) == .success(role))
    }
  }

  @Test(
    arguments: [
      "", "0", "00501", "00501000", "123456789", "0000000000", "9999999999", "99999999999",
      "12345678901234567890", "1234-5678", "٣", "N/A",
    ])
  func digitsComeBackWithTheirZeros(text: String) {
    var made = MadeUpRoles(seed: 5)
    var role = made.role()
    (role.site.zip, role.site.phone) = (text, text)
    let encoded = Encoded(role)
    #expect(encoded.decoded(encoded.bytes) == .success(role))
  }

  @Test(arguments: [Int32.min, -719_528, -1, 0, 1, 20_780, .max])
  func daysComeBack(day: Int32) {
    var made = MadeUpRoles(seed: 6)
    var role = made.role()
    role.source = RoleSource(feed: "week.csv", updated: CivilDate(daysSinceEpoch: day))
    let encoded = Encoded(role)
    #expect(encoded.decoded(encoded.bytes) == .success(role))
  }

  @Test func everyCutRecordIsRefused() {
    var made = MadeUpRoles(seed: 2)
    for _ in 0..<50 {
      let encoded = Encoded(made.role())
      for length in encoded.bytes.indices {
        #expect(throws: RecordError.self) {
          try encoded.decoded(encoded.bytes[..<length]).get()
        }
      }
      #expect(encoded.decoded(encoded.bytes + [0]) == .failure(.malformed("end of record")))
    }
  }

  @Test func anotherVersionIsNamed() {
    var made = MadeUpRoles(seed: 3)
    let encoded = Encoded(made.role())
    #expect(encoded.decoded([1] + encoded.bytes.dropFirst()) == .failure(.unknownVersion(1)))
  }

  /// Whatever the bytes, an answer and no trap.
  @Test func damagedRecordsNeverTrap() {
    var made = MadeUpRoles(seed: 4)
    var refused = 0
    for _ in 0..<20_000 {
      let encoded = Encoded(made.role())
      var bytes = encoded.bytes
      for _ in 0..<3 {
        bytes[.random(in: bytes.indices, using: &made.generator)] = .random(
          in: 0...255, using: &made.generator)
      }
      if case .failure = encoded.decoded(bytes) { refused += 1 }
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
