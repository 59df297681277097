public import GRDB
import Synchronization

/// The statements that connections run, each once, and how often any ran.
public final class StatementLog: Sendable {
  private let seen = Mutex<Set<String>>([])
  private let runs = Mutex(0)

  public init() {}

  /// From now on, whatever this connection is asked.
  public func follow(_ db: Database) {
    db.trace { event in
      if case .statement(let statement) = event {
        self.seen.withLock { _ = $0.insert(statement.sql) }
        self.runs.withLock { $0 += 1 }
      }
    }
  }

  public var count: Int { runs.withLock { $0 } }

  /// Those that read or change rows.
  public var all: [String] {
    let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"]
    return seen.withLock { $0 }.filter { sql in verbs.contains { sql.hasPrefix($0) } }.sorted()
  }
}
