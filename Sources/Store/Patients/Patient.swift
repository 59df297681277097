public import CivilTime
public import Privacy

/// What a patient tells about themselves; in the database every column of it is sealed.
public struct PatientDetails: Hashable, Sendable {
  public var name: String
  public var birthDate: CivilDate
  public var email: EmailAddress
  public var phone: PhoneNumber

  public init(name: String, birthDate: CivilDate, email: EmailAddress, phone: PhoneNumber) {
    self.name = name
    self.birthDate = birthDate
    self.email = email
    self.phone = phone
  }
}

public struct Patient: Hashable, Sendable {
  public var id: PatientID
  public var details: PatientDetails
  public var createdAt: Instant
}

/// A signed-in terminal.
public struct Session: Hashable, Sendable {
  /// `SessionToken.hash`; the token itself is not stored.
  public var tokenHash: [UInt8]
  public var patient: PatientID
  public var createdAt: Instant
  public var expiresAt: Instant

  public init(tokenHash: [UInt8], patient: PatientID, createdAt: Instant, expiresAt: Instant) {
    self.tokenHash = tokenHash
    self.patient = patient
    self.createdAt = createdAt
    self.expiresAt = expiresAt
  }
}
