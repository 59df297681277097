import CivilTime
import ProviderDirectory

/// What `best` looks at in every match, as columns in a mapped file beside `places`.
///
/// Little-endian, document i at index i − 1, after a 64-byte header (magic, documents, codes):
///
///     codes     UInt64   primary taxonomy codes as numbers, ascending; 0 stands for none
///     surnames  UInt32   `NameKey.surname`
///     givens    UInt32   `NameKey.given`
///     traits    UInt16   four times the index of the primary code, 2 more for stale claims of
///                        plans, and 1 more for an organization
final class TraitColumns {
  private let file: MappedFile
  let count: Int
  let codeCount: Int
  private let codes: UnsafePointer<UInt64>
  let surnames: UnsafePointer<UInt32>
  let givens: UnsafePointer<UInt32>
  let traits: UnsafePointer<UInt16>

  private static let magic: UInt64 = 0x3253_5449_4152_544e  // "NTRAITS2"
  private static let headerSize = 64
  private static let documentSize = 4 + 4 + 2
  /// So that four times an index and three more fits a trait.
  private static let mostCodes = 1 << 14

  init(path: String) throws(IndexError) {
    let file = try MappedFile(path: path)
    guard file.bytes.count >= Self.headerSize,
      file.bytes.load(fromByteOffset: 0, as: UInt64.self) == Self.magic
    else { throw .unsupportedVersion(path: path, detail: "not a file of traits, version 2") }
    let count = file.bytes.load(fromByteOffset: 8, as: UInt64.self)
    let codeCount = file.bytes.load(fromByteOffset: 16, as: UInt64.self)
    guard count < UInt32.max, codeCount <= Self.mostCodes,
      file.bytes.count == Self.headerSize + Int(codeCount) * 8 + Int(count) * Self.documentSize
    else { throw .corrupt(path: path, detail: "its size does not fit \(count) documents") }
    self.file = file
    self.count = Int(count)
    self.codeCount = Int(codeCount)
    let codesStart = file.bytes.baseAddress! + Self.headerSize
    let start = codesStart + 8 * self.codeCount
    codes = codesStart.assumingMemoryBound(to: UInt64.self)
    surnames = start.assumingMemoryBound(to: UInt32.self)
    givens = (start + 4 * self.count).assumingMemoryBound(to: UInt32.self)
    traits = (start + 8 * self.count).assumingMemoryBound(to: UInt16.self)
  }

  /// Makes the columns from a finished database's values, `RoleDocument.valueWidth` bytes each:
  /// read once for the codes, and once for the rest.
  ///
  /// - Parameter today: the day by which claims of plans are stale.
  static func write(
    _ database: XapianReader, count: Int, today: CivilDate, to path: String
  ) throws(IndexError) {
    func forEach(_ body: (Int, [RoleTraits]) throws(IndexError) -> Void) throws(IndexError) {
      try database.forEachFixedValues(
        slot: RoleDocument.valueSlot, width: RoleDocument.valueWidth, count: count
      ) { (start, values) throws(IndexError) in
        try body(
          start,
          (0..<values.count / RoleDocument.valueWidth).map {
            RoleTraits(values, at: $0 * RoleDocument.valueWidth + RoleDocument.placeWidth)
          })
      }
    }
    var found: Set<UInt64> = []
    try forEach { (_, traits) throws(IndexError) in found.formUnion(traits.lazy.map(\.primary)) }
    let codes = found.sorted()
    guard codes.count <= mostCodes else {
      throw .library(detail: "\(path): \(codes.count) primary codes, and \(mostCodes) fit")
    }
    let indexes = Dictionary(
      uniqueKeysWithValues: codes.enumerated().map { ($0.element, UInt16($0.offset)) })
    let file = try ColumnFile(path: path)
    var header = [UInt64](repeating: 0, count: headerSize / 8)
    header[0...2] = [magic, UInt64(count), UInt64(codes.count)]
    try file.write(header + codes, at: 0)
    let columns = headerSize + 8 * codes.count
    try forEach { (start, traits) throws(IndexError) in
      try file.write(traits.map(\.name.surname), at: columns + 4 * start)
      try file.write(traits.map(\.name.given), at: columns + 4 * count + 4 * start)
      let flagged = traits.map { one in
        indexes[one.primary]! << 2 | (one.isStale(on: today) ? 2 : 0)
          | (one.isOrganization ? 1 : 0)
      }
      try file.write(flagged, at: columns + 8 * count + 2 * start)
    }
  }

  /// The index of a primary code; nil when no document has it.
  func index(of code: TaxonomyCode) -> Int? {
    let wanted = RoleTraits.number(of: code)
    var range = 0..<codeCount
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if codes[middle] == wanted { return middle }
      range = codes[middle] < wanted ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }
}
