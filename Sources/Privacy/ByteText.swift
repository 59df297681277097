import Glibc

extension [UInt8] {
  /// Lower-case hexadecimal, two digits a byte.
  var hexadecimal: String {
    let digits = [UInt8]("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(count * 2)
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Nil unless `text` is exactly `count` bytes in lower-case hexadecimal.
  init?(hexadecimal text: some Collection<UInt8>, count: Int) {
    guard text.count == count * 2 else { return nil }
    self = []
    reserveCapacity(count)
    var high: UInt8?
    for digit in text {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let first = high {
        append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
  }

  /// Overwrites the bytes. Best effort: copies that Swift made earlier are out of reach.
  mutating func wipe() {
    withUnsafeMutableBytes { buffer in
      if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
    }
    removeAll()
  }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
public func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  guard a.count == b.count else { return false }
  var difference: UInt8 = 0
  for index in a.indices { difference |= a[index] ^ b[index] }
  return difference == 0
}

/// Joins fields so that no two different lists of fields give the same bytes: each is preceded by
/// its length in bytes as a big-endian `UInt64`, and an absent field differs from an empty one.
struct FieldBytes {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: UInt64) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ field: some Collection<UInt8>) {
    append(UInt64(field.count))
    bytes.append(contentsOf: field)
  }

  mutating func append(_ field: String) { append(field.utf8) }

  mutating func append(_ field: String?) {
    // No field has this length, so it can stand for "absent".
    if let field { append(field.utf8) } else { append(UInt64.max) }
  }
}
