import CivilTime

/// Appends fields to a record.
struct RecordWriter {
  var bytes: [UInt8]

  mutating func byte(_ value: UInt8) { bytes.append(value) }

  mutating func fixed(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// LEB128: seven bits a byte, the low ones first.
  mutating func count(_ value: Int) {
    var rest = UInt64(value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func text(_ text: String) {
    count(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// A text of up to ten digits as the number that they are after a 1, so that leading zeros stay;
  /// any other after a 0.
  mutating func digits(_ text: String) {
    var number = 1
    for byte in text.utf8 {
      guard 0x30...0x39 ~= byte, number < 10_000_000_000 else {
        self.byte(0)
        return self.text(text)
      }
      number = number * 10 + Int(byte & 15)
    }
    count(number)
  }

  /// Days since 1970-01-01, those before as odd numbers.
  mutating func day(_ day: CivilDate) {
    let days = Int(day.daysSinceEpoch)
    count((days << 1 ^ days >> 63) & 0xffff_ffff)
  }
}

/// Takes fields from a record, checking each against the end.
struct RecordReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }

  mutating func byte() throws(RecordError) -> UInt8 {
    guard position < bytes.count else { throw .truncated }
    defer { position += 1 }
    return bytes[position]
  }

  mutating func fixed<Value: FixedWidthInteger>() throws(RecordError) -> Value {
    let end = position + MemoryLayout<Value>.size
    guard end <= bytes.count else { throw .truncated }
    defer { position = end }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Value.self))
  }

  mutating func count() throws(RecordError) -> Int {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 35, by: 7) {
      let next = try byte()
      value |= UInt64(next & 0x7f) << shift
      if next < 0x80 { return Int(value) }
    }
    throw .malformed("count")
  }

  mutating func text() throws(RecordError) -> String {
    let length = try count()
    let end = position + length
    guard end <= bytes.count else { throw .truncated }
    defer { position = end }
    let letters = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
    guard let text = String(validating: letters, as: UTF8.self) else {
      throw .malformed("text that is not UTF-8")
    }
    return text
  }

  mutating func digits() throws(RecordError) -> String {
    let number = try count()
    guard number > 0 else { return try text() }
    var power = 1
    while number / power >= 10 { power *= 10 }
    guard number / power == 1 else { throw .malformed("digits") }
    let digits = number - power
    return String(unsafeUninitializedCapacity: Self.mostDigits) { letters in
      var count = 0
      while power > 1 {
        power /= 10
        letters[count] = UInt8(ascii: "0") + UInt8(digits / power % 10)
        count += 1
      }
      return count
    }
  }

  /// A count is less than 2⁴².
  private static let mostDigits = 13

  mutating func day() throws(RecordError) -> CivilDate {
    guard let days = UInt32(exactly: try count()) else { throw .malformed("day") }
    return CivilDate(daysSinceEpoch: Int32(bitPattern: days >> 1) ^ -Int32(days & 1))
  }

  /// Of a list. Every element takes a byte at least, which bounds what damage can make a reader
  /// reserve.
  mutating func length() throws(RecordError) -> Int {
    let count = try count()
    guard count <= bytes.count - position else { throw .truncated }
    return count
  }

  mutating func list<Element>(
    _ element: (inout RecordReader) throws(RecordError) -> Element
  ) throws(RecordError) -> [Element] {
    let count = try length()
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try element(&self)) }
    return elements
  }
}
