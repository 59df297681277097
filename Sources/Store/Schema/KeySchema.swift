/// The keys under which columns are sealed, each wrapped by a master key that is not in the
/// database.
enum KeySchema {
  static let statements = [
    """
    CREATE TABLE data_key (
      -- 1 is the root, from which the blind index and the audit chain have their keys; the highest
      -- one seals
      number INTEGER NOT NULL CHECK (number > 0),
      key_id TEXT NOT NULL,
      -- under which it is wrapped: of two while one takes the other's place
      master_id TEXT NOT NULL,
      wrapped BLOB NOT NULL,
      -- the end of the audit trail when it was made
      audit_sequence INTEGER NOT NULL,
      -- how many values were sealed anew under it
      resealed INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (number, master_id)
    ) STRICT, WITHOUT ROWID
    """,
    // A value that is sealed anew is no part of a claim's story, nor is the session that holds it.
    "DROP TRIGGER claim_history_update",
    """
    CREATE TRIGGER claim_history_update AFTER UPDATE OF claim_id, npi, role_id, starts_at, ends_at,
      visit_type, kind, state, patient_id, hold_expires_at, hold_extended, wall_date, wall_minute,
      time_zone, idempotency_key, before_s, after_s, room_id, created_at, changed_at, changed_by,
      replaces_id, replaced_by_id, series_id, waitlist_id, ended_late ON claim
    BEGIN
      INSERT INTO claim_history (claim_id, state, changed_at, changed_by, detail)
        VALUES (NEW.claim_id, NEW.state, NEW.changed_at, NEW.changed_by,
          CASE WHEN NEW.hold_extended <> OLD.hold_extended THEN 'extended'
            WHEN OLD.ended_late IS NULL AND NEW.ended_late = 1 THEN 'late' END);
    END
    """,
  ]
}
