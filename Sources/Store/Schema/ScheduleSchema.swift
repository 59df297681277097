/// Weekly hours and their exceptions, in wall time at the role's site.
///
/// Rows of one role stand together, numbered by the loader from 0. They do not refer to `role`: a
/// feed of schedules may arrive before the directory's, and a schedule without a role offers
/// nothing.
enum ScheduleSchema {
  static let version1 = [
    """
    CREATE TABLE schedule_block (
      role_id INTEGER NOT NULL,
      block_no INTEGER NOT NULL,
      -- ISO 8601: 1 is Monday
      weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
      -- minutes after midnight; an end before the start is on the next day
      start_min INTEGER NOT NULL CHECK (start_min BETWEEN 0 AND 1439),
      end_min INTEGER NOT NULL CHECK (end_min BETWEEN 0 AND 1440),
      slot_min INTEGER NOT NULL CHECK (slot_min BETWEEN 1 AND 1440),
      visit_type TEXT NOT NULL CHECK (visit_type IN ('in-person', 'telehealth')),
      -- first and last day, in days since 1970-01-01; NULL is unbounded
      valid_from INTEGER,
      valid_until INTEGER,
      run_id INTEGER NOT NULL,
      PRIMARY KEY (role_id, block_no),
      CHECK (start_min <> end_min)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE schedule_exception (
      role_id INTEGER NOT NULL,
      exception_no INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('time-off', 'extra-hours')),
      from_date INTEGER NOT NULL,
      from_min INTEGER NOT NULL CHECK (from_min BETWEEN 0 AND 1440),
      to_date INTEGER NOT NULL,
      to_min INTEGER NOT NULL CHECK (to_min BETWEEN 0 AND 1440),
      -- of extra hours only
      slot_min INTEGER CHECK (slot_min BETWEEN 1 AND 1440),
      visit_type TEXT CHECK (visit_type IN ('in-person', 'telehealth')),
      run_id INTEGER NOT NULL,
      PRIMARY KEY (role_id, exception_no),
      CHECK (from_date * 1440 + from_min < to_date * 1440 + to_min),
      CHECK ((kind = 'extra-hours') = (slot_min IS NOT NULL)),
      CHECK ((kind = 'extra-hours') = (visit_type IS NOT NULL))
    ) STRICT, WITHOUT ROWID
    """,
  ]
}
