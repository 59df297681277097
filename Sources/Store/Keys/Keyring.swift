import GRDB
public import Privacy

/// The keys of one home that seal, the oldest first.
public struct Keyring: Sendable {
  public struct DataKey: Sendable {
    public let number: Int
    public let key: SealingKey
    /// The end of the audit trail when it was made.
    let auditSequence: Int64
    /// How many values were sealed anew under it.
    var resealed: Int64
  }

  public internal(set) var keys: [DataKey]

  /// From it the blind index and the audit chain have their keys, so it stays.
  public var root: SealingKey { keys[0].key }
  /// Under which values are sealed.
  public var current: DataKey { keys[keys.count - 1] }

  /// A ring of one key.
  public init(key: SealingKey) {
    keys = [DataKey(number: 1, key: key, auditSequence: 0, resealed: 0)]
  }

  init(keys: [DataKey]) { self.keys = keys }

  /// An audit row comes with at most so many values sealed in one column.
  private static let sealsPerAuditRow: Int64 = 8
  /// Random nonces of 96 bits are good for 2³² values a key (NIST SP 800-38D, section 8.3).
  static let mostSeals: Int64 = 1 << 32

  /// No column has more values sealed under the current key than this: whoever seals something
  /// leaves a row of the audit trail.
  public func sealsAtMost(auditSequence: Int64) -> Int64 {
    (auditSequence - current.auditSequence) * Self.sealsPerAuditRow + current.resealed
  }
}

extension ReadTransaction {
  /// The ring as a master key opens it; nil when the database has none.
  ///
  /// Throws `SealingError.wrongKey` when it is wrapped under other master keys.
  func keyring(master: SealingKey) throws -> Keyring? {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT number, key_id, wrapped, audit_sequence, resealed FROM data_key
        WHERE master_id = ? ORDER BY number
        """, arguments: [master.id.description])
    guard !rows.isEmpty else {
      let other = try String.fetchOne(db, sql: "SELECT master_id FROM data_key LIMIT 1")
      guard let other = other.flatMap({ KeyID($0) }) else { return nil }
      throw SealingError.wrongKey(sealedUnder: other, have: master.id)
    }
    return Keyring(
      keys: try rows.map { row in
        var columns = Columns(row, table: "data_key", path: path)
        let number = try columns.next(Int.self)
        let id = try columns.next(String.self) { KeyID($0) }
        let key = try SealingKey(unwrapping: columns.bytes(), id: id, under: master)
        return try Keyring.DataKey(
          number: number, key: key, auditSequence: columns.next(Int64.self),
          resealed: columns.next(Int64.self))
      })
  }

  /// The master keys under which the ring is wrapped.
  public func masterKeys() throws -> Set<KeyID> {
    Set(
      try String.fetchAll(db, sql: "SELECT DISTINCT master_id FROM data_key")
        .compactMap { KeyID($0) })
  }
}

extension WriteTransaction {
  /// Wraps the ring under a master key, beside what else it is wrapped under.
  func wrap(_ ring: Keyring, under master: SealingKey) throws {
    for data in ring.keys {
      try execute(
        """
        INSERT INTO data_key (number, key_id, master_id, wrapped, audit_sequence, resealed)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (number, master_id) DO UPDATE SET key_id = excluded.key_id,
          wrapped = excluded.wrapped, audit_sequence = excluded.audit_sequence,
          resealed = excluded.resealed
        """,
        [
          data.number, data.key.id.description, master.id.description,
          try data.key.wrapped(under: master).blob, data.auditSequence, data.resealed,
        ])
    }
  }

  /// Forgets what is wrapped under other master keys.
  func forgetMasters(but master: KeyID) throws {
    try execute("DELETE FROM data_key WHERE master_id <> ?", [master.description])
  }
}
