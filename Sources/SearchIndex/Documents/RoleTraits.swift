import CivilTime
import ProviderDirectory

/// What ranking asks of a role, in 16 bytes of its document's value: four times the primary code
/// as a number, 2 more for stale claims and 1 more for an organization (UInt64); then the hashes of
/// its name (2 × UInt32).
struct RoleTraits: Hashable {
  /// `number(of:)` the primary taxonomy code; 0 for none.
  var primary: UInt64
  var isOrganization: Bool
  /// Whether what was said last of its plans is too old to be relied on.
  var isStale: Bool
  var name: NameKey

  static let width = 16

  init(_ role: PractitionerRole, today: CivilDate) {
    primary = role.taxonomies.first.map(Self.number) ?? 0
    if case .organization = role.name { isOrganization = true } else { isOrganization = false }
    isStale = !role.plans.isEmpty && role.plans.allSatisfy { $0.isStale(on: today) }
    name = NameKey(role.name)
  }

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    let first = UInt64(
      littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    primary = first >> 2
    isStale = first & 2 == 2
    isOrganization = first & 1 == 1
    name = NameKey(
      surname: UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)),
      given: UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self)))
  }

  func write(to writer: inout RecordWriter) {
    writer.fixed(primary << 2 | (isStale ? 2 : 0) | (isOrganization ? 1 : 0))
    writer.fixed(name.surname)
    writer.fixed(name.given)
  }

  /// A code as a number from 1 and below 2⁴⁷: its nine digits and letters in base 36, and 1 more.
  static func number(of code: TaxonomyCode) -> UInt64 {
    code.text.utf8.dropLast().reduce(0) { number, byte in
      let digit = byte <= UInt8(ascii: "9") ? byte - UInt8(ascii: "0") : byte - UInt8(ascii: "7")
      return number * 36 + UInt64(digit)
    } + 1
  }
}
