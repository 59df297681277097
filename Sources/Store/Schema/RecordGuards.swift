/// What stands behind the guards of claims: the rooms, roles, patients and waitlist entries that
/// they count on stay what they are, whoever writes.
///
/// A shell checks no references unless it is told to, and `OR REPLACE` deletes the rows in its way
/// without any trigger of theirs. A room that so comes back under another number would be two rooms
/// to the guards; so each unique value is checked before SQLite would, and what a claim names is
/// never deleted.
enum RecordGuards {
  static let statements =
    [
      refuse(
        .roomKept, "room_insert_taken", before: "INSERT ON room",
        when: """
          EXISTS (SELECT 1 FROM room WHERE room_id = NEW.room_id OR
            (site = NEW.site AND kind = NEW.kind AND number = NEW.number))
          """),
      refuse(
        .roomKept, "room_update_taken", before: "UPDATE ON room",
        when: """
          EXISTS (SELECT 1 FROM room WHERE room_id <> OLD.room_id
            AND site = NEW.site AND kind = NEW.kind AND number = NEW.number)
          """),
      refuse(.roomKept, "room_delete", before: "DELETE ON room", when: "true"),
      // A visit that has a room does not lose it while it takes it.
      refuse(
        .fixedColumn, "claim_update_room", before: "UPDATE ON claim",
        when: "OLD.room_id IS NOT NULL AND NEW.room_id IS NULL AND NEW.\(ClaimSchema.live)"),
      refuse(
        .namesNobody, "claim_insert_names", before: "INSERT ON claim",
        when: """
          NOT EXISTS (SELECT 1 FROM role WHERE role_id = NEW.role_id)
          OR NOT EXISTS (SELECT 1 FROM patient WHERE patient_id = NEW.patient_id)
          """),
      refuse(
        .named, "role_delete", before: "DELETE ON role",
        when: "EXISTS (SELECT 1 FROM claim WHERE role_id = OLD.role_id)"),
      refuse(
        .named, "role_fixed", before: "UPDATE OF role_id ON role",
        when: "NEW.role_id <> OLD.role_id"),
      refuse(
        .named, "patient_insert_taken", before: "INSERT ON patient",
        when: """
          EXISTS (SELECT 1 FROM patient WHERE patient_id = NEW.patient_id
            OR email_hash = NEW.email_hash)
          """),
      refuse(
        .named, "patient_update_taken", before: "UPDATE ON patient",
        when: """
          NEW.patient_id <> OLD.patient_id OR EXISTS (
            SELECT 1 FROM patient WHERE patient_id <> OLD.patient_id
              AND email_hash = NEW.email_hash)
          """),
      refuse(
        .named, "patient_delete", before: "DELETE ON patient",
        when: "EXISTS (SELECT 1 FROM claim WHERE patient_id = OLD.patient_id)"),
      refuse(
        .entryTaken, "waitlist_insert_taken", before: "INSERT ON waitlist",
        when: """
          EXISTS (SELECT 1 FROM waitlist
            WHERE waitlist_id = NEW.waitlist_id OR position = NEW.position)
          OR EXISTS (SELECT 1 FROM waitlist WHERE patient_id = NEW.patient_id
            AND idempotency_key = NEW.idempotency_key)
          OR \(offered)
          """),
      refuse(
        .entryTaken, "waitlist_update_taken", before: "UPDATE ON waitlist",
        when: """
          OLD.state <> NEW.state AND \(offered)
          OR NEW.idempotency_key IS NOT OLD.idempotency_key
          """),
    ]
    + [("INSERT", "true"), ("UPDATE", "OLD.retired = 1")].map { event, condition in
      // Whoever waits may have waited for just such a room.
      """
      CREATE TRIGGER room_\(event.lowercased())_waitlist AFTER \(event) ON room
        WHEN NEW.retired = 0 AND \(condition)
          AND EXISTS (SELECT 1 FROM waitlist WHERE state = 'waiting')
      BEGIN
        INSERT INTO waitlist_hours (role_id)
          SELECT DISTINCT role_id FROM visit_kind
          WHERE role_id & 1073741823 = NEW.site AND room_kind = NEW.kind AND retired = 0
          ON CONFLICT (role_id) DO UPDATE SET after_severity = 0, after_position = 0;
      END
      """
    }

  /// One patient is offered one slot at a time.
  private static let offered = """
    NEW.state = 'offered' AND EXISTS (
      SELECT 1 FROM waitlist WHERE patient_id = NEW.patient_id AND state = 'offered')
    """

  private static func refuse(
    _ guarded: ClaimGuard, _ name: String, before event: String, when condition: String
  ) -> String {
    """
    CREATE TRIGGER \(name) BEFORE \(event) WHEN \(condition) BEGIN
      SELECT RAISE(ABORT, '\(guarded.rawValue)');
    END
    """
  }
}
