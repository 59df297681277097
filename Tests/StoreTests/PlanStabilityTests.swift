import CSQLite
import StoreTestSupport
import Testing

@testable import Store

/// SQLite would look at what is bound wherever a term may imply a partial index's, and prepare the
/// statement anew for each row.
@Suite struct PlanStabilityTests {
  /// How often `transaction` prepared one statement for ten runs that one would do for.
  private func preparedAnew(_ transaction: ReadTransaction) throws -> Int32 {
    let sql = "SELECT count(*) FROM role WHERE role_id BETWEEN ? AND ? AND run_id = ?"
    let statement = try BulkStatement(transaction, sql)
    for number in 0..<10 as Range<Int64> {
      try statement.begin().bind(number).bind(number + 9).bind(number % 3).forEach { _ in }
    }
    var prepared = sqlite3_next_stmt(transaction.db.sqliteConnection, nil)
    while let each = prepared {
      if String(cString: sqlite3_sql(each)) == sql {
        return sqlite3_stmt_status(each, SQLITE_STMTSTATUS_REPREPARE, 0)
      }
      prepared = sqlite3_next_stmt(transaction.db.sqliteConnection, each)
    }
    Issue.record("the statement is not found")
    return -1
  }

  @Test func whatIsBoundChangesNoPlan() throws {
    let clinic = try TestClinic()
    let store = try clinic.open()
    #expect(try store.write { try preparedAnew($0) } == 0)
    #expect(try store.read { try preparedAnew($0) } == 0)
  }
}
