/// Names one practitioner (or organization) at one practice site, the unit that is indexed,
/// scheduled and booked.
///
/// The site part is a hash of the normalized address, so an id does not depend on file order and
/// stays the same from one reindex to the next. Both parts fit one positive `Int64`, which is what
/// the database and the index store; people see `1234567893-4fz0q8`.
public struct RoleID: Hashable, Comparable, Sendable {
  /// NPI in the high bits, 30-bit site hash in the low bits.
  public let rawValue: Int64

  static let siteBits: Int64 = 30
  static let siteMask: Int64 = (1 << 30) - 1

  public init(npi: NPI, site: SiteKey) {
    rawValue = npi.number << Self.siteBits | Int64(site.rawValue)
  }

  /// Nil unless the high bits are a valid NPI.
  public init?(rawValue: Int64) {
    guard NPI(rawValue >> Self.siteBits) != nil else { return nil }
    self.rawValue = rawValue
  }

  /// Reads the text form, NPI `-` six base-32 digits, in either case.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 10, let number = Int64(parts[0]),
      let npi = NPI(number), let site = SiteKey(parts[1])
    else { return nil }
    self.init(npi: npi, site: site)
  }

  public var npi: NPI { NPI(rawValue >> Self.siteBits)! }
  public var site: SiteKey { SiteKey(rawValue: UInt32(rawValue & Self.siteMask))! }

  public static func < (a: RoleID, b: RoleID) -> Bool { a.rawValue < b.rawValue }
}

extension RoleID: CustomStringConvertible {
  public var description: String { "\(npi)-\(site)" }
}

/// A 30-bit name for a practice address, written as six base-32 digits.
public struct SiteKey: Hashable, Comparable, Sendable {
  public let rawValue: UInt32

  /// Crockford's base 32, lower case: no i, l, o or u to misread.
  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  public init?(rawValue: UInt32) {
    guard rawValue < 1 << 30 else { return nil }
    self.rawValue = rawValue
  }

  /// Six Crockford base-32 digits, in either case.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 6 else { return nil }
    var value: UInt32 = 0
    for byte in text.lowercased().utf8 {
      guard let digit = Self.digits.firstIndex(of: byte) else { return nil }
      value = value << 5 | UInt32(digit)
    }
    rawValue = value
  }

  /// FNV-1a over the letters and digits of the address (upper-cased ASCII) and the five-digit ZIP,
  /// folded to 30 bits. Punctuation, spacing and ZIP+4 do not make a new site.
  public init(addressLine1: String, addressLine2: String, zip5: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for part in [addressLine1, addressLine2, zip5] {
      for byte in part.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): mix(byte - 32)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
          mix(byte)
        default: break
        }
      }
      mix(0)
    }
    rawValue = UInt32(truncatingIfNeeded: (hash ^ hash >> 30) & 0x3fff_ffff)
  }

  public static func < (a: SiteKey, b: SiteKey) -> Bool { a.rawValue < b.rawValue }
}

extension SiteKey: CustomStringConvertible {
  public var description: String {
    var text = ""
    for shift in stride(from: 25, through: 0, by: -5) {
      text.unicodeScalars.append(Unicode.Scalar(Self.digits[Int(rawValue >> UInt32(shift)) & 31]))
    }
    return text
  }
}
