/// A practice's own word for a kind of visit or of room, such as `new-patient` or `exam`: 1 to 16
/// lower-case letters, digits and hyphens, a letter first and no hyphen last.
///
/// It ends slot ids and stands in schedule files, so it needs no quoting anywhere. It is two plain
/// words of memory: slots are copied by the thousand.
public struct ShortName: Hashable, Comparable, Sendable {
  public static let longest = 16

  /// ASCII, the first character in the highest byte, zeros after the last.
  private let head: UInt64
  private let tail: UInt64

  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    let hyphen = UInt8(ascii: "-")
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard let first = bytes.first, bytes.count <= Self.longest, letters.contains(first),
      bytes.last != hyphen,
      bytes.allSatisfy({ letters.contains($0) || digits.contains($0) || $0 == hyphen })
    else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    for (place, byte) in bytes.enumerated() {
      let shifted = UInt64(byte) << UInt64(56 - place % 8 * 8)
      if place < 8 { words.0 |= shifted } else { words.1 |= shifted }
    }
    (head, tail) = words
  }

  /// The characters' bytes.
  public var utf8: [UInt8] {
    [head, tail].flatMap { word in
      stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }.filter { $0 != 0 }
  }

  public static func < (a: ShortName, b: ShortName) -> Bool {
    (a.head, a.tail) < (b.head, b.tail)
  }
}

extension ShortName: CustomStringConvertible {
  public var description: String { String(decoding: utf8, as: UTF8.self) }
}
