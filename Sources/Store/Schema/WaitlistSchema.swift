/// Who waits for a slot.
///
/// What they wait for is sealed. The keys by which a freed slot finds them are keyed hashes of
/// "this practitioner" or "this specialty in this cell of the map": equal for equal wishes, and
/// without the key of the home they tell neither. Severity and order stand in the open, because the
/// database sorts by them.
enum WaitlistSchema {
  static let statements = [
    """
    CREATE TABLE waitlist (
      waitlist_id INTEGER PRIMARY KEY,
      -- 1, 2, 3 … in the order of joining: clocks may be set back, and two may join in one second
      position INTEGER NOT NULL UNIQUE CHECK (position > 0),
      patient_id INTEGER NOT NULL REFERENCES patient (patient_id),
      session_hash BLOB NOT NULL CHECK (length(session_hash) = 32),
      state TEXT NOT NULL CHECK (state IN ('waiting', 'offered', 'claimed', 'left', 'over')),
      -- 1 is the most urgent
      severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 3),
      wish_sealed BLOB NOT NULL,
      -- the visit to be given up for a slot
      replaces_id INTEGER REFERENCES claim (claim_id),
      idempotency_key TEXT,
      created_at INTEGER NOT NULL,
      -- no slot it wants begins after this
      closes_at INTEGER NOT NULL,
      changed_at INTEGER NOT NULL,
      changed_by TEXT NOT NULL
    ) STRICT
    """,
    "CREATE UNIQUE INDEX waitlist_offered ON waitlist (patient_id) WHERE state = 'offered'",
    "CREATE INDEX waitlist_waiting ON waitlist (closes_at) WHERE state = 'waiting'",
    """
    CREATE UNIQUE INDEX waitlist_idempotency ON waitlist (patient_id, idempotency_key)
      WHERE idempotency_key IS NOT NULL
    """,
    "CREATE INDEX waitlist_patient ON waitlist (patient_id, position)",
    """
    CREATE TABLE waitlist_key (
      key_hash BLOB NOT NULL CHECK (length(key_hash) = 32),
      waitlist_id INTEGER NOT NULL REFERENCES waitlist (waitlist_id),
      PRIMARY KEY (key_hash, waitlist_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX waitlist_key_entry ON waitlist_key (waitlist_id)",
    """
    -- Roles whose hours were written while somebody waited, to be looked at once.
    CREATE TABLE waitlist_hours (role_id INTEGER PRIMARY KEY) STRICT
    """,
    """
    CREATE TRIGGER waitlist_update BEFORE UPDATE ON waitlist
      WHEN NOT (
        OLD.state = NEW.state
        OR (OLD.state = 'waiting' AND NEW.state IN ('offered', 'left', 'over'))
        OR (OLD.state = 'offered' AND NEW.state IN ('waiting', 'claimed')))
      OR NEW.waitlist_id <> OLD.waitlist_id OR NEW.position <> OLD.position
      OR NEW.patient_id <> OLD.patient_id OR NEW.severity <> OLD.severity
      OR NEW.created_at <> OLD.created_at
    BEGIN
      SELECT RAISE(ABORT, 'waitlist guard: no such change');
    END
    """,
    """
    CREATE TRIGGER waitlist_delete BEFORE DELETE ON waitlist BEGIN
      SELECT RAISE(ABORT, 'waitlist guard: entries are never deleted');
    END
    """,
    noteHours(in: "schedule_block", on: "INSERT", of: "NEW"),
    noteHours(in: "schedule_exception", on: "INSERT", of: "NEW"),
    noteHours(in: "schedule_exception", on: "DELETE", of: "OLD"),
  ]

  /// A line longer than one turn looks through is gone on with at its next place, and a freed room
  /// finds everybody who may use it.
  static let turns =
    [
      // The rank of the entry that was looked at last.
      "ALTER TABLE waitlist_hours ADD COLUMN after_severity INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE waitlist_hours ADD COLUMN after_position INTEGER NOT NULL DEFAULT 0",
      """
      CREATE INDEX visit_kind_room ON visit_kind (role_id & 1073741823, room_kind)
        WHERE room_kind IS NOT NULL
      """,
    ]
    + [
      ("schedule_block", "INSERT", "NEW"), ("schedule_exception", "INSERT", "NEW"),
      ("schedule_exception", "DELETE", "OLD"),
    ].flatMap { table, event, row in
      [
        "DROP TRIGGER \(table)_\(event.lowercased())_waitlist",
        """
        CREATE TRIGGER \(table)_\(event.lowercased())_waitlist AFTER \(event) ON \(table)
          WHEN EXISTS (SELECT 1 FROM waitlist WHERE state = 'waiting')
        BEGIN
          INSERT INTO waitlist_hours (role_id) VALUES (\(row).role_id)
            ON CONFLICT (role_id) DO UPDATE SET after_severity = 0, after_position = 0;
        END
        """,
      ]
    }

  private static func noteHours(in table: String, on event: String, of row: String) -> String {
    """
    CREATE TRIGGER \(table)_\(event.lowercased())_waitlist AFTER \(event) ON \(table)
      WHEN EXISTS (SELECT 1 FROM waitlist WHERE state = 'waiting')
    BEGIN
      INSERT INTO waitlist_hours (role_id) SELECT \(row).role_id
        WHERE NOT EXISTS (SELECT 1 FROM waitlist_hours WHERE role_id = \(row).role_id);
    END
    """
  }
}
