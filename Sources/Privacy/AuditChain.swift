import Crypto

/// One row of the audit trail as it is authenticated.
public struct AuditRow: Hashable, Sendable {
  /// 1 for the first row, one more for each that follows.
  public var sequence: Int64
  /// The row's columns in the order of the table, the authentication code left out; nil is SQL's
  /// NULL.
  public var fields: [String?]
  /// 32 bytes, see `AuditChain.mac`.
  public var mac: [UInt8]

  public init(sequence: Int64, fields: [String?], mac: [UInt8]) {
    self.sequence = sequence
    self.fields = fields
    self.mac = mac
  }
}

/// Where an audit trail ends: what the next row is chained to.
public struct AuditHead: Hashable, Sendable {
  public var sequence: Int64
  public var mac: [UInt8]

  public init(sequence: Int64, mac: [UInt8]) {
    self.sequence = sequence
    self.mac = mac
  }

  /// The head of an empty trail.
  public static let empty = AuditHead(sequence: 0, mac: [UInt8](repeating: 0, count: 32))
}

/// `1234:9f…`, the row's number and its code in lower-case hexadecimal: what is kept elsewhere, so
/// that a trail whose end was cut off, or a whole older copy, is told from the one it came from.
extension AuditHead: LosslessStringConvertible {
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let sequence = Int64(parts[0]), sequence >= 0,
      String(sequence) == parts[0], let mac = [UInt8](hexadecimal: parts[1].utf8, count: 32)
    else { return nil }
    self.init(sequence: sequence, mac: mac)
  }

  public var description: String { "\(sequence):\(mac.hexadecimal)" }
}

/// The first thing wrong with an audit trail.
public enum AuditBreak: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another number than the next one: a row was removed, inserted or moved.
  case sequence(expected: Int64, found: Int64)
  /// The row was changed, or the one before it was.
  case mac(sequence: Int64)
  /// A trail whole in itself, which does not hold the row that a head kept elsewhere names.
  case notTheTrail(of: AuditHead, end: Int64)
  /// The note of a removed beginning was not written by this key.
  case segment(last: Int64)
  /// Row `head` was removed because its time was over.
  case removed(head: AuditHead, start: Int64)

  public var description: String {
    switch self {
    case .sequence(let expected, let found):
      "audit row \(expected) should come next, but \(found) does: rows were removed, added or moved"
    case .mac(let sequence):
      "audit row \(sequence) or the one before it was changed"
    case .segment(let last):
      "the note that rows up to \(last) were removed was not made by this home's key"
    case .removed(let head, let start):
      """
      audit row \(head.sequence) of the head that was kept was removed when its time was over, \
      with all rows up to \(start); use a head that was kept later
      """
    case .notTheTrail(let head, let end) where end < head.sequence:
      """
      the audit trail ends at row \(end), before row \(head.sequence) of the head that was kept: \
      its end was cut off, or the database is an older copy
      """
    case .notTheTrail(let head, _):
      """
      audit row \(head.sequence) is not the one that the kept head names: the trail was written \
      anew after an older copy took its place, or the head is another trail's
      """
    }
  }
}

/// Chains the rows of the audit trail: each row's code is an HMAC over the code before it, its own
/// number and its fields, so that no row can be changed, removed, added or moved without the key.
///
/// A chain may go on under another key. The first row under it holds the code of the last one
/// before, so whoever has a former key alone still cannot write anew what it vouched for.
///
/// The chain alone cannot tell that its last rows were cut off; compare with a head kept elsewhere.
public struct AuditChain: Sendable {
  /// From the oldest to the newest, each for the rows after `row`; the first has 0.
  private let keys: [(row: Int64, key: SymmetricKey)]

  public init(key: SealingKey) { self.init(keys: [(0, key)]) }

  /// - Parameter keys: from the oldest to the newest, each with the number of the last row before
  ///   it; the first one with 0.
  public init(keys: [(after: Int64, key: SealingKey)]) {
    self.keys = keys.map { ($0.after, $0.key.derived(for: "audit chain")) }
  }

  /// 32 bytes for the row that follows `head` and holds `fields`.
  public func mac(after head: AuditHead, fields: [String?]) -> [UInt8] {
    let key = keys.last { $0.row <= head.sequence } ?? keys[0]
    return Self.mac(after: head, fields, under: key.key)
  }

  /// 32 bytes by which the newest key vouches for `fields` and a head of any age.
  public func code(of head: AuditHead, fields: [String?]) -> [UInt8] {
    Self.mac(after: head, fields, under: keys[keys.count - 1].key)
  }

  private static func mac(
    after head: AuditHead, _ fields: [String?], under key: SymmetricKey
  ) -> [UInt8] {
    var message = FieldBytes()
    message.append(head.mac)
    message.append(UInt64(bitPattern: head.sequence + 1))
    message.append(UInt64(fields.count))
    for field in fields { message.append(field) }
    return Array(HMAC<SHA256>.authenticationCode(for: message.bytes, using: key))
  }

  /// The row that follows `head`.
  public func row(after head: AuditHead, fields: [String?]) -> AuditRow {
    AuditRow(
      sequence: head.sequence + 1, fields: fields, mac: mac(after: head, fields: fields))
  }

  /// Checks that `row` follows `head`, and returns the head after it.
  public func advance(_ head: AuditHead, over row: AuditRow) throws(AuditBreak) -> AuditHead {
    guard row.sequence == head.sequence + 1 else {
      throw .sequence(expected: head.sequence + 1, found: row.sequence)
    }
    guard constantTimeEqual(row.mac, mac(after: head, fields: row.fields)) else {
      throw .mac(sequence: row.sequence)
    }
    return AuditHead(sequence: row.sequence, mac: row.mac)
  }
}
