import CivilTime
import Privacy

/// Pushes by a program of the practice's own, the contract of `webhook.url`: a POST of
///
///     {"body": "…", "device": "…", "key": "a-….reminder-1h.patient.1", "language": "en",
///      "title": "…"}
///
/// with `Idempotency-Key`, the same key, under which it is to deliver once, and
///
///     Nearcare-Signature: t=1795442400,v1=<64 hexadecimal digits>
///
/// where `v1` is HMAC-SHA256 under `webhook.secret` of the timestamp, a dot, and the body byte for
/// byte. Whoever receives it refuses a wrong signature and a timestamp more than five minutes off.
/// Taken is a 2xx with `{"id": "…"}`; 410 says that the device is gone for good.
final class WebhookChannel: MessageChannel {
  let name = "webhook"
  private let gateway: HTTPGateway
  private let secret: Secret
  private let clock: Clock

  init(_ settings: MessagingSettings.Webhook, clock: Clock, limitMilliseconds: Int = 20_000) {
    gateway = HTTPGateway(settings.server, limitMilliseconds: limitMilliseconds)
    secret = settings.secret
    self.clock = clock
  }

  private struct Answer: Decodable {
    var id: String?
    var error: IgnoredValue?
  }

  /// That there is one is all that counts.
  private struct IgnoredValue: Decodable {
    init(from decoder: any Decoder) {}
  }

  func send(_ message: OutgoingMessage) -> ChannelAnswer {
    let body = HTTPGateway.json([
      "key": message.key, "device": message.address, "title": message.title,
      "body": message.body, "language": message.language.rawValue,
    ])
    let seconds = clock.now().secondsSinceEpoch
    let code = BodySignature.code(of: "\(seconds).\(body)", with: secret)
    let reply = gateway.post(
      body, type: "application/json",
      headers: [
        "Idempotency-Key: \(message.key)", "Nearcare-Signature: t=\(seconds),v1=\(code)",
      ])
    if reply.problem == nil, reply.status == 410 { return .refused("HTTP 410") }
    let answer = reply.read(Answer.self)
    guard answer?.error == nil else { return reply.failure("with an error in its answer") }
    return reply.taken(answer?.id)
  }
}
