/// What practices set beside hours. A home that uses nothing of it has empty tables, and a search
/// asks each once a batch whether it is.
///
/// A site is the address part of a role id, so all who practise at one address share its rooms and
/// holidays. Kinds and rooms that claims may name are retired, never deleted.
enum PracticeSchema {
  static let version2 =
    [
      """
      -- What a block offers beside plain slots; a block without a row offers those.
      CREATE TABLE block_option (
        role_id INTEGER NOT NULL,
        block_no INTEGER NOT NULL,
        -- minutes between starts
        step_min INTEGER NOT NULL CHECK (step_min BETWEEN 1 AND 1440),
        every_weeks INTEGER NOT NULL CHECK (every_weeks BETWEEN 1 AND 52),
        -- visit kinds separated by spaces
        kinds TEXT NOT NULL,
        PRIMARY KEY (role_id, block_no)
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE visit_kind (
        role_id INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 16),
        name TEXT NOT NULL,
        visit_type TEXT NOT NULL CHECK (visit_type IN ('in-person', 'telehealth')),
        minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
        before_min INTEGER NOT NULL CHECK (before_min BETWEEN 0 AND 240),
        after_min INTEGER NOT NULL CHECK (after_min BETWEEN 0 AND 240),
        room_kind TEXT CHECK (length(room_kind) BETWEEN 1 AND 16),
        retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
        PRIMARY KEY (role_id, kind)
      ) STRICT, WITHOUT ROWID
      """,
      """
      -- NULL is the usual rule, or no limit.
      CREATE TABLE schedule_rules (
        role_id INTEGER PRIMARY KEY,
        notice_min INTEGER CHECK (notice_min BETWEEN 0 AND 43200),
        horizon_days INTEGER CHECK (horizon_days BETWEEN 1 AND 730),
        visits_per_day INTEGER CHECK (visits_per_day BETWEEN 1 AND 1440),
        visits_per_week INTEGER CHECK (visits_per_week BETWEEN 1 AND 1440)
      ) STRICT
      """,
      """
      -- Between two sites of one person, the lower role id first.
      CREATE TABLE travel (
        role_id INTEGER NOT NULL,
        other_role_id INTEGER NOT NULL,
        minutes INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 720),
        PRIMARY KEY (role_id, other_role_id),
        CHECK (role_id < other_role_id AND role_id >> 30 = other_role_id >> 30)
      ) STRICT, WITHOUT ROWID
      """,
      """
      -- Time off at every site, by the wall clock of each.
      CREATE TABLE person_time_off (
        npi INTEGER NOT NULL,
        number INTEGER NOT NULL,
        from_date INTEGER NOT NULL,
        from_min INTEGER NOT NULL CHECK (from_min BETWEEN 0 AND 1439),
        to_date INTEGER NOT NULL,
        to_min INTEGER NOT NULL CHECK (to_min BETWEEN 0 AND 1440),
        PRIMARY KEY (npi, number),
        CHECK (from_date * 1440 + from_min < to_date * 1440 + to_min)
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE holiday (
        site INTEGER NOT NULL,
        -- days since 1970-01-01
        date INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (site, date)
      ) STRICT, WITHOUT ROWID
      """,
      """
      CREATE TABLE room (
        room_id INTEGER PRIMARY KEY,
        site INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 16),
        number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 9999),
        retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
        UNIQUE (site, kind, number)
      ) STRICT
      """,
    ] + exceptionsVersion2

  /// Replacement hours, a step and kinds for hours of a day; SQLite changes no CHECK in place.
  private static let exceptionsVersion2 = [
    """
    CREATE TABLE schedule_exception_2 (
      role_id INTEGER NOT NULL,
      exception_no INTEGER NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('time-off', 'extra-hours', 'replacement-hours')),
      from_date INTEGER NOT NULL,
      from_min INTEGER NOT NULL CHECK (from_min BETWEEN 0 AND 1440),
      to_date INTEGER NOT NULL,
      to_min INTEGER NOT NULL CHECK (to_min BETWEEN 0 AND 1440),
      -- of hours only
      slot_min INTEGER CHECK (slot_min BETWEEN 1 AND 1440),
      visit_type TEXT CHECK (visit_type IN ('in-person', 'telehealth')),
      step_min INTEGER CHECK (step_min BETWEEN 1 AND 1440),
      -- visit kinds separated by spaces
      kinds TEXT NOT NULL DEFAULT '',
      run_id INTEGER NOT NULL,
      PRIMARY KEY (role_id, exception_no),
      CHECK (from_date * 1440 + from_min < to_date * 1440 + to_min),
      CHECK ((kind <> 'time-off') = (slot_min IS NOT NULL)),
      CHECK ((kind <> 'time-off') = (visit_type IS NOT NULL)),
      CHECK ((kind <> 'time-off') = (step_min IS NOT NULL))
    ) STRICT, WITHOUT ROWID
    """,
    """
    INSERT INTO schedule_exception_2 (role_id, exception_no, kind, from_date, from_min, to_date,
      to_min, slot_min, visit_type, step_min, run_id)
    SELECT role_id, exception_no, kind, from_date, from_min, to_date, to_min, slot_min, visit_type,
      slot_min, run_id FROM schedule_exception
    """,
    "DROP TABLE schedule_exception",
    "ALTER TABLE schedule_exception_2 RENAME TO schedule_exception",
  ]
}
