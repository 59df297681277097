import CivilTime
import Privacy
import Scheduling
public import Store

extension Bookings {
  /// Makes a patient and signs the terminal in.
  ///
  /// One e-mail address belongs to one patient. Registering again with the same name, birth date
  /// and telephone number signs that patient in again, so a repeated request is harmless, as long
  /// as the patient has no passphrase and, in a home with staff accounts, only within minutes:
  /// details are no proof of who somebody is. Else it is refused as `already-registered`.
  ///
  /// Throws `PatientDetailsError.bornInFuture`.
  public func register(_ details: PatientDetails) throws -> Outcome<Registration> {
    try request { transaction in
      let now = transaction.now
      let today = CivilDate(daysSinceEpoch: Int32(now.secondsSinceEpoch / 86_400))
      // The date may already be tomorrow's where the patient is.
      guard details.birthDate <= today.adding(days: 1) else {
        throw PatientDetailsError.bornInFuture(today: today)
      }
      let known = try transaction.patient(
        withEmail: details.email, by: .system, vault: vault)
      if let known, try known.details != details || !mayRejoin(known, transaction) {
        try transaction.audit(
          .refused, of: known.id, subject: "register", by: .nobody, vault: vault)
        throw Refused(.alreadyRegistered(by: "e-mail address"))
      }
      let patient = try known?.id ?? newPatient(details, transaction)
      let token = SessionToken.random(random)
      let session = Session(
        tokenHash: token.hash, patient: patient, createdAt: now,
        expiresAt: now.adding(seconds: limits.sessionSeconds))
      try transaction.insert(session, vault: vault)
      return Registration(
        patient: patient, token: token, expiresAt: session.expiresAt, isNew: known == nil)
    }
  }

  private func mayRejoin(_ known: Patient, _ transaction: ReadTransaction) throws -> Bool {
    guard try transaction.credential(of: known.id, vault: vault) == nil else { return false }
    guard try transaction.hasStaff() else { return true }
    return transaction.now < known.createdAt.adding(seconds: limits.idleSeconds)
  }

  private func newPatient(
    _ details: PatientDetails, _ transaction: WriteTransaction
  ) throws -> PatientID {
    let id = PatientID(at: transaction.now, random: random)
    try transaction.insert(
      Patient(id: id, details: details, createdAt: transaction.now), by: .patient(id),
      vault: vault)
    return id
  }
}
