import CSQLite
import GRDB
import Glibc
import ProviderDirectory

extension Statement {
  /// Hands out each row of a query on `table`, which names it where a row cannot be read.
  func forEachRow(
    _ arguments: Arguments = [], from table: String, path: String,
    _ body: (inout Columns) throws -> Void
  ) throws {
    try step(arguments) { row in
      var columns = Columns(row, table: table, path: path)
      try body(&columns)
      return true
    }
  }
}

extension ReadTransaction {
  /// Steps through a query and hands out the bare SQLite row: on the path of a search, where
  /// hundreds of rows are read, this takes a third of the time of `Row`. The same query must not be
  /// asked inside `body`.
  func forEachRow(
    _ sql: String, _ arguments: Arguments, _ body: (BareRow) throws -> Void
  ) throws {
    try db.cachedStatement(sql: sql).step(arguments) { row in
      try body(row)
      return true
    }
  }

  /// What `read` makes of each row of a query on `table`.
  func fetchAll<Value>(
    _ statement: Statement, _ arguments: Arguments = [], from table: String,
    _ read: (inout Columns) throws -> Value
  ) throws -> [Value] {
    var values: [Value] = []
    try statement.forEachRow(arguments, from: table, path: path) { values.append(try read(&$0)) }
    return values
  }

  /// What `read` makes of the first row; nil where there is none.
  func fetchFirst<Value>(
    _ statement: Statement, _ arguments: Arguments = [], from table: String,
    _ read: (inout Columns) throws -> Value
  ) throws -> Value? {
    var value: Value?
    try statement.step(arguments) { row in
      var columns = Columns(row, table: table, path: path)
      value = try read(&columns)
      return false
    }
    return value
  }

  /// Runs `body`, whose queries throw `QueryInterrupted` soon after `isOver` says so. The
  /// transaction goes on: what was read before stands, and more may be read.
  public func interrupting<T>(
    when isOver: @escaping () -> Bool, _ body: () throws -> T
  ) throws -> T {
    var question = isOver
    return try withUnsafeMutablePointer(to: &question) { question in
      sqlite3_progress_handler(
        db.sqliteConnection, Self.stepsBetweenQuestions,
        { $0!.assumingMemoryBound(to: (() -> Bool).self).pointee() ? 1 : 0 }, question)
      defer { sqlite3_progress_handler(db.sqliteConnection, 0, nil, nil) }
      return try body()
    }
  }

  /// Instructions of SQLite's virtual machine: a few rows, each of which may be some page faults
  /// where the file is not in memory.
  private static let stepsBetweenQuestions: Int32 = 50

  /// As `json_each` takes a list, so that one statement serves lists of any length.
  static func list(_ numbers: [Int64]) -> String {
    var bytes = [UInt8(ascii: "[")]
    bytes.reserveCapacity(20 * numbers.count + 2)
    for number in numbers {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      if number < 0 { bytes.append(UInt8(ascii: "-")) }
      let first = bytes.count
      var rest = number.magnitude
      repeat {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
      } while rest > 0
      bytes[first...].reverse()
    }
    bytes.append(UInt8(ascii: "]"))
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A query was given up because its time was over.
public struct QueryInterrupted: Error {}

/// The current row of a statement; valid until the next step.
struct BareRow {
  let handle: OpaquePointer

  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func integerIfPresent(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  /// Nil for any other word. Told by length and first letter, without making a `String`.
  func visitType(_ column: Int32) -> VisitType? {
    guard let bytes = sqlite3_column_text(handle, column) else { return nil }
    return switch (bytes[0], sqlite3_column_bytes(handle, column)) {
    case (UInt8(ascii: "i"), 9): .inPerson
    case (UInt8(ascii: "t"), 10): .telehealth
    default: nil
    }
  }

  /// Lent for `body` alone; empty for NULL.
  func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let start = sqlite3_column_blob(handle, column)
    return body(
      UnsafeRawBufferPointer(
        start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))))
  }

  /// Whether the column holds `text`, without making a `String`.
  func isText(_ column: Int32, _ text: String) -> Bool {
    guard let bytes = sqlite3_column_text(handle, column) else { return false }
    return strcmp(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self), text) == 0
  }

  /// Empty for NULL.
  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    return String(cString: bytes)
  }
}
