/// Who practises where, and in which plans' networks.
///
/// `run_id` is the number of the indexer run that last saw a row; older rows have left the feed. A
/// role that was ever claimed keeps its row (`claim.role_id` refers to it) and becomes unlisted.
enum DirectorySchema {
  static let version1 = [
    """
    CREATE TABLE practitioner (
      npi INTEGER PRIMARY KEY,
      entity_type INTEGER NOT NULL CHECK (entity_type IN (1, 2)),
      organization_name TEXT NOT NULL DEFAULT '',
      first_name TEXT NOT NULL DEFAULT '',
      middle_name TEXT NOT NULL DEFAULT '',
      last_name TEXT NOT NULL DEFAULT '',
      name_suffix TEXT NOT NULL DEFAULT '',
      credential TEXT NOT NULL DEFAULT '',
      gender TEXT CHECK (gender IN ('female', 'male')),
      -- NUCC codes separated by spaces, the primary one first
      taxonomies TEXT NOT NULL,
      -- ISO 639-1 codes separated by spaces
      languages TEXT NOT NULL DEFAULT '',
      -- days since 1970-01-01
      last_update INTEGER,
      source TEXT NOT NULL,
      run_id INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE role (
      role_id INTEGER PRIMARY KEY,
      npi INTEGER NOT NULL,
      address_line1 TEXT NOT NULL,
      address_line2 TEXT NOT NULL DEFAULT '',
      city TEXT NOT NULL,
      state TEXT NOT NULL,
      zip TEXT NOT NULL,
      phone TEXT NOT NULL DEFAULT '',
      lat REAL NOT NULL CHECK (lat BETWEEN -90 AND 90),
      lon REAL NOT NULL CHECK (lon BETWEEN -180 AND 180),
      -- IANA name
      time_zone TEXT NOT NULL,
      -- twelve characters of geohash as a 60-bit number
      geohash INTEGER NOT NULL,
      listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1)),
      source TEXT NOT NULL,
      run_id INTEGER NOT NULL,
      CHECK (npi = role_id >> 30)
    ) STRICT
    """,
    "CREATE INDEX role_geohash ON role (geohash, role_id)",
    """
    CREATE TABLE plan (
      plan_id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      -- id in insurers.tsv; NULL when no insurer claims the plan
      insurer_id TEXT,
      source TEXT NOT NULL,
      run_id INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE network (
      npi INTEGER NOT NULL,
      plan_id TEXT NOT NULL,
      accepting TEXT NOT NULL
        CHECK (accepting IN ('accepting', 'not-accepting', 'some-locations', 'unknown')),
      source TEXT NOT NULL,
      -- days since 1970-01-01
      as_of INTEGER,
      run_id INTEGER NOT NULL,
      PRIMARY KEY (npi, plan_id)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE directory_run (
      run_id INTEGER PRIMARY KEY,
      started_at INTEGER NOT NULL,
      finished_at INTEGER,
      note TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
  ]
}
