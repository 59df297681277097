import GRDB

/// A fault of the database or of the files it stands on. What a patient may not do is a `Refusal`.
public enum StoreError: Error, Hashable, Sendable {
  /// There is no database yet and the store was opened for reading only.
  case noDatabase(path: String)
  /// The directory, the database or the lock file cannot be created or written.
  case cannotWrite(path: String, detail: String)
  /// Reading or writing failed, or the disk is full.
  case inputOutput(path: String, detail: String)
  /// An update has no full load to continue; `unfinished` is the run that has to be repeated first.
  case noFullLoad(path: String, unfinished: Int64?)
  /// The full load that an update would continue, `run`, did not read all that is read now.
  case olderFullLoad(path: String, run: Int64)
  /// Another process kept the write lock for longer than a writer waits.
  case tryLater(path: String, waitedSeconds: Double)
  /// The keys were changed since this program read them; nothing was written.
  case keysChanged(path: String)
  /// The file is not a nearcare database, or its pages contradict each other.
  case damaged(path: String, detail: String)
  /// A file to be restored is not what a backup is; nothing was changed.
  case badBackup(path: String, detail: String)
  /// A newer nearcare has migrated the database.
  case newerSchema(path: String, found: Int, known: Int)
  /// A durability setting read back other than as it was set.
  case setting(path: String, name: String, expected: String, found: String)
  /// A stored value that the types do not admit.
  case unreadableRow(path: String, table: String, row: String, detail: String)
  /// The database refused a statement; a fault of the program.
  case statement(path: String, detail: String)

  /// What happened, to which file, and what to do next.
  public var message: String {
    switch self {
    case .noDatabase(let path):
      "\(path) does not exist yet: load a directory with `indexer run`, or name another --home"
    case .cannotWrite(let path, let detail):
      "cannot write \(path) (\(detail)): check its owner, its mode and that its file system is "
        + "writable, or name another --home"
    case .inputOutput(let path, let detail):
      "cannot read or write \(path) (\(detail)): check the disk and its free space, then repeat "
        + "the command; nothing acknowledged is lost"
    case .noFullLoad(let path, nil):
      "\(path) holds no full load that an update could continue: run `indexer run` with the full "
        + "files first"
    case .noFullLoad(let path, let run?):
      "\(path): run \(run) did not come to its end, so what an update would continue is not whole: "
        + "repeat that run, or load everything with `indexer run`"
    case .olderFullLoad(let path, let run):
      "\(path): run \(run), which an update would continue, was made before licences were read: "
        + "load everything once with `indexer run`"
    case .tryLater(let path, let waited):
      "\(path) is locked by another process (waited \(Self.seconds(waited)) s): repeat the command"
    case .keysChanged(let path):
      "the keys of \(path) were changed while this command ran: repeat it"
    case .damaged(let path, let detail):
      "\(path) is damaged or is no nearcare database (\(detail)): move it aside and restore a "
        + "backup"
    case .badBackup(let path, let detail):
      "\(path) cannot be restored (\(detail)): nothing was changed; use another backup"
    case .newerSchema(let path, let found, let known):
      "\(path) has schema version \(found) and this nearcare knows \(known): upgrade nearcare"
    case .setting(let path, let name, let expected, let found):
      "\(path): \(name) is \(found) and must be \(expected): a booking would not be durable; "
        + "check which SQLite library is installed"
    case .unreadableRow(let path, let table, let row, let detail):
      "\(path): row \(row) of \(table) cannot be read (\(detail)): restore a backup"
    case .statement(let path, let detail):
      "\(path): the database refused a statement (\(detail)): please report this"
    }
  }

  private static func seconds(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String { message }
}

extension StoreError {
  /// The kinds that a caller may act upon, from SQLite's result codes
  /// (https://www.sqlite.org/rescode.html).
  init(_ error: DatabaseError, path: String) {
    let detail = error.message ?? error.resultCode.description
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self = .tryLater(path: path, waitedSeconds: Connection.busyTimeoutSeconds)
    case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
      self = .cannotWrite(path: path, detail: detail)
    case .SQLITE_IOERR, .SQLITE_FULL, .SQLITE_NOLFS:
      self = .inputOutput(path: path, detail: detail)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
      self = .damaged(path: path, detail: detail)
    default:
      self = .statement(path: path, detail: detail)
    }
  }

  /// Runs `body`; what SQLite throws leaves as a `StoreError`, anything else as it is.
  static func translating<T>(path: String, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(error, path: path)
    } catch let error as RowDecodingError {
      throw StoreError.unreadableRow(
        path: path, table: "a query's result", row: "?", detail: error.description)
    }
  }
}
