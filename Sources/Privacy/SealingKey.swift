import Crypto

/// Names a sealing key without telling anything about it; stands in every ciphertext.
public struct KeyID: Hashable, Sendable, CustomStringConvertible {
  static let byteCount = 8
  /// 8 bytes, as they stand in a sealed value.
  public let bytes: [UInt8]

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

extension SealingKey {
  /// This key's secret, sealed under a master key and bound to this key's id.
  ///
  /// - Parameter since: the row of the audit trail after which this key chains it, which is bound
  ///   likewise; nil for a key that only seals.
  public func wrapped(
    under master: SealingKey, since: Int64? = nil
  ) throws(SealingError) -> [UInt8] {
    var bytes = secret.withUnsafeBytes { [UInt8]($0) }
    defer { bytes.wipe() }
    return try Sealer(key: master).seal(
      bytes.hexadecimal, table: "data_key", row: Self.row(id, since), column: "wrapped")
  }

  /// The key that `wrapped` holds, bound as it was.
  public init(
    unwrapping wrapped: [UInt8], id: KeyID, since: Int64? = nil, under master: SealingKey
  ) throws(SealingError) {
    let text = try Sealer(key: master).open(
      wrapped, table: "data_key", row: Self.row(id, since), column: "wrapped")
    guard var bytes = [UInt8](hexadecimal: text.utf8, count: Self.byteCount) else {
      throw .notText(table: "data_key", row: id.description, column: "wrapped")
    }
    defer { bytes.wipe() }
    self.init(id: id, secret: SymmetricKey(data: bytes))
  }

  private static func row(_ id: KeyID, _ since: Int64?) -> String {
    since.map { "\(id) since \($0)" } ?? id.description
  }
}

extension SealingKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "SealingKey(\(id), secret withheld)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["id": id.description]) }
}
