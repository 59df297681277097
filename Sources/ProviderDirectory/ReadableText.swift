/// Files shout; people read mixed case.
public enum ReadableText {
  /// Capitalizes words in capitals. Text that has a small letter already is left alone, and so are
  /// compass points and numerals.
  public static func mixedCase(_ text: String) -> String {
    guard !text.contains(where: \.isLowercase) else { return text }
    return text.split(separator: " ", omittingEmptySubsequences: false)
      .map { keptInCapitals.contains(String($0)) ? String($0) : capitalized($0) }
      .joined(separator: " ")
  }

  private static let keptInCapitals: Set = [
    "NE", "NW", "SE", "SW", "PO", "II", "III", "IV", "VI", "VII", "VIII", "US",
  ]

  private static func capitalized(_ word: Substring) -> String {
    var result = ""
    var startsPart = true
    for character in word {
      result += startsPart ? character.uppercased() : character.lowercased()
      startsPart = !(character.isLetter || character.isNumber)
    }
    return result
  }

  /// `10001` or `10001-1234`.
  public static func zip(_ digits: String) -> String {
    digits.count == 9 ? "\(digits.prefix(5))-\(digits.suffix(4))" : digits
  }

  /// `(212) 555-0100` for ten digits, else as it is.
  public static func phone(_ digits: String) -> String {
    guard digits.count == 10 else { return digits }
    return "(\(digits.prefix(3))) \(digits.dropFirst(3).prefix(3))-\(digits.suffix(4))"
  }
}

extension ProviderName {
  /// `Ana Ruiz, MD` or `Made Up Clinic`.
  public var readable: String {
    switch self {
    case .organization(let legalName): return ReadableText.mixedCase(legalName)
    case .person(let first, let middle, let last, let suffix, let credential):
      let spelled = [first, middle, last, suffix].filter { !$0.isEmpty }
        .map(ReadableText.mixedCase).joined(separator: " ")
      return credential.isEmpty ? spelled : "\(spelled), \(credential)"
    }
  }
}

extension PracticeSite {
  /// `1 Made Up Plaza, Ste 4, Anchorage, AK 99501`.
  public var readableAddress: String {
    let street = [addressLine1, addressLine2, city].filter { !$0.isEmpty }
      .map(ReadableText.mixedCase)
    return (street + ["\(state) \(ReadableText.zip(zip))"]).joined(separator: ", ")
  }
}
