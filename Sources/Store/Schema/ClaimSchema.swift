/// A claim is a stretch of one practitioner's time: first held, then booked. Both stand in one
/// table so that one set of guards covers both.
enum ClaimSchema {
  /// No visit is longer, so a claim that overlaps a moment began less than this before it; the
  /// guards' scans of the (npi, starts_at) index end there.
  static let maxVisitSeconds: Int64 = 86_400
  /// No buffer is longer.
  static let maxBufferSeconds: Int64 = 4 * 3600

  /// Claims that take the practitioner's time and the room's. The partial indexes have these very
  /// words, and a query must have them too, or SQLite does not use them.
  static let live = "state IN ('held', 'booked', 'checked-in')"
  /// Claims that take the patient's time: one may hold a slot beside a visit, to move to it.
  static let visiting = "state IN ('booked', 'checked-in')"

  /// When people are taken, by person and start, with all that tells whether a visit fits beside a
  /// claim: claims stand in the order in which they were made, so the row of each would be a page
  /// of its own. What only a hold of the asking session needs is in the row. Without a list, see
  /// `PlainConditions`.
  static let busy = [
    """
    CREATE INDEX claim_busy ON claim
        (npi, starts_at, ends_at, state, hold_expires_at, role_id, before_s, after_s)
      WHERE \(isLive)
    """
  ]
  static let isLive = "state = 'held' OR state = 'booked' OR state = 'checked-in'"

  static let version1 = [
    """
    CREATE TABLE claim (
      -- seconds of creation in the high bits, so that new rows are neighbours; then 30 random bits
      claim_id INTEGER PRIMARY KEY,
      npi INTEGER NOT NULL,
      role_id INTEGER NOT NULL REFERENCES role (role_id),
      starts_at INTEGER NOT NULL,
      ends_at INTEGER NOT NULL,
      visit_type TEXT NOT NULL CHECK (visit_type IN ('in-person', 'telehealth')),
      state TEXT NOT NULL CHECK (state IN ('held', 'booked', 'released', 'expired', 'cancelled')),
      patient_id INTEGER NOT NULL REFERENCES patient (patient_id),
      session_hash BLOB NOT NULL CHECK (length(session_hash) = 32),
      hold_expires_at INTEGER,
      -- what the clock on the site's wall shows at starts_at, by which rules it was worked out
      wall_date INTEGER NOT NULL,
      wall_minute INTEGER NOT NULL CHECK (wall_minute BETWEEN 0 AND 1439),
      time_zone TEXT NOT NULL,
      tzdata_version TEXT NOT NULL,
      reason_sealed BLOB,
      idempotency_key TEXT,
      created_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      changed_by TEXT NOT NULL,
      CHECK (npi = role_id >> 30),
      CHECK (starts_at >= 0 AND starts_at % 60 = 0 AND ends_at % 60 = 0),
      CHECK (starts_at < ends_at),
      CHECK (ends_at - starts_at <= \(maxVisitSeconds)),
      CHECK (state NOT IN ('held', 'released', 'expired') OR hold_expires_at IS NOT NULL)
    ) STRICT
    """,
    """
    CREATE UNIQUE INDEX claim_live ON claim (npi, starts_at)
      WHERE state IN ('held', 'booked')
    """,
    "CREATE INDEX claim_patient ON claim (patient_id, starts_at)",
    "CREATE INDEX claim_role ON claim (role_id)",
    """
    CREATE UNIQUE INDEX claim_idempotency ON claim (patient_id, idempotency_key)
      WHERE idempotency_key IS NOT NULL
    """,
    """
    CREATE TABLE claim_history (
      history_no INTEGER PRIMARY KEY CHECK (history_no > 0),
      claim_id INTEGER NOT NULL,
      state TEXT NOT NULL,
      changed_at INTEGER NOT NULL,
      changed_by TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX claim_history_claim ON claim_history (claim_id, history_no)",
  ]

  private static let liveVersion1 = "state IN ('held', 'booked')"

  /// What kind of visit it is, the time it needs around it, and the room it takes.
  static let version2 = [
    "ALTER TABLE claim ADD COLUMN kind TEXT NOT NULL DEFAULT ''",
    """
    ALTER TABLE claim ADD COLUMN before_s INTEGER NOT NULL DEFAULT 0
      CHECK (before_s BETWEEN 0 AND \(maxBufferSeconds) AND before_s % 60 = 0)
    """,
    """
    ALTER TABLE claim ADD COLUMN after_s INTEGER NOT NULL DEFAULT 0
      CHECK (after_s BETWEEN 0 AND \(maxBufferSeconds) AND after_s % 60 = 0)
    """,
    "ALTER TABLE claim ADD COLUMN room_id INTEGER REFERENCES room (room_id)",
    """
    CREATE INDEX claim_room ON claim (room_id, starts_at)
      WHERE room_id IS NOT NULL AND state IN ('held', 'booked')
    """,
  ]

  /// Aborts the statement when a live claim of the same person, at any site, or a booked visit of
  /// the same patient overlaps `NEW`.
  private static func refuseOverlaps(excluding own: String) -> String {
    let overlapsNew = """
      starts_at < NEW.ends_at AND starts_at > NEW.starts_at - \(maxVisitSeconds)
          AND ends_at > NEW.starts_at
      """
    return """
      SELECT RAISE(ABORT, '\(ClaimGuard.practitionerOverlap.rawValue)') WHERE EXISTS (
          SELECT 1 FROM claim WHERE npi = NEW.npi AND \(liveVersion1) AND \(overlapsNew)\(own));
        SELECT RAISE(ABORT, '\(ClaimGuard.patientOverlap.rawValue)')
          WHERE NEW.state = 'booked' AND EXISTS (
          SELECT 1 FROM claim WHERE patient_id = NEW.patient_id AND state = 'booked'
            AND \(overlapsNew)\(own));
      """
  }

  /// These hold whoever writes, a stray `sqlite3` shell included. `OR REPLACE` deletes rows without
  /// any trigger of theirs, so each unique value is also checked before the insert.
  static let guardsVersion1 =
    [
      """
      CREATE TRIGGER claim_insert_unique BEFORE INSERT ON claim BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.idTaken.rawValue)')
          WHERE EXISTS (SELECT 1 FROM claim WHERE claim_id = NEW.claim_id);
        SELECT RAISE(ABORT, '\(ClaimGuard.idempotencyKeyTaken.rawValue)')
          WHERE NEW.idempotency_key IS NOT NULL AND EXISTS (
            SELECT 1 FROM claim WHERE patient_id = NEW.patient_id
              AND idempotency_key = NEW.idempotency_key);
        SELECT RAISE(ABORT, '\(ClaimGuard.edge.rawValue)')
          WHERE NEW.state NOT IN ('held', 'booked');
      END
      """,
      """
      CREATE TRIGGER claim_insert_overlap BEFORE INSERT ON claim WHEN NEW.\(liveVersion1) BEGIN
        \(refuseOverlaps(excluding: ""))
      END
      """,
      """
      CREATE TRIGGER claim_update_overlap BEFORE UPDATE ON claim WHEN NEW.\(liveVersion1) BEGIN
        \(refuseOverlaps(excluding: " AND claim_id <> OLD.claim_id"))
      END
      """,
      """
      CREATE TRIGGER claim_update_edge BEFORE UPDATE ON claim
        WHEN NOT (
          OLD.state = NEW.state
          OR (OLD.state = 'held' AND NEW.state IN ('booked', 'released', 'expired'))
          OR (OLD.state = 'booked' AND NEW.state = 'cancelled'))
      BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.edge.rawValue)');
      END
      """,
      """
      CREATE TRIGGER claim_update_fixed BEFORE UPDATE ON claim
        WHEN OLD.claim_id <> NEW.claim_id OR OLD.npi <> NEW.npi OR OLD.role_id <> NEW.role_id
          OR OLD.starts_at <> NEW.starts_at OR OLD.ends_at <> NEW.ends_at
          OR OLD.visit_type <> NEW.visit_type OR OLD.patient_id <> NEW.patient_id
          OR OLD.created_at <> NEW.created_at
          OR (OLD.idempotency_key IS NOT NULL
            AND (NEW.idempotency_key IS NULL OR OLD.idempotency_key <> NEW.idempotency_key))
      BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.fixedColumn.rawValue)');
      END
      """,
      """
      CREATE TRIGGER claim_update_idempotency BEFORE UPDATE ON claim
        WHEN OLD.idempotency_key IS NULL AND NEW.idempotency_key IS NOT NULL
      BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.idempotencyKeyTaken.rawValue)') WHERE EXISTS (
          SELECT 1 FROM claim WHERE patient_id = NEW.patient_id
            AND idempotency_key = NEW.idempotency_key);
      END
      """,
      """
      CREATE TRIGGER claim_delete BEFORE DELETE ON claim BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.neverDeleted.rawValue)');
      END
      """,
      """
      CREATE TRIGGER claim_history_insert AFTER INSERT ON claim BEGIN
        INSERT INTO claim_history (claim_id, state, changed_at, changed_by)
          VALUES (NEW.claim_id, NEW.state, NEW.changed_at, NEW.changed_by);
      END
      """,
      """
      CREATE TRIGGER claim_history_update AFTER UPDATE ON claim BEGIN
        INSERT INTO claim_history (claim_id, state, changed_at, changed_by)
          VALUES (NEW.claim_id, NEW.state, NEW.changed_at, NEW.changed_by);
      END
      """,
    ] + JournalSchema.appendOnly("claim_history", number: "history_no")
}

/// The guards' own names for what they refuse, as SQLite reports them.
enum ClaimGuard: String, CaseIterable {
  case practitionerOverlap = "claim guard: the practitioner has a live claim then"
  case patientOverlap = "claim guard: the patient has a booked visit then"
  case roomOverlap = "claim guard: the room has a live claim then"
  case roomElsewhere = "claim guard: the room is at another site"
  case roomMoved = "claim guard: a room keeps its site"
  case idTaken = "claim guard: the claim id is taken"
  case idempotencyKeyTaken = "claim guard: the patient used this idempotency key before"
  case edge = "claim guard: no such change of state"
  case holdOver = "claim guard: the hold is over, or was extended before"
  case replacement = "claim guard: the visit it replaces names another, or none"
  case fixedColumn = "claim guard: place, person and key never change"
  case neverDeleted = "claim guard: claims are never deleted"
  case namesNobody = "claim guard: its role or its patient is unknown"
  case roomKept = "room guard: rooms are retired, never deleted or replaced"
  case named = "record guard: claims name it, or another has its place"
  case entryTaken = "waitlist guard: another entry has its place"
}
