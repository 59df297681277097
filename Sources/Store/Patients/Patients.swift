import CivilTime
import Foundation
import GRDB
public import Privacy

/// Reading a patient is a write too, because it leaves a row in the audit trail; so none of this is
/// offered to a `ReadTransaction`.
extension WriteTransaction {
  /// Throws `StoreError.statement` when the e-mail address is another patient's; ask
  /// `patient(withEmail:)` first.
  public func insert(_ patient: Patient, by actor: Actor, vault: Vault) throws {
    let row = String(patient.id.rawValue)
    func seal(_ text: String, _ column: String) throws -> [UInt8] {
      try vault.sealer.seal(text, table: "patient", row: row, column: column)
    }
    try execute(
      """
      INSERT INTO patient (patient_id, name_sealed, birth_date_sealed, email_sealed, phone_sealed,
        email_hash, phone_hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        patient.id.rawValue, seal(patient.details.name, "name_sealed"),
        seal(patient.details.birthDate.description, "birth_date_sealed"),
        seal(patient.details.email.text, "email_sealed"),
        seal(patient.details.phone.text, "phone_sealed"),
        vault.blindIndex.hash(of: patient.details.email),
        vault.blindIndex.hash(of: patient.details.phone),
        patient.createdAt.secondsSinceEpoch,
      ])
    try audit(.createPatient, of: patient.id, subject: "patient", by: actor, vault: vault)
  }

  public func patient(_ id: PatientID, by actor: Actor, vault: Vault) throws -> Patient? {
    try patient(where: "patient_id = ?", [id.rawValue], by: actor, vault: vault)
  }

  /// The patient who registered with this address.
  public func patient(
    withEmail email: EmailAddress, by actor: Actor, vault: Vault
  ) throws -> Patient? {
    try patientID(withEmail: email, vault: vault).flatMap { id in
      try patient(id, by: actor, vault: vault)
    }
  }

  private func patient(
    where condition: String, _ arguments: Arguments, by actor: Actor, vault: Vault
  ) throws -> Patient? {
    let statement = try db.cachedStatement(
      sql: """
        SELECT patient_id, name_sealed, birth_date_sealed, email_sealed, phone_sealed, created_at
        FROM patient WHERE \(condition)
        """)
    let patient = try fetchFirst(statement, arguments, from: "patient") { columns in
      try opened(&columns, vault)
    }
    if let patient {
      try audit(.readPatient, of: patient.id, subject: "patient", by: actor, vault: vault)
    }
    return patient
  }

  private func opened(_ columns: inout Columns, _ vault: Vault) throws -> Patient {
    let id = try columns.next(Int64.self, PatientID.init(rawValue:))
    func open(_ column: String) throws -> String {
      try vault.sealer.open(
        columns.bytes(), table: "patient", row: String(id.rawValue), column: column)
    }
    let name = try open("name_sealed")
    let birthDate = try open("birth_date_sealed")
    let email = try EmailAddress(open("email_sealed"))
    let phone = try PhoneNumber(open("phone_sealed"))
    guard let birthDate = CivilDate(iso: birthDate) else {
      throw StoreError.unreadableRow(
        path: path, table: "patient", row: String(id.rawValue), detail: "birth_date_sealed")
    }
    return try Patient(
      id: id,
      details: PatientDetails(name: name, birthDate: birthDate, email: email, phone: phone),
      createdAt: columns.instant())
  }
}
