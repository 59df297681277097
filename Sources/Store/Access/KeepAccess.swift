import Foundation
import GRDB
import Privacy

extension WriteTransaction {
  /// Takes over who may sign in, and how, from the database that this one is to replace: an older
  /// copy brings no closed account, no former passphrase and no ended session back.
  ///
  /// - Parameters:
  ///   - present: the vault of the database to be replaced.
  ///   - vault: this one's, which need not have the keys of the other.
  func keepAccess(of current: ReadTransaction, present: Vault, vault: Vault) throws {
    guard try current.hasStaff() || current.hasSecrets() else { return }
    for row in try Row.fetchAll(current.db, sql: "SELECT * FROM staff") {
      try replace(row, in: "staff")
      let account = try current.staff(StaffID(rawValue: row["staff_id"]))!
      try seal(row, in: account.cell, "staff_id", from: present, to: vault)
    }
    let logins = try current.staff().map(\.login)
    try execute(
      """
      UPDATE staff SET ended_at = coalesce(ended_at, ?)
        WHERE login NOT IN (SELECT value FROM json_each(?))
      """,
      [now.secondsSinceEpoch, "[\(logins.map { "\"\($0)\"" }.joined(separator: ","))]"])
    try execute(
      "UPDATE staff_session SET ended_at = coalesce(ended_at, ?)", [now.secondsSinceEpoch])
    for row in try Row.fetchAll(current.db, sql: "SELECT * FROM patient_secret") {
      let patient: Int64 = row["patient_id"]
      let isHere = try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM patient WHERE patient_id = ?)", arguments: [patient])
      guard isHere == true, let id = PatientID(rawValue: patient) else { continue }
      try replace(row, in: "patient_secret")
      try seal(row, in: SecretCell(id), "patient_id", from: present, to: vault)
    }
    let ended = "SELECT token_hash, ended_at FROM session WHERE ended_at IS NOT NULL"
    for row in try Row.fetchAll(current.db, sql: ended) {
      try execute(
        "UPDATE session SET ended_at = coalesce(ended_at, ?) WHERE token_hash = ?",
        [row[1] as DatabaseValue, row[0] as DatabaseValue])
    }
  }

  /// Seals what somebody signs in by under this database's key.
  private func seal(
    _ row: Row, in cell: SecretCell, _ key: String, from present: Vault, to vault: Vault
  ) throws {
    guard present.sealer.keyID != vault.sealer.keyID else { return }
    for column in ["passphrase_sealed", "code_sealed"] {
      guard let sealed = row[column] as Data? else { continue }
      let plain: String
      do throws(SealingError) {
        plain = try present.sealer.open(
          Array(sealed), table: cell.table, row: cell.row, column: column)
      } catch {
        // It opened nothing before either, and one such row shall not keep a backup from its place.
        continue
      }
      let again = try vault.sealer.seal(
        plain, table: cell.table, row: cell.row, column: column)
      try execute(
        "UPDATE \(cell.table) SET \(column) = ? WHERE \(key) = ?",
        [again, row[key] as DatabaseValue])
    }
  }

  private func replace(_ row: Row, in table: String) throws {
    let places = row.columnNames.map { _ in "?" }.joined(separator: ", ")
    try execute(
      """
      INSERT OR REPLACE INTO \(table) (\(row.columnNames.joined(separator: ", ")))
      VALUES (\(places))
      """, Arguments(Array(row.databaseValues)))
  }
}

extension ReadTransaction {
  fileprivate func hasSecrets() throws -> Bool {
    try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM patient_secret)") ?? false
  }
}
