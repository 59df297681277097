import Geospatial

/// Puts a practice address on the map: the ZIP decides; where the gazetteer lacks the ZIP, or has
/// it in another state than the row says, the city and state decide.
///
/// ZIPs come as five or nine digits, with or without a hyphen. Spreadsheets drop leading zeros:
/// three, four, seven or eight digits are padded, but only where the padded ZIP lies in the row's
/// state. Not Sendable: it keeps the ZIPs it has seen.
public final class SiteLocator {
  struct Location {
    var zip: String
    var state: String
    var coordinate: Coordinate
    var timeZone: String
  }

  /// Which part of the address no place could be found for, and why.
  struct Fault: Error {
    enum Part { case country, state, zip }
    var part: Part
    var reason: String
  }

  /// Country codes under which NPPES files addresses that USPS serves.
  private static let servedCountries: Set<String> = [
    "", "US", "USA", "PR", "VI", "GU", "AS", "MP", "UM", "FM", "MH", "PW",
  ]

  private let gazetteer: Gazetteer
  private var zips: [String: ZipEntry?] = [:]
  private var states: [String: String?] = [:]

  public init(_ gazetteer: Gazetteer) { self.gazetteer = gazetteer }

  func locate(
    zip: RawField, city: String, state: String, country: RawField?
  ) throws(Fault) -> Location {
    if let country, !Self.servedCountries.contains(country.text.uppercased()) {
      throw Fault(part: .country, reason: "\(country.text): the site is outside the United States")
    }
    guard let state = stateCode(state) else {
      throw Fault(part: .state, reason: "\"\(state)\" is no state or territory of the US")
    }
    let full = try Self.fullZIP(zip)
    let five = String(full.text.prefix(5))
    let entry = entry(five)
    if let entry, entry.state == state {
      return Location(
        zip: full.text, state: state, coordinate: entry.coordinate, timeZone: entry.zoneName)
    }
    if full.isPadded {
      throw Fault(
        part: .zip,
        reason: "\"\(zip.text)\" lost a digit, and \(five) is not in \(state)")
    }
    if let place = gazetteer.city(named: city, state: state) {
      return Location(
        zip: full.text, state: state, coordinate: place.coordinate, timeZone: place.zoneName)
    }
    let known = entry.map { "lies in \($0.state), not in \(state)" } ?? "is in no table"
    throw Fault(part: .zip, reason: "\(five) \(known), and \(city), \(state) is not known either")
  }

  private func entry(_ five: String) -> ZipEntry? {
    if let entry = zips[five] { return entry }
    let entry = gazetteer.zip(five)
    zips[five] = .some(entry)
    return entry
  }

  private func stateCode(_ text: String) -> String? {
    if let code = states[text] { return code }
    let code = gazetteer.state(named: text)?.code
    states[text] = .some(code)
    return code
  }

  /// Five or nine digits.
  private static func fullZIP(
    _ field: RawField
  ) throws(Fault) -> (text: String, isPadded: Bool) {
    let bytes = field.trimmed
    let digits = field.digits
    let isClean = bytes.allSatisfy {
      RawField.digit($0) != nil || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: " ")
        || $0 == UInt8(ascii: ".")
    }
    if isClean {
      switch digits.utf8.count {
      case 5, 9: return (digits, false)
      case 4, 8: return ("0" + digits, true)
      case 3, 7: return ("00" + digits, true)
      default: break
      }
    }
    throw Fault(part: .zip, reason: "\"\(field.text)\" is neither five nor nine digits")
  }
}
