import Testing

@testable import Privacy

@Suite struct PassphraseTests {
  static let cheap = PassphraseVerifier.Cost(rounds: 16, blockSize: 1, parallelism: 1)

  /// Worked out by Python's `hashlib.scrypt` with n=1024, r=8, p=2.
  @Test func agreesWithAnotherImplementation() throws {
    let verifier = try #require(
      PassphraseVerifier(
        """
        scrypt 1024 8 2 000102030405060708090a0b0c0d0e0f \
        e55f88c8d386ed574da9f13092eedf55136646ad12ae39ec500f211f6672e7d3
        """))
    #expect(try verifier.matches(Passphrase(typed: "correct horse battery")))
    #expect(try !verifier.matches(Passphrase(typed: "correct horse batterz")))
  }

  @Test func matchesWhatWasChosenAndNothingElse() throws {
    let chosen = try Passphrase(choosing: "Grüße aus Köln", for: "ann")
    let verifier = try PassphraseVerifier(chosen, cost: Self.cheap)
    let again = try #require(PassphraseVerifier(verifier.description))
    #expect(again == verifier)
    // The same letters, typed as letters and marks.
    #expect(try again.matches(Passphrase(typed: "Gru\u{308}ße aus Ko\u{308}ln")))
    #expect(try !again.matches(Passphrase(typed: "Grüße aus Köln ")))
    #expect(try !PassphraseVerifier.nobody(cost: Self.cheap).matches(chosen))
    #expect(try PassphraseVerifier(chosen, cost: Self.cheap).salt != verifier.salt)
    #expect(!"\(chosen) \(String(reflecting: chosen))".contains("Gr"))
  }

  @Test(arguments: [
    ("eleven char", PassphraseError.short(characters: 11)),
    ("aaaaaaaaaaaaaaaa", .fewCharacters(distinct: 1)),
    ("Mona.Lee.Smith", .isName),
    (String(repeating: "long and ", count: 200), .long(bytes: 1800)),
  ])
  func refusesWhatIsTooEasy(text: String, error: PassphraseError) {
    #expect(throws: error) { try Passphrase(choosing: text, for: "mona.lee.smith") }
  }
}
