/// What became of a visit besides being cancelled: moved, come to, missed. A visit that was moved
/// and the one that took its place name each other.
///
/// The claims may be many, so the table is not written anew: the list of states, a CHECK, is
/// changed in the schema itself (https://www.sqlite.org/lang_altertable.html, section 7), and the
/// columns are added.
enum LifecycleSchema {
  static let columns = [
    "PRAGMA writable_schema = ON",
    """
    UPDATE sqlite_schema SET sql = replace(sql, '''expired'', ''cancelled'')',
      '''expired'', ''cancelled'', ''rescheduled'', ''checked-in'', ''no-show'', ''completed'')')
    WHERE type = 'table' AND name = 'claim'
    """,
    "PRAGMA writable_schema = RESET",
    // 1 once the hold was given more time
    """
    ALTER TABLE claim ADD COLUMN hold_extended INTEGER NOT NULL DEFAULT 0
      CHECK (hold_extended IN (0, 1))
    """,
    // why it was cancelled, or by which right against the rules
    "ALTER TABLE claim ADD COLUMN end_reason_sealed BLOB",
    // of cancelled and rescheduled ones: 1 when it was within the practice's notice
    "ALTER TABLE claim ADD COLUMN ended_late INTEGER CHECK (ended_late IN (0, 1))",
    "ALTER TABLE claim ADD COLUMN replaces_id INTEGER",
    """
    ALTER TABLE claim ADD COLUMN replaced_by_id INTEGER
      REFERENCES claim (claim_id) DEFERRABLE INITIALLY DEFERRED
    """,
    // the first claim of the series that it belongs to
    "ALTER TABLE claim ADD COLUMN series_id INTEGER",
    // the waitlist entry that it was offered to
    "ALTER TABLE claim ADD COLUMN waitlist_id INTEGER",
    // what a change was besides its state: extended, late, override
    "ALTER TABLE claim_history ADD COLUMN detail TEXT",
    "DROP INDEX claim_live",
    "DROP INDEX claim_room",
    """
    CREATE INDEX claim_room ON claim (room_id, starts_at)
      WHERE room_id IS NOT NULL AND \(ClaimSchema.live)
    """,
    "CREATE UNIQUE INDEX claim_live ON claim (npi, starts_at) WHERE \(ClaimSchema.live)",
    "CREATE INDEX claim_held ON claim (npi, hold_expires_at) WHERE state = 'held'",
    "CREATE UNIQUE INDEX claim_replaces ON claim (replaces_id) WHERE replaces_id IS NOT NULL",
    "CREATE INDEX claim_series ON claim (series_id) WHERE series_id IS NOT NULL",
    "CREATE INDEX claim_waitlist ON claim (waitlist_id) WHERE waitlist_id IS NOT NULL",
    """
    CREATE TABLE cancel_notice (
      role_id INTEGER PRIMARY KEY,
      -- a visit cancelled later than this before its start is flagged
      seconds INTEGER NOT NULL CHECK (seconds BETWEEN 0 AND 2592000)
    ) STRICT
    """,
  ]

  static let guards =
    ["claim_update_edge", "claim_history_insert", "claim_history_update"].map {
      "DROP TRIGGER \($0)"
    } + ClaimSchema.overlapGuards(live: ClaimSchema.live, visiting: ClaimSchema.visiting) + [
      """
      CREATE TRIGGER claim_update_edge BEFORE UPDATE ON claim
        WHEN NOT (
          OLD.state = NEW.state
          OR (OLD.state = 'held' AND NEW.state IN ('booked', 'released', 'expired'))
          OR (OLD.state = 'booked'
            AND NEW.state IN ('cancelled', 'rescheduled', 'checked-in', 'no-show'))
          OR (OLD.state = 'checked-in' AND NEW.state IN ('completed', 'cancelled')))
        OR (NEW.state = 'rescheduled') <> (NEW.replaced_by_id IS NOT NULL)
      BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.edge.rawValue)');
      END
      """,
      """
      CREATE TRIGGER claim_update_hold BEFORE UPDATE ON claim
        WHEN OLD.state = 'held' AND (
          (NEW.state = 'booked' AND NEW.changed_at >= OLD.hold_expires_at)
          OR (NEW.hold_expires_at IS NOT OLD.hold_expires_at
            AND NOT (NEW.state = 'held' AND OLD.hold_extended = 0 AND NEW.hold_extended = 1
              AND NEW.hold_expires_at > OLD.hold_expires_at)))
      BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.holdOver.rawValue)');
      END
      """,
      """
      CREATE TRIGGER claim_update_links BEFORE UPDATE ON claim
        WHEN (OLD.replaces_id IS NOT NULL AND NEW.replaces_id IS NOT OLD.replaces_id)
          OR (OLD.replaced_by_id IS NOT NULL AND NEW.replaced_by_id IS NOT OLD.replaced_by_id)
          OR (OLD.series_id IS NOT NULL AND NEW.series_id IS NOT OLD.series_id)
          OR NEW.waitlist_id IS NOT OLD.waitlist_id
          OR (OLD.state <> 'held' AND NEW.hold_extended <> OLD.hold_extended)
      BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.fixedColumn.rawValue)');
      END
      """,
      replacement(on: "INSERT", when: "NEW.replaces_id IS NOT NULL"),
      replacement(
        on: "UPDATE", when: "NEW.replaces_id IS NOT NULL AND OLD.replaces_id IS NULL"),
      history(on: "INSERT", detail: "NULL"),
      history(
        on: "UPDATE",
        detail: """
          CASE WHEN NEW.hold_extended <> OLD.hold_extended THEN 'extended'
            WHEN OLD.ended_late IS NULL AND NEW.ended_late = 1 THEN 'late' END
          """),
    ]

  /// Whoever takes a visit's place must be the one whom it names.
  private static func replacement(on event: String, when condition: String) -> String {
    """
    CREATE TRIGGER claim_\(event.lowercased())_replaces BEFORE \(event) ON claim WHEN \(condition)
    BEGIN
      SELECT RAISE(ABORT, '\(ClaimGuard.replacement.rawValue)') WHERE NOT EXISTS (
        SELECT 1 FROM claim WHERE claim_id = NEW.replaces_id AND state = 'rescheduled'
          AND replaced_by_id = NEW.claim_id AND patient_id = NEW.patient_id)
        OR EXISTS (SELECT 1 FROM claim WHERE replaces_id = NEW.replaces_id);
    END
    """
  }

  private static func history(on event: String, detail: String) -> String {
    """
    CREATE TRIGGER claim_history_\(event.lowercased()) AFTER \(event) ON claim BEGIN
      INSERT INTO claim_history (claim_id, state, changed_at, changed_by, detail)
        VALUES (NEW.claim_id, NEW.state, NEW.changed_at, NEW.changed_by, \(detail));
    END
    """
  }
}
