import Crypto

/// The secret that somebody's authenticator app shares with the home: time-based one-time codes of
/// six digits, a new one every 30 seconds (RFC 6238 over HMAC-SHA-1, which is what the apps know).
public struct OneTimeSecret: Sendable {
  static let byteCount = 20
  static let stepSeconds: Int64 = 30
  /// Steps by which the two clocks may differ.
  static let drift: Int64 = 1
  let bytes: [UInt8]

  public static func random(_ random: RandomSource) -> OneTimeSecret {
    OneTimeSecret(bytes: random.bytes(byteCount))
  }

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  /// Reads the text form; nil unless it is 32 digits of RFC 4648's base 32.
  public init?(_ text: String) {
    var bytes: [UInt8] = []
    var buffer: UInt64 = 0
    var bits = 0
    guard text.utf8.count == Self.byteCount * 8 / 5 else { return nil }
    for digit in text.utf8 {
      guard let value = Self.digits.firstIndex(of: digit) else { return nil }
      buffer = (buffer << 5 | UInt64(value)) & 0xffff
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
      }
    }
    self.bytes = bytes
  }

  /// RFC 4648's base 32, as apps take it when it is typed in.
  public var text: String {
    var text: [UInt8] = []
    var buffer: UInt64 = 0
    var bits = 0
    for byte in bytes {
      buffer = (buffer << 8 | UInt64(byte)) & 0xffff
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(Self.digits[Int(buffer >> bits & 31)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// As apps take it in a QR code (github.com/google/google-authenticator/wiki/Key-Uri-Format).
  /// - Parameter name: of an account; letters, digits, dots and hyphens.
  public func uri(of name: String) -> String {
    "otpauth://totp/nearcare:\(name)?secret=\(text)&issuer=nearcare"
  }

  /// The step whose code this is: now's, or one of its neighbours, and later than `last`, so that a
  /// code opens once. Nil for a wrong or a used one.
  ///
  /// - Parameter seconds: since 1970.
  public func step(of code: String, at seconds: Int64, after last: Int64) -> Int64? {
    let now = seconds / Self.stepSeconds
    var found: Int64?
    // Each is compared, so that the time taken tells nothing.
    for step in (now - Self.drift)...(now + Self.drift)
    where constantTimeEqual(Array(self.code(of: step).utf8), Array(code.utf8)) {
      if step > last { found = step }
    }
    return found
  }

  /// The code at a moment, in seconds since 1970.
  public func code(at seconds: Int64) -> String { code(of: seconds / Self.stepSeconds) }

  private func code(of step: Int64) -> String {
    let text = String(truncated(step) % 1_000_000)
    return String(repeating: "0", count: 6 - text.utf8.count) + text
  }

  /// RFC 4226, section 5.3: 31 bits.
  func truncated(_ counter: Int64) -> UInt32 {
    let message = withUnsafeBytes(of: counter.bigEndian) { Array($0) }
    let mac = Array(
      HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: bytes)))
    let offset = Int(mac[19] & 15)
    return mac[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
  }
}

extension OneTimeSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "OneTimeSecret(withheld)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
