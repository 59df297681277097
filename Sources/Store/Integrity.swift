import GRDB

extension ReadTransaction {
  /// Reads every page and index. Throws `StoreError.damaged` with SQLite's first findings.
  public func checkIntegrity() throws {
    let findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(3)")
    guard findings == ["ok"] else {
      throw StoreError.damaged(path: path, detail: findings.joined(separator: "; "))
    }
  }
}
