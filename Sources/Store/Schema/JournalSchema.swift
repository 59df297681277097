/// What only grows: the audit trail, and the outbox from which messages are sent.
enum JournalSchema {
  static let version1 =
    [
      """
      CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        patient_id INTEGER,
        subject TEXT NOT NULL,
        -- HMAC over the row before and this row's columns
        mac BLOB NOT NULL CHECK (length(mac) = 32)
      ) STRICT
      """,
      "CREATE INDEX audit_patient ON audit (patient_id, sequence)",
      """
      CREATE TABLE outbox (
        sequence INTEGER PRIMARY KEY CHECK (sequence > 0),
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,
        claim_id INTEGER NOT NULL REFERENCES claim (claim_id)
      ) STRICT
      """,
      """
      CREATE TABLE outbox_reader (
        reader TEXT PRIMARY KEY,
        -- the last one it has dealt with
        sequence INTEGER NOT NULL
      ) STRICT
      """,
    ] + appendOnly("audit", number: "sequence") + appendOnly("outbox", number: "sequence")

  /// Triggers that refuse every change but adding the row numbered one after the last, which also
  /// stops `INSERT OR REPLACE` from taking a row's place.
  static func appendOnly(_ table: String, number: String) -> [String] {
    [
      """
      CREATE TRIGGER \(table)_append BEFORE INSERT ON \(table)
        -- SQLite shows -1 until it has chosen the number
        WHEN NEW.\(number) <> -1
          AND NEW.\(number) <> (SELECT coalesce(max(\(number)), 0) + 1 FROM \(table))
      BEGIN
        SELECT RAISE(ABORT, '\(table) guard: rows are only added at the end');
      END
      """,
      """
      CREATE TRIGGER \(table)_no_update BEFORE UPDATE ON \(table) BEGIN
        SELECT RAISE(ABORT, '\(table) guard: rows never change');
      END
      """,
      """
      CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table) BEGIN
        SELECT RAISE(ABORT, '\(table) guard: rows are never deleted');
      END
      """,
    ]
  }
}
