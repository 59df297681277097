public import Privacy

/// How messages leave this home: lines `name = value`, `#` before a remark. They hold passwords, so
/// they come from a file that its owner alone may read, or from systemd.
///
///     mail.from = visits@clinic.example
///     smtp.url = smtp://mail.clinic.example:587
///     smtp.user = visits
///     smtp.password = …
///     smtp.ca-file = /etc/ssl/clinic.pem
///     video.url = https://meet.clinic.example
///     video.app-id = nearcare
///     video.secret = …
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

  public var from: EmailAddress
  /// Nil where mails become files (`Maildir`).
  public var smtp: Server?
  /// Nil where the practice itself says how to join a visit by video.
  public var video: VideoRooms?

  private static let names = [
    "mail.from", "smtp.url", "smtp.user", "smtp.password", "smtp.ca-file", "video.url",
    "video.app-id", "video.secret",
  ]

  /// - Parameters:
  ///   - text: nil where nothing is set up: mails become files.
  ///   - source: what to call the text in messages.
  public init(text: String?, source: String) throws {
    let values = try Self.values(text ?? "", source)
    func fault(_ name: String, _ problem: String) -> MessagingSettingsError {
      MessagingSettingsError(source: source, problem: "\(name): \(problem)")
    }
    do {
      from = try EmailAddress(values["mail.from"] ?? "nearcare@localhost.localdomain")
    } catch {
      throw fault("mail.from", error.problem)
    }
    if let url = values["smtp.url"] {
      guard Self.isAddress(url, schemes: ["smtp", "smtps"]) else {
        throw fault("smtp.url", "write it as smtp://HOST:PORT or smtps://HOST:PORT")
      }
      smtp = Server(
        url: url, user: values["smtp.user"], password: values["smtp.password"].map { Secret($0) },
        caFile: values["smtp.ca-file"])
    }
    if let url = values["video.url"] {
      guard Self.isAddress(url, schemes: ["https"]), !url.hasSuffix("/"), !url.contains("?") else {
        throw fault("video.url", "write it as https://HOST, without a slash at its end")
      }
      guard let appID = values["video.app-id"], let secret = values["video.secret"],
        secret.utf8.count >= 32
      else {
        throw fault(
          "video.url", "video.app-id is needed too, and a video.secret of 32 characters or more")
      }
      video = VideoRooms(url: url, appID: appID, secret: Secret(secret))
    }
  }

  private static func values(_ text: String, _ source: String) throws -> [String: String] {
    var values: [String: String] = [:]
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
      guard names.contains(parts[0]) else {
        let known = names.joined(separator: ", ")
        throw MessagingSettingsError(
          source: source,
          problem: "line \(number + 1) sets what is not known; there are \(known)")
      }
      values[parts[0]] = parts[1]
    }
    return values
  }

  /// A scheme, a host, perhaps a port and a path; no password in it.
  static func isAddress(_ url: String, schemes: [String]) -> Bool {
    guard let end = url.range(of: "://"), schemes.contains(String(url[..<end.lowerBound])) else {
      return false
    }
    let rest = url[end.upperBound...]
    let host = rest.prefix { $0 != "/" }
    return !host.isEmpty && !host.contains("@")
      && rest.unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) }
  }

  static func isLoopback(_ url: String) -> Bool {
    guard let end = url.range(of: "://") else { return false }
    let authority = url[end.upperBound...].prefix { $0 != "/" }
    return ["127.0.0.1", "localhost", "[::1]"].contains {
      authority == $0 || authority.hasPrefix("\($0):")
    }
  }
}

/// What is wrong with the settings; never what they hold.
public struct MessagingSettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  public let source: String
  public let problem: String

  public var description: String { "\(source): \(problem)" }
}
