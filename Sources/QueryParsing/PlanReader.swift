/// Finds plan ids: fourteen characters of a HIOS plan (`38344AK0570001`), with or without the two
/// digits of its variant, and Medicare's contract and plan (`H1234-001`).
struct PlanReader {
  let tokens: [QueryToken]

  func add(startingIn starts: Range<Int>, to readings: inout Readings) {
    for start in starts {
      if let numeral = tokens[start].numeral, Self.isHIOS(numeral) {
        readings.add(start..<start + 1, .plan(id: numeral.uppercased()), Preference.term)
      } else if let id = medicare(start) {
        readings.add(start..<start + 2, .plan(id: id), Preference.term)
      }
    }
  }

  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

  private static func isHIOS(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 14, bytes[..<5].allSatisfy(digits.contains),
      bytes[5..<7].allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }),
      bytes[7..<14].allSatisfy(digits.contains)
    else { return false }
    let variant = bytes[14...].drop { $0 == UInt8(ascii: "-") }
    return bytes.count == 14
      || bytes.count <= 17 && variant.count == 2 && variant.allSatisfy(digits.contains)
  }

  private func medicare(_ start: Int) -> String? {
    guard tokens.indices.contains(start + 1), tokens[start + 1].joint != nil else { return nil }
    let (contract, plan) = (tokens[start].text, tokens[start + 1].text)
    guard contract.utf8.count == 5, let kind = contract.uppercased().utf8.first,
      "HRSE".utf8.contains(kind), contract.utf8.dropFirst().allSatisfy(Self.digits.contains),
      plan.utf8.count == 3, plan.utf8.allSatisfy(Self.digits.contains)
    else { return nil }
    return "\(contract.uppercased())-\(plan)"
  }
}
