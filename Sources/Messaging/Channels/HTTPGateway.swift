import Foundation
internal import CCurl
import Synchronization

/// What a gateway of messages has in common with the next: one POST a message, over TLS of 1.2 or
/// newer but on this machine itself; an answer in JSON of at most 64 KB; no redirect followed.
///
/// A gateway is believed when it answers 2xx *and* names the message that it took. Of its other
/// words only numbers and known codes are kept, since it may repeat a patient's number in the rest.
final class HTTPGateway: Sendable {
  private let server: MessagingSettings.Server
  private let limitMilliseconds: Int
  private let session = Mutex<CurlSession?>(nil)

  /// - Parameter limitMilliseconds: that one request may take, the connection included.
  init(_ server: MessagingSettings.Server, limitMilliseconds: Int) {
    self.server = server
    self.limitMilliseconds = limitMilliseconds
  }

  /// What came back with a status, or why nothing did.
  struct Reply {
    var status: Int
    var body: [UInt8]
    var retryAfterSeconds: Int64?
    var problem: String?

    var isGood: Bool { problem == nil && (200..<300).contains(status) }

    /// The body as `type`; nil when it is not that.
    func read<Value: Decodable>(_ type: Value.Type) -> Value? {
      do {
        return try JSONDecoder().decode(type, from: Data(body))
      } catch {
        return nil
      }
    }

    /// What a bad answer says, by its numbers alone. All of it may be mended by whoever runs the
    /// gateway or its account, so it is tried again; what is final is for each channel to know.
    func failure(_ code: String? = nil) -> ChannelAnswer {
      if let problem { return .failed(problem) }
      let words = ["HTTP \(status)", code ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
      let isRedirect = (300..<400).contains(status)
      return .failed(
        isRedirect ? "\(words): redirects are not followed" : words,
        retryAfterSeconds: retryAfterSeconds)
    }

    /// The answer to a message that was taken under `id`; a good status without one is a failure.
    func taken(_ id: String?) -> ChannelAnswer {
      guard isGood else { return failure() }
      guard let id, Self.isID(id) else {
        return .failed("HTTP \(status), and the answer names no message")
      }
      return .delivered(id: id)
    }

    /// A provider's id is stored and shown in the open.
    private static func isID(_ text: String) -> Bool {
      (1...200).contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
          default: "-_./:%=".utf8.contains(byte)
          }
        }
    }
  }

  /// - Parameter headers: whole lines.
  func post(_ body: String, type: String, headers: [String] = []) -> Reply {
    request("POST", to: server.url, body: body, headers: ["Content-Type: \(type)"] + headers)
  }

  /// - Parameter url: of the same server.
  func request(_ method: String, to url: String, body: String? = nil, headers: [String]) -> Reply {
    let request = CurlRequest(
      url: url, user: server.user, password: server.password?.text, caFile: server.caFile,
      requiresTLS: server.requiresTLS, body: body.map { Array($0.utf8) }, method: method,
      headers: headers + ["Accept: application/json"], limitMilliseconds: limitMilliseconds)
    let answer = session.withLock { session in
      let connection = session ?? CurlSession()
      let answer = connection.http(request)
      // A connection that failed is not trusted with the next message.
      session = answer.problem == nil ? connection : nil
      return answer
    }
    return Reply(
      status: answer.code, body: answer.body, retryAfterSeconds: answer.retryAfterSeconds,
      problem: answer.problem)
  }

  static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      // Strings and dictionaries of them always encode.
      return "{}"
    }
  }
}
