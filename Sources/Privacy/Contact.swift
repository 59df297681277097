/// Why a text is not an e-mail address or a telephone number. The message does not repeat the text,
/// which may be a patient's.
public struct ContactError: Error, Hashable, Sendable, CustomStringConvertible {
  public let field: String
  public let problem: String

  public var description: String { "\(field): \(problem)" }
}

/// An e-mail address in the one spelling under which it is looked up: trimmed and in lower case.
///
/// RFC 5321 lets a host tell `Ann` from `ann`; no large one does, and people type either, so both
/// parts are lower-cased. Quoted local parts, comments, address literals and non-ASCII addresses
/// are refused.
public struct EmailAddress: Hashable, Sendable {
  public let text: String

  public init(_ input: String) throws(ContactError) {
    func problem(_ text: String) -> ContactError { ContactError(field: "e-mail", problem: text) }
    let bytes = Array(input.utf8).trimmingSpaces().map(\.loweredASCII)
    guard !bytes.isEmpty else { throw problem("it is empty; write it as name@example.org") }
    let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw problem("it needs exactly one @, and has \(parts.count - 1)")
    }
    // Limits: RFC 5321, section 4.5.3.1.
    guard (1...64).contains(parts[0].count) else {
      throw problem("the part before @ has \(parts[0].count) characters; 1 to 64 are allowed")
    }
    guard (1...255).contains(parts[1].count) else {
      throw problem("the part after @ has \(parts[1].count) characters; 1 to 255 are allowed")
    }
    guard Self.isDotted(parts[0], allowing: { $0.isLetterOrDigit || Self.symbols.contains($0) })
    else { throw problem("the part before @ has a character or a dot where none may stand") }
    let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.count >= 2, labels.allSatisfy(Self.isHostLabel) else {
      throw problem("the part after @ is not a domain such as example.org")
    }
    text = String(decoding: bytes, as: UTF8.self)
  }

  private static let symbols = Set("!#$%&'*+/=?^_`{|}~-".utf8)

  private static func isDotted(_ part: ArraySlice<UInt8>, allowing: (UInt8) -> Bool) -> Bool {
    part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && $0.allSatisfy(allowing) }
  }

  private static func isHostLabel(_ label: ArraySlice<UInt8>) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
      && label.allSatisfy { $0.isLetterOrDigit || $0 == hyphen }
  }
}

/// A telephone number of the North American Numbering Plan, `+1` and ten digits.
public struct PhoneNumber: Hashable, Sendable {
  /// E.164, for example `+12125550123`.
  public let text: String

  /// Takes the usual spellings, `(212) 555-0123`, `212.555.0123`, `+1 212 555 0123`.
  public init(_ input: String) throws(ContactError) {
    func problem(_ text: String) -> ContactError { ContactError(field: "phone", problem: text) }
    var digits: [UInt8] = []
    let bytes = Array(input.utf8).trimmingSpaces()
    for (position, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte)
      case UInt8(ascii: "+") where position == 0: break
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("),
        UInt8(ascii: ")"):
        break
      default: throw problem("only digits, spaces and + ( ) - . may stand in it")
      }
    }
    let isInternational = bytes.first == UInt8(ascii: "+")
    if isInternational && digits.first != UInt8(ascii: "1") {
      throw problem("only numbers with country code +1 can be used")
    }
    if digits.count == 11 && digits[0] == UInt8(ascii: "1") {
      digits.removeFirst()
    } else if isInternational || digits.count != 10 {
      throw problem("it has \(digits.count) digits; ten are needed, or +1 and ten")
    }
    // Area code and exchange: first digit 2–9, and not N11 (NANPA, numbering plan).
    for code in [digits[0..<3], digits[3..<6]] {
      let isService = code.dropFirst().allSatisfy { $0 == UInt8(ascii: "1") }
      guard code.first! >= UInt8(ascii: "2"), !isService else {
        throw problem("no area code or exchange starts with 0 or 1 or ends with 11")
      }
    }
    text = "+1" + String(decoding: digits, as: UTF8.self)
  }
}

extension [UInt8] {
  fileprivate func trimmingSpaces() -> [UInt8] {
    let space = Set(" \t\r\n".utf8)
    guard let first = firstIndex(where: { !space.contains($0) }),
      let last = lastIndex(where: { !space.contains($0) })
    else { return [] }
    return Array(self[first...last])
  }
}

extension UInt8 {
  fileprivate var loweredASCII: UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self + 32 : self
  }

  fileprivate var isLetterOrDigit: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(loweredASCII)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
  }
}
