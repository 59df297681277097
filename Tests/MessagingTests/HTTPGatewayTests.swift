import CivilTime
import Foundation
import Privacy
import Store
import Testing

@testable import Messaging

/// Text messages, pushes and webhooks by libcurl to a gateway on loopback that behaves, lies, hangs,
/// redirects and never ends. Costs two CPU seconds, most of them Python's start.
@Suite struct HTTPGatewayTests {
  struct Request: Decodable {
    let method, path, body: String
    let headers: [String: String]
    let peer: Int
  }

  static let contracts = ["sms", "push", "webhook"]
  static let secret = "canary-5d1f-of-0123456789abcdef-x"
  static let server = Result { try LoopbackServer("gateway.py") }
  private static let now = Instant(rfc3339: "2026-11-23T13:00:00Z")!
  private let server: LoopbackServer

  init() throws { server = try Self.server.get() }

  private func address(_ way: String, _ contract: String, _ scheme: String) -> String {
    "\(scheme)://127.0.0.1:\(server.port(scheme))/\(way)/\(contract)"
  }

  private func channel(
    _ way: String, _ contract: String, scheme: String = "http", trusted: Bool = true,
    limitMilliseconds: Int = 20_000
  ) -> any MessageChannel {
    let url = address(way, contract, scheme)
    let ca = scheme == "https" && trusted ? server.certificate : nil
    switch contract {
    case "sms":
      return SMSChannel(
        .init(
          server: .init(url: url, user: "AC1", password: Secret(Self.secret), caFile: ca),
          from: "+12125550100"), limitMilliseconds: limitMilliseconds)
    case "push":
      return PushChannel(
        .init(server: .init(url: url, caFile: ca), token: Secret(Self.secret)),
        limitMilliseconds: limitMilliseconds)
    default:
      return WebhookChannel(
        .init(server: .init(url: url, caFile: ca), secret: Secret(Self.secret)),
        clock: .fixed(at: Self.now), limitMilliseconds: limitMilliseconds)
    }
  }

  private func message(_ contract: String, key: String = "a-1.reminder-1h.patient.1")
    -> OutgoingMessage
  {
    OutgoingMessage(
      key: key, medium: contract == "sms" ? .sms : .push,
      address: contract == "sms" ? "+12125550147" : "device/1", title: "Su cita",
      body: "Recordatorio: su cita es el mié 2 dic & más + 100 %.", language: .spanish)
  }

  private func requests(with key: String) throws -> [Request] {
    try server.files(".request").map { try JSONDecoder().decode(Request.self, from: $0) }
      .filter { $0.headers["idempotency-key"] == key || $0.body.contains(key) }
  }

  @Test func aTextMessageIsAFormAsTwilioTakesIt() throws {
    let key = "a-1.form.patient.1"
    let channel = channel("ok", "sms")
    for _ in 0..<2 {
      #expect(channel.send(message("sms", key: key)) == .delivered(id: "SM0123"))
    }
    let all = try requests(with: key)
    let request = try #require(all.first)
    #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
    let basic = Data("AC1:\(Self.secret)".utf8).base64EncodedString()
    #expect(request.headers["authorization"] == "Basic \(basic)")
    let parts = request.body.replacing("+", with: " ").split(separator: "&").map {
      $0.split(separator: "=").map { $0.removingPercentEncoding ?? "" }
    }
    #expect(
      parts == [
        ["To", "+12125550147"], ["From", "+12125550100"], ["Body", message("sms").body],
      ])
    #expect(Set(all.map(\.peer)).count == 1, "one connection for both")
  }

  @Test func aPushIsAsFCMTakesIt() throws {
    let key = "a-1.push.patient.1"
    let answer = channel("ok", "push").send(message("push", key: key))
    #expect(answer == .delivered(id: "projects/clinic/messages/0:1%a"))
    let request = try #require(try requests(with: key).first)
    #expect(request.headers["authorization"] == "Bearer \(Self.secret)")
    #expect(
      request.body == """
        {"message":{"android":{"collapse_key":"\(key)","notification":{"tag":"\(key)"}},\
        "apns":{"headers":{"apns-collapse-id":"\(key)"}},\
        "notification":{"body":"\(message("push").body)","title":"Su cita"},"token":"device/1"}}
        """)
  }

  /// Verified by Python's `hmac`, over the bytes that arrived.
  @Test func aWebhookIsSigned() throws {
    let key = "a-1.hook.patient.1"
    #expect(channel("ok", "webhook").send(message("webhook", key: key)) == .delivered(id: "w-1"))
    let request = try #require(try requests(with: key).first)
    let signed = "t=\(Self.now.secondsSinceEpoch),v1="
    let signature = try #require(request.headers["nearcare-signature"])
    #expect(signature.hasPrefix(signed))
    let question = [Self.secret, "\(Self.now.secondsSinceEpoch).\(request.body)"]
    let code = try MailTests.python("signature.py", try JSONEncoder().encode(question))
    #expect(signature.dropFirst(signed.count) == String(decoding: code, as: UTF8.self))
    #expect(
      request.body == """
        {"body":"\(message("webhook").body)","device":"device/1","key":"\(key)","language":"es",\
        "title":"Su cita"}
        """)
    #expect(!request.body.contains(Self.secret))
  }

  @Test(arguments: contracts) func whatIsWrongIsToldByNumbersAlone(contract: String) {
    let gone = ["sms": "HTTP 400 21610", "push": "HTTP 404 UNREGISTERED", "webhook": "HTTP 410"]
    let lie = [
      "sms": "HTTP 200 30003", "push": "HTTP 200 UNAVAILABLE",
      "webhook": "HTTP 200 with an error in its answer",
    ]
    let busy = contract == "sms" ? "HTTP 429 20429" : "HTTP 429"
    let cases: [(String, ChannelAnswer)] = [
      ("gone", .refused(gone[contract]!)), ("error", .failed(lie[contract]!)),
      ("empty", .failed("HTTP 200, and the answer names no message")),
      ("html", .failed("HTTP 200, and the answer names no message")),
      ("busy", .failed(busy, retryAfterSeconds: 120)),
      ("denied", .failed(contract == "sms" ? "HTTP 401 20003" : "HTTP 401")),
      ("down", .failed("HTTP 503")),
      ("redirect", .failed("HTTP 302: redirects are not followed")),
      ("long", .failed("the answer is longer than 65536 bytes")),
    ]
    for (way, expected) in cases {
      #expect(channel(way, contract).send(message(contract)) == expected, "\(way)")
    }
  }

  /// Silent, or dripping a byte at a time: the limit is on all of it.
  @Test(arguments: contracts) func gatewaysThatHangAreLeft(contract: String) {
    for way in ["hang", "drip"] {
      let channel = channel(way, contract, limitMilliseconds: 300)
      let start = ContinuousClock.now
      #expect(channel.send(message(contract)) == .failed("the server did not answer in time"))
      // Far beyond the limit, for the sake of busy machines.
      #expect(ContinuousClock.now - start < .seconds(15))
    }
  }

  @Test func redirectsAreNotFollowed() throws {
    let key = "a-1.redirected.patient.1"
    _ = channel("redirect", "sms").send(message("sms", key: key))
    #expect(try requests(with: key).map(\.path) == ["/redirect/sms"])
  }

  @Test func nothingGoesToWhoCannotBeTrusted() throws {
    for contract in Self.contracts {
      let key = "a-1.untrusted-\(contract).patient.1"
      let answer = channel("ok", contract, scheme: "https", trusted: false)
        .send(message(contract, key: key))
      #expect(answer == .failed("no TLS with a certificate that is trusted"))
      #expect(try requests(with: key).isEmpty)
      guard case .delivered = channel("ok", contract, scheme: "https").send(message(contract))
      else { throw LoopbackServer.DidNotStart() }
    }
    // 127.1 is not taken for this machine, and so needs TLS.
    let elsewhere = SMSChannel(
      .init(server: .init(url: "http://127.1:\(server.port("http"))/ok/sms"), from: "12345"))
    guard case .failed = elsewhere.send(message("sms")) else { throw LoopbackServer.DidNotStart() }
  }

  @Test(arguments: [
    ("sms.url = http://sms.example/x", "sms.url: write it as https://HOST:PORT"),
    ("sms.url = https://sms.example/x", "sms.from: write a number as +12125550100"),
    (
      "sms.url = https://sms.example/x\nsms.from = +12125550100\nsms.password = hidden",
      "sms.user: sms.user and sms.password go together"
    ),
    ("push.url = https://push.example/x", "push.token: it is needed too"),
    (
      "webhook.url = https://hook.example/x\nwebhook.secret = hidden",
      "webhook.secret: it is needed"
    ),
    (
      """
      push.url = https://push.example/x
      push.token = hidden
      webhook.url = https://hook.example/x
      """, "webhook.url: there is a push.url too"
    ),
  ])
  func settingsThatAreWrong(text: String, problem: String) throws {
    let error = try #require(throws: MessagingSettingsError.self) {
      try MessagingSettings(text: text, source: "messaging")
    }
    #expect(error.description.hasPrefix("messaging: \(problem)"), "\(error)")
    #expect(!error.description.contains("hidden"))
  }
}
