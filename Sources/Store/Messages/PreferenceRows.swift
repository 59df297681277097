import CivilTime
import Foundation
import GRDB
import Privacy
public import ProviderDirectory

extension ReadTransaction {
  /// Whether there is a patient of that number; tells nothing else of them.
  public func isPatient(_ id: PatientID) throws -> Bool {
    let statement = try db.cachedStatement(
      sql: "SELECT EXISTS (SELECT 1 FROM patient WHERE patient_id = ?)")
    return try Bool.fetchOne(statement, arguments: [id.rawValue]) ?? false
  }

  /// Raised by each change of a patient's preferences; 0 for who has none.
  public func preferenceVersion(of patient: PatientID) throws -> Int {
    let statement = try db.cachedStatement(
      sql: "SELECT version FROM message_preference WHERE patient_id = ?")
    return try Int.fetchOne(statement, arguments: [patient.rawValue]) ?? 0
  }

  /// The usual ones of who has said nothing. Whoever asks leaves the audit row.
  public func messagePreferences(
    of patient: PatientID, vault: Vault
  ) throws -> MessagePreferences {
    let statement = try db.cachedStatement(
      sql: """
        SELECT patient_id, media, language, quiet_from, quiet_until, time_zone, device_sealed
        FROM message_preference WHERE patient_id = ?
        """)
    return try fetchFirst(statement, [patient.rawValue], from: "message_preference") { columns in
      _ = try columns.next(Int64.self)
      var preferences = try MessagePreferences(
        media: columns.next(String.self) { text in
          let words = text.split(separator: " ")
          let media = words.compactMap { MessageMedium(rawValue: String($0)) }
          return media.count == words.count ? media : nil
        }, language: columns.next(String.self, MessageLanguage.init(rawValue:)))
      let from = try columns.nextIfPresent(Int.self) { TimeOfDay(minutes: $0) }
      let until = try columns.nextIfPresent(Int.self) { TimeOfDay(minutes: $0) }
      preferences.quietHours = from.flatMap { from in
        until.flatMap { QuietHours(from: from, until: $0) }
      }
      preferences.timeZone = try columns.nextIfPresent(String.self)
      preferences.device = try columns.bytesIfPresent().map {
        try vault.sealer.open(
          $0, table: "message_preference", row: String(patient.rawValue), column: "device_sealed")
      }
      return preferences
    } ?? .usual
  }

  /// Nil for a practitioner who wants to be told nothing.
  public func practitionerNotice(of npi: NPI, vault: Vault) throws -> PractitionerNotice? {
    let statement = try db.cachedStatement(
      sql: "SELECT npi, email_sealed, reminders FROM practitioner_notice WHERE npi = ?")
    return try fetchFirst(statement, [npi.number], from: "practitioner_notice") { columns in
      _ = try columns.next(Int64.self)
      return try PractitionerNotice(
        email: EmailAddress(
          vault.sealer.open(
            columns.bytes(), table: "practitioner_notice", row: String(npi.number),
            column: "email_sealed")),
        hasReminders: columns.next(Bool.self))
    }
  }

  /// Whether a practitioner wants to be told, and if so, whether of reminders too.
  public func wantsReminders(_ npi: NPI) throws -> Bool? {
    let statement = try db.cachedStatement(
      sql: "SELECT reminders FROM practitioner_notice WHERE npi = ?")
    return try fetchFirst(statement, [npi.number], from: "practitioner_notice") {
      try $0.next(Bool.self)
    }
  }
}

extension WriteTransaction {
  /// From the next message on, also of those that are composed already.
  public func set(
    _ preferences: MessagePreferences, of patient: PatientID, vault: Vault
  ) throws {
    let device = try preferences.device.map {
      try vault.sealer.seal(
        $0, table: "message_preference", row: String(patient.rawValue), column: "device_sealed")
    }
    try execute(
      """
      INSERT INTO message_preference (patient_id, media, language, quiet_from, quiet_until,
        time_zone, device_sealed, changed_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (patient_id) DO UPDATE SET version = version + 1, media = excluded.media,
        language = excluded.language, quiet_from = excluded.quiet_from,
        quiet_until = excluded.quiet_until, time_zone = excluded.time_zone,
        device_sealed = excluded.device_sealed, changed_at = excluded.changed_at
      """,
      [
        patient.rawValue, preferences.media.map(\.rawValue).joined(separator: " "),
        preferences.language.rawValue, preferences.quietHours?.from.minutes,
        preferences.quietHours?.until.minutes, preferences.timeZone, device,
        now.secondsSinceEpoch,
      ])
  }

  /// - Parameter notice: nil for none.
  public func set(_ notice: PractitionerNotice?, of npi: NPI, vault: Vault) throws {
    guard let notice else {
      return try execute("DELETE FROM practitioner_notice WHERE npi = ?", [npi.number])
    }
    let email = try vault.sealer.seal(
      notice.email.text, table: "practitioner_notice", row: String(npi.number),
      column: "email_sealed")
    try execute(
      """
      INSERT INTO practitioner_notice (npi, email_sealed, reminders, changed_at)
      VALUES (?, ?, ?, ?)
      ON CONFLICT (npi) DO UPDATE SET email_sealed = excluded.email_sealed,
        reminders = excluded.reminders, changed_at = excluded.changed_at
      """, [npi.number, email, notice.hasReminders, now.secondsSinceEpoch])
  }

  /// Takes over what people want to be told from the database that this one is to replace: an older
  /// copy undoes no opt-out. Of patients whom the copy does not have nothing is taken.
  ///
  /// - Parameters:
  ///   - present: opens what is sealed in `current`.
  ///   - vault: this database's.
  func keepPreferences(of current: ReadTransaction, present: Vault, vault: Vault) throws {
    for id in try Int64.fetchAll(current.db, sql: "SELECT patient_id FROM message_preference") {
      guard let patient = PatientID(rawValue: id), try isPatient(patient) else { continue }
      try set(
        try current.messagePreferences(of: patient, vault: present), of: patient, vault: vault)
    }
    try execute("DELETE FROM practitioner_notice", [])
    for number in try Int64.fetchAll(current.db, sql: "SELECT npi FROM practitioner_notice") {
      guard let npi = NPI(number) else { continue }
      try set(try current.practitionerNotice(of: npi, vault: present), of: npi, vault: vault)
    }
  }
}
