public import CivilTime
import Foundation
import GRDB
import Glibc
public import Privacy

/// What a backup says of itself: enough to tell whether all of it is there.
public struct BackupManifest: Hashable, Sendable {
  public var createdAt: Instant
  /// Rows of each table.
  public var rows: [String: Int]
  /// Where the audit trail ends.
  public var audit: AuditHead

  /// As the authentication code is made over it.
  fileprivate var fields: [String?] {
    [String(createdAt.secondsSinceEpoch)] + rows.sorted { $0.key < $1.key }.map { "\($0) \($1)" }
  }
}

extension Store {
  /// Copies the database as it is at one moment into one new file, while others read and write, and
  /// verifies the copy. The key that opens what is sealed is not in it.
  ///
  /// Throws `StoreError.cannotWrite` when there is something at `path` already.
  @discardableResult
  public func backUp(to path: String, vault: Vault) throws -> BackupManifest {
    guard access(path, F_OK) != 0 else {
      throw StoreError.cannotWrite(path: path, detail: "it exists already")
    }
    let partial = "\(path).partial-\(getpid())"
    defer { for end in ["", "-wal", "-shm", "-journal"] { unlink(partial + end) } }
    try Self.makePrivateFile(partial)
    let now = try read { $0.now }
    let manifest = try StoreError.translating(path: partial) {
      let copy = try DatabaseQueue(path: partial)
      let manifest = try copy.inDatabase { to in
        let manifest = try readers.read { from in
          // Before anything is read a transaction has no state: each step of the backup would
          // have one of its own, and begin anew whenever somebody writes.
          _ = try Int.fetchOne(from, sql: "PRAGMA schema_version")
          try from.backup(to: to)
          return try BackupManifest(of: from, path: partial, createdAt: now)
        }
        // One file from here on: the copy came with the write-ahead mode of the original.
        try to.execute(sql: "PRAGMA journal_mode = DELETE")
        try manifest.write(to, vault: vault)
        return manifest
      }
      try copy.close()
      try manifest.seal(partial, vault: vault)
      return manifest
    }
    try Self.verifyBackup(partial, vault: vault)
    try Self.settle(partial, as: path)
    return manifest
  }

  /// Checks a backup without changing anything: the pages, the references, the rows of each table,
  /// the audit trail from end to end, and the code over every byte of it.
  ///
  /// Throws `StoreError.badBackup`, `AuditBreak`.
  @discardableResult
  public static func verifyBackup(_ path: String, vault: Vault) throws -> BackupManifest {
    try reading(path) { db in
      let transaction = ReadTransaction(db, path: path, now: Instant(secondsSinceEpoch: 0))
      let findings = try String.fetchAll(db, sql: "PRAGMA integrity_check(3)")
      guard findings == ["ok"] else {
        throw StoreError.badBackup(path: path, detail: findings.joined(separator: "; "))
      }
      guard try Row.fetchOne(db, sql: "PRAGMA foreign_key_check") == nil else {
        throw StoreError.badBackup(path: path, detail: "a reference points nowhere")
      }
      let (manifest, code) = try BackupManifest.read(db, path: path)
      let found = try BackupManifest(of: db, path: path, createdAt: manifest.createdAt)
      for (table, rows) in manifest.rows.sorted(by: { $0.key < $1.key })
      where found.rows[table] != rows {
        throw StoreError.badBackup(
          path: path,
          detail: "\(table) has \(found.rows[table] ?? 0) rows, and \(rows) were backed up")
      }
      guard found == manifest, let digest = try FileDigest(ofFileAt: path, without: code),
        constantTimeEqual(code, manifest.code(over: digest.sha256, vault))
      else {
        throw StoreError.badBackup(
          path: path, detail: "its bytes are not those that this home's key vouched for")
      }
      try transaction.verifyAudit(vault: vault)
      return manifest
    }
  }

  /// Puts a backup in the place of everything in the database, in one transaction: programs that
  /// have the database open go on with it. Nothing changes unless the backup is sound. Who may sign
  /// in stays as it is now, and the staff is signed out.
  ///
  /// - Parameters:
  ///   - kept: a new file that gets a backup of what was there. Nobody writes between that and what
  ///     takes its place.
  ///   - vault: the backup's.
  ///   - present: that of what is there, when it is another.
  public func restore(
    from path: String, keeping kept: String, vault: Vault, present: Vault? = nil
  ) throws -> BackupManifest {
    let manifest = try Self.verifyBackup(path, vault: vault)
    try StoreError.translating(path: home.databasePath) {
      let writer = try writer()
      try writer.lock.hold {
        try backUp(to: kept, vault: present ?? vault)
        try withRestored(path, manifest, vault, present ?? vault) { restored in
          try writer.queue.inDatabase { try restored.backup(to: $0) }
        }
      }
    }
    try checkpoint()
    return manifest
  }

  /// Calls `body` with a copy of the backup that is as the database is to be: in today's form, with
  /// the restoring in its audit trail. A restoring that dies leaves the database as it was.
  private func withRestored(
    _ path: String, _ manifest: BackupManifest, _ vault: Vault, _ present: Vault,
    _ body: (Database) throws -> Void
  ) throws {
    let draft = home.databasePath + ".restoring"
    func removeDraft() { for end in ["", "-wal", "-shm", "-journal"] { unlink(draft + end) } }
    removeDraft()
    defer { removeDraft() }
    try Self.makePrivateFile(draft)
    let queue = try DatabaseQueue(path: draft)
    try queue.inDatabase { copy in
      try Self.reading(path) { try $0.backup(to: copy) }
      try Migrations.run(copy, path: draft)
      if let finding = try Migrations.finding(in: copy) {
        throw StoreError.badBackup(path: path, detail: finding)
      }
      try copy.inTransaction {
        let transaction = WriteTransaction(copy, path: draft, now: self.clock.now())
        try copy.execute(sql: "DROP TABLE IF EXISTS \(BackupManifest.table)")
        try self.read {
          try transaction.keepAccess(of: $0, present: present, vault: vault)
          try transaction.keepSeals(of: $0, present: present, vault: vault)
          try transaction.keepPreferences(of: $0, present: present, vault: vault)
          try transaction.keepDelivered(of: $0, present: present, vault: vault)
        }
        try transaction.audit(
          .restore, of: nil, subject: "backup of \(manifest.createdAt.rfc3339())", by: .system,
          vault: vault)
        return .commit
      }
      try body(copy)
    }
    try queue.close()
  }

  /// Whether a backup has keys of its own, wrapped under a master key, and under which its newest
  /// patient is sealed; nil when it has none.
  static func keys(ofBackup path: String) throws -> (hasRing: Bool, sealedUnder: KeyID?) {
    try reading(path) { db in
      let transaction = ReadTransaction(db, path: path, now: Instant(secondsSinceEpoch: 0))
      let hasRing = try db.tableExists("data_key") && !transaction.masterKeys().isEmpty
      return (hasRing, try transaction.sealingKeyID())
    }
  }

  static func keyring(ofBackup path: String, master: SealingKey) throws -> Keyring? {
    try reading(path) { db in
      guard try db.tableExists("data_key") else { return nil }
      return try ReadTransaction(db, path: path, now: Instant(secondsSinceEpoch: 0))
        .keyring(master: master)
    }
  }

  private static func reading<T>(_ path: String, _ body: (Database) throws -> T) throws -> T {
    guard access(path, R_OK) == 0 else {
      throw StoreError.inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
    do {
      var configuration = Configuration()
      configuration.readonly = true
      return try DatabaseQueue(path: path, configuration: configuration).inDatabase { db in
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard application == Connection.applicationID else {
          throw StoreError.badBackup(path: path, detail: "it is no nearcare database")
        }
        guard version <= Migrations.all.count else {
          throw StoreError.newerSchema(
            path: path, found: version, known: Migrations.all.count)
        }
        return try body(db)
      }
    } catch let error as DatabaseError {
      throw StoreError.badBackup(path: path, detail: error.message ?? "\(error.resultCode)")
    }
  }

  private static func makePrivateFile(_ path: String) throws(StoreError) {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
    close(descriptor)
  }

  /// Makes the file durable, then gives it its name, unless another has it.
  private static func settle(_ partial: String, as path: String) throws(StoreError) {
    try sync(partial, O_RDWR)
    guard link(partial, path) == 0 else {
      throw .cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
    let folder = (path as NSString).deletingLastPathComponent
    try sync(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY)
  }

  private static func sync(_ path: String, _ flags: Int32) throws(StoreError) {
    let descriptor = Glibc.open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
  }
}

extension BackupManifest {
  static let table = "backup_manifest"

  fileprivate init(of db: Database, path: String, createdAt: Instant) throws {
    let tables = try String.fetchAll(
      db,
      sql: """
        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
          AND name <> ?
        """, arguments: [Self.table])
    var rows: [String: Int] = [:]
    for table in tables {
      rows[table] = try Int.fetchOne(db, sql: "SELECT count(*) FROM \"\(table)\"") ?? 0
    }
    let transaction = ReadTransaction(db, path: path, now: createdAt)
    self.init(createdAt: createdAt, rows: rows, audit: try transaction.auditHead())
  }

  /// - Parameter digest: of the file with zeros in place of the code; empty while there is none.
  fileprivate func code(over digest: [UInt8], _ vault: Vault) -> [UInt8] {
    vault.auditChain.mac(after: audit, fields: fields + [Data(digest).base64EncodedString()])
  }

  /// Puts the code over every byte of the closed file where `write` left a mark for it.
  /// SQLite keeps no sums of its pages, so 32 bytes may take the place of 32 others.
  fileprivate func seal(_ path: String, vault: Vault) throws {
    let mark = code(over: [], vault)
    guard let digest = try FileDigest(ofFileAt: path, without: mark) else {
      throw StoreError.inputOutput(path: path, detail: "its code has no place of its own")
    }
    let file = FileHandle(forUpdatingAtPath: path)
    guard let file else {
      throw StoreError.cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
    try file.seek(toOffset: UInt64(digest.offset))
    try file.write(contentsOf: code(over: digest.sha256, vault))
    try file.close()
  }

  fileprivate func write(_ db: Database, vault: Vault) throws {
    // A database that somebody copied from a backup by hand still has one.
    try db.execute(sql: "DROP TABLE IF EXISTS \(Self.table)")
    try db.execute(
      sql: "CREATE TABLE \(Self.table) (name TEXT PRIMARY KEY, value TEXT, code BLOB) STRICT")
    let lines = rows.map { ("rows \($0)", String($1)) }
    for (name, value) in lines + [("created-at", String(createdAt.secondsSinceEpoch))] {
      try db.execute(
        sql: "INSERT INTO \(Self.table) (name, value) VALUES (?, ?)", arguments: [name, value])
    }
    try db.execute(
      sql: "INSERT INTO \(Self.table) (name, value, code) VALUES ('audit', ?, ?)",
      arguments: [String(audit.sequence), audit.mac.blob])
    try db.execute(
      sql: "INSERT INTO \(Self.table) (name, code) VALUES ('code', ?)",
      arguments: [code(over: [], vault).blob])
  }

  fileprivate static func read(
    _ db: Database, path: String
  ) throws -> (BackupManifest, code: [UInt8]) {
    guard try db.tableExists(table) else {
      throw StoreError.badBackup(path: path, detail: "it was not made by `nearcare backup`")
    }
    var rows: [String: Int] = [:]
    var values: [String: (text: String?, code: [UInt8])] = [:]
    let statement = try db.makeStatement(sql: "SELECT name, value, code FROM \(table)")
    try statement.forEachRow(from: table, path: path) { columns in
      let name = try columns.next(String.self)
      let value = try columns.nextIfPresent(String.self)
      if name.hasPrefix("rows ") {
        rows[String(name.dropFirst(5))] = value.flatMap { Int($0) }
      } else {
        values[name] = (value, try columns.bytesIfPresent() ?? [])
      }
    }
    guard let created = values["created-at"]?.text.flatMap({ Int64($0) }),
      let audit = values["audit"], let sequence = audit.text.flatMap({ Int64($0) }),
      let code = values["code"]?.code
    else { throw StoreError.badBackup(path: path, detail: "its manifest is not whole") }
    let manifest = BackupManifest(
      createdAt: Instant(secondsSinceEpoch: created), rows: rows,
      audit: AuditHead(sequence: sequence, mac: audit.code))
    return (manifest, code)
  }
}
