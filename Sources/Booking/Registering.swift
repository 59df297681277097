import CivilTime
public import Privacy
import Scheduling
public import Store

extension Bookings {
  /// Makes a patient and signs the terminal in.
  ///
  /// One e-mail address belongs to one patient. Registering again with the same name, birth date
  /// and telephone number signs that patient in again, so a repeated request is harmless; with any
  /// other details it is refused as `already-registered`.
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
      if let known, known.details != details {
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

  /// Ends the session; its holds run out by themselves.
  public func signOut(_ token: SessionToken?) throws -> Outcome<PatientID> {
    try request { transaction in
      let session = try self.session(token, transaction)
      try transaction.end(session, vault: vault)
      return session.patient
    }
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

  /// The session that asks, or the refusal of one that may not.
  func session(
    _ token: SessionToken?, _ transaction: WriteTransaction
  ) throws -> Session {
    guard let token, let session = try transaction.session(token), session.endedAt == nil else {
      throw Refused(.notSignedIn)
    }
    guard transaction.now < session.expiresAt else {
      throw Refused(.sessionExpired(at: session.expiresAt, zone: try Zone("Etc/UTC")))
    }
    return session
  }
}
