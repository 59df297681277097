/// What somebody is to be told about a visit, and what became of it.
enum MessageSchema {
  static let version1 =
    [
      """
      CREATE TABLE message_job (
        job_id INTEGER PRIMARY KEY,
        claim_id INTEGER NOT NULL REFERENCES claim (claim_id),
        kind TEXT NOT NULL CHECK (kind IN (
          'confirmation', 'change', 'cancellation', 'reminder-24h', 'reminder-1h', 'offer')),
        recipient TEXT NOT NULL CHECK (recipient IN ('patient', 'practitioner')),
        -- 1, and one more each time somebody has it sent again
        round INTEGER NOT NULL DEFAULT 1 CHECK (round > 0),
        state TEXT NOT NULL DEFAULT 'waiting'
          CHECK (state IN ('waiting', 'leased', 'delivered', 'given-up', 'cancelled')),
        due_at INTEGER NOT NULL,
        -- from this second on it is of no use to anybody
        expires_at INTEGER NOT NULL CHECK (expires_at > due_at),
        -- when it may be tried, or for a leased one, when its lease ends
        next_at INTEGER NOT NULL,
        -- drawn for each lease; whoever knows it may say how the job ended
        lease BLOB,
        channel TEXT,
        -- what the channel calls the message it took
        provider_id TEXT,
        -- why it was not delivered, in words
        outcome TEXT,
        body_sealed BLOB,
        ended_at INTEGER,
        UNIQUE (claim_id, kind, recipient, round),
        CHECK (state <> 'leased' OR lease IS NOT NULL),
        CHECK ((state IN ('delivered', 'given-up', 'cancelled')) = (ended_at IS NOT NULL))
      ) STRICT
      """,
      """
      CREATE INDEX message_job_due ON message_job (next_at)
        WHERE state IN ('waiting', 'leased')
      """,
      "CREATE INDEX message_job_leased ON message_job (next_at) WHERE state = 'leased'",
      "CREATE INDEX message_job_ended ON message_job (ended_at) WHERE ended_at IS NOT NULL",
      """
      CREATE TABLE message_attempt (
        job_id INTEGER NOT NULL REFERENCES message_job (job_id),
        number INTEGER NOT NULL CHECK (number > 0),
        at INTEGER NOT NULL,
        channel TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('delivered', 'refused', 'failed')),
        detail TEXT NOT NULL,
        PRIMARY KEY (job_id, number)
      ) STRICT, WITHOUT ROWID
      """,
    ] + guards + [visitsBooked]

  /// Whoever ends a visit ends what was still to be said of it, in the same transaction; what has
  /// ended stays as it ended. A message that was on its way when its visit was cancelled may yet be
  /// recorded as delivered, because it was.
  private static let guards = [
    """
    CREATE TRIGGER claim_update_messages AFTER UPDATE OF state ON claim
      WHEN OLD.state IN ('held', 'booked') AND NEW.state <> OLD.state
    BEGIN
      UPDATE message_job SET state = 'cancelled', ended_at = NEW.changed_at,
        outcome = 'the visit is ' || NEW.state
      WHERE claim_id = NEW.claim_id AND state IN ('waiting', 'leased');
    END
    """,
    """
    CREATE TRIGGER message_job_update BEFORE UPDATE ON message_job
      WHEN OLD.state IN ('delivered', 'given-up')
        OR (OLD.state = 'cancelled' AND NEW.state <> 'delivered')
        OR OLD.job_id <> NEW.job_id OR OLD.claim_id <> NEW.claim_id OR OLD.kind <> NEW.kind
        OR OLD.recipient <> NEW.recipient OR OLD.round <> NEW.round
    BEGIN
      SELECT RAISE(ABORT, 'message guard: no such change');
    END
    """,
    """
    CREATE TRIGGER message_job_delete BEFORE DELETE ON message_job BEGIN
      SELECT RAISE(ABORT, 'message guard: jobs are never deleted');
    END
    """,
  ]

  /// Visits that were booked before there were messages are reminded of. Migrations know no clock;
  /// the last thing that happened is the latest moment they can be sure of.
  private static let visitsBooked = """
    INSERT INTO message_job (claim_id, kind, recipient, due_at, next_at, expires_at)
    SELECT claim_id, reminder.kind, 'patient', starts_at - due_s, starts_at - due_s,
      starts_at - over_s
    FROM claim, (SELECT 'reminder-24h' AS kind, 86400 AS due_s, 3600 AS over_s
      UNION ALL SELECT 'reminder-1h', 3600, 0) AS reminder
    WHERE state = 'booked' AND starts_at - due_s > (SELECT coalesce(max(at), 0) FROM outbox)
    """

  /// How patients are told of their visits, and which practitioners are. Who has no row has said
  /// nothing.
  static let preferences = [
    """
    CREATE TABLE message_preference (
      patient_id INTEGER PRIMARY KEY REFERENCES patient (patient_id),
      -- raised with each change
      version INTEGER NOT NULL DEFAULT 1,
      -- in the order in which they are tried, with spaces between; by no other is anything sent
      media TEXT NOT NULL,
      language TEXT NOT NULL CHECK (language IN ('en', 'es')),
      -- minutes of the wall clock, both or neither
      quiet_from INTEGER CHECK (quiet_from BETWEEN 0 AND 1439),
      quiet_until INTEGER CHECK (quiet_until BETWEEN 0 AND 1439),
      -- NULL for that of each visit's site
      time_zone TEXT,
      device_sealed BLOB,
      changed_at INTEGER NOT NULL,
      CHECK ((quiet_from IS NULL) = (quiet_until IS NULL)),
      CHECK (quiet_from <> quiet_until)
    ) STRICT
    """,
    """
    CREATE TABLE practitioner_notice (
      npi INTEGER PRIMARY KEY,
      email_sealed BLOB NOT NULL,
      -- whether of reminders too
      reminders INTEGER NOT NULL CHECK (reminders IN (0, 1)),
      changed_at INTEGER NOT NULL
    ) STRICT
    """,
  ]

  /// Rooms that were made on a video server, by their names: whoever knows one needs a token too.
  static let videoRooms = [
    """
    CREATE TABLE video_room (
      claim_id INTEGER NOT NULL REFERENCES claim (claim_id),
      -- of the key that names it
      epoch TEXT NOT NULL,
      name TEXT NOT NULL,
      made_at INTEGER NOT NULL,
      removed_at INTEGER,
      PRIMARY KEY (claim_id, epoch)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX video_room_open ON video_room (claim_id) WHERE removed_at IS NULL",
    """
    CREATE INDEX claim_video ON claim (ends_at)
      WHERE visit_type = 'telehealth' AND state IN ('booked', 'checked-in')
    """,
  ]
}
