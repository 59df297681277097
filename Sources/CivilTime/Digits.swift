/// Reads fixed-width decimal numbers off a run of ASCII bytes.
struct DigitReader<Bytes: Collection> where Bytes.Element == UInt8 {
  private var rest: Bytes.SubSequence

  init(_ bytes: Bytes) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  var next: UInt8? { rest.first }

  /// Exactly `width` digits, or nil with nothing consumed.
  mutating func number(_ width: Int) -> Int? {
    let digits = rest.prefix(width)
    guard digits.count == width else { return nil }
    var value = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    rest = rest.dropFirst(width)
    return value
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest = rest.dropFirst()
    return true
  }

  /// The number of digits passed over.
  mutating func skipDigits() -> Int {
    let before = rest.count
    rest = rest.drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return before - rest.count
  }
}

/// Puts together a short text of digits and marks.
struct DigitWriter {
  private let buffer: UnsafeMutableBufferPointer<UInt8>
  private var count = 0

  /// The text that `body` writes, of at most 64 bytes.
  static func text(_ body: (inout DigitWriter) -> Void) -> String {
    String(unsafeUninitializedCapacity: 64) { buffer in
      var writer = DigitWriter(buffer: buffer)
      body(&writer)
      return writer.count
    }
  }

  private init(buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

  mutating func mark(_ byte: UInt8) {
    buffer[count] = byte
    count += 1
  }

  /// At least `width` digits, with leading zeros; `value` is not negative.
  mutating func number(_ value: Int, _ width: Int) {
    var divisor = 1
    for _ in 1..<width { divisor *= 10 }
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      mark(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }

  /// `2026-12-01`; a year outside 0…9999 carries its sign.
  mutating func date(_ date: CivilDate) {
    let (year, month, day) = date.components
    if year < 0 { mark(UInt8(ascii: "-")) }
    if year > 9999 { mark(UInt8(ascii: "+")) }
    number(abs(year), 4)
    mark(UInt8(ascii: "-"))
    number(month, 2)
    mark(UInt8(ascii: "-"))
    number(day, 2)
  }

  /// `09:30`.
  mutating func time(_ time: TimeOfDay) {
    number(time.hour, 2)
    mark(UInt8(ascii: ":"))
    number(time.minute, 2)
  }

  /// `2026-12-01T09:30:00`.
  mutating func dateTime(_ civil: CivilDateTime) {
    date(civil.date)
    mark(UInt8(ascii: "T"))
    time(civil.time)
    mark(UInt8(ascii: ":"))
    number(civil.second, 2)
  }
}

extension Int {
  /// Division that rounds down, with a remainder in 0..<divisor; `divisor` is positive.
  func flooredDivision(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
