import GRDB

extension WriteTransaction {
  /// Takes over who may sign in, and how, from the database that this one is to replace: an older
  /// copy brings no closed account, no former passphrase and no ended session back.
  func keepAccess(of current: ReadTransaction) throws {
    guard try current.hasStaff() || current.hasSecrets() else { return }
    for row in try Row.fetchAll(current.db, sql: "SELECT * FROM staff") {
      try replace(row, in: "staff")
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
      if isHere == true { try replace(row, in: "patient_secret") }
    }
    let ended = "SELECT token_hash, ended_at FROM session WHERE ended_at IS NOT NULL"
    for row in try Row.fetchAll(current.db, sql: ended) {
      try execute(
        "UPDATE session SET ended_at = coalesce(ended_at, ?) WHERE token_hash = ?",
        [row[1] as DatabaseValue, row[0] as DatabaseValue])
    }
  }

  private func replace(_ row: Row, in table: String) throws {
    let places = row.columnNames.map { _ in "?" }.joined(separator: ", ")
    try execute(
      """
      INSERT OR REPLACE INTO \(table) (\(row.columnNames.joined(separator: ", ")))
      VALUES (\(places))
      """, StatementArguments(Array(row.databaseValues)))
  }
}

extension ReadTransaction {
  fileprivate func hasSecrets() throws -> Bool {
    try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM patient_secret)") ?? false
  }
}
