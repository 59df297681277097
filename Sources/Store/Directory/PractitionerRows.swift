import CSQLite
import Geospatial
public import ProviderDirectory

/// Records of a main file as the directory's columns, packed one after the other by whoever reads
/// the file, so that the one thread that stores them has nothing to do but bind and step.
public struct PractitionerRows: Sendable {
  private var bytes: [UInt8] = []
  /// By the order in which rows are stored.
  private var order: [(npi: Int64, start: Int)] = []

  public init() {}

  public init(_ practitioners: some Sequence<NPPESReader.Practitioner>) {
    for practitioner in practitioners { append(practitioner) }
  }

  public var count: Int { order.count }

  public mutating func append(_ practitioner: NPPESReader.Practitioner) {
    let role = practitioner.role
    let site = role.site
    order.append((role.id.npi.number, bytes.count))
    append(fixed: role.id.rawValue)
    append(fixed: Int64(practitioner.lastUpdate.daysSinceEpoch))
    append(fixed: site.coordinate.latitude.bitPattern)
    append(fixed: site.coordinate.longitude.bitPattern)
    append(fixed: Int64(Geohash(site.coordinate, precision: 12).bits))
    switch role.name {
    case .person(let first, let middle, let last, let suffix, let credential):
      append(fixed: Int64(1))
      append("")
      append(first)
      append(middle)
      append(last)
      append(suffix)
      append(credential)
    case .organization(let name):
      append(fixed: Int64(2))
      append(name)
      for _ in 0..<5 { append("") }
    }
    append(role.gender?.rawValue ?? "")
    append(joined: role.taxonomies.lazy.map(\.text))
    append(joined: role.licenceStates)
    append(site.addressLine1)
    append(site.addressLine2)
    append(site.city)
    append(site.state)
    append(site.zip)
    append(site.phone)
    append(site.timeZone)
  }

  /// Into the order of the tables' keys: files are in no order that the tables know, and without
  /// it every row dirties a page of its own. Rows of one NPI stay in the file's order.
  public mutating func sort() { order.sort { ($0.npi, $0.start) < ($1.npi, $1.start) } }

  private mutating func append(fixed number: some FixedWidthInteger) {
    withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
  }

  private mutating func append(_ text: String) {
    append(fixed: Int32(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func append(joined texts: some Sequence<String>) {
    let start = bytes.count
    append(fixed: Int32(0))
    for text in texts {
      if bytes.count > start + 4 { bytes.append(UInt8(ascii: " ")) }
      bytes.append(contentsOf: text.utf8)
    }
    let count = Int32(bytes.count - start - 4)
    withUnsafeBytes(of: count) { bytes.replaceSubrange(start..<(start + 4), with: $0) }
  }

  /// Lends rows in their order; what is bound of a row must not be used after `body`.
  func forEach(in range: Range<Int>, _ body: (PackedRow) throws -> Void) rethrows {
    try bytes.withUnsafeBytes { bytes in
      for place in range {
        let row = UnsafeRawBufferPointer(rebasing: bytes[order[place].start...])
        try body(PackedRow(npi: order[place].npi, bytes: row))
      }
    }
  }

  /// The NPIs of the first and the last of some rows.
  func practitioners(in range: Range<Int>) -> ClosedRange<Int64>? {
    let npis = order[range].lazy.map(\.npi)
    guard let first = npis.min(), let last = npis.max() else { return nil }
    return first...last
  }
}

/// One of them: five numbers, the kind of practitioner, and sixteen texts, each after its length.
struct PackedRow {
  let npi: Int64
  let bytes: UnsafeRawBufferPointer

  var roleID: Int64 { number(0) }
  var lastUpdate: Int64 { number(1) }
  var latitude: Double { Double(bitPattern: UInt64(bitPattern: number(2))) }
  var longitude: Double { Double(bitPattern: UInt64(bitPattern: number(3))) }
  var geohash: Int64 { number(4) }
  var kind: Int64 { number(5) }
  var texts: PackedTexts { PackedTexts(bytes: bytes, position: 48) }

  private func number(_ place: Int) -> Int64 {
    bytes.loadUnaligned(fromByteOffset: 8 * place, as: Int64.self)
  }
}

struct PackedTexts {
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate var position: Int

  mutating func next() -> UnsafeRawBufferPointer {
    let count = Int(bytes.loadUnaligned(fromByteOffset: position, as: Int32.self))
    let start = position + 4
    position = start + count
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }
}
