import Foundation
import GRDB
public import Privacy

/// A table's sealed columns.
struct SealedTable {
  let name: String
  let key: String
  let columns: [String]
  /// Triggers that would take a value sealed anew for another one.
  var guards: [String] = []

  /// All there are. A test compares them with the schema.
  static let all = [
    SealedTable(
      name: "patient", key: "patient_id",
      columns: ["name_sealed", "birth_date_sealed", "email_sealed", "phone_sealed"]),
    SealedTable(name: "claim", key: "claim_id", columns: ["reason_sealed", "end_reason_sealed"]),
    SealedTable(name: "waitlist", key: "waitlist_id", columns: ["wish_sealed"]),
    SealedTable(
      name: "patient_secret", key: "patient_id", columns: ["passphrase_sealed", "code_sealed"]),
    SealedTable(name: "emergency", key: "emergency_id", columns: ["reason_sealed"]),
    SealedTable(
      name: "message_job", key: "job_id", columns: ["body_sealed"],
      guards: ["message_job_update"]),
    SealedTable(name: "message_preference", key: "patient_id", columns: ["device_sealed"]),
    SealedTable(name: "practitioner_notice", key: "npi", columns: ["email_sealed"]),
    SealedTable(name: "legal_hold", key: "hold_id", columns: ["reason_sealed"]),
    SealedTable(name: "staff", key: "staff_id", columns: ["passphrase_sealed", "code_sealed"]),
  ]
}

extension Store {
  /// Wraps the keys under a new master key, and puts that in the place of the key file's.
  ///
  /// Whenever it is stopped, the home opens: the ring is wrapped under both keys before the file
  /// changes, and under the old one until after. Of two at once, one ends with an error and has
  /// changed nothing.
  ///
  /// - Parameter place: makes the new master key durable where it is looked for from now on; false
  ///   when somebody has to put it there yet, so that the old one has to go on. Called while nobody
  ///   else writes.
  public func rotateMasterKey(
    from old: SealingKey, to new: SealingKey, by actor: Actor, vault: Vault,
    place: () throws -> Bool
  ) throws {
    try write { transaction in
      // A home of before has the one key in its file, which is then a data key as well.
      let ring = try transaction.ring(under: old, of: vault)
      if ring == nil { try transaction.wrap(vault.ring, under: old) }
      try transaction.wrap(ring ?? vault.ring, under: new)
    }
    try write { transaction in
      // By now the keys may be others, or the old master key may no longer open them.
      _ = try transaction.ring(under: old, of: vault)
      guard try place() else { return }
      try transaction.forgetMasters(but: new.id)
      try transaction.audit(
        .rotateKeys, of: nil, subject: "master key \(new.id)", by: actor, vault: vault)
    }
    try checkpoint()
  }

  /// Forgets what is wrapped under other master keys than the one that opens the home now.
  public func pruneMasterKeys(
    to master: SealingKey, by actor: Actor, vault: Vault
  ) throws -> Int {
    try write { transaction in
      let others = try transaction.masterKeys().subtracting([master.id]).count
      guard try transaction.keyring(master: master) != nil else { return 0 }
      try transaction.forgetMasters(but: master.id)
      if others > 0 {
        try transaction.audit(
          .rotateKeys, of: nil, subject: "only master key \(master.id)", by: actor, vault: vault)
      }
      return others
    }
  }

  /// Adds a data key, under which all is sealed, hashed and chained from now on; returns the vault
  /// that has it.
  public func addDataKey(
    master: SealingKey, by actor: Actor, vault: Vault, random: RandomSource = .system
  ) throws -> Vault {
    try write { transaction in
      var ring = try transaction.ring(under: master, of: vault) ?? vault.ring
      let removed = try transaction.lastAuditSegment(vault: vault)
      ring.keys.append(
        Keyring.DataKey(
          number: ring.current.number + 1, key: .random(random),
          auditSequence: try transaction.auditHead().sequence, resealed: 0, isRoot: true))
      try transaction.wrap(ring, under: master)
      let fresh = Vault(ring: ring, random: random)
      if let removed { try transaction.vouchAgain(for: removed, vault: fresh) }
      try transaction.audit(
        .rotateKeys, of: nil, subject: "data key \(ring.current.key.id)", by: actor, vault: fresh)
      return fresh
    }
  }

  /// Seals under the current key what is sealed under another, and hashes it anew for the blind
  /// index, some rows at a time, so that others write meanwhile; then writes the file anew, for
  /// which they wait. Stopped at any moment, the next call goes on with the rest.
  ///
  /// - Parameter wishKeys: what a wish on the waitlist is found by, see `Vault.hash(ofWishKey:)`.
  /// - Returns: how many values.
  /// - Throws: `StoreError.keysChanged` when somebody adds another key meanwhile.
  public func reseal(
    vault: Vault, batch: Int = 200, wishKeys: (String) throws -> [String]
  ) throws -> Int {
    var count = 0
    for table in SealedTable.all {
      var last = Int64.min
      while true {
        let step = try write { transaction in
          try transaction.withoutGuards(table.guards) {
            try transaction.reseal(table, after: last, limit: batch, vault, wishKeys)
          }
        }
        count += step.values
        guard let next = step.last else { break }
        last = next
      }
    }
    try write { try $0.forgetOldAttempts() }
    try rewrite()
    return count
  }

  /// How many values are sealed under another key than the current one.
  public func sealedElsewhere(vault: Vault) throws -> Int {
    try read { transaction in
      try SealedTable.all.reduce(0) { sum, table in
        let parts = table.columns.map { "sum(\($0) IS NOT NULL AND substr(\($0), 2, 8) <> ?1)" }
        let columns = parts.joined(separator: " + ")
        let found = try Int.fetchOne(
          transaction.db, sql: "SELECT coalesce(\(columns), 0) FROM \(table.name)",
          arguments: [Data(vault.sealer.keyID.bytes)])
        return sum + (found ?? 0)
      }
    }
  }
}

extension WriteTransaction {
  /// The ring of the vault as it stands under a master key; nil in a home that has none.
  ///
  /// Throws `StoreError.keysChanged` when it is no longer the vault's.
  fileprivate func ring(under master: SealingKey, of vault: Vault) throws -> Keyring? {
    try requireCurrent(vault)
    return try keyring(master: master)
  }

  /// Whoever has a former key alone shall not say that a beginning of the trail was removed.
  fileprivate func vouchAgain(for segment: AuditSegment, vault: Vault) throws {
    try withoutGuards(["audit_segment_no_update"]) {
      try execute(
        "UPDATE audit_segment SET code = ? WHERE last_sequence = ?",
        [segment.code(vault), segment.head.sequence])
    }
  }

  /// Of the names that nobody has there is nothing to hash anew; after a day they count no more.
  fileprivate func forgetOldAttempts() throws {
    try execute(
      "DELETE FROM sign_in_attempt WHERE locked_until < ?", [now.secondsSinceEpoch - 86_400])
  }

  fileprivate func reseal(
    _ table: SealedTable, after last: Int64, limit: Int, _ vault: Vault,
    _ wishKeys: (String) throws -> [String]
  ) throws -> (values: Int, last: Int64?) {
    try requireCurrent(vault)
    // The pages' freed bytes are overwritten, or they would keep the old ones.
    try db.execute(sql: "PRAGMA secure_delete = ON")
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT \(table.key), \(table.columns.joined(separator: ", ")) FROM \(table.name)
        WHERE \(table.key) > ? ORDER BY \(table.key) LIMIT ?
        """, arguments: [last, limit])
    var values = 0
    for row in rows { values += try reseal(row, of: table, vault, wishKeys) }
    if values > 0 {
      try execute(
        "UPDATE data_key SET resealed = resealed + ? WHERE number = ?",
        [values, vault.ring.current.number])
    }
    return (values, rows.count < limit ? nil : rows.last.map { $0[0] })
  }

  /// How many of the row's values were sealed anew.
  private func reseal(
    _ row: Row, of table: SealedTable, _ vault: Vault, _ wishKeys: (String) throws -> [String]
  ) throws -> Int {
    let sealed = Array(zip(table.columns, row.databaseValues.dropFirst())).compactMap {
      (column, value) in
      Data.fromDatabaseValue(value).map { (column: column, bytes: Array($0)) }
    }
    let old = sealed.filter { !vault.sealer.isCurrent($0.bytes) }
    guard !old.isEmpty else { return 0 }
    let id: Int64 = row[0]
    let isStaff = table.name == "staff"
    let bound = try isStaff ? staff(StaffID(rawValue: id))!.cell.row : String(id)
    var plain: [String: String] = [:]
    for (column, bytes) in sealed {
      plain[column] = try vault.sealer.open(bytes, table: table.name, row: bound, column: column)
    }
    for (column, _) in old {
      let again = try vault.sealer.seal(
        plain[column]!, table: table.name, row: bound, column: column)
      try execute(
        "UPDATE \(table.name) SET \(column) = ? WHERE \(table.key) = ?", [again, id])
    }
    if let email = plain["email_sealed"], let phone = plain["phone_sealed"] {
      try execute(
        "UPDATE patient SET email_hash = ?, phone_hash = ? WHERE patient_id = ?",
        [
          vault.blindIndex.hash(of: EmailAddress(email)),
          vault.blindIndex.hash(of: PhoneNumber(phone)), id,
        ])
    }
    if let wish = plain["wish_sealed"] {
      try hashAnew(id, keys: wishKeys(wish).map { vault.hash(ofWishKey: $0) })
    }
    return old.count
  }
}
