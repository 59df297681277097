public import CivilTime
public import Privacy

/// A number that names a claim or a patient: the second it was made in, then 30 random bits. New
/// rows so stand next to each other in their table, and no number tells how many there are.
struct RecordNumber: Hashable, Comparable, Sendable {
  let value: Int64

  /// Crockford's base 32, lower case: no i, l, o or u to misread.
  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  private static let digitCount = 13

  /// Nil unless positive.
  init?(value: Int64) {
    guard value > 0 else { return nil }
    self.value = value
  }

  init(at instant: Instant, random: RandomSource) {
    let bits = random.bytes(4).reduce(Int64(0)) { $0 << 8 | Int64($1) } & 0x3fff_ffff
    // 33 bits of seconds last until the year 2242, and keep the number positive whatever the clock.
    value = max((instant.secondsSinceEpoch & 0x1_ffff_ffff) << 30 | bits, 1)
  }

  /// Reads `prefix` and thirteen base-32 digits, in either case.
  init?(_ text: some StringProtocol, prefix: String) {
    let lowered = Array(text.lowercased().utf8)
    guard lowered.count == prefix.utf8.count + Self.digitCount, lowered.starts(with: prefix.utf8)
    else { return nil }
    var value: UInt64 = 0
    for byte in lowered.dropFirst(prefix.utf8.count) {
      guard let digit = Self.digits.firstIndex(of: byte), value >> 58 == 0 else { return nil }
      value = value << 5 | UInt64(digit)
    }
    guard let value = Int64(exactly: value) else { return nil }
    self.init(value: value)
  }

  func text(prefix: String) -> String {
    var bytes = Array(prefix.utf8)
    for shift in stride(from: Int64(5 * (Self.digitCount - 1)), through: 0, by: -5) {
      bytes.append(Self.digits[Int(value >> shift & 31)])
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func < (a: RecordNumber, b: RecordNumber) -> Bool { a.value < b.value }
}

/// Names a claim, as a hold `h-1nr7pm40k2vf8` and once booked as an appointment `a-1nr7pm40k2vf8`.
public struct ClaimID: Hashable, Comparable, Sendable {
  let number: RecordNumber
  public var rawValue: Int64 { number.value }

  init(number: RecordNumber) { self.number = number }

  public init?(rawValue: Int64) {
    guard let number = RecordNumber(value: rawValue) else { return nil }
    self.number = number
  }

  /// A new one; the database refuses the rare one that is taken.
  public init(at instant: Instant, random: RandomSource) {
    number = RecordNumber(at: instant, random: random)
  }

  public init?(hold text: some StringProtocol) {
    guard let number = RecordNumber(text, prefix: "h-") else { return nil }
    self.number = number
  }

  public init?(appointment text: some StringProtocol) {
    guard let number = RecordNumber(text, prefix: "a-") else { return nil }
    self.number = number
  }

  public var holdText: String { number.text(prefix: "h-") }
  public var appointmentText: String { number.text(prefix: "a-") }

  public static func < (a: ClaimID, b: ClaimID) -> Bool { a.number < b.number }
}

/// Names a patient, as `p-1nr7pm40k2vf8`.
public struct PatientID: Hashable, Sendable, CustomStringConvertible {
  let number: RecordNumber
  public var rawValue: Int64 { number.value }

  init(number: RecordNumber) { self.number = number }

  public init?(rawValue: Int64) {
    guard let number = RecordNumber(value: rawValue) else { return nil }
    self.number = number
  }

  public init(at instant: Instant, random: RandomSource) {
    number = RecordNumber(at: instant, random: random)
  }

  public init?(_ text: some StringProtocol) {
    guard let number = RecordNumber(text, prefix: "p-") else { return nil }
    self.number = number
  }

  public var description: String { number.text(prefix: "p-") }
}

/// Names an entry of the waitlist, as `w-1nr7pm40k2vf8`.
public struct WaitlistID: Hashable, Comparable, Sendable, CustomStringConvertible {
  let number: RecordNumber
  public var rawValue: Int64 { number.value }

  init(number: RecordNumber) { self.number = number }

  public init?(rawValue: Int64) {
    guard let number = RecordNumber(value: rawValue) else { return nil }
    self.number = number
  }

  public init(at instant: Instant, random: RandomSource) {
    number = RecordNumber(at: instant, random: random)
  }

  public init?(_ text: some StringProtocol) {
    guard let number = RecordNumber(text, prefix: "w-") else { return nil }
    self.number = number
  }

  public var description: String { number.text(prefix: "w-") }

  public static func < (a: WaitlistID, b: WaitlistID) -> Bool { a.number < b.number }
}
