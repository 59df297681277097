/// The guards once visits have buffers and rooms: a visit takes its person and its room from the
/// start of the buffer before it to the end of the one after.
extension ClaimSchema {
  /// In these bounds of `starts_at` lies every claim that overlaps `NEW`, buffers included.
  private static let reach = maxVisitSeconds + maxBufferSeconds

  private static let overlapsNew = """
    starts_at < NEW.ends_at + NEW.after_s + \(maxBufferSeconds)
        AND starts_at > NEW.starts_at - NEW.before_s - \(reach)
        AND starts_at - before_s < NEW.ends_at + NEW.after_s
        AND ends_at + after_s > NEW.starts_at - NEW.before_s
    """

  private static func refuseOverlaps(
    excluding own: String, live: String, visiting: String
  ) -> String {
    """
    SELECT RAISE(ABORT, '\(ClaimGuard.practitionerOverlap.rawValue)') WHERE EXISTS (
        SELECT 1 FROM claim WHERE npi = NEW.npi AND \(live)
          AND \(overlapsNew)\(own));
      SELECT RAISE(ABORT, '\(ClaimGuard.patientOverlap.rawValue)')
        WHERE NEW.\(visiting) AND EXISTS (
        SELECT 1 FROM claim WHERE patient_id = NEW.patient_id AND \(visiting)
          AND starts_at < NEW.ends_at AND starts_at > NEW.starts_at - \(maxVisitSeconds)
          AND ends_at > NEW.starts_at\(own));
      SELECT RAISE(ABORT, '\(ClaimGuard.roomElsewhere.rawValue)')
        WHERE NEW.room_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM room WHERE room_id = NEW.room_id AND site = NEW.role_id & 1073741823);
      SELECT RAISE(ABORT, '\(ClaimGuard.roomOverlap.rawValue)')
        WHERE NEW.room_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM claim WHERE room_id = NEW.room_id AND \(live)
          AND \(overlapsNew)\(own));
    """
  }

  /// - Parameters:
  ///   - live: the claims that take their person and their room.
  ///   - visiting: those that take their patient.
  static func overlapGuards(live: String, visiting: String) -> [String] {
    [
      "DROP TRIGGER claim_insert_overlap",
      "DROP TRIGGER claim_update_overlap",
      """
      CREATE TRIGGER claim_insert_overlap BEFORE INSERT ON claim WHEN NEW.\(live) BEGIN
        \(refuseOverlaps(excluding: "", live: live, visiting: visiting))
      END
      """,
      """
      CREATE TRIGGER claim_update_overlap BEFORE UPDATE ON claim WHEN NEW.\(live) BEGIN
        \(refuseOverlaps(
          excluding: " AND claim_id <> OLD.claim_id", live: live, visiting: visiting))
      END
      """,
    ]
  }

  static let guardsVersion2 =
    overlapGuards(live: "state IN ('held', 'booked')", visiting: "state = 'booked'") + [
      "DROP TRIGGER claim_update_fixed",
      """
      CREATE TRIGGER claim_update_fixed BEFORE UPDATE ON claim
        WHEN OLD.claim_id <> NEW.claim_id OR OLD.npi <> NEW.npi OR OLD.role_id <> NEW.role_id
          OR OLD.starts_at <> NEW.starts_at OR OLD.ends_at <> NEW.ends_at
          OR OLD.visit_type <> NEW.visit_type OR OLD.kind <> NEW.kind
          OR OLD.before_s <> NEW.before_s OR OLD.after_s <> NEW.after_s
          OR OLD.patient_id <> NEW.patient_id OR OLD.created_at <> NEW.created_at
          OR (OLD.idempotency_key IS NOT NULL
            AND (NEW.idempotency_key IS NULL OR OLD.idempotency_key <> NEW.idempotency_key))
      BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.fixedColumn.rawValue)');
      END
      """,
      """
      CREATE TRIGGER room_fixed BEFORE UPDATE ON room
        WHEN OLD.room_id <> NEW.room_id OR OLD.site <> NEW.site
      BEGIN
        SELECT RAISE(ABORT, '\(ClaimGuard.roomMoved.rawValue)');
      END
      """,
    ]
}
