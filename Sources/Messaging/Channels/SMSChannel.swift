import Privacy

/// Text messages by a gateway that speaks as Twilio's Messages resource does
/// (https://www.twilio.com/docs/messaging/api/message-resource), the contract of `sms.url`:
///
/// - POST of a form with `To` (E.164), `From` (a number, or `MessagingServiceSid` where `sms.from`
///   begins with `MG`) and `Body`; basic authentication by `sms.user` and `sms.password`.
/// - `Idempotency-Key` is the message's own key. Twilio does not look at it: there a message whose
///   answer was lost is sent twice. A gateway that does look delivers it once.
/// - Taken is a 2xx with JSON that has `sid`, no `error_code` but null, and no `status` of
///   `failed`, `undelivered` or `canceled`. A 4xx has `code`; 429 may say `Retry-After`.
final class SMSChannel: MessageChannel {
  let name = "sms"
  private let gateway: HTTPGateway
  private let from: String

  init(_ settings: MessagingSettings.SMS, limitMilliseconds: Int = 20_000) {
    gateway = HTTPGateway(settings.server, limitMilliseconds: limitMilliseconds)
    from = settings.from
  }

  private struct Answer: Decodable {
    var sid: String?
    var status: String?
    var errorCode: Int?

    enum CodingKeys: String, CodingKey {
      case sid, status
      case errorCode = "error_code"
    }
  }

  /// Of a 4xx, where `status` is a number.
  private struct Failure: Decodable {
    var code: Int?
  }

  /// Codes that speak of the recipient (https://www.twilio.com/docs/api/errors): no such number,
  /// not a mobile one, out of reach, or somebody who has answered STOP.
  private static let aboutRecipient: Set = [21211, 21217, 21265, 21610, 21612, 21614]

  func send(_ message: OutgoingMessage) -> ChannelAnswer {
    let sender = from.hasPrefix("MG") ? "MessagingServiceSid" : "From"
    let fields = [("To", message.address), (sender, from), ("Body", message.body)]
    let reply = gateway.post(
      fields.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&"),
      type: "application/x-www-form-urlencoded", headers: ["Idempotency-Key: \(message.key)"])
    let answer = reply.read(Answer.self)
    let code = answer?.errorCode ?? reply.read(Failure.self)?.code
    if (200..<300).contains(reply.status) || reply.status == 400, let code,
      Self.aboutRecipient.contains(code)
    {
      return .refused("HTTP \(reply.status) \(code)")
    }
    let isLost = ["failed", "undelivered", "canceled"].contains(answer?.status)
    guard reply.isGood, answer?.errorCode == nil, !isLost else {
      return reply.failure(code.map { "\($0)" })
    }
    return reply.taken(answer?.sid)
  }

  /// A value of `application/x-www-form-urlencoded`.
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
