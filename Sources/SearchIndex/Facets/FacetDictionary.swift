/// Numbers the facet values of an index in the order in which its documents name them.
///
/// A document lists its values as these ordinals, in some thirty bytes; what an ordinal stands for
/// is a note of the database under a key of its own, so that a count reads only those it met.
struct FacetDictionary {
  private var ordinals: [FacetValue: UInt32] = [:]
  private(set) var entries: [FacetEntry] = []

  init() {}

  /// - Parameter entries: in the order of their ordinals.
  init(_ entries: [FacetEntry]) {
    self.entries = entries
    ordinals = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.value, UInt32($0.offset)) })
  }

  /// The note that says how many ordinals there are.
  static let countKey = Array("facets".utf8)
  static func key(_ ordinal: Int) -> [UInt8] { Array("facet/\(ordinal)".utf8) }

  /// The entry's own, or the one that was first noted for its value.
  mutating func ordinal(of entry: FacetEntry) -> UInt32 {
    if let known = ordinals[entry.value] { return known }
    let new = UInt32(entries.count)
    ordinals[entry.value] = new
    entries.append(entry)
    return new
  }

  // MARK: Notes

  static func note(_ entry: FacetEntry) -> [UInt8] {
    var writer = RecordWriter(bytes: [])
    writer.byte(UInt8(FacetValue.Kind.allCases.firstIndex(of: entry.value.kind)!))
    writer.text(entry.value.code)
    writer.text(entry.planName)
    writer.text(entry.insurerID ?? "")
    return writer.bytes
  }

  static func entry(_ note: UnsafeRawBufferPointer) throws(RecordError) -> FacetEntry {
    var reader = RecordReader(bytes: note)
    let kind = Int(try reader.byte())
    guard FacetValue.Kind.allCases.indices.contains(kind) else { throw .malformed("facet kind") }
    let code = try reader.text()
    let planName = try reader.text()
    let insurer = try reader.text()
    guard reader.isAtEnd else { throw .malformed("end of facet") }
    return FacetEntry(
      FacetValue(FacetValue.Kind.allCases[kind], code), planName: planName,
      insurerID: insurer.isEmpty ? nil : insurer)
  }
}
