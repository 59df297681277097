import Glibc

/// Streams an RFC 4180 file: quoted fields, doubled quotes, line breaks inside quotes, LF or CRLF,
/// an optional UTF-8 byte-order mark, a last line with or without its end.
///
/// Rows are counted as the records after the header line; blank lines are none. Each row is handed
/// out either as a `record` with exactly the header's number of fields, or as `damaged`. A damaged
/// row costs one physical line: reading goes on at the next line, so that a quote that is never
/// closed cannot swallow the rows after it.
public final class CSVReader {
  public enum Row {
    case record(RawRecord)
    /// `field` is the header's name of the column where the damage shows; empty when there is none.
    case damaged(line: Int, field: String, reason: String)
  }

  public let path: String
  public let header: [String]
  /// The file's size when it was opened, for progress; 0 for a pipe.
  public var byteCount: Int { window.byteCount }
  public var bytesRead: Int { window.bytesRead - (window.end - window.start) }
  public private(set) var rows = 0

  /// No row of a provider file comes near these; beyond them it is damage, not data.
  static let longestRow = 1 << 20
  static let longestQuotedLines = 100
  static let mostColumns = 4096

  private let window: ByteWindow
  private let ranges: UnsafeMutablePointer<CSVFieldRange>
  private var line = 1
  private var columns = 0

  /// Opens `path` and reads its header line. Throws `FileFault` when it cannot be read or its first
  /// line is not the header of a CSV.
  public init(path: String) throws(FileFault) {
    self.path = path
    window = try ByteWindow(path: path, capacity: Self.longestRow)
    let ranges = UnsafeMutablePointer<CSVFieldRange>.allocate(capacity: Self.mostColumns)
    self.ranges = ranges
    do {
      header = try Self.readHeader(window, ranges)
    } catch {
      ranges.deallocate()
      throw error
    }
    columns = header.count
    line = 2
  }

  deinit { ranges.deallocate() }

  /// The next row; nil at the end of the file.
  public func next() throws(FileFault) -> Row? {
    guard try skipBlankLines() else { return nil }
    rows += 1
    var scan = Self.scan(window, ranges, final: window.atEndOfFile)
    while scan.outcome == .needsMore {
      let added = try window.refill()
      guard added || window.atEndOfFile else {
        return try damage(nil, "the row is longer than \(Self.longestRow) bytes")
      }
      scan = Self.scan(window, ranges, final: window.atEndOfFile)
    }
    if case .damaged(let field, let reason) = scan.outcome { return try damage(field, reason) }
    guard scan.fields == columns else {
      return try damage(nil, "\(scan.fields) fields, but the header has \(columns)")
    }
    let length = scan.next - window.start
    guard memchr(window.bytes + window.start, 0, length) == nil else {
      return try damage(nil, "a NUL byte in the row")
    }
    let record = RawRecord(
      line: line, count: columns, bytes: UnsafePointer(window.bytes),
      ranges: UnsafePointer(ranges))
    window.start = scan.next
    line += 1 + scan.innerLines
    return .record(record)
  }

  private func damage(_ field: Int?, _ reason: String) throws(FileFault) -> Row {
    let damaged = line
    try skipLine()
    let name = field.map { $0 < columns ? header[$0] : "" } ?? ""
    return .damaged(line: damaged, field: name, reason: reason)
  }

  private func skipLine() throws(FileFault) {
    line += 1
    while true {
      let from = UnsafeRawPointer(window.bytes + window.start)
      if let found = memchr(from, Int32(UInt8(ascii: "\n")), window.end - window.start) {
        window.start += UnsafeRawPointer(found) - from + 1
        return
      }
      window.start = window.end
      guard try window.refill() else { return }
    }
  }

  /// False at the end of the file.
  private func skipBlankLines() throws(FileFault) -> Bool {
    while true {
      while window.start < window.end {
        let byte = window.bytes[window.start]
        if byte == UInt8(ascii: "\n") {
          line += 1
        } else if byte != UInt8(ascii: "\r") {
          return true
        }
        window.start += 1
      }
      guard try window.refill() else { return false }
    }
  }
}

@available(*, unavailable)
extension CSVReader: Sendable {}

extension CSVReader {
  fileprivate struct Scan {
    enum Outcome: Equatable {
      case complete, needsMore
      case damaged(field: Int, reason: String)
    }
    var outcome: Outcome
    var fields = 0
    /// Where the next record starts.
    var next = 0
    /// Line breaks inside quotes.
    var innerLines = 0
  }

  /// Scans the record at the window's start. `final` says that no bytes follow the window's.
  fileprivate static func scan(
    _ window: ByteWindow, _ ranges: UnsafeMutablePointer<CSVFieldRange>, final: Bool
  ) -> Scan {
    let bytes = UnsafePointer(window.bytes)
    let end = window.end
    var scan = Scan(outcome: .needsMore)
    var cursor = window.start
    while true {
      var range = CSVFieldRange(start: Int32(cursor), end: 0, hasDoubledQuotes: false)
      if cursor < end, bytes[cursor] == UInt8(ascii: "\"") {
        range.start += 1
        guard let close = closingQuote(bytes, cursor + 1, end, final, &scan, &range) else {
          return scan
        }
        range.end = Int32(close)
        cursor = close + 1
        if cursor < end, bytes[cursor] == UInt8(ascii: "\r") { cursor += 1 }
        if cursor < end, bytes[cursor] != UInt8(ascii: ","), bytes[cursor] != UInt8(ascii: "\n") {
          scan.outcome = .damaged(
            field: scan.fields, reason: "text after a closing quote; the quotes do not pair up")
          return scan
        }
      } else {
        while cursor < end, bytes[cursor] != UInt8(ascii: ","), bytes[cursor] != UInt8(ascii: "\n")
        { cursor += 1 }
        let isCRLF = cursor > Int(range.start) && bytes[cursor - 1] == UInt8(ascii: "\r")
        range.end = Int32(isCRLF ? cursor - 1 : cursor)
      }
      if cursor == end && !final { return scan }
      if scan.fields < mostColumns { ranges[scan.fields] = range }
      scan.fields += 1
      guard cursor < end, bytes[cursor] == UInt8(ascii: ",") else {
        scan.outcome = .complete
        scan.next = min(cursor + 1, end)
        return scan
      }
      cursor += 1
    }
  }

  /// The place of the quote that closes the field; nil with `scan.outcome` set when there is none.
  @inline(__always)
  private static func closingQuote(
    _ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int, _ final: Bool, _ scan: inout Scan,
    _ range: inout CSVFieldRange
  ) -> Int? {
    var cursor = from
    while true {
      while cursor < end, bytes[cursor] != UInt8(ascii: "\"") {
        if bytes[cursor] == UInt8(ascii: "\n") {
          scan.innerLines += 1
          if scan.innerLines > longestQuotedLines {
            scan.outcome = .damaged(
              field: scan.fields,
              reason: "a quote that is not closed within \(longestQuotedLines) lines")
            return nil
          }
        }
        cursor += 1
      }
      if cursor == end {
        scan.outcome =
          final
          ? .damaged(field: scan.fields, reason: "a quote that is never closed") : .needsMore
        return nil
      }
      if cursor + 1 == end && !final {
        scan.outcome = .needsMore
        return nil
      }
      guard cursor + 1 < end, bytes[cursor + 1] == UInt8(ascii: "\"") else { return cursor }
      range.hasDoubledQuotes = true
      cursor += 2
    }
  }

  fileprivate static func readHeader(
    _ window: ByteWindow, _ ranges: UnsafeMutablePointer<CSVFieldRange>
  ) throws(FileFault) -> [String] {
    while try window.refill() {}
    if let format = window.foreignFormat() {
      throw .notThisFormat(path: window.path, detail: format)
    }
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    if window.end >= 3, mark.indices.allSatisfy({ window.bytes[$0] == mark[$0] }) {
      window.start = 3
    }
    let scan = scan(window, ranges, final: window.atEndOfFile)
    guard window.end > window.start else {
      throw .notThisFormat(path: window.path, detail: "is empty; expected a CSV with a header line")
    }
    guard scan.outcome == .complete, scan.fields <= mostColumns, scan.innerLines == 0 else {
      throw .notThisFormat(
        path: window.path, detail: "does not begin with a CSV header line; is it the right file?")
    }
    let record = RawRecord(
      line: 1, count: scan.fields, bytes: UnsafePointer(window.bytes),
      ranges: UnsafePointer(ranges))
    window.start = scan.next
    return (0..<scan.fields).map { record[$0].text }
  }
}
