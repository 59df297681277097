public import CivilTime
public import Privacy

/// What a patient tells about themselves; in the database every column of it is sealed.
public struct PatientDetails: Hashable, Sendable {
  /// As given, with single spaces between its words.
  public let name: String
  public let birthDate: CivilDate
  public let email: EmailAddress
  public let phone: PhoneNumber

  /// The name has 1…200 characters, none of them a control character.
  public init(
    name: String, birthDate: CivilDate, email: EmailAddress, phone: PhoneNumber
  ) throws(PatientDetailsError) {
    let words = name.split(whereSeparator: \.isWhitespace)
    self.name = words.joined(separator: " ")
    guard !words.isEmpty else { throw .emptyName }
    guard self.name.count <= 200 else { throw .longName(characters: self.name.count) }
    let isControl: (Unicode.Scalar) -> Bool = { $0.properties.generalCategory == .control }
    guard !self.name.unicodeScalars.contains(where: isControl) else { throw .controlCharacter }
    self.birthDate = birthDate
    self.email = email
    self.phone = phone
  }
}

/// Why details cannot be a patient's. The messages do not repeat them.
public enum PatientDetailsError: Error, Hashable, Sendable, CustomStringConvertible {
  case emptyName
  case longName(characters: Int)
  case controlCharacter
  case bornInFuture(today: CivilDate)

  public var description: String {
    switch self {
    case .emptyName: "the name is empty; write first and last name"
    case .longName(let characters): "the name has \(characters) characters; 1 to 200 are allowed"
    case .controlCharacter: "the name has a control character in it; write letters"
    case .bornInFuture(let today):
      "the birth date is after today, \(today); write it as YYYY-MM-DD"
    }
  }
}

public struct Patient: Hashable, Sendable {
  public var id: PatientID
  public var details: PatientDetails
  public var createdAt: Instant

  public init(id: PatientID, details: PatientDetails, createdAt: Instant) {
    self.id = id
    self.details = details
    self.createdAt = createdAt
  }
}

/// A signed-in terminal.
public struct Session: Hashable, Sendable {
  /// `SessionToken.hash`; the token itself is not stored.
  public var tokenHash: [UInt8]
  public var patient: PatientID
  public var createdAt: Instant
  public var expiresAt: Instant
  /// When it last asked for something, to the minute.
  public var usedAt: Instant
  /// When it was signed out.
  public var endedAt: Instant?

  public init(
    tokenHash: [UInt8], patient: PatientID, createdAt: Instant, expiresAt: Instant,
    usedAt: Instant? = nil, endedAt: Instant? = nil
  ) {
    self.tokenHash = tokenHash
    self.usedAt = usedAt ?? createdAt
    self.patient = patient
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.endedAt = endedAt
  }
}
