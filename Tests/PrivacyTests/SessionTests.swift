import Foundation
import Privacy
import Testing

@Suite struct SessionTests {
  @Test func aTokenReadsBackFromItsText() throws {
    let token = SessionToken.random(.system)
    let again = try #require(SessionToken(token.text))
    #expect(token == again)
    #expect(token.hash == again.hash)
    #expect(token.hash.count == 32)
    #expect(token != .random(.system))
    #expect(SessionToken.random(seeded(3)) == .random(seeded(3)))
  }

  /// SHA-256 of 32 zero bytes, a published value.
  @Test func theHashIsSHA256OfTheBytes() throws {
    let token = try #require(SessionToken(String(repeating: "0", count: 64)))
    #expect(
      hexadecimal(token.hash) == "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")
  }

  @Test(arguments: [
    "", "0", String(repeating: "0", count: 63), String(repeating: "0", count: 65),
    String(repeating: "A", count: 64), String(repeating: "g", count: 64),
    String(repeating: "é", count: 32), " " + String(repeating: "0", count: 63),
  ])
  func whatIsNoTokenIsNotRead(text: String) {
    #expect(SessionToken(text) == nil)
  }

  @Test func printingATokenWithholdsIt() {
    let token = SessionToken.random(.system)
    var dumped = ""
    dump(token, to: &dumped)
    for text in ["\(token)", String(reflecting: token), dumped] {
      #expect(!text.contains(token.text.prefix(8)))
      #expect(!text.contains("[\(UInt8(token.text.prefix(2), radix: 16)!)"))
    }
  }

  @Test func theFileKeepsReplacesAndForgets() throws {
    try withFolder { folder in
      let file = SessionFile(path: "\(folder)/session")
      #expect(try file.read() == nil)
      try file.remove()
      let first = SessionToken.random(.system)
      try file.write(first)
      #expect(try file.read() == first)
      #expect(try mode(of: file.path) == 0o600)
      let second = SessionToken.random(.system)
      try file.write(second)
      #expect(try file.read() == second)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["session"])
      try file.remove()
      #expect(try file.read() == nil)
    }
  }

  @Test func aLooseOrDamagedFileIsRefused() throws {
    try withFolder { folder in
      let file = SessionFile(path: "\(folder)/session")
      let token = SessionToken.random(.system)
      try file.write(token)
      try setMode(0o644, of: file.path)
      #expect(throws: PrivateFileError.looseMode(path: file.path, mode: 0o644)) {
        try file.read()
      }
      try setMode(0o600, of: file.path)
      for text in ["", token.text, "\(token.text)\n\n", "x\n", "\(token.text) \n"] {
        try overwrite(file.path, with: Array(text.utf8))
        let error = try #require(throws: PrivateFileError.self) { try file.read() }
        guard case .damaged(file.path, let detail) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(detail.contains("sign in again"))
        #expect(text.count < 60 || !"\(error)".contains(token.text))
      }
    }
  }
}
