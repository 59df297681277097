/// A wall-clock time in minutes after midnight, 00:00…24:00; 24:00 is an end, never a start.
public struct TimeOfDay: Hashable, Comparable, Sendable {
  public let minutes: Int

  public static let startOfDay = TimeOfDay(unchecked: 0)
  public static let endOfDay = TimeOfDay(unchecked: 1440)

  /// Nil outside 0…1440.
  public init?(minutes: Int) {
    guard (0...1440).contains(minutes) else { return nil }
    self.minutes = minutes
  }

  /// Nil outside 00:00…24:00.
  public init?(hour: Int, minute: Int) {
    guard (0...24).contains(hour), (0...59).contains(minute) else { return nil }
    self.init(minutes: hour * 60 + minute)
  }

  /// Reads `09:30` and `24:00`: two digits, a colon, two digits.
  public init?(_ text: String) { self.init(text[...]) }

  /// As for a whole `String`.
  public init?(_ text: Substring) {
    guard let (hour, minute) = DigitReader.read(text, { $0.time() }) else { return nil }
    self.init(hour: hour, minute: minute)
  }

  init(unchecked minutes: Int) { self.minutes = minutes }

  /// 0…24.
  public var hour: Int { minutes / 60 }
  /// 0…59.
  public var minute: Int { minutes % 60 }

  public static func < (a: TimeOfDay, b: TimeOfDay) -> Bool { a.minutes < b.minutes }
}

extension TimeOfDay: CustomStringConvertible {
  /// `09:30`.
  public var description: String { DigitWriter.text { $0.time(self) } }
}
