import CivilTime
import Foundation
import GRDB

/// Reads the columns of one row in their order, and says which row it was when one is not of its
/// type.
struct Columns {
  private let row: Row
  private let table: String
  private let path: String
  private var index = 0

  init(_ row: Row, table: String, path: String) {
    self.row = row
    self.table = table
    self.path = path
  }

  mutating func next<Value: DatabaseValueConvertible>(_ type: Value.Type) throws -> Value {
    guard let value = try nextIfPresent(type) else { throw unreadable("NULL") }
    return value
  }

  mutating func nextIfPresent<Value: DatabaseValueConvertible>(
    _ type: Value.Type
  ) throws -> Value? {
    let stored: DatabaseValue = row[index]
    index += 1
    if stored.isNull { return nil }
    guard let value = Value.fromDatabaseValue(stored) else { throw unreadable("\(stored)") }
    return value
  }

  mutating func bytes() throws -> [UInt8] { Array(try next(Data.self)) }

  mutating func bytesIfPresent() throws -> [UInt8]? {
    try nextIfPresent(Data.self).map { Array($0) }
  }

  mutating func instant() throws -> Instant { Instant(secondsSinceEpoch: try next(Int64.self)) }

  mutating func instantIfPresent() throws -> Instant? {
    try nextIfPresent(Int64.self).map { Instant(secondsSinceEpoch: $0) }
  }

  /// A value that `make` accepts; `make` returns nil for one that no such thing has.
  mutating func next<Stored: DatabaseValueConvertible, Value>(
    _ type: Stored.Type, _ make: (Stored) -> Value?
  ) throws -> Value {
    let stored = try next(type)
    guard let value = make(stored) else { throw unreadable("\(stored)") }
    return value
  }

  /// As `next`, and nil for NULL.
  mutating func nextIfPresent<Stored: DatabaseValueConvertible, Value>(
    _ type: Stored.Type, _ make: (Stored) -> Value?
  ) throws -> Value? {
    guard let stored = try nextIfPresent(type) else { return nil }
    guard let value = make(stored) else { throw unreadable("\(stored)") }
    return value
  }

  private func unreadable(_ found: String) -> StoreError {
    let first: DatabaseValue = row[0]
    return .unreadableRow(
      path: path, table: table, row: "\(first)",
      detail: "\(Array(row.columnNames)[index - 1]) is \(found)")
  }
}

extension Array where Element == UInt8 {
  /// As SQLite takes a BLOB.
  var blob: Data { Data(self) }
}
