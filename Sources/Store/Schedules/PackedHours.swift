import CivilTime
import Scheduling

/// Plain weekly hours and time off in a few dozen bytes: a block in 8, in 16 with its validity.
///
/// Little-endian. A count of blocks, each: weekday (bits 0…2), telehealth (3), has bounds (4), a
/// spare byte, start, end and slot in minutes, 2 bytes each; where it has bounds, first and last
/// day, 4 bytes each, of which the ends of the range stand for none. Then a count of times off,
/// each: days and minutes of its start and of its end, 4 and 2 bytes.
struct PackedHours {
  var blocks: [ScheduleBlock]
  var timeOff: [ScheduleException]

  /// Nil where hours are more than the format holds: steps, cycles, visit kinds, hours of a day.
  static func pack(_ blocks: [ScheduleBlock], _ exceptions: [ScheduleException]) -> [UInt8]? {
    let isPlain = blocks.allSatisfy {
      $0.offers.kinds.isEmpty && $0.offers.stepMinutes == $0.slotMinutes && $0.everyWeeks == 1
    }
    guard isPlain, exceptions.allSatisfy({ $0.hours == nil }), blocks.count <= UInt8.max,
      exceptions.count <= UInt8.max
    else { return nil }
    var bytes: [UInt8] = [UInt8(blocks.count)]
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    for block in blocks {
      let isBounded = block.validFrom != nil || block.validUntil != nil
      append(
        UInt16(
          block.weekday.rawValue + (block.visitType == .telehealth ? 8 : 0) + (isBounded ? 16 : 0)))
      for minutes in [block.start.minutes, block.end.minutes, block.slotMinutes] {
        append(UInt16(minutes))
      }
      if isBounded {
        append(block.validFrom?.daysSinceEpoch ?? .min)
        append(block.validUntil?.daysSinceEpoch ?? .max)
      }
    }
    append(UInt8(exceptions.count))
    for exception in exceptions {
      for time in [exception.from, exception.to] {
        append(time.date.daysSinceEpoch)
        append(UInt16(time.time.minutes))
      }
    }
    return bytes
  }

  /// Nil for bytes that are no packed hours.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var reader = PackedReader(bytes: bytes)
    blocks = []
    timeOff = []
    guard let count: UInt8 = reader.next() else { return nil }
    blocks.reserveCapacity(Int(count))
    for _ in 0..<count {
      guard let block = reader.block() else { return nil }
      blocks.append(block)
    }
    guard let count: UInt8 = reader.next() else { return nil }
    for _ in 0..<count {
      guard let from = reader.time(), let to = reader.time() else { return nil }
      do throws(ScheduleError) {
        timeOff.append(try ScheduleException(.timeOff, from: from, to: to))
      } catch {
        return nil
      }
    }
    guard reader.isAtEnd else { return nil }
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

  mutating func block() -> ScheduleBlock? {
    guard let head: UInt16 = next(), let weekday = Weekday(rawValue: Int(head & 7)),
      let start: UInt16 = next(), let end: UInt16 = next(), let slot: UInt16 = next(),
      let start = TimeOfDay(minutes: Int(start)), let end = TimeOfDay(minutes: Int(end))
    else { return nil }
    var bounds: (from: CivilDate?, until: CivilDate?)
    if head & 16 != 0 {
      guard let from: Int32 = next(), let until: Int32 = next() else { return nil }
      bounds.from = from == .min ? nil : CivilDate(daysSinceEpoch: from)
      bounds.until = until == .max ? nil : CivilDate(daysSinceEpoch: until)
    }
    do throws(ScheduleError) {
      return try ScheduleBlock(
        weekday: weekday, start: start, end: end, slotMinutes: Int(slot),
        visitType: head & 8 != 0 ? .telehealth : .inPerson, validFrom: bounds.from,
        validUntil: bounds.until)
    } catch {
      return nil
    }
  }

  mutating func time() -> CivilDateTime? {
    guard let days: Int32 = next(), let minutes: UInt16 = next(),
      let time = TimeOfDay(minutes: Int(minutes))
    else { return nil }
    return CivilDateTime(date: CivilDate(daysSinceEpoch: days), time: time)
  }
}
