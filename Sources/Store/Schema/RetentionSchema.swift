/// What was removed because its time was over, and what must not be.
enum RetentionSchema {
  static let statements =
    [
      """
      -- Rows of the audit trail that are gone, a stretch each: where the chain goes on.
      CREATE TABLE audit_segment (
        last_sequence INTEGER PRIMARY KEY CHECK (last_sequence >= first_sequence),
        first_sequence INTEGER NOT NULL CHECK (first_sequence > 0),
        -- of the last row
        mac BLOB NOT NULL CHECK (length(mac) = 32),
        removed_at INTEGER NOT NULL,
        -- HMAC over the rest
        code BLOB NOT NULL CHECK (length(code) = 32)
      ) STRICT
      """,
      """
      CREATE TABLE legal_hold (
        hold_id INTEGER PRIMARY KEY,
        -- NULL for everybody's
        patient_id INTEGER,
        reason_sealed BLOB NOT NULL,
        placed_at INTEGER NOT NULL,
        lifted_at INTEGER
      ) STRICT
      """,
    ]
    + ["audit_segment", "legal_hold"].map { table in
      """
      CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table) BEGIN
        SELECT RAISE(ABORT, '\(table) guard: rows are never deleted');
      END
      """
    } + [
      """
      CREATE TRIGGER audit_segment_no_update BEFORE UPDATE ON audit_segment BEGIN
        SELECT RAISE(ABORT, 'audit_segment guard: rows never change');
      END
      """
    ]
}
