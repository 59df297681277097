import Testing

@testable import Privacy

@Suite struct OneTimeSecretTests {
  /// The secret of the RFCs' appendices.
  let secret = OneTimeSecret(bytes: Array("12345678901234567890".utf8))

  /// RFC 6238, appendix B, the rows of SHA-1, without their first two digits.
  @Test(arguments: [
    (Int64(59), "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
    (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130"),
  ])
  func codesOfRFC6238(seconds: Int64, code: String) {
    #expect(secret.code(at: seconds) == code)
  }

  /// RFC 4226, appendix D.
  @Test func truncationOfRFC4226() {
    let expected: [UInt32] = [
      1_284_755_224, 1_094_287_082, 137_359_152, 1_726_969_429, 1_640_338_314, 868_254_676,
      1_918_287_922, 82_162_583, 673_399_871, 645_520_489,
    ]
    #expect((0..<10).map { secret.truncated(Int64($0)) } == expected)
  }

  @Test func aCodeIsGoodForItsStepAndTheNeighboursAndOnce() {
    let now: Int64 = 1_234_567_890
    let step = now / 30
    for (drift, isTaken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
      let code = secret.code(at: now + Int64(drift) * 30)
      let found = secret.step(of: code, at: now, after: 0)
      #expect(found == (isTaken ? step + Int64(drift) : nil))
    }
    let code = secret.code(at: now)
    #expect(secret.step(of: code, at: now, after: step) == nil, "used before")
    #expect(secret.step(of: code, at: now, after: step - 1) == step)
    for wrong in ["", "00592", "0059240", "5924", "abcdef", "００５９２４"] {
      #expect(secret.step(of: wrong, at: now, after: 0) == nil, "\(wrong)")
    }
  }

  @Test func textIsBase32() throws {
    #expect(secret.text == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    #expect(try #require(OneTimeSecret(secret.text)).bytes == secret.bytes)
    for damaged in ["", "GEZD", secret.text.lowercased(), secret.text + "A", "1" + secret.text] {
      #expect(OneTimeSecret(damaged) == nil)
    }
    #expect(!"\(secret) \(String(reflecting: secret))".contains("GEZD"))
  }
}
