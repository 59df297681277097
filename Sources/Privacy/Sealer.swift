import Crypto

/// Why a value could not be sealed or opened. The messages name the cell, never its contents.
public enum SealingError: Error, Equatable, Sendable {
  case truncated(byteCount: Int)
  case unsupportedVersion(UInt8)
  case wrongKey(sealedUnder: KeyID, have: KeyID)
  /// The bytes were changed, or stand in another table, row or column than they were sealed for.
  case tampered(table: String, row: String, column: String)
  case notText(table: String, row: String, column: String)
  case cipher(detail: String)
  /// As many values were sealed under the key as random nonces are good for.
  case worn(key: KeyID, values: Int64)
}

extension SealingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated(let byteCount):
      "a sealed value has \(byteCount) bytes, and none is shorter than \(Sealer.overheadBytes); "
        + "restore it from a backup"
    case .unsupportedVersion(let version):
      "a sealed value has format \(version), this program reads \(Sealer.version); update nearcare"
    case .wrongKey(let sealedUnder, let have):
      "a value is sealed under key \(sealedUnder), and the key file holds \(have); "
        + "restore the file of the former, or repeat the command if the keys were just changed"
    case .tampered(let table, let row, let column):
      "\(table).\(column) of row \(row) was changed outside nearcare; restore it from a backup"
    case .notText(let table, let row, let column):
      "\(table).\(column) of row \(row) opens to bytes that are not UTF-8"
    case .worn(let key, let values):
      "up to \(values) values are sealed under key \(key), and 4294967296 are allowed: run "
        + "`nearcare keys reencrypt`"
    case .cipher(let detail):
      "AES-GCM failed: \(detail)"
    }
  }
}

/// Seals patient columns with AES-256-GCM (NIST SP 800-38D).
///
/// A sealed value is `version (1 byte) ‖ key id (8) ‖ nonce (12, random) ‖ ciphertext ‖ tag (16)`.
/// Its header, table, row and column are authenticated with it, so a value moved elsewhere does not
/// open. Each column has a key of its own, which keeps random nonces safe for 2³² values a column.
///
/// The length of the text is not hidden.
public struct Sealer: Sendable {
  static let version: UInt8 = 1
  static let nonceBytes = 12
  static let tagBytes = 16
  static let headerBytes = 1 + KeyID.byteCount
  /// How much longer a sealed value is than its text in UTF-8.
  public static let overheadBytes = headerBytes + nonceBytes + tagBytes

  private let key: SealingKey
  /// Under which values may be sealed from before.
  private let former: [KeyID: SealingKey]
  private let random: RandomSource

  public init(key: SealingKey, former: [SealingKey] = [], random: RandomSource = .system) {
    self.key = key
    self.former = Dictionary(former.map { ($0.id, $0) }) { first, _ in first }
    self.random = random
  }

  /// Whether a value is sealed under the key that seals now.
  public func isCurrent(_ sealed: [UInt8]) -> Bool {
    sealed.dropFirst().starts(with: key.id.bytes)
  }

  public var keyID: KeyID { key.id }

  public func seal(
    _ plain: String, table: String, row: String, column: String
  ) throws(SealingError) -> [UInt8] {
    let header = [Self.version] + key.id.bytes
    let bound = Self.associatedData(header, table, row, column)
    do {
      let box = try AES.GCM.seal(
        Array(plain.utf8), using: Self.columnKey(key, table, column),
        nonce: AES.GCM.Nonce(data: random.bytes(Self.nonceBytes)), authenticating: bound)
      return header + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    } catch {
      throw .cipher(detail: "\(error)")
    }
  }

  public func open(
    _ sealed: [UInt8], table: String, row: String, column: String
  ) throws(SealingError) -> String {
    guard sealed.count >= Self.overheadBytes else { throw .truncated(byteCount: sealed.count) }
    guard sealed[0] == Self.version else { throw .unsupportedVersion(sealed[0]) }
    let sealedUnder = KeyID(bytes: Array(sealed[1..<Self.headerBytes]))!
    guard let opener = sealedUnder == key.id ? key : former[sealedUnder] else {
      throw .wrongKey(sealedUnder: sealedUnder, have: key.id)
    }
    let header = Array(sealed[..<Self.headerBytes])
    let plain: [UInt8]
    do {
      let box = try AES.GCM.SealedBox(combined: sealed[Self.headerBytes...])
      plain = Array(
        try AES.GCM.open(
          box, using: Self.columnKey(opener, table, column),
          authenticating: Self.associatedData(header, table, row, column)))
    } catch {
      throw .tampered(table: table, row: row, column: column)
    }
    guard let text = String(validating: plain, as: UTF8.self) else {
      throw .notText(table: table, row: row, column: column)
    }
    return text
  }

  private static func columnKey(
    _ key: SealingKey, _ table: String, _ column: String
  ) -> SymmetricKey {
    key.derived(for: "seal", scope: [table, column])
  }

  private static func associatedData(
    _ header: [UInt8], _ table: String, _ row: String, _ column: String
  ) -> [UInt8] {
    var fields = FieldBytes()
    fields.append(header)
    fields.append(table)
    fields.append(row)
    fields.append(column)
    return fields.bytes
  }
}
