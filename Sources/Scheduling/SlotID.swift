public import CivilTime
public import ProviderDirectory

/// Names a slot for good: role, start in UTC to the minute, minutes, visit type, and the kind of
/// visit where the practice has kinds. It is not looked up anywhere, so it stays valid while
/// screens and files keep it.
///
/// The text form is `1234567893-4fz0q8-20261124T1400Z-30p`, `p` for in person and `t` for
/// telehealth, and `…-30p-follow-up` with a kind: letters, digits and hyphens, safe in a shell and
/// in a URL. Because it carries UTC, the two 01:30 slots of a night that repeats an hour have
/// different ids.
public struct SlotID: Hashable, Sendable {
  public let role: RoleID
  /// On a whole minute, in the years 1970…9999.
  public let start: Instant
  /// 1…1440.
  public let minutes: Int
  public let visitType: VisitType
  /// Nil for plain hours.
  public let kind: ShortName?

  static let starts: Range<Int64> = 0..<253_402_300_800

  /// Nil when `start` or `minutes` is out of bounds.
  public init?(
    role: RoleID, start: Instant, minutes: Int, visitType: VisitType, kind: ShortName? = nil
  ) {
    guard Self.starts.contains(start.secondsSinceEpoch), start.secondsSinceEpoch % 60 == 0,
      (1...1440).contains(minutes)
    else { return nil }
    self.role = role
    self.start = start
    self.minutes = minutes
    self.visitType = visitType
    self.kind = kind
  }

  public var end: Instant { start.adding(seconds: Int64(minutes) * 60) }
}

extension SlotID: CustomStringConvertible {
  public var description: String {
    let seconds = start.secondsSinceEpoch
    let date = CivilDate(daysSinceEpoch: Int32(seconds / 86_400)).components
    let minute = Int(seconds % 86_400) / 60
    // Every slot of every result is written, so this goes by bytes, not by a string a number.
    var text: [UInt8] = []
    text.reserveCapacity(40)
    text.append(contentsOf: role.description.utf8)
    text.append(UInt8(ascii: "-"))
    text.append(digits: date.year, width: 4)
    text.append(digits: date.month, width: 2)
    text.append(digits: date.day, width: 2)
    text.append(UInt8(ascii: "T"))
    text.append(digits: minute / 60, width: 2)
    text.append(digits: minute % 60, width: 2)
    text.append(UInt8(ascii: "Z"))
    text.append(UInt8(ascii: "-"))
    text.append(digits: minutes, width: 1)
    text.append(contentsOf: visitType.letter.utf8)
    if let kind {
      text.append(UInt8(ascii: "-"))
      text.append(contentsOf: kind.utf8)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads the text form exactly as it is written: no other case, spacing, padding or sign.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    let parts = bytes.split(
      separator: UInt8(ascii: "-"), maxSplits: 4, omittingEmptySubsequences: false)
    guard bytes.count <= 80, parts.count >= 4,
      let role = RoleID(String(decoding: parts[0] + [UInt8(ascii: "-")] + parts[1], as: UTF8.self)),
      let start = Self.start(Array(parts[2])), let letter = parts[3].last,
      let visitType = VisitType.allCases.first(where: { $0.letter.utf8.first == letter }),
      let minutes = number(parts[3].dropLast()),
      let id = SlotID(
        role: role, start: start, minutes: minutes, visitType: visitType,
        kind: parts.dropFirst(4).first.flatMap { ShortName(String(decoding: $0, as: UTF8.self)) }),
      // Whatever the parts let pass (capitals, leading zeros, no name), an id has one spelling.
      id.description.utf8.elementsEqual(bytes)
    else { return nil }
    self = id
  }

  /// `20261124T1400Z`.
  private static func start(_ bytes: [UInt8]) -> Instant? {
    guard bytes.count == 14, bytes[8] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: "Z"),
      let year = number(bytes[0..<4]), let month = number(bytes[4..<6]),
      let day = number(bytes[6..<8]), let hour = number(bytes[9..<11]), hour < 24,
      let minute = number(bytes[11..<13]), minute < 60,
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60)
    return Instant(secondsSinceEpoch: seconds)
  }
}

extension VisitType {
  /// As it ends a slot id.
  var letter: String {
    switch self {
    case .inPerson: "p"
    case .telehealth: "t"
    }
  }
}

/// One to nine decimal digits and nothing else.
private func number(_ digits: some Collection<UInt8>) -> Int? {
  guard (1...9).contains(digits.count) else { return nil }
  var value = 0
  for digit in digits {
    guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
    value = value * 10 + Int(digit - UInt8(ascii: "0"))
  }
  return value
}

extension [UInt8] {
  /// Appends a number that is not negative, with leading zeros up to `width`.
  fileprivate mutating func append(digits value: Int, width: Int) {
    if value >= 10 || width > 1 { append(digits: value / 10, width: width - 1) }
    append(UInt8(ascii: "0") + UInt8(value % 10))
  }
}
