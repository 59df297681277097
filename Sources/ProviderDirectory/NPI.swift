/// A National Provider Identifier: ten digits, the first 1 or 2, the last a Luhn check digit over
/// `80840` + NPI (45 CFR 162.406; CMS, "Requirements for NPI and NPI Check Digit").
public struct NPI: Hashable, Comparable, Sendable {
  public let number: Int64

  /// Nil unless `number` has ten digits, starts with 1 or 2, and its check digit agrees.
  public init?(_ number: Int64) {
    guard (1_000_000_000...2_999_999_999).contains(number) else { return nil }
    // 24 is the Luhn sum that the constant prefix 80840 contributes.
    var sum: Int64 = 24
    var rest = number
    var doubled = false
    while rest > 0 {
      var digit = rest % 10
      if doubled {
        digit *= 2
        if digit > 9 { digit -= 9 }
      }
      sum += digit
      doubled.toggle()
      rest /= 10
    }
    guard sum % 10 == 0 else { return nil }
    self.number = number
  }

  public static func < (a: NPI, b: NPI) -> Bool { a.number < b.number }
}

extension NPI: CustomStringConvertible {
  public var description: String { String(number) }
}
