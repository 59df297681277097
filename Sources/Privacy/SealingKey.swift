import Crypto

/// Names a sealing key without telling anything about it; stands in every ciphertext.
public struct KeyID: Hashable, Sendable, CustomStringConvertible {
  static let byteCount = 8
  let bytes: [UInt8]

  init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Reads the text form, sixteen lower-case hexadecimal digits.
  public init?(_ text: String) {
    guard let bytes = [UInt8](hexadecimal: text.utf8, count: Self.byteCount) else { return nil }
    self.bytes = bytes
  }

  public var description: String { bytes.hexadecimal }
}

/// The 256-bit secret from which the key of each use is derived (HKDF-SHA256, RFC 5869); it never
/// encrypts or authenticates anything itself. Printing it shows its id alone.
public struct SealingKey: Sendable {
  static let byteCount = 32

  public let id: KeyID
  let secret: SymmetricKey

  public static func random(_ random: RandomSource) -> SealingKey {
    var bytes = random.bytes(byteCount)
    defer { bytes.wipe() }
    let id = KeyID(bytes: random.bytes(KeyID.byteCount))!
    return SealingKey(id: id, secret: SymmetricKey(data: bytes))
  }

  /// The key for one use. Distinct purposes or scopes give unrelated keys.
  func derived(for purpose: String, scope: [String] = []) -> SymmetricKey {
    var info = FieldBytes()
    info.append("nearcare 1")
    info.append(purpose)
    for part in scope { info.append(part) }
    return HKDF<SHA256>.deriveKey(
      inputKeyMaterial: secret, info: info.bytes, outputByteCount: Self.byteCount)
  }
}

extension SealingKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "SealingKey(\(id), secret withheld)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["id": id.description]) }
}
