/// Who signs in, beside the sessions that `PatientSchema` has for patients.
enum AccessSchema {
  static let statements =
    [
      """
      -- Accounts are ended and never deleted: the audit trail names them, and a home that had one
      -- never again takes its owner for the staff.
      CREATE TABLE staff (
        staff_id INTEGER PRIMARY KEY,
        login TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('practitioner', 'front-desk', 'administrator')),
        npi INTEGER,
        -- of a front desk: site keys as numbers, sorted, with spaces between
        sites TEXT NOT NULL,
        -- scrypt of the passphrase, sealed; bound to login, role, npi and sites
        passphrase_sealed BLOB NOT NULL,
        -- the secret of one-time codes, sealed likewise
        code_sealed BLOB NOT NULL,
        -- the last step whose code was used
        code_step INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        ended_at INTEGER,
        CHECK ((role = 'practitioner') = (npi IS NOT NULL)),
        CHECK ((role = 'front-desk') = (sites <> ''))
      ) STRICT
      """,
      """
      CREATE TABLE patient_secret (
        patient_id INTEGER PRIMARY KEY REFERENCES patient (patient_id),
        passphrase_sealed BLOB NOT NULL,
        code_sealed BLOB,
        code_step INTEGER NOT NULL DEFAULT 0,
        changed_at INTEGER NOT NULL
      ) STRICT
      """,
      """
      CREATE TABLE staff_session (
        token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
        staff_id INTEGER NOT NULL REFERENCES staff (staff_id),
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        used_at INTEGER NOT NULL,
        ended_at INTEGER,
        CHECK (expires_at > created_at)
      ) STRICT
      """,
      "CREATE INDEX staff_session_staff ON staff_session (staff_id)",
      """
      -- Times at which somebody of the staff saw others' patients in an emergency.
      CREATE TABLE emergency (
        emergency_id INTEGER PRIMARY KEY,
        staff_id INTEGER NOT NULL REFERENCES staff (staff_id),
        token_hash BLOB NOT NULL REFERENCES staff_session (token_hash),
        opened_at INTEGER NOT NULL,
        ends_at INTEGER NOT NULL,
        reason_sealed BLOB NOT NULL,
        CHECK (ends_at > opened_at)
      ) STRICT
      """,
      "CREATE INDEX emergency_session ON emergency (token_hash, ends_at)",
      """
      -- Attempts to sign in under a name, whether anybody has it or not.
      CREATE TABLE sign_in_attempt (
        name_hash BLOB PRIMARY KEY CHECK (length(name_hash) = 32),
        attempts INTEGER NOT NULL,
        locked_until INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID
      """,
      "ALTER TABLE session ADD COLUMN used_at INTEGER NOT NULL DEFAULT 0",
      "UPDATE session SET used_at = created_at",
    ]
    + ["staff", "emergency"].map { table in
      """
      CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table) BEGIN
        SELECT RAISE(ABORT, '\(table) guard: rows are never deleted');
      END
      """
    }
}
