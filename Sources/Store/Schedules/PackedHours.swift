import CivilTime
import Scheduling

/// Weekly hours and time off in a few dozen bytes: weekdays that have the same hours in 8, or in 16
/// with their validity.
///
/// Little-endian. First whether all is here (1) or the starts alone (0): steps, cycles, kinds of
/// visits and hours of single days are not. Then a count of hours, each: weekdays from Monday (bits
/// 0…6), telehealth (7), any type (8), has bounds (9); start, end and step in minutes; 2 bytes
/// each; where it has bounds, first and last day, 4 bytes each, of which the ends of the range
/// stand for none. Where all is here, a count of times off, each: days and minutes of its start and
/// of its end, 4 and 2 bytes.
struct PackedHours {
  private(set) var starts: [WeeklyHours] = []
  private(set) var timeOff: [ScheduleException] = []
  /// Whether `starts` are plain hours and `timeOff` all there is beside them.
  private(set) var isWhole = false

  init() {}

  private enum Flag {
    static let weekdays: UInt16 = 0x7f
    static let telehealth: UInt16 = 1 << 7
    static let anyType: UInt16 = 1 << 8
    static let bounded: UInt16 = 1 << 9
  }

  /// Nil for more different hours than a clinic has.
  static func pack(_ blocks: [ScheduleBlock], _ exceptions: [ScheduleException]) -> [UInt8]? {
    let starts = WeeklyHours.starts(of: blocks, and: exceptions)
    let isPlain = blocks.allSatisfy {
      $0.offers.kinds.isEmpty && $0.offers.stepMinutes == $0.slotMinutes && $0.everyWeeks == 1
    }
    let isWhole =
      isPlain && exceptions.allSatisfy { $0.hours == nil } && exceptions.count <= UInt8.max
    guard let count = UInt8(exactly: starts.count) else { return nil }
    var bytes: [UInt8] = [isWhole ? 1 : 0, count]
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    for one in starts {
      var head = UInt16(one.weekdays)
      if one.visitType == .telehealth { head |= Flag.telehealth }
      if one.visitType == nil { head |= Flag.anyType }
      let isBounded = one.firstDay != .min || one.lastDay != .max
      if isBounded { head |= Flag.bounded }
      append(head)
      for minutes in [one.startMinute, one.endMinute, one.stepMinutes] { append(UInt16(minutes)) }
      if isBounded {
        append(one.firstDay)
        append(one.lastDay)
      }
    }
    guard isWhole else { return bytes }
    bytes.append(UInt8(exceptions.count))
    for exception in exceptions {
      for time in [exception.from, exception.to] {
        append(time.date.daysSinceEpoch)
        append(UInt16(time.time.minutes))
      }
    }
    return bytes
  }

  /// Takes the place of what was read before, in its room; false for bytes that are no packed
  /// hours.
  mutating func read(_ bytes: UnsafeRawBufferPointer) -> Bool {
    starts.removeAll(keepingCapacity: true)
    timeOff.removeAll(keepingCapacity: true)
    var reader = PackedReader(bytes: bytes)
    guard let whole: UInt8 = reader.next(), whole <= 1, let count: UInt8 = reader.next()
    else { return false }
    isWhole = whole == 1
    for _ in 0..<count {
      guard let one = Self.hours(&reader) else { return false }
      starts.append(one)
    }
    guard isWhole else { return reader.isAtEnd }
    guard let count: UInt8 = reader.next() else { return false }
    for _ in 0..<count {
      guard let from = reader.time(), let to = reader.time() else { return false }
      do throws(ScheduleError) {
        timeOff.append(try ScheduleException(.timeOff, from: from, to: to))
      } catch {
        return false
      }
    }
    return reader.isAtEnd
  }

  private static func hours(_ reader: inout PackedReader) -> WeeklyHours? {
    guard let head: UInt16 = reader.next(), let start: UInt16 = reader.next(),
      let end: UInt16 = reader.next(), let step: UInt16 = reader.next(), start < end,
      end <= 2880, step > 0
    else { return nil }
    var hours = WeeklyHours(
      weekdays: UInt8(head & Flag.weekdays),
      visitType: head & Flag.telehealth != 0 ? .telehealth : .inPerson, startMinute: Int(start),
      endMinute: Int(end), stepMinutes: Int(step))
    if head & Flag.anyType != 0 { hours.visitType = nil }
    if head & Flag.bounded != 0 {
      guard let first: Int32 = reader.next(), let last: Int32 = reader.next() else { return nil }
      (hours.firstDay, hours.lastDay) = (first, last)
    }
    return hours
  }

  /// A block for each weekday; nil where they are not whole, or no hours.
  var blocks: [ScheduleBlock]? {
    guard isWhole else { return nil }
    var blocks: [ScheduleBlock] = []
    blocks.reserveCapacity(starts.reduce(0) { $0 + $1.weekdays.nonzeroBitCount })
    do throws(ScheduleError) {
      for one in starts { try one.appendPlainBlocks(to: &blocks) }
    } catch {
      return nil
    }
    return blocks
  }
}

private struct PackedReader {
  let bytes: UnsafeRawBufferPointer
  private var offset = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { offset == bytes.count }

  mutating func next<Value: FixedWidthInteger>() -> Value? {
    guard offset + MemoryLayout<Value>.size <= bytes.count else { return nil }
    defer { offset += MemoryLayout<Value>.size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  mutating func time() -> CivilDateTime? {
    guard let days: Int32 = next(), let minutes: UInt16 = next(),
      let time = TimeOfDay(minutes: Int(minutes))
    else { return nil }
    return CivilDateTime(date: CivilDate(daysSinceEpoch: days), time: time)
  }
}
