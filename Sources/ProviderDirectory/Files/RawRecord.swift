import Glibc

/// One row of a CSV file as it stands in the reader's buffer: byte ranges, nothing copied.
///
/// It is only good until the reader's next `next()`; take out what is needed as values before that.
public struct RawRecord {
  /// The physical line that the row starts on, counted from 1.
  public let line: Int
  public let count: Int
  let bytes: UnsafePointer<UInt8>
  let ranges: UnsafePointer<CSVFieldRange>

  public subscript(index: Int) -> RawField {
    precondition(index < count)
    let range = ranges[index]
    return RawField(
      bytes: UnsafeBufferPointer(
        start: bytes + Int(range.start), count: Int(range.end - range.start)),
      hasDoubledQuotes: range.hasDoubledQuotes)
  }
}

@available(*, unavailable)
extension RawRecord: Sendable {}

struct CSVFieldRange {
  var start: Int32
  var end: Int32
  var hasDoubledQuotes: Bool
}

/// The bytes of one field, without its outer quotes; good as long as its record is.
public struct RawField {
  let bytes: UnsafeBufferPointer<UInt8>
  let hasDoubledQuotes: Bool

  public var isEmpty: Bool { trimmed.isEmpty }

  /// Without ASCII blanks at either end.
  var trimmed: UnsafeBufferPointer<UInt8> {
    var low = 0
    var high = bytes.count
    while low < high, bytes[low] <= 0x20 { low += 1 }
    while high > low, bytes[high - 1] <= 0x20 { high -= 1 }
    return UnsafeBufferPointer(rebasing: bytes[low..<high])
  }

  /// The trimmed text. Bytes that are not UTF-8 are read as ISO 8859-1, which is what re-saved
  /// files hold, and `repairs` is raised by one.
  public func text(repairs: inout Int) -> String {
    let field = trimmed
    if field.isEmpty { return "" }
    guard hasDoubledQuotes else { return Self.decode(field, &repairs) }
    var single: [UInt8] = []
    single.reserveCapacity(field.count)
    var index = 0
    while index < field.count {
      single.append(field[index])
      index += field[index] == UInt8(ascii: "\"") ? 2 : 1
    }
    return single.withUnsafeBufferPointer { Self.decode($0, &repairs) }
  }

  /// The trimmed text where no repair needs counting, such as codes and messages.
  public var text: String {
    var repairs = 0
    return text(repairs: &repairs)
  }

  private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ repairs: inout Int) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    repairs += 1
    var text = ""
    text.unicodeScalars.append(contentsOf: bytes.lazy.map { Unicode.Scalar($0) })
    return text
  }
}

@available(*, unavailable)
extension RawField: Sendable {}
