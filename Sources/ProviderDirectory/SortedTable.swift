import Glibc

/// A tab-separated file whose lines are sorted bytewise by their first column, searched where it
/// lies.
///
/// Opening maps the file and checks its header; no line is read before it is asked for, so a table
/// of any size opens in microseconds. The first line is `#` and the column names; where that line
/// ends in `bytes=N`, the lines after it must be N bytes together, which shows a file cut short.
/// Several lines may share a key; they keep the file's order.
public struct SortedTable: Sendable {
  public let path: String
  public let columns: [String]
  private let file: MappedFile
  /// Where the lines after the header start.
  private let start: Int
  /// For each byte of `fenced` and the one after, where the lines with such a first byte start;
  /// empty where every search looks at the whole file.
  private var fences: [Int] = []
  private static let fenced = UInt8(ascii: "0")...UInt8(ascii: "z")

  /// Opens `path` and checks that its columns are exactly `columns`.
  ///
  /// - Parameter isFenced: whether to find out now where each first letter starts, some 30 µs,
  ///   which takes a quarter off the time of every search.
  public init(path: String, columns: [String], isFenced: Bool = false) throws(TableError) {
    let file = try MappedFile(path: path)
    let bytes = file.bytes
    guard bytes[bytes.count - 1] == newline, let headerEnd = bytes.firstIndex(of: newline) else {
      throw .damaged(path: path, line: nil, detail: "the last line is cut off")
    }
    var names = String(decoding: bytes[..<headerEnd], as: UTF8.self)
      .split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    if let size = names.last, size.hasPrefix("bytes=") {
      let actual = bytes.count - headerEnd - 1
      guard size == "bytes=\(actual)" else {
        throw .damaged(
          path: path, line: nil, detail: "the header promises \(size), the file holds \(actual)")
      }
      names.removeLast()
    }
    guard names == ["#\(columns[0])"] + columns.dropFirst() else {
      throw .damaged(
        path: path, line: 1, detail: "the columns are not #\(columns.joined(separator: ", "))")
    }
    self.path = path
    self.columns = columns
    self.file = file
    start = headerEnd + 1
    if isFenced {
      fences = (Self.fenced.lowerBound...Self.fenced.upperBound + 1).map { byte in
        withUnsafeBytes(of: byte) { lowerBound(of: $0) }
      }
    }
  }

  /// The first line whose first column is `key`, byte for byte.
  public func row(_ key: some StringProtocol) -> TableRow? {
    var rows = rows(key).makeIterator()
    return rows.next()
  }

  /// All lines whose first column is `key`, in the file's order.
  public func rows(_ key: some StringProtocol) -> TableRows {
    var key = String(key)
    return key.withUTF8 { bytes in
      let key = UnsafeRawBufferPointer(bytes)
      let first = lowerBound(of: key)
      return TableRows(
        file: file, position: first, end: end(ofKey: key, from: first))
    }
  }

  /// All lines whose first column starts with `prefix`, in the file's order.
  public func rows(withPrefix prefix: some StringProtocol) -> TableRows {
    var prefix = String(prefix)
    return prefix.withUTF8 { bytes in
      let prefix = UnsafeRawBufferPointer(bytes)
      let first = lowerBound(of: prefix)
      var end = first
      while end < file.bytes.count, starts(at: end, with: prefix) { end = lineEnd(from: end) + 1 }
      return TableRows(file: file, position: first, end: end)
    }
  }

  /// Whether the first column of some line starts with `prefix`.
  func hasRow(withPrefix prefix: some StringProtocol) -> Bool {
    var prefix = String(prefix)
    return prefix.withUTF8 { bytes in
      let prefix = UnsafeRawBufferPointer(bytes)
      return starts(at: lowerBound(of: prefix), with: prefix)
    }
  }

  /// Whether the first column of the line after `rows` starts with `prefix`.
  func isFollowed(_ rows: TableRows, byPrefix prefix: String) -> Bool {
    var prefix = prefix
    return prefix.withUTF8 { starts(at: rows.end, with: UnsafeRawBufferPointer($0)) }
  }

  public var allRows: TableRows {
    TableRows(file: file, position: start, end: file.bytes.count)
  }

  /// Reads every line: UTF-8, as many columns as the header, keys in order. For the tests, and for
  /// jobs that run long enough to afford some milliseconds.
  public func verify() throws(TableError) {
    var line = 1
    var previous: TableRow?
    for row in allRows {
      line += 1
      let tabs = row.bytes.count { $0 == tab }
      guard tabs == columns.count - 1 else {
        throw .damaged(
          path: path, line: line,
          detail: "\(tabs + 1) columns where there should be \(columns.count)")
      }
      guard String(validating: row.bytes, as: UTF8.self) != nil else {
        throw .damaged(path: path, line: line, detail: "not UTF-8")
      }
      if let previous, compare(previous.field(0), row.field(0)) > 0 {
        throw .damaged(path: path, line: line, detail: "out of order after \(previous[0])")
      }
      previous = row
    }
  }

  // MARK: Bisection over bytes

  /// The start of the first line whose key is not before `key`.
  private func lowerBound(of key: UnsafeRawBufferPointer) -> Int {
    var low = start
    var high = file.bytes.count
    if !fences.isEmpty, let first = key.first, Self.fenced.contains(first) {
      let index = Int(first - Self.fenced.lowerBound)
      (low, high) = (fences[index], fences[index + 1])
    }
    while low < high {
      let middle = low + (high - low) / 2
      // The line after the middle is the quicker to find; at the end there is none.
      var line = lineEnd(from: middle) + 1
      if line >= high { line = lineStart(before: middle, notBefore: low) }
      if isKey(at: line, before: key) { low = lineEnd(from: line) + 1 } else { high = line }
    }
    return low
  }

  /// Whether the first column of the line at `position` comes before `key`. The tab that ends it
  /// comes before every letter of a key, as the end of a shorter text does.
  private func isKey(at position: Int, before key: UnsafeRawBufferPointer) -> Bool {
    let count = min(key.count, file.bytes.count - position)
    guard count > 0 else { return false }
    let order = memcmp(file.bytes.baseAddress! + position, key.baseAddress!, count)
    return order != 0 ? order < 0 : count < key.count
  }

  private func end(ofKey key: UnsafeRawBufferPointer, from first: Int) -> Int {
    var position = first
    while position < file.bytes.count {
      let end = lineEnd(from: position)
      guard compare(keyField(from: position, to: end), key) == 0 else { break }
      position = end + 1
    }
    return position
  }

  private func starts(at position: Int, with prefix: UnsafeRawBufferPointer) -> Bool {
    guard prefix.count > 0 else { return true }
    return file.bytes.count - position >= prefix.count
      && memcmp(file.bytes.baseAddress! + position, prefix.baseAddress!, prefix.count) == 0
  }

  private func keyField(from position: Int, to end: Int) -> UnsafeRawBufferPointer {
    let line = UnsafeRawBufferPointer(rebasing: file.bytes[position..<end])
    guard let tab = find(tab, in: line) else { return line }
    return UnsafeRawBufferPointer(rebasing: line[..<tab])
  }

  private func lineStart(before position: Int, notBefore low: Int) -> Int {
    let bytes = file.bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    var position = position
    while position > low, bytes[position - 1] != newline { position -= 1 }
    return position
  }

  private func lineEnd(from position: Int) -> Int {
    file.lineEnd(from: position)
  }
}

/// Lines of a `SortedTable`, read as they are walked.
public struct TableRows: Sequence, IteratorProtocol {
  fileprivate let file: MappedFile
  fileprivate var position: Int
  fileprivate let end: Int

  public mutating func next() -> TableRow? {
    guard position < end else { return nil }
    let lineEnd = file.lineEnd(from: position)
    defer { position = lineEnd + 1 }
    return TableRow(file: file, range: position..<lineEnd)
  }
}

/// One line of a `SortedTable`. It holds on to the mapped file and copies nothing until a field is
/// read.
public struct TableRow: Sendable {
  fileprivate let file: MappedFile
  fileprivate let range: Range<Int>

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[range]) }

  /// The text of column `index`, counted from 0; empty where the line has no such column.
  public subscript(index: Int) -> String {
    String(decoding: field(index), as: UTF8.self)
  }

  /// Column `index` as a plain decimal number (`-73.9967`); nil where it is not one.
  public func decimal(_ index: Int) -> Double? {
    DecimalText(field(index))?.value
  }

  /// Column `index` as a whole number; nil where it is not one.
  public func integer(_ index: Int) -> Int? {
    guard let number = DecimalText(field(index)), number.scale == 0 else { return nil }
    return number.digits
  }

  func field(_ index: Int) -> UnsafeRawBufferPointer {
    var rest = bytes
    for _ in 0..<index {
      guard let tab = find(tab, in: rest) else {
        return UnsafeRawBufferPointer(start: rest.baseAddress, count: 0)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[(tab + 1)...])
    }
    guard let tab = find(tab, in: rest) else { return rest }
    return UnsafeRawBufferPointer(rebasing: rest[..<tab])
  }
}

/// A decimal number of up to 15 digits: `digits` / 10^`scale`, which one division rounds correctly.
private struct DecimalText {
  var digits = 0
  var scale = 0

  init?(_ bytes: UnsafeRawBufferPointer) {
    let isNegative = bytes.first == UInt8(ascii: "-")
    var seen = 0
    var hasPoint = false
    for byte in bytes.dropFirst(isNegative ? 1 : 0) {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits = digits * 10 + Int(byte - UInt8(ascii: "0"))
        seen += 1
        if hasPoint { scale += 1 }
      case UInt8(ascii: ".") where !hasPoint: hasPoint = true
      default: return nil
      }
      guard seen <= 15 else { return nil }
    }
    guard seen > 0, !hasPoint || scale > 0 else { return nil }
    if isNegative { digits = -digits }
  }

  private static let powers: [Double] = (0...15).map { Glibc.pow(10, Double($0)) }

  var value: Double { Double(digits) / Self.powers[scale] }
}

private let newline = UInt8(ascii: "\n")
private let tab = UInt8(ascii: "\t")

extension MappedFile {
  /// `SortedTable.init` saw that the last byte is a newline, so there always is one.
  fileprivate func lineEnd(from position: Int) -> Int {
    position + find(newline, in: UnsafeRawBufferPointer(rebasing: bytes[position...]))!
  }
}

private func find(_ byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
  guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else {
    return nil
  }
  return UnsafeRawPointer(found) - base
}

/// Bytewise order; a shorter text comes before its extensions.
private func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int32 {
  let common = min(a.count, b.count)
  let order = common == 0 ? 0 : memcmp(a.baseAddress!, b.baseAddress!, common)
  return order != 0 ? order : Int32(truncatingIfNeeded: (a.count - b.count).signum())
}
