public import CivilTime
public import Privacy
public import ProviderDirectory

/// Numbers an account of the staff, 1, 2, 3 …
public struct StaffID: Hashable, Sendable {
  public let rawValue: Int64

  public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// What an account of the staff may be, and for whom.
public struct StaffPost: Hashable, Sendable {
  /// One of `Role.staff`.
  public let role: Role
  /// Of a practitioner: whose visits are theirs.
  public let npi: NPI?
  /// Of a front desk: where it works, sorted.
  public let sites: [SiteKey]

  public init(role: Role, npi: NPI?, sites: [SiteKey]) throws(StaffError) {
    guard Role.staff.contains(role) else { throw .notOfTheStaff(role) }
    guard (role == .practitioner) == (npi != nil) else { throw .npi(role) }
    guard (role == .frontDesk) == !sites.isEmpty else { throw .sites(role) }
    self.role = role
    self.npi = npi
    self.sites = Set(sites).sorted()
  }
}

/// Somebody of the staff who can sign in.
public struct StaffAccount: Hashable, Sendable {
  public let id: StaffID
  public let login: String
  public var post: StaffPost
  public let createdAt: Instant
  /// When it was closed.
  public var endedAt: Instant?

  public var actor: Actor {
    switch post.role {
    case .practitioner: .practitioner(login)
    case .administrator: .administrator(login)
    default: .frontDesk(login)
    }
  }

  /// 2 to 32 lower-case letters, digits, dots and hyphens, a letter first.
  public static func checked(login: String) throws(StaffError) -> String {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let isName = login.utf8.allSatisfy {
      letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: ".")
        || $0 == UInt8(ascii: "-")
    }
    guard isName, (2...32).contains(login.utf8.count), let first = login.utf8.first,
      letters.contains(first)
    else { throw .login }
    return login
  }
}

/// Why an account cannot be as asked.
public enum StaffError: Error, Hashable, Sendable, CustomStringConvertible {
  case login
  case notOfTheStaff(Role)
  case npi(Role)
  case sites(Role)

  public var description: String {
    switch self {
    case .login:
      "a login is 2 to 32 lower-case letters, digits, dots and hyphens, a letter first: mona.lee"
    case .notOfTheStaff(let role):
      "no account of the staff is \(role.rawValue); there are "
        + Role.staff.map(\.rawValue).joined(separator: ", ")
    case .npi(.practitioner): "a practitioner's account needs --npi, whose visits are theirs"
    case .npi(let role): "--npi is for practitioners, not for \(role.rawValue)"
    case .sites(.frontDesk): "a front desk's account needs --site, once for each site it works at"
    case .sites(let role): "--site is for front desks, not for \(role.rawValue)"
    }
  }
}

/// By what somebody proves who they are.
public struct Credential: Sendable {
  public var verifier: PassphraseVerifier
  /// Nil for a patient who wants none.
  public var codes: OneTimeSecret?
  /// The last step whose code was used.
  public var codeStep: Int64

  public init(verifier: PassphraseVerifier, codes: OneTimeSecret?, codeStep: Int64 = 0) {
    self.verifier = verifier
    self.codes = codes
    self.codeStep = codeStep
  }
}

/// A signed-in terminal of the staff.
public struct StaffSession: Hashable, Sendable {
  public var tokenHash: [UInt8]
  public var staff: StaffID
  public var createdAt: Instant
  public var expiresAt: Instant
  public var usedAt: Instant
  public var endedAt: Instant?

  public init(
    tokenHash: [UInt8], staff: StaffID, createdAt: Instant, expiresAt: Instant, usedAt: Instant,
    endedAt: Instant? = nil
  ) {
    self.tokenHash = tokenHash
    self.staff = staff
    self.createdAt = createdAt
    self.expiresAt = expiresAt
    self.usedAt = usedAt
    self.endedAt = endedAt
  }
}

/// A time at which somebody of the staff might see others' patients.
public struct Emergency: Hashable, Sendable {
  public let login: String
  public let openedAt: Instant
  public let endsAt: Instant
  public let reason: String
}

/// How often signing in under a name has failed in a row, and until when it is refused.
public struct SignInAttempts: Hashable, Sendable {
  public var count: Int
  public var lockedUntil: Instant

  public init(count: Int, lockedUntil: Instant) {
    self.count = count
    self.lockedUntil = lockedUntil
  }
}
