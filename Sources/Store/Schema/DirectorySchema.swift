/// Who practises where, and in which plans' networks.
///
/// `run_id` is the number of the indexer run that last saw a row, an update counting as the full
/// load that it continues; older rows have left the feed, and 0 is what a file takes out. A role
/// that was ever claimed keeps its row (`claim.role_id` refers to it) and becomes unlisted.
/// `feed_no` says which file a row comes from. There is no index on `geohash`: rows arrive in the
/// order of NPIs, so keeping one would dirty a page a row, and only the indexer reads in that
/// order, once a run, through a sort.
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
      last_update INTEGER NOT NULL,
      feed_no INTEGER NOT NULL,
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
      -- 1 at the location that the main file names, 0 at a secondary site
      is_primary INTEGER NOT NULL DEFAULT 1 CHECK (is_primary IN (0, 1)),
      listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1)),
      feed_no INTEGER NOT NULL,
      run_id INTEGER NOT NULL,
      CHECK (npi = role_id >> 30)
    ) STRICT
    """,
    """
    CREATE TABLE plan (
      plan_no INTEGER PRIMARY KEY,
      plan_id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      -- id in insurers.tsv; NULL when no insurer claims the plan
      insurer_id TEXT,
      run_id INTEGER NOT NULL
    ) STRICT
    """,
    """
    -- A membership belongs to a role, so that a plan accepted at one site does not leak to another.
    CREATE TABLE network (
      role_id INTEGER NOT NULL,
      plan_no INTEGER NOT NULL,
      accepting TEXT NOT NULL
        CHECK (accepting IN ('accepting', 'not-accepting', 'some-locations', 'unknown')),
      -- 1 where the file names no address that matches, and the practitioner has this site only
      inferred INTEGER NOT NULL CHECK (inferred IN (0, 1)),
      -- days since 1970-01-01
      as_of INTEGER,
      feed_no INTEGER NOT NULL,
      run_id INTEGER NOT NULL,
      PRIMARY KEY (role_id, plan_no)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE deactivation (
      npi INTEGER PRIMARY KEY,
      -- days since 1970-01-01
      since INTEGER NOT NULL,
      run_id INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE feed (
      feed_no INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL,
      kind TEXT NOT NULL
        CHECK (kind IN ('nppes', 'sites', 'deactivations', 'plans', 'networks', 'schedules')),
      name TEXT NOT NULL,
      rows INTEGER NOT NULL DEFAULT 0,
      accepted INTEGER NOT NULL DEFAULT 0,
      rejected INTEGER NOT NULL DEFAULT 0,
      -- why nothing of it was applied; NULL for a sound file
      quarantined TEXT
    ) STRICT
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

extension DirectorySchema {
  /// Updates that continue a full load: which marks a run's directory has, and which primary sites
  /// a file of secondary sites names as well, so that they stay when the practitioner moves.
  static let updates = [
    "ALTER TABLE directory_run ADD COLUMN roles_run INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE directory_run ADD COLUMN networks_run INTEGER NOT NULL DEFAULT 0",
    "UPDATE directory_run SET roles_run = run_id, networks_run = run_id",
    """
    ALTER TABLE role ADD COLUMN in_sites INTEGER NOT NULL DEFAULT 0
      CHECK (in_sites IN (0, 1))
    """,
    "UPDATE role SET in_sites = 1 WHERE is_primary = 0",
  ]

  /// What an index of before lacks, so that an update need not read the whole directory: the
  /// practitioners whose rows were written since the last finished run, which index that run
  /// published, and where an update's rows have left the directory.
  static let changes = [
    """
    CREATE TABLE directory_change (
      change_no INTEGER PRIMARY KEY,
      -- 0 for a change that may concern everybody
      npi INTEGER NOT NULL
    ) STRICT
    """,
    "ALTER TABLE directory_run ADD COLUMN generation TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE directory_run ADD COLUMN content_digest TEXT NOT NULL DEFAULT ''",
    // Whether nothing of runs before is left in the tables, save what visits hold.
    """
    ALTER TABLE directory_run ADD COLUMN swept INTEGER NOT NULL DEFAULT 0 CHECK (swept IN (0, 1))
    """,
    "CREATE INDEX role_gone ON role (role_id) WHERE run_id = 0 OR listed = 0",
    "CREATE INDEX practitioner_gone ON practitioner (npi) WHERE run_id = 0",
  ]

  /// Licences, which stand in the directory from the next full load on; an update of one that did
  /// not read them would have everybody else without.
  static let licences = [
    """
    -- USPS codes of states, with spaces between
    ALTER TABLE practitioner ADD COLUMN licence_states TEXT NOT NULL DEFAULT ''
    """,
    """
    ALTER TABLE directory_run ADD COLUMN reads_licences INTEGER NOT NULL DEFAULT 0
      CHECK (reads_licences IN (0, 1))
    """,
  ]
}
