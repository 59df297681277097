/// The one table of what each term of a document means. No prefix begins another one.
enum TermPrefix: String, CaseIterable {
  /// NUCC taxonomy code.
  case specialty = "XS"
  /// Insurer or brand id, parents included.
  case insurer = "XI"
  /// Plan id as filed.
  case plan = "XP"
  /// Geohash of the site, at `geohashPrecisions`.
  case geohash = "XG"
  /// `VisitType` that the schedule offers.
  case visitType = "XV"
  /// ISO 639-1 code.
  case language = "XL"
  case gender = "XX"
  /// `NewPatients` as the newest source has it; every document has one.
  case newPatients = "XA"
  /// USPS code of the site's state.
  case state = "XU"
  /// USPS code of a state of whose licence the registry knows, or `noLicence`; each document has
  /// one at least.
  case licence = "XJ"
  /// Whether a schedule is on file: the one term `bookable`.
  case bookable = "XB"
  /// A word of the practitioner's or organization's name, folded by `NameWords`.
  case nameWord = "XN"

  /// Characters of the geohashes that documents carry as terms.
  static let geohashPrecisions = 3...6

  static let bookableTerm = "1"
  static let noLicence = "none"

  /// Xapian refuses terms over 245 bytes, in which a zero byte counts twice.
  static let longestText = 120

  /// Appends the term. A text too long for one keeps its beginning and a hash of the whole, so that
  /// different texts stay different terms.
  func appendTerm(_ text: some Collection<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: rawValue.utf8)
    if text.count <= Self.longestText {
      bytes.append(contentsOf: text)
    } else {
      bytes.append(contentsOf: text.prefix(Self.longestText - 17))
      bytes.append(UInt8(ascii: "~"))
      bytes.append(contentsOf: String(fnv1a(text), radix: 16).utf8)
    }
  }
}

/// Fowler–Noll–Vo 1a, 64 bits.
func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  return hash
}
