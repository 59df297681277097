/// Reads fixed-width decimal numbers off a run of ASCII bytes.
struct DigitReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0

  /// What `body` makes of a text; nil unless it makes something of the whole of it.
  static func read<Value>(
    _ text: Substring, _ body: (inout DigitReader) -> Value?
  ) -> Value? {
    func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Value? {
      var reader = DigitReader(bytes: bytes)
      guard let value = body(&reader), reader.place == bytes.count else { return nil }
      return value
    }
    if let value = text.utf8.withContiguousStorageIfAvailable(read) { return value }
    return Array(text.utf8).withUnsafeBufferPointer(read)
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Exactly `width` digits, or nil with nothing consumed.
  mutating func number(_ width: Int) -> Int? {
    guard bytes.count - place >= width else { return nil }
    var value = 0
    for digit in bytes[place..<(place + width)] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    place += width
    return value
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard place < bytes.count, bytes[place] == byte else { return false }
    place += 1
    return true
  }

  /// The number of digits passed over.
  mutating func skipDigits() -> Int {
    let start = place
    while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
      place += 1
    }
    return place - start
  }

  /// `2026-12-01`: any numbers of that form.
  mutating func date() -> (year: Int, month: Int, day: Int)? {
    guard let year = number(4), skip(UInt8(ascii: "-")), let month = number(2),
      skip(UInt8(ascii: "-")), let day = number(2)
    else { return nil }
    return (year, month, day)
  }

  /// `09:30`: any numbers of that form.
  mutating func time() -> (hour: Int, minute: Int)? {
    guard let hour = number(2), skip(UInt8(ascii: ":")), let minute = number(2) else { return nil }
    return (hour, minute)
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
