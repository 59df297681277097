public import CivilTime
public import Privacy
public import Store

/// Rooms for visits by video: on a Jitsi server of one's own that admits by token
/// (`token_verification` of its Prosody), or on a server that speaks as Daily does.
///
/// Each visit has a room whose name nobody can guess, and each of the two people a link of their
/// own, whose token opens that room from five minutes before the visit until an hour after it and
/// says who moderates. Names and tokens are made of the visit and a secret, so nothing is stored: a
/// moved visit is another one, and so has another room. On Jitsi a room is there when somebody
/// enters it; on Daily it is made and removed (`VideoRoomKeeper`).
public struct VideoRooms: Hashable, Sendable {
  public enum Person: String, Hashable, Sendable, CaseIterable { case patient, practitioner }

  public enum Server: Hashable, Sendable {
    /// - Parameter appID: as the server's `app_id` has it.
    case jitsi(appID: String, signer: JSONWebToken.Signer)
    /// Tokens are self-signed with the API's key, which is `secret`
    /// (https://docs.daily.co/reference/rest-api/meeting-tokens/self-signing-tokens).
    case daily(domainID: String, api: MessagingSettings.Server)
  }

  public static let opensBeforeSeconds: Int64 = 300
  public static let closesAfterSeconds: Int64 = 3600

  /// `https://meet.clinic.example`, without a slash at the end.
  public var url: String
  public var server: Server
  /// Of which the rooms' names are made.
  public var secret: Secret

  /// On Jitsi, tokens signed by the server's `app_secret`.
  public init(url: String, appID: String, secret: Secret) {
    self.init(url: url, server: .jitsi(appID: appID, signer: .shared(secret)), secret: secret)
  }

  public init(url: String, server: Server, secret: Secret) {
    self.url = url
    self.server = server
    self.secret = secret
  }

  /// From when until when a visit's room is open.
  static func window(start: Instant, end: Instant) -> (opens: Int64, closes: Int64) {
    (
      start.adding(seconds: -opensBeforeSeconds).secondsSinceEpoch,
      end.adding(seconds: closesAfterSeconds).secondsSinceEpoch
    )
  }

  func room(of visit: ClaimID) -> String {
    SecretName.of("room of \(visit.appointmentText)", with: secret)
  }

  /// The link by which one of the two people joins a visit.
  public func link(
    to visit: ClaimID, start: Instant, end: Instant, for person: Person
  ) throws -> String {
    let (opens, closes) = Self.window(start: start, end: end)
    let room = room(of: visit)
    let moderates = person == .practitioner
    // What others in the room see; nobody's name.
    let name = moderates ? "Practitioner" : "Patient"
    switch server {
    case .jitsi(let appID, let signer):
      let host = url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" && $0 != ":" }
      let token = try JSONWebToken.signed(
        JitsiClaims(
          aud: "jitsi", iss: appID, sub: String(host), room: room, nbf: opens, exp: closes,
          moderator: moderates, context: .init(user: .init(name: name, moderator: moderates))),
        by: signer)
      return "\(url)/\(room)?jwt=\(token)"
    case .daily(let domainID, _):
      let token = try JSONWebToken.signed(
        DailyClaims(
          r: room, d: domainID, iat: opens, nbf: opens, exp: closes, o: moderates, u: name),
        by: .shared(secret))
      return "\(url)/\(room)?t=\(token)"
    }
  }
}

private struct JitsiClaims: Encodable {
  struct Context: Encodable {
    struct User: Encodable {
      let name: String
      let moderator: Bool
    }
    let user: User
  }
  let aud, iss, sub, room: String
  let nbf, exp: Int64
  let moderator: Bool
  let context: Context
}

/// By Daily's abbreviations: room, domain, owner, and the name that is shown.
private struct DailyClaims: Encodable {
  let r, d: String
  let iat, nbf, exp: Int64
  let o: Bool
  let u: String
}
