public import CivilTime
import GRDB

/// What may be read, all of it from one state of the database. Valid inside `Store.read`'s or
/// `Store.write`'s closure only, on the thread that runs it.
public class ReadTransaction {
  let db: Database
  let path: String
  /// The clock's time when the transaction began; for a writer, once the lock was held.
  public let now: Instant
  var knownTables: UsedTables?

  init(_ db: Database, path: String, now: Instant) {
    self.db = db
    self.path = path
    self.now = now
  }
}

@available(*, unavailable)
extension ReadTransaction: Sendable {}

/// A transaction that may also change the database: all of it is durable when `Store.write`
/// returns, or none of it happened.
public final class WriteTransaction: ReadTransaction {}
