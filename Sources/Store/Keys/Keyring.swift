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
    let resealed: Int64
    /// Whether blind index and audit chain go on under it as well. Keys of before only seal, but
    /// for the first.
    let isRoot: Bool
  }

  public internal(set) var keys: [DataKey]

  /// Under which values are sealed.
  public var current: DataKey { keys[keys.count - 1] }
  /// From which the blind index and the audit chain have, and had, their keys.
  var roots: [DataKey] { keys.filter(\.isRoot) }

  /// A ring of one key.
  public init(key: SealingKey) {
    keys = [DataKey(number: 1, key: key, auditSequence: 0, resealed: 0, isRoot: true)]
  }

  init(keys: [DataKey]) { self.keys = keys }

  /// An audit row comes with at most so many values sealed in one column.
  static let sealsPerAuditRow: Int64 = 8
  /// Random nonces of 96 bits are good for 2³² values a key (NIST SP 800-38D, section 8.3).
  public static let mostSeals: Int64 = 1 << 32
}

extension ReadTransaction {
  /// The ring as a master key opens it; nil when the database has none.
  ///
  /// Throws `SealingError.wrongKey` when it is wrapped under other master keys.
  func keyring(master: SealingKey) throws -> Keyring? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT number, key_id, wrapped, audit_sequence, resealed FROM data_key
        WHERE master_id = ? ORDER BY number
        """)
    let keys = try fetchAll(statement, [master.id.description], from: "data_key") { columns in
      try dataKey(&columns, master)
    }
    guard !keys.isEmpty else {
      let other = try String.fetchOne(db, sql: "SELECT master_id FROM data_key LIMIT 1")
      guard let other = other.flatMap({ KeyID($0) }) else { return nil }
      throw SealingError.wrongKey(sealedUnder: other, have: master.id)
    }
    return Keyring(keys: keys)
  }

  private func dataKey(
    _ columns: inout Columns, _ master: SealingKey
  ) throws -> Keyring.DataKey {
    let number = try columns.next(Int.self)
    let id = try columns.next(String.self) { KeyID($0) }
    let wrapped = try columns.bytes()
    let auditSequence = try columns.next(Int64.self)
    let resealed = try columns.next(Int64.self)
    var isRoot = true
    let key: SealingKey
    do {
      key = try SealingKey(unwrapping: wrapped, id: id, since: auditSequence, under: master)
    } catch SealingError.tampered {
      // As keys were wrapped before: bound to their id alone, and all but the first only seal.
      key = try SealingKey(unwrapping: wrapped, id: id, under: master)
      isRoot = number == 1
    }
    return Keyring.DataKey(
      number: number, key: key, auditSequence: auditSequence, resealed: resealed, isRoot: isRoot)
  }

  /// The master keys under which the ring is wrapped.
  public func masterKeys() throws -> Set<KeyID> {
    Set(
      try String.fetchAll(db, sql: "SELECT DISTINCT master_id FROM data_key")
        .compactMap { KeyID($0) })
  }

  /// No column has more values sealed under the vault's current key than this: whoever seals
  /// something leaves a row of the audit trail in the same transaction, so that neither a crash nor
  /// another process makes it too few.
  ///
  /// Throws `StoreError.keysChanged` for a vault that was opened before the keys were changed.
  public func sealsAtMost(vault: Vault) throws -> Int64 {
    try sealsAtMost(auditSequence: auditHead().sequence, vault: vault)
  }

  func sealsAtMost(auditSequence: Int64, vault: Vault) throws -> Int64 {
    let current = vault.ring.current
    let resealed = try requireCurrent(vault)
    return (auditSequence - current.auditSequence) * Keyring.sealsPerAuditRow + resealed
  }

  /// Refuses a vault that was opened before the keys were changed: what it seals, finds and chains
  /// would be under a former key.
  ///
  /// - Returns: how many values were sealed anew under the current key.
  /// - Throws: `StoreError.keysChanged`.
  @discardableResult
  public func requireCurrent(_ vault: Vault) throws -> Int64 {
    let statement = try db.cachedStatement(
      sql: "SELECT key_id, resealed FROM data_key ORDER BY number DESC LIMIT 1")
    let newest = try fetchFirst(statement, from: "data_key") { columns in
      (id: try columns.next(String.self), resealed: try columns.next(Int64.self))
    }
    guard let newest else {
      // A home of before, whose one key is in its file.
      guard vault.ring.keys.count == 1 else { throw StoreError.keysChanged(path: path) }
      return 0
    }
    guard newest.id == vault.ring.current.key.id.description else {
      throw StoreError.keysChanged(path: path)
    }
    return newest.resealed
  }
}

extension WriteTransaction {
  /// Wraps the ring under a master key, beside what else it is wrapped under.
  func wrap(_ ring: Keyring, under master: SealingKey) throws {
    for data in ring.keys {
      let since = data.isRoot && data.number > 1 ? data.auditSequence : nil
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
          try data.key.wrapped(under: master, since: since), data.auditSequence,
          data.resealed,
        ])
    }
  }

  /// Counts what the database that this one is to replace has sealed under the same key since they
  /// parted: it is in the copy that is kept of it.
  func keepSeals(of current: ReadTransaction, present: Vault, vault: Vault) throws {
    guard present.ring.current.key.id == vault.ring.current.key.id else { return }
    let others = try current.sealsAtMost(vault: present)
    let own = try sealsAtMost(vault: vault)
    try execute(
      "UPDATE data_key SET resealed = resealed + ? WHERE key_id = ?",
      [max(others - own, 0), vault.ring.current.key.id.description])
  }

  /// Forgets what is wrapped under other master keys.
  func forgetMasters(but master: KeyID) throws {
    try execute("DELETE FROM data_key WHERE master_id <> ?", [master.description])
  }
}
