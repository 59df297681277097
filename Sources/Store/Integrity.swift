import GRDB

extension ReadTransaction {
  /// Whether any patient is on file, so that the key that sealed them must exist.
  public func hasPatients() throws -> Bool {
    try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM patient)") ?? false
  }

  /// Reads every page and index. Throws `StoreError.damaged` with SQLite's first findings.
  public func checkIntegrity() throws {
    let findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(3)")
    guard findings == ["ok"] else {
      throw StoreError.damaged(path: path, detail: findings.joined(separator: "; "))
    }
  }
}
