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

  /// Makes the columns from a finished database's values, `RoleDocument.valueWidth` bytes each.
  static func write(_ values: [UInt8], to path: String) throws(IndexError) {
    let traits = values.withUnsafeBytes { values in
      (0..<values.count / RoleDocument.valueWidth).map {
        RoleTraits(values, at: $0 * RoleDocument.valueWidth + RoleDocument.placeWidth)
      }
    }
    let codes = Set(traits.lazy.map(\.primary)).sorted()
    guard codes.count <= mostCodes else {
      throw .library(detail: "\(path): \(codes.count) primary codes, and \(mostCodes) fit")
    }
    let indexes = Dictionary(
      uniqueKeysWithValues: codes.enumerated().map { ($0.element, UInt16($0.offset)) })
    var writer = RecordWriter(bytes: [])
    writer.bytes.reserveCapacity(headerSize + 8 * codes.count + documentSize * traits.count)
    writer.fixed(magic)
    writer.fixed(UInt64(traits.count))
    writer.fixed(UInt64(codes.count))
    writer.bytes += [UInt8](repeating: 0, count: headerSize - writer.bytes.count)
    for code in codes { writer.fixed(code) }
    for one in traits { writer.fixed(one.name.surname) }
    for one in traits { writer.fixed(one.name.given) }
    for one in traits {
      let flags: UInt16 = (one.isStale ? 2 : 0) | (one.isOrganization ? 1 : 0)
      writer.fixed(indexes[one.primary]! << 2 | flags)
    }
    try FileSystem.write(writer.bytes, to: path)
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
