import Privacy

/// Pushes by a gateway that speaks as Firebase Cloud Messaging's HTTP v1 does
/// (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send), the contract of
/// `push.url`: a POST of `{"message": {"token", "notification": {"title", "body"}, …}}` with the
/// bearer token of `push.token`; taken is a 2xx with `name` and no `error`.
///
/// There is no idempotency key, but a message's own key is the tag and the collapse id of its
/// notification, so that on the device a second copy takes the place of the first.
final class PushChannel: MessageChannel {
  let name = "push"
  private let gateway: HTTPGateway
  private let token: Secret

  init(_ settings: MessagingSettings.Push, limitMilliseconds: Int = 20_000) {
    gateway = HTTPGateway(settings.server, limitMilliseconds: limitMilliseconds)
    token = settings.token
  }

  private struct Request: Encodable {
    struct Message: Encodable {
      let token: String
      let notification: [String: String]
      let android: Android
      let apns: [String: [String: String]]
    }
    struct Android: Encodable {
      let collapseKey: String
      let notification: [String: String]

      enum CodingKeys: String, CodingKey {
        case notification
        case collapseKey = "collapse_key"
      }
    }
    let message: Message
  }

  private struct Answer: Decodable {
    struct Failure: Decodable {
      struct Detail: Decodable { var errorCode: String? }
      var status: String?
      var details: [Detail]?
    }
    var name: String?
    var error: Failure?
  }

  /// Whose words are known; the rest of an answer may be anything.
  private static let codes: Set = [
    "UNREGISTERED", "SENDER_ID_MISMATCH", "QUOTA_EXCEEDED", "UNAVAILABLE", "INTERNAL",
    "THIRD_PARTY_AUTH_ERROR", "INVALID_ARGUMENT", "UNAUTHENTICATED", "PERMISSION_DENIED",
    "NOT_FOUND", "RESOURCE_EXHAUSTED",
  ]

  func send(_ message: OutgoingMessage) -> ChannelAnswer {
    let request = Request(
      message: .init(
        token: message.address,
        notification: ["title": message.title, "body": message.body],
        android: .init(collapseKey: message.key, notification: ["tag": message.key]),
        apns: ["headers": ["apns-collapse-id": message.key]]))
    let reply = gateway.post(
      HTTPGateway.json(request), type: "application/json",
      headers: ["Authorization: Bearer \(token.text)"])
    let answer = reply.read(Answer.self)
    let said = (answer?.error?.details ?? []).compactMap(\.errorCode) + [answer?.error?.status]
    let code = said.compactMap(\.self).first { Self.codes.contains($0) }
    // The device has left, or is another sender's.
    if let code, ["UNREGISTERED", "SENDER_ID_MISMATCH"].contains(code) {
      return .refused("HTTP \(reply.status) \(code)")
    }
    guard reply.isGood, answer?.error == nil else { return reply.failure(code) }
    return reply.taken(answer?.name)
  }
}
