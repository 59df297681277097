public import Privacy

/// How messages leave this home: lines `name = value`, `#` before a remark. They hold passwords, so
/// they come from a file that its owner alone may read, or from systemd.
///
///     mail.from = visits@clinic.example
///     smtp.url = smtp://mail.clinic.example:587
///     smtp.user = visits
///     smtp.password = …
///     smtp.ca-file = /etc/ssl/clinic.pem
///     sms.url = https://api.twilio.com/2010-04-01/Accounts/AC…/Messages.json
///     sms.from = +12125550100
///     sms.user = AC…
///     sms.password = …
///     push.url = https://fcm.googleapis.com/v1/projects/clinic/messages:send
///     push.token = …
///     webhook.url = https://app.clinic.example/nearcare
///     webhook.secret = …
///     video.url = https://meet.clinic.example
///     video.app-id = nearcare
///     video.secret = …
///     video.key-file = /etc/nearcare/video.pem    RS256 instead of HS256
///     video.key-id = nearcare-1
///
/// or, instead of `video`,
///
///     daily.url = https://clinic.daily.co
///     daily.domain-id = …
///     daily.key = …
public struct MessagingSettings: Sendable {
  /// A server that takes messages.
  public struct Server: Hashable, Sendable {
    public var url: String
    public var user: String?
    public var password: Secret?
    /// Certificates to trust instead of the system's.
    public var caFile: String?

    /// Nothing is sent without TLS, but on this machine itself.
    var requiresTLS: Bool { !MessagingSettings.isLoopback(url) }
  }

  /// See `SMSChannel`.
  public struct SMS: Hashable, Sendable {
    public var server: Server
    /// A number in E.164, or the id of a messaging service.
    public var from: String
  }

  /// See `PushChannel`.
  public struct Push: Hashable, Sendable {
    public var server: Server
    public var token: Secret
  }

  /// See `WebhookChannel`.
  public struct Webhook: Hashable, Sendable {
    public var server: Server
    public var secret: Secret
  }

  public var from: EmailAddress
  /// Nil where mails become files (`Maildir`).
  public var smtp: Server?
  /// Nil where no text messages are sent.
  public var sms: SMS?
  /// Nil both where nothing is pushed; there is one of them at most.
  public var push: Push?
  public var webhook: Webhook?
  /// Nil where the practice itself says how to join a visit by video.
  public var video: VideoRooms?

  /// - Parameters:
  ///   - text: nil where nothing is set up: mails become files.
  ///   - source: what to call the text in messages.
  public init(text: String?, source: String) throws {
    let lines = try SettingLines(text ?? "", source: source)
    do {
      from = try EmailAddress(lines["mail.from"] ?? "nearcare@localhost.localdomain")
    } catch {
      throw lines.fault("mail.from", error.problem)
    }
    smtp = try lines.server("smtp", schemes: ["smtp", "smtps"])
    if let server = try lines.gateway("sms") {
      guard let from = lines["sms.from"], Self.isSender(from) else {
        throw lines.fault(
          "sms.from", "write a number as +12125550100, or the id of a messaging service, MG…")
      }
      sms = SMS(server: server, from: from)
    }
    if let server = try lines.gateway("push") {
      push = Push(server: server, token: try lines.secret("push.token", atLeast: 1))
    }
    if let server = try lines.gateway("webhook") {
      guard push == nil else {
        throw lines.fault("webhook.url", "there is a push.url too; set one of them")
      }
      webhook = Webhook(server: server, secret: try lines.secret("webhook.secret", atLeast: 32))
    }
    video = try lines.videoRooms()
  }

  /// E.164, a short code, or Twilio's id of a service.
  private static func isSender(_ text: String) -> Bool {
    let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
    let isNumber =
      (3...15).contains(digits.utf8.count)
      && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return isNumber || text.wholeMatch(of: /MG[0-9a-fA-F]{32}/) != nil
  }

  static func isLoopback(_ url: String) -> Bool {
    guard let end = url.range(of: "://") else { return false }
    let authority = url[end.upperBound...].prefix { $0 != "/" }
    return ["127.0.0.1", "localhost", "[::1]"].contains {
      authority == $0 || authority.hasPrefix("\($0):")
    }
  }
}

/// The lines of the settings, and what each sort of them has to look like.
struct SettingLines {
  private static let names = [
    "mail.from", "smtp.url", "smtp.user", "smtp.password", "smtp.ca-file", "sms.url", "sms.from",
    "sms.user", "sms.password", "sms.ca-file", "push.url", "push.token", "push.ca-file",
    "webhook.url", "webhook.secret", "webhook.ca-file", "video.url", "video.app-id",
    "video.secret", "video.key-file", "video.key-id", "daily.url", "daily.api", "daily.domain-id",
    "daily.key",
  ]

  let source: String
  private var values: [String: String] = [:]

  init(_ text: String, source: String) throws {
    self.source = source
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated()
    where !line.allSatisfy(\.isWhitespace) && !line.hasPrefix("#") {
      let parts = line.split(separator: "=", maxSplits: 1).map {
        String($0.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
      }
      // The line may hold a password: it is not repeated.
      guard parts.count == 2, !parts[1].isEmpty else {
        throw MessagingSettingsError(
          source: source, problem: "line \(number + 1) is not name = value")
      }
      guard Self.names.contains(parts[0]) else {
        let known = Self.names.joined(separator: ", ")
        throw MessagingSettingsError(
          source: source,
          problem: "line \(number + 1) sets what is not known; there are \(known)")
      }
      values[parts[0]] = parts[1]
    }
  }

  subscript(name: String) -> String? { values[name] }

  func fault(_ name: String, _ problem: String) -> MessagingSettingsError {
    MessagingSettingsError(source: source, problem: "\(name): \(problem)")
  }

  /// Nil where `PREFIX.url` is not set.
  func server(_ prefix: String, schemes: [String]) throws -> MessagingSettings.Server? {
    guard let url = values["\(prefix).url"] else { return nil }
    guard Self.isAddress(url, schemes: schemes) else {
      let forms = schemes.map { "\($0)://HOST:PORT" }.joined(separator: " or ")
      throw fault("\(prefix).url", "write it as \(forms)")
    }
    return MessagingSettings.Server(
      url: url, user: values["\(prefix).user"],
      password: values["\(prefix).password"].map { Secret($0) },
      caFile: values["\(prefix).ca-file"])
  }

  /// As `server`, by HTTPS, or by HTTP on this machine itself.
  func gateway(_ prefix: String) throws -> MessagingSettings.Server? {
    let isHere = values["\(prefix).url"].map(MessagingSettings.isLoopback) ?? false
    guard let server = try server(prefix, schemes: isHere ? ["https", "http"] : ["https"]) else {
      return nil
    }
    guard (server.user == nil) == (server.password == nil) else {
      throw fault("\(prefix).user", "\(prefix).user and \(prefix).password go together")
    }
    return server
  }

  func secret(_ name: String, atLeast characters: Int) throws -> Secret {
    guard let text = values[name], text.utf8.count >= characters,
      text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw fault(name, "it is needed too, \(characters) or more characters of ASCII, no spaces")
    }
    return Secret(text)
  }

  func videoRooms() throws -> VideoRooms? {
    guard let url = try videoURL("video.url") else { return try dailyRooms() }
    guard values["daily.url"] == nil else {
      throw fault("daily.url", "there is a video.url too; set one of them")
    }
    guard let appID = values["video.app-id"], let text = values["video.secret"],
      text.utf8.count >= 32
    else {
      throw fault(
        "video.url", "video.app-id is needed too, and a video.secret of 32 characters or more")
    }
    let secret = Secret(text)
    guard let path = values["video.key-file"] else {
      return VideoRooms(url: url, appID: appID, secret: secret)
    }
    guard let keyID = values["video.key-id"] else {
      throw fault("video.key-id", "it is needed too, by which the server finds the public key")
    }
    do {
      let lines = try SecretFile(path: path).lines(limit: 16_384)
      let key = try RSASigningKey(pem: Secret(lines.joined(separator: "\n")))
      let signer = JSONWebToken.Signer.rsa(key, id: keyID)
      return VideoRooms(url: url, server: .jitsi(appID: appID, signer: signer), secret: secret)
    } catch let error as RSAKeyError {
      throw fault("video.key-file", "\(error)")
    }
  }

  private func dailyRooms() throws -> VideoRooms? {
    guard let url = try videoURL("daily.url") else { return nil }
    let api = values["daily.api"] ?? "https://api.daily.co/v1"
    let schemes = MessagingSettings.isLoopback(api) ? ["https", "http"] : ["https"]
    guard Self.isAddress(api, schemes: schemes), !api.hasSuffix("/") else {
      throw fault("daily.api", "write it as https://HOST/PATH, without a slash at its end")
    }
    guard let domain = values["daily.domain-id"] else {
      throw fault("daily.domain-id", "it is needed too; the API's GET / tells it")
    }
    return VideoRooms(
      url: url, server: .daily(domainID: domain, api: MessagingSettings.Server(url: api)),
      secret: try secret("daily.key", atLeast: 32))
  }

  private func videoURL(_ name: String) throws -> String? {
    guard let url = values[name] else { return nil }
    guard Self.isAddress(url, schemes: ["https"]), !url.hasSuffix("/"), !url.contains("?") else {
      throw fault(name, "write it as https://HOST, without a slash at its end")
    }
    return url
  }

  /// A scheme, a host, perhaps a port and a path; no password in it.
  private static func isAddress(_ url: String, schemes: [String]) -> Bool {
    guard let end = url.range(of: "://"), schemes.contains(String(url[..<end.lowerBound])) else {
      return false
    }
    let rest = url[end.upperBound...]
    let host = rest.prefix { $0 != "/" }
    return !host.isEmpty && !host.contains("@")
      && rest.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) }
  }
}

/// What is wrong with the settings; never what they hold.
public struct MessagingSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  public let source: String
  public let problem: String

  public var description: String { "\(source): \(problem)" }
}
