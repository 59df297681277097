import GRDB
import Synchronization

/// Connections that read, each lent to one thread at a time and kept for the next one: as many as
/// there were threads reading at once.
///
/// GRDB has `DatabasePool` for this. Its way to a connection and a transaction and back, with a
/// semaphore, a group, two queues and statements compiled each time, was a tenth of a search.
final class Readers: Sendable {
  private let path: String
  private let configuration: Configuration
  private let idle: Mutex<[DatabaseQueue]>

  /// Opens the first connection.
  init(path: String, configuration: Configuration) throws {
    self.path = path
    self.configuration = configuration
    idle = Mutex([try DatabaseQueue(path: path, configuration: configuration)])
  }

  /// Runs `body` in a transaction of its own: on one state of the database, that at its first read.
  func read<T>(_ body: (Database) throws -> T) throws -> T {
    let connection =
      try idle.withLock { $0.popLast() }
      ?? DatabaseQueue(path: path, configuration: configuration)
    let result = try connection.inDatabase { db in
      // Both before anything is open, so that nothing is left open for want of the second.
      let begin = try db.cachedStatement(sql: "BEGIN DEFERRED TRANSACTION")
      let commit = try db.cachedStatement(sql: "COMMIT TRANSACTION")
      try begin.run([])
      let result = Result { try body(db) }
      // Some errors end it.
      if db.isInsideTransaction {
        do {
          try commit.run([])
        } catch {
          try db.rollback()
          throw error
        }
      }
      return result
    }
    // One that threw here itself is closed.
    idle.withLock { $0.append(connection) }
    return try result.get()
  }
}
