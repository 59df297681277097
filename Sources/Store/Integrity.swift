import GRDB

extension ReadTransaction {
  /// Reads every page and index, and compares the guards with those that this program would make.
  /// Throws `StoreError.damaged` with the first findings.
  public func checkIntegrity() throws {
    let findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(3)")
    guard findings == ["ok"] else {
      throw StoreError.damaged(path: path, detail: findings.joined(separator: "; "))
    }
    if let finding = try Migrations.finding(in: db) {
      throw StoreError.damaged(path: path, detail: finding)
    }
  }
}

extension Migrations {
  /// The first trigger or index of the newest version that the database has not, or has otherwise,
  /// or the first trigger that nearcare did not make; nil when all is as it should be.
  ///
  /// The guards are triggers, and whoever may write the file may drop one: no page is damaged by
  /// that.
  static func finding(in db: Database) throws -> String? {
    let wanted = try guards(of: Self.expected())
    let found = try guards(of: db)
    for (name, sql) in wanted.sorted(by: { $0.key < $1.key }) where found[name] != sql {
      return found[name] == nil ? "its \(name) is missing" : "its \(name) was changed"
    }
    let strange = found.keys.filter { $0.hasPrefix("trigger ") && wanted[$0] == nil }.min()
    return strange.map { "it has a \($0) that nearcare did not make" }
  }

  private static func expected() throws -> DatabaseQueue {
    let queue = try DatabaseQueue()
    try queue.inDatabase { try run($0, path: ":memory:") }
    return queue
  }

  private static func guards(of queue: DatabaseQueue) throws -> [String: String] {
    try queue.read { try guards(of: $0) }
  }

  /// The text of each by "trigger claim_delete" and the like. Tables are left out: SQLite's
  /// versions write a changed table's text differently.
  private static func guards(of db: Database) throws -> [String: String] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT type || ' ' || name, sql FROM sqlite_schema
        WHERE type IN ('trigger', 'index') AND sql IS NOT NULL
        """)
    return Dictionary(uniqueKeysWithValues: rows.map { ($0[0] as String, $0[1] as String) })
  }
}
