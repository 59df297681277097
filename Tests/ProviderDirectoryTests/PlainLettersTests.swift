import Foundation
import ProviderDirectory
import Testing

@Suite struct PlainLettersTests {
  /// Whatever Unicode decomposes into a Latin letter and marks is that letter.
  @Test func lettersThatDecomposeLoseTheirMarks() {
    var count = 0
    for value in UInt32(0x80)...0x2FFF {
      guard let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic else { continue }
      let parts = Array(String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars)
      guard scalar.properties.name?.hasPrefix("LATIN") == true, parts.count > 1,
        let base = parts.first, base.isASCII, base.properties.isAlphabetic
      else { continue }
      count += 1
      #expect(PlainLetters.folded(scalar) == String(base).lowercased(), "\(scalar)")
    }
    #expect(count >= 488)
  }

  @Test(arguments: [
    ("đ", "d"), ("Đ", "d"), ("ø", "o"), ("Ł", "l"), ("ß", "ss"), ("Æ", "ae"), ("œ", "oe"),
    ("Þ", "th"), ("ð", "d"), ("ħ", "h"), ("ı", "i"), ("ș", "s"), ("ễ", "e"), ("ầ", "a"), ("ơ", "o"),
    ("ǽ", "ae"), ("İ", "i"),
  ])
  func lettersThatDoNot(_ letter: String, _ plain: String) throws {
    #expect(PlainLetters.folded(try #require(letter.unicodeScalars.first)) == plain)
  }

  @Test func nothingElseIsFolded() {
    for text in "az09 AZ'-*×÷αж日\u{0301}" {
      for scalar in text.unicodeScalars { #expect(PlainLetters.folded(scalar) == nil) }
    }
    #expect(PhraseText.words("Nguyễn Đức Ștefan") == ["nguyen", "duc", "stefan"])
  }
}
