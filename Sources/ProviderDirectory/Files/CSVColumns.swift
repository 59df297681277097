/// Finds columns by the header's names. Publishers differ in capitals and in blanks (CMS itself
/// writes two in `Address- Address Line 2`), so names are compared without either.
struct CSVColumns {
  private let places: [String: Int]
  private let path: String
  private let header: [String]
  private var missing: [String] = []

  init(_ reader: CSVReader) {
    path = reader.path
    header = reader.header
    places = Dictionary(
      header.enumerated().map { (Self.key($1), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The first of `names` that the header has.
  func find(_ names: String...) -> Int? { find(names) }

  /// Like `find`, but remembers the first name as missing; `check` then throws.
  mutating func require(_ names: String...) -> Int {
    if let place = find(names) { return place }
    missing.append(names[0])
    return 0
  }

  func check() throws(FileFault) {
    guard missing.isEmpty else {
      throw .missingColumns(path: path, missing: missing, found: header)
    }
  }

  private func find(_ names: [String]) -> Int? {
    for name in names {
      if let place = places[Self.key(name)] { return place }
    }
    return nil
  }

  private static func key(_ name: String) -> String {
    String(
      decoding: name.utf8.lazy.filter { $0 > 0x20 }.map {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0
      }, as: UTF8.self)
  }
}
