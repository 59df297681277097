import CivilTime
import ProviderDirectory

/// What ranking asks of a role, in 16 bytes of its document's value: twice the primary code as a
/// number and 1 more for an organization, with the day of the newest claim in the upper 16 bits
/// (UInt64); then the hashes of its name (2 × UInt32).
///
/// The day and not whether it is past, so that a document says the same in every generation.
struct RoleTraits: Hashable {
  /// `number(of:)` the primary taxonomy code; 0 for none.
  var primary: UInt64
  var isOrganization: Bool
  /// The day of the newest claim of a plan, in days since 1970-01-01 and `dayOffset` more, from
  /// 1880 to 2059; 0 where there is none, or one without a date, which is never stale.
  var claimDay: UInt64
  var name: NameKey

  static let width = 16

  private static let dayOffset: Int32 = 32_768

  init(_ role: PractitionerRole, _ words: WordsOfName) {
    primary = role.taxonomies.first.map(Self.number) ?? 0
    isOrganization = words.isOrganization
    let days = role.plans.compactMap(\.asOf)
    let newest = days.count == role.plans.count ? days.max() : nil
    claimDay =
      newest.map { UInt64(min(max($0.daysSinceEpoch, -32_767), 32_767) + Self.dayOffset) } ?? 0
    name = NameKey(words)
  }

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    let first = UInt64(
      littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    primary = (first << 16) >> 17
    claimDay = first >> 48
    isOrganization = first & 1 == 1
    name = NameKey(
      surname: UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)),
      given: UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self)))
  }

  func write(to writer: inout RecordWriter) {
    writer.fixed(claimDay << 48 | primary << 1 | (isOrganization ? 1 : 0))
    writer.fixed(name.surname)
    writer.fixed(name.given)
  }

  /// Whether what was said last of its plans is too old to be relied on.
  func isStale(on today: CivilDate) -> Bool {
    guard claimDay > 0 else { return false }
    let said = Int32(claimDay) - Self.dayOffset
    return today.daysSinceEpoch - said > PlanMembership.daysFresh
  }

  /// A code as a number from 1 and below 2⁴⁷: its nine digits and letters in base 36, and 1 more.
  static func number(of code: TaxonomyCode) -> UInt64 {
    code.text.utf8.dropLast().reduce(0) { number, byte in
      let digit = byte <= UInt8(ascii: "9") ? byte - UInt8(ascii: "0") : byte - UInt8(ascii: "7")
      return number * 36 + UInt64(digit)
    } + 1
  }
}
