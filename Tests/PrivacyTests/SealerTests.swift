import Privacy
import Testing

@Suite struct SealerTests {
  private let key = SealingKey.random(seeded(1))

  private func sealer(_ seed: UInt64 = 2) -> Sealer { Sealer(key: key, random: seeded(seed)) }

  @Test(arguments: ["", "Ann", "Ñandú 李雷 \u{1F642}", "a\0b", String(repeating: "x", count: 70_000)])
  func whatIsSealedOpensAgain(text: String) throws {
    let sealed = try sealer().seal(text, table: "patient", row: "17", column: "name")
    #expect(sealed.count == text.utf8.count + Sealer.overheadBytes)
    #expect(try sealer().open(sealed, table: "patient", row: "17", column: "name") == text)
  }

  @Test func theSameTextNeverSealsTwiceTheSame() throws {
    let sealer = Sealer(key: key)
    let sealed = try (0..<200).map { _ in
      try sealer.seal("Ann", table: "patient", row: "17", column: "name")
    }
    #expect(Set(sealed).count == 200)
  }

  @Test func theTextDoesNotStandInTheCiphertext() throws {
    let sealed = try sealer().seal(
      "ann@example.org", table: "patient", row: "17", column: "email")
    #expect(!String(decoding: sealed, as: UTF8.self).contains("ann"))
  }

  /// Includes splits that only lengths tell apart: `ab`+`c` and `a`+`bc`.
  @Test func aValueOpensNowhereElse() throws {
    let cells = [
      ("patient", "17", "name"), ("patient", "18", "name"), ("patient", "17", "email"),
      ("visit", "17", "name"), ("patient", "1", "7name"), ("patient1", "7", "name"),
      ("patien", "t17", "name"), ("patient", "17name", ""), ("", "patient17", "name"),
    ]
    for home in cells {
      let sealed = try sealer().seal("Ann", table: home.0, row: home.1, column: home.2)
      for place in cells {
        if place == home {
          #expect(
            try sealer().open(sealed, table: place.0, row: place.1, column: place.2) == "Ann")
        } else {
          let expected = SealingError.tampered(table: place.0, row: place.1, column: place.2)
          #expect(throws: expected) {
            try sealer().open(sealed, table: place.0, row: place.1, column: place.2)
          }
        }
      }
    }
  }

  @Test func everyFlippedBitIsRefused() throws {
    let sealed = try sealer().seal("Ann Lee", table: "patient", row: "17", column: "name")
    for bit in 0..<(sealed.count * 8) {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      let error = #expect(throws: SealingError.self) {
        try sealer().open(changed, table: "patient", row: "17", column: "name")
      }
      switch (bit / 8, error) {
      case (0, .unsupportedVersion), (1...8, .wrongKey): break
      case (9..., .tampered("patient", "17", "name")): break
      default: Issue.record("bit \(bit): \(error.map(String.init(describing:)) ?? "opened")")
      }
    }
  }

  @Test func everyShorterAndLongerValueIsRefused() throws {
    let sealed = try sealer().seal("Ann Lee", table: "patient", row: "17", column: "name")
    for count in 0..<sealed.count {
      let expected: SealingError =
        count < Sealer.overheadBytes
        ? .truncated(byteCount: count) : .tampered(table: "patient", row: "17", column: "name")
      #expect(throws: expected) {
        try sealer().open(
          Array(sealed[..<count]), table: "patient", row: "17", column: "name")
      }
    }
    #expect(throws: SealingError.self) {
      try sealer().open(sealed + [0], table: "patient", row: "17", column: "name")
    }
  }

  @Test func anotherKeyIsNamed() throws {
    let sealed = try sealer().seal("Ann", table: "patient", row: "17", column: "name")
    let other = SealingKey.random(seeded(99))
    let error = #expect(throws: SealingError.self) {
      try Sealer(key: other).open(sealed, table: "patient", row: "17", column: "name")
    }
    #expect(error == .wrongKey(sealedUnder: key.id, have: other.id))
    #expect(error?.description.contains(key.id.description) == true)
  }

  /// The stored form is a contract: values of today open tomorrow. Computed outside this program
  /// from the same bytes, with HKDF over Python's hmac, OpenSSL's AES block and GCM's own
  /// arithmetic.
  @Test func theStoredFormStaysAsItIs() throws {
    let sealer = Sealer(key: .random(counting), random: counting)
    let sealed = try sealer.seal("Ann Lee", table: "patient", row: "17", column: "name")
    let header = "010001020304050607"
    let nonce = "000102030405060708090a0b"
    #expect(
      hexadecimal(sealed) == header + nonce + "f91a00354c51ef" + "ed2cde5359e25acf8842afc7c072639c")
  }

  @Test func equalBytesAreEqual() {
    #expect(constantTimeEqual([], []))
    #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
    #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
    #expect(!constantTimeEqual([0, 2, 3], [1, 2, 3]))
    #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
  }
}
