import CSQLite
import CivilTime
import Foundation
import GRDB

/// Reads the columns of one row in their order, and says which row it was when one is not of its
/// type. Valid until the statement's next step.
struct Columns {
  private let row: BareRow
  private let table: String
  private let path: String
  private var index: Int32 = 0

  init(_ row: BareRow, table: String, path: String) {
    self.row = row
    self.table = table
    self.path = path
  }

  mutating func next<Value: ColumnValue>(_ type: Value.Type) throws -> Value {
    guard let value = try nextIfPresent(type) else { throw unreadable() }
    return value
  }

  mutating func nextIfPresent<Value: ColumnValue>(_ type: Value.Type) throws -> Value? {
    let column = index
    index += 1
    let found = sqlite3_column_type(row.handle, column)
    if found == SQLITE_NULL { return nil }
    guard found == Value.storageClass, let value = Value(row, column) else { throw unreadable() }
    return value
  }

  mutating func bytes() throws -> [UInt8] { try next([UInt8].self) }

  mutating func bytesIfPresent() throws -> [UInt8]? { try nextIfPresent([UInt8].self) }

  mutating func instant() throws -> Instant { Instant(secondsSinceEpoch: try next(Int64.self)) }

  mutating func instantIfPresent() throws -> Instant? {
    try nextIfPresent(Int64.self).map { Instant(secondsSinceEpoch: $0) }
  }

  /// A value that `make` accepts; `make` returns nil for one that no such thing has.
  mutating func next<Stored: ColumnValue, Value>(
    _ type: Stored.Type, _ make: (Stored) -> Value?
  ) throws -> Value {
    guard let value = make(try next(type)) else { throw unreadable() }
    return value
  }

  /// As `next`, and nil for NULL.
  mutating func nextIfPresent<Stored: ColumnValue, Value>(
    _ type: Stored.Type, _ make: (Stored) -> Value?
  ) throws -> Value? {
    guard let stored = try nextIfPresent(type) else { return nil }
    guard let value = make(stored) else { throw unreadable() }
    return value
  }

  /// Of the column that was read last.
  private func unreadable() -> StoreError {
    let name = sqlite3_column_name(row.handle, index - 1).map { String(cString: $0) } ?? ""
    return .unreadableRow(
      path: path, table: table, row: "\(value(0))", detail: "\(name) is \(value(index - 1))")
  }

  private func value(_ column: Int32) -> DatabaseValue {
    DatabaseValue(sqliteStatement: row.handle, index: column)
  }
}

/// What a column may be read as.
protocol ColumnValue {
  /// SQLite's number for it; every table is STRICT, so another is damage.
  static var storageClass: Int32 { get }
  /// Nil where the stored value is out of this type's range.
  init?(_ row: BareRow, _ column: Int32)
}

extension ColumnValue where Self: FixedWidthInteger {
  static var storageClass: Int32 { SQLITE_INTEGER }
  init?(_ row: BareRow, _ column: Int32) { self.init(exactly: row.integer(column)) }
}

extension Int64: ColumnValue {}
extension Int32: ColumnValue {}
extension Int: ColumnValue {}

extension Bool: ColumnValue {
  static var storageClass: Int32 { SQLITE_INTEGER }
  init?(_ row: BareRow, _ column: Int32) { self = row.integer(column) != 0 }
}

extension String: ColumnValue {
  static var storageClass: Int32 { SQLITE_TEXT }

  init?(_ row: BareRow, _ column: Int32) {
    guard let start = sqlite3_column_text(row.handle, column) else { return nil }
    let count = Int(sqlite3_column_bytes(row.handle, column))
    self.init(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}

extension [UInt8]: ColumnValue {
  static var storageClass: Int32 { SQLITE_BLOB }
  init?(_ row: BareRow, _ column: Int32) { self = row.withBytes(column) { Array($0) } }
}

extension Array where Element == UInt8 {
  /// As SQLite takes a BLOB.
  var blob: Data { Data(self) }
}
