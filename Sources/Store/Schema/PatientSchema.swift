/// Patients and the sessions that act for them. Columns that end in `_sealed` hold
/// `Privacy.Sealer`'s bytes, those that end in `_hash` a keyed hash or the hash of a secret.
enum PatientSchema {
  static let version1 = [
    """
    CREATE TABLE patient (
      patient_id INTEGER PRIMARY KEY,
      name_sealed BLOB NOT NULL,
      birth_date_sealed BLOB NOT NULL,
      email_sealed BLOB NOT NULL,
      phone_sealed BLOB NOT NULL,
      email_hash BLOB NOT NULL UNIQUE CHECK (length(email_hash) = 32),
      phone_hash BLOB NOT NULL CHECK (length(phone_hash) = 32),
      created_at INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX patient_phone ON patient (phone_hash)",
    """
    CREATE TABLE session (
      token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
      patient_id INTEGER NOT NULL REFERENCES patient (patient_id),
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      ended_at INTEGER,
      CHECK (expires_at > created_at)
    ) STRICT
    """,
    "CREATE INDEX session_patient ON session (patient_id)",
  ]
}
