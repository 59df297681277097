public import CivilTime
public import Privacy
public import Store

/// Rooms on a Jitsi server of one's own that admits by token (`token_verification` of its Prosody).
///
/// Each visit has a room whose name nobody can guess, and each of the two people a link of their
/// own, whose token opens that room from five minutes before the visit until an hour after it and
/// says who moderates. Nothing is stored: a moved visit is another one, and so has another room.
public struct VideoRooms: Hashable, Sendable {
  public enum Person: String, Hashable, Sendable, CaseIterable { case patient, practitioner }

  public static let opensBeforeSeconds: Int64 = 300
  public static let closesAfterSeconds: Int64 = 3600

  /// `https://meet.clinic.example`, without a slash at the end.
  public var url: String
  /// As the server's `app_id` has it.
  public var appID: String
  /// As its `app_secret` has it.
  public var secret: Secret

  private struct Claims: Encodable {
    struct Context: Encodable {
      struct User: Encodable {
        /// What others in the room see; nobody's name.
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

  /// The link by which one of the two people joins a visit.
  public func link(
    to visit: ClaimID, start: Instant, end: Instant, for person: Person
  ) throws -> String {
    let room = SecretName.of("room of \(visit.appointmentText)", with: secret)
    let host = url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" && $0 != ":" }
    let moderates = person == .practitioner
    let token = try JSONWebToken.signed(
      Claims(
        aud: "jitsi", iss: appID, sub: String(host), room: room,
        nbf: start.adding(seconds: -Self.opensBeforeSeconds).secondsSinceEpoch,
        exp: end.adding(seconds: Self.closesAfterSeconds).secondsSinceEpoch, moderator: moderates,
        context: .init(
          user: .init(name: moderates ? "Practitioner" : "Patient", moderator: moderates))),
      with: secret)
    return "\(url)/\(room)?jwt=\(token)"
  }
}
