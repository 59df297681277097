/// What a search looks at before it lays slots: one row for a role with weekly hours, derived from
/// the tables that are written and never trusted for a hold or a booking.
///
/// A row says what holds until something is changed, and whoever changes that takes the row away,
/// or makes its bound earlier, in the same transaction: triggers see to it. A role without a row
/// is only slower to search.
enum AvailabilitySchema {
  static let statements =
    [
      """
      CREATE TABLE availability (
        role_id INTEGER PRIMARY KEY,
        -- no slot that starts from made_at on is open before this moment
        first_open INTEGER NOT NULL,
        made_at INTEGER NOT NULL,
        -- by whose clocks first_open was worked out
        tzdata_version TEXT NOT NULL,
        -- three-hour stretches of the week in which slots start, eight bits a day from Monday
        in_person_week INTEGER NOT NULL,
        telehealth_week INTEGER NOT NULL,
        time_zone TEXT NOT NULL,
        -- weekly hours and time off, packed
        hours BLOB NOT NULL
      ) STRICT
      """,
      """
      CREATE TRIGGER availability_zone AFTER UPDATE OF time_zone, listed ON role
        WHEN OLD.time_zone <> NEW.time_zone OR OLD.listed <> NEW.listed
      BEGIN
        DELETE FROM availability WHERE role_id = OLD.role_id;
      END
      """,
      """
      CREATE TRIGGER availability_role_gone AFTER DELETE ON role BEGIN
        DELETE FROM availability WHERE role_id = OLD.role_id;
      END
      """,
      """
      -- Time given back is open from a longest visit, and its buffers, before its start.
      CREATE TRIGGER availability_freed AFTER UPDATE OF state ON claim
        WHEN OLD.\(ClaimSchema.visiting) AND NOT NEW.\(ClaimSchema.visiting)
      BEGIN
        UPDATE availability SET first_open = NEW.starts_at - \(reach)
        WHERE role_id BETWEEN NEW.npi << 30 AND (NEW.npi << 30) + 1073741823
          AND first_open > NEW.starts_at - \(reach);
      END
      """,
    ]
    + ["schedule_block", "schedule_exception", "block_option"].flatMap { table in
      [("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")].map { change, row in
        """
        CREATE TRIGGER availability_\(table)_\(change) AFTER \(change) ON \(table) BEGIN
          DELETE FROM availability WHERE role_id = \(row).role_id;
        END
        """
      }
    }

  /// What `soonest` asked of everybody, before the hours were packed as small as that.
  static let outlooks = [
    """
    CREATE INDEX availability_outlook ON availability (role_id, first_open, made_at,
      tzdata_version, in_person_week, telehealth_week)
    """
  ]

  /// The rows are written again by the nightly run; the triggers go on meaning the table.
  static let starts = [
    "DROP TABLE availability",
    """
    CREATE TABLE availability (
      role_id INTEGER PRIMARY KEY,
      -- no slot that starts from made_at on is open before this moment
      first_open INTEGER NOT NULL,
      made_at INTEGER NOT NULL,
      -- by whose clocks first_open was worked out
      tzdata_version TEXT NOT NULL,
      time_zone TEXT NOT NULL,
      -- when slots start in the week, and plain hours with their time off, packed
      hours BLOB NOT NULL
    ) STRICT
    """,
  ]

  private static let reach = ClaimSchema.maxVisitSeconds + 2 * ClaimSchema.maxBufferSeconds
}
