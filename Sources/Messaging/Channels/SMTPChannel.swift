public import Privacy
internal import CCurl
import Synchronization

/// E-mail by SMTP (RFC 5321), over TLS of 1.2 or newer but on this machine itself.
///
/// SMTP has no idempotency: a server that took a mail and whose answer was lost gets it again,
/// under the same Message-ID, which is all that a mailbox has to tell the two apart. That is one
/// mail for each worker that dies or loses its connection in the moment between.
public final class SMTPChannel: MessageChannel {
  public var name: String { "smtp" }
  private let server: MessagingSettings.Server
  private let from: EmailAddress
  private let limitMilliseconds: Int
  private let session = Mutex<CurlSession?>(nil)

  /// - Parameter limitMilliseconds: that one mail may take, the connection included.
  public init(
    _ server: MessagingSettings.Server, from: EmailAddress, limitMilliseconds: Int = 30_000
  ) {
    self.server = server
    self.from = from
    self.limitMilliseconds = limitMilliseconds
  }

  public func send(_ message: OutgoingMessage) -> ChannelAnswer {
    let request = CurlRequest(
      url: server.url, user: server.user, password: server.password?.text, caFile: server.caFile,
      requiresTLS: server.requiresTLS, body: Array(message.body.utf8), from: from.text,
      to: message.address, limitMilliseconds: limitMilliseconds)
    let answer = session.withLock { session in
      let connection = session ?? CurlSession()
      let answer = connection.mail(request)
      // A connection that failed is not trusted with the next mail.
      session = answer.problem == nil ? connection : nil
      return answer
    }
    guard let problem = answer.problem else { return .delivered(id: message.key) }
    guard answer.code >= 400, answer.outcome != NCU_TIMED_OUT else { return .failed(problem) }
    let words = [
      "SMTP \(answer.code)", answer.enhanced,
      answer.command.isEmpty ? "" : answer.command == "." ? "to the mail" : "to \(answer.command)",
    ].filter { !$0.isEmpty }.joined(separator: " ")
    // Only what is said of this recipient or this mail is final. What is said of the sender, the
    // account or the whole server is for its operator to mend, and may be mended tomorrow.
    let isFinal = answer.code >= 500 && ["RCPT", "."].contains(answer.command)
    let isAboutAccount = [530, 534, 535, 538].contains(answer.code)
    return isFinal && !isAboutAccount ? .refused(words) : .failed(words)
  }
}
