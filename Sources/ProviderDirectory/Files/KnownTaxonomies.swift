/// The taxonomy codes that count as known, looked up from a field's bytes without making text.
public struct KnownTaxonomies: Sendable {
  enum Match: Equatable {
    case empty
    case known(TaxonomyCode)
    /// Well formed, but not in the code set: retired, or newer than the table.
    case unknown
    case malformed
  }

  private let codes: [UInt64: TaxonomyCode]

  public init(_ codes: some Sequence<TaxonomyCode>) {
    var table: [UInt64: TaxonomyCode] = [:]
    for code in codes {
      var text = code.text
      let key = text.withUTF8 { Self.key($0) }
      if let key { table[key] = code }
    }
    self.codes = table
  }

  public var count: Int { codes.count }

  /// Reads a code list: a CSV with a `Code` column, as NUCC publishes it. Codes that are not well
  /// formed are left out. Throws `FileFault` when there is no such column.
  public init(path: String) throws(FileFault) {
    let reader = try CSVReader(path: path)
    var columns = CSVColumns(reader)
    let code = columns.require("Code")
    try columns.check()
    var found: [TaxonomyCode] = []
    while let row = try reader.next() {
      guard case .record(let record) = row, let known = TaxonomyCode(record[code].text) else {
        continue
      }
      found.append(known)
    }
    guard !found.isEmpty else {
      throw .notThisFormat(path: path, detail: "lists no taxonomy code; pass NUCC's code set")
    }
    self.init(found)
  }

  func match(_ field: RawField) -> Match {
    let bytes = field.trimmed
    if bytes.isEmpty { return .empty }
    guard let key = Self.key(bytes) else { return .malformed }
    return codes[key].map { .known($0) } ?? .unknown
  }

  /// The code as a number in base 36; nil when it is not ten letters and digits.
  private static func key(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64? {
    guard bytes.count == 10 else { return nil }
    var key: UInt64 = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): key = key * 36 + UInt64(byte - 48)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): key = key * 36 + UInt64(byte - 55)
      case UInt8(ascii: "a")...UInt8(ascii: "z"): key = key * 36 + UInt64(byte - 87)
      default: return nil
      }
    }
    return key
  }
}
