import CivilTime
import ProviderDirectory

/// What a search looks at in every match beside its place, as columns in a mapped file.
///
/// Little-endian, document i at index i − 1, after a 64-byte header (magic, documents, codes,
/// scheduled):
///
///     codes     UInt64   primary taxonomy codes as numbers, ascending; 0 stands for none
///     surnames  UInt32   `NameKey.surname`
///     givens    UInt32   `NameKey.given`
///     traits    UInt16   four times the index of the primary code, 2 more for stale claims of
///                        plans, and 1 more for an organization
///     scheduled 1 bit    whether a schedule is on file; the lowest bit of a byte first
final class TraitColumns {
  private let file: MappedFile
  let count: Int
  let codeCount: Int
  private let codes: UnsafePointer<UInt64>
  let surnames: UnsafePointer<UInt32>
  let givens: UnsafePointer<UInt32>
  let traits: UnsafePointer<UInt16>
  /// Documents with a schedule on file, superseded or not.
  let scheduledCount: Int
  private let scheduled: UnsafePointer<UInt8>

  private static let magic: UInt64 = 0x3353_5449_4152_544e  // "NTRAITS3"
  private static let headerSize = MappedColumns.headerSize
  private static let documentSize = 4 + 4 + 2
  /// So that four times an index and three more fits a trait.
  private static let mostCodes = 1 << 14

  init(path: String) throws(IndexError) {
    let columns = try MappedColumns(path: path, magic: Self.magic, kind: "traits, version 3")
    (file, count) = (columns.file, columns.count)
    let (codeCount, scheduledCount) = (columns.header[2], columns.header[3])
    guard codeCount <= Self.mostCodes, scheduledCount <= count,
      file.bytes.count
        == Self.headerSize + Int(codeCount) * 8 + count * Self.documentSize
        + Self.bitmapSize(count)
    else { throw .corrupt(path: path, detail: "its size does not fit \(count) documents") }
    self.codeCount = Int(codeCount)
    self.scheduledCount = Int(scheduledCount)
    let codesStart = file.bytes.baseAddress! + Self.headerSize
    let start = codesStart + 8 * self.codeCount
    codes = codesStart.assumingMemoryBound(to: UInt64.self)
    surnames = start.assumingMemoryBound(to: UInt32.self)
    givens = (start + 4 * self.count).assumingMemoryBound(to: UInt32.self)
    traits = (start + 8 * self.count).assumingMemoryBound(to: UInt16.self)
    scheduled = (start + Self.documentSize * self.count).assumingMemoryBound(to: UInt8.self)
  }

  private static func bitmapSize(_ count: Int) -> Int { (count + 7) / 8 }

  /// Whether a schedule is on file for a document.
  @inline(__always)
  func isScheduled(_ document: UInt32) -> Bool {
    let index = Int(document) - 1
    return scheduled[index >> 3] >> UInt8(truncatingIfNeeded: index & 7) & 1 == 1
  }

  /// Makes the columns from a finished database's values, `RoleDocument.valueWidth` bytes each,
  /// read once for the codes and once for the rest; and from the posting list of schedules.
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
    let (bitmap, scheduledCount) = try scheduledBits(database, count)
    header[0...3] = [magic, UInt64(count), UInt64(codes.count), UInt64(scheduledCount)]
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
    try file.write(bitmap, at: columns + documentSize * count)
  }

  /// The bits of documents 1…count, and how many of them are set.
  private static func scheduledBits(
    _ database: XapianReader, _ count: Int
  ) throws(IndexError) -> (bits: [UInt8], set: Int) {
    var bits = [UInt8](repeating: 0, count: bitmapSize(count))
    var groups = TermGroups()
    groups.appendScheduled()
    let found = try database.intersect(
      groups, within: DocumentRanges.all(count).ranges, Patience(until: nil))
    for document in found.documents {
      let index = Int(document) - 1
      bits[index >> 3] |= 1 << UInt8(truncatingIfNeeded: index & 7)
    }
    return (bits, found.documents.count)
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
