import GRDB

/// The schema's versions, each a list of statements that is never edited once released.
enum Migrations {
  static let all: [[String]] = [
    DirectorySchema.version1 + ScheduleSchema.version1 + PatientSchema.version1
      + ClaimSchema.version1 + ClaimSchema.guardsVersion1 + JournalSchema.version1,
    PracticeSchema.version2 + ClaimSchema.version2 + ClaimSchema.guardsVersion2,
    LifecycleSchema.columns + LifecycleSchema.guards + WaitlistSchema.statements,
    DirectorySchema.updates,
    WaitlistSchema.turns,
    AvailabilitySchema.statements,
    RecordGuards.statements,
    AccessSchema.statements,
    AvailabilitySchema.outlooks,
    MessageSchema.version1,
    KeySchema.statements,
    RetentionSchema.statements,
    DirectorySchema.changes,
    MessageSchema.preferences + MessageSchema.videoRooms,
    DirectorySchema.licences,
    PlainConditions.statements,
    ClaimSchema.busy,
    AvailabilitySchema.starts,
  ]

  /// Whether statements are still to run.
  ///
  /// Throws `StoreError.newerSchema`, and `.damaged` for another program's database.
  static func pending(_ db: Database, path: String) throws -> Bool {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    if version == 0 && application == 0 {
      let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      guard objects == 0 else {
        throw StoreError.damaged(path: path, detail: "another program's tables are in it")
      }
      return true
    }
    guard application == Connection.applicationID else {
      throw StoreError.damaged(path: path, detail: "application id \(application)")
    }
    guard version <= all.count else {
      throw StoreError.newerSchema(path: path, found: version, known: all.count)
    }
    return version < all.count
  }

  /// Brings the database to the newest version, each version in a transaction of its own. The
  /// caller holds the lock file.
  static func run(_ db: Database, path: String) throws {
    while try pending(db, path: path) {
      try db.inTransaction(.immediate) {
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        for statement in all[version] { try db.execute(sql: statement) }
        try db.execute(sql: "PRAGMA application_id = \(Connection.applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(version + 1)")
        return .commit
      }
    }
  }
}
