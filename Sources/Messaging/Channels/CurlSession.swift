internal import CCurl
import Glibc

/// One request of the outside world.
struct CurlRequest {
  var url: String
  var user: String?
  var password: String?
  var caFile: String?
  var requiresTLS: Bool
  var body: [UInt8]?
  /// Of a mail.
  var from = ""
  var to = ""
  /// Of a request by HTTP.
  var method = "GET"
  var headers: [String] = []
  /// For all of it, the connection included.
  var limitMilliseconds: Int
  /// No gateway has more to say; what is longer is cut off and not believed.
  static let answerLimit = 65_536
}

struct CurlAnswer {
  var outcome: ncu_outcome
  /// libcurl's own number for what went wrong.
  var curlCode: Int
  /// HTTP's status, or SMTP's last reply; 0 when there was none.
  var code: Int
  /// Of SMTP, what the last reply answers: `RCPT`, `.` after the whole mail.
  var command: String
  /// Of SMTP: `5.1.1`, or empty.
  var enhanced: String
  var retryAfterSeconds: Int64?
  var body: [UInt8]

  /// Why no answer came, in words that hold nothing of what was sent; nil when one did.
  var problem: String? {
    switch outcome {
    case NCU_ANSWERED: nil
    case NCU_NO_LIBRARY: "libcurl is not installed (Debian: libcurl4)"
    case NCU_NO_HOST: "the server's name is not known"
    case NCU_NO_CONNECTION: "the server takes no connection"
    case NCU_NO_TLS: "no TLS with a certificate that is trusted"
    case NCU_TIMED_OUT: "the server did not answer in time"
    case NCU_NOT_LOGGED_IN: "the server does not accept the account"
    case NCU_ANSWER_TOO_LONG: "the answer is longer than \(CurlRequest.answerLimit) bytes"
    default: "the connection broke off (libcurl \(curlCode))"
    }
  }
}

/// A connection that is kept from one request to the next; for one thread at a time.
final class CurlSession {
  private let handle: OpaquePointer?

  init() { handle = ncu_open() }

  deinit { ncu_close(handle) }

  func mail(_ request: CurlRequest) -> CurlAnswer {
    Self.answer(Self.with(request) { ncu_send_mail(handle, &$0) })
  }

  func http(_ request: CurlRequest) -> CurlAnswer {
    Self.answer(Self.with(request) { ncu_send_http(handle, &$0) })
  }

  private static func with(
    _ request: CurlRequest, _ body: (inout ncu_request) -> ncu_answer
  ) -> ncu_answer {
    var copies: [UnsafeMutablePointer<CChar>] = []
    defer {
      for copy in copies {
        explicit_bzero(copy, strlen(copy))
        free(copy)
      }
    }
    func copy(_ text: String) -> UnsafePointer<CChar> {
      let copy = strdup(text)!
      copies.append(copy)
      return UnsafePointer(copy)
    }
    var raw = ncu_request()
    raw.url = copy(request.url)
    raw.user = request.user.map(copy)
    raw.password = request.password.map(copy)
    raw.ca_file = request.caFile.map(copy)
    raw.requires_tls = request.requiresTLS
    raw.connect_milliseconds = min(10_000, request.limitMilliseconds)
    raw.total_milliseconds = request.limitMilliseconds
    raw.from = copy(request.from)
    raw.to = copy(request.to)
    raw.method = copy(request.method)
    raw.answer_limit = CurlRequest.answerLimit
    let headers: [UnsafePointer<CChar>?] = request.headers.map(copy)
    return headers.withUnsafeBufferPointer { headers in
      raw.headers = headers.baseAddress
      raw.header_count = headers.count
      guard let bytes = request.body else { return body(&raw) }
      return bytes.withUnsafeBytes { bytes in
        raw.body = bytes.baseAddress
        raw.body_size = bytes.count
        return body(&raw)
      }
    }
  }

  private static func answer(_ raw: ncu_answer) -> CurlAnswer {
    var raw = raw
    defer { ncu_free(&raw) }
    let bytes = UnsafeRawBufferPointer(start: raw.body, count: raw.body == nil ? 0 : raw.body_size)
    return CurlAnswer(
      outcome: raw.outcome, curlCode: Int(raw.curl_code), code: raw.code,
      command: withUnsafeBytes(of: raw.command) { text($0) },
      enhanced: withUnsafeBytes(of: raw.enhanced) { text($0) },
      retryAfterSeconds: raw.retry_after > 0 ? Int64(raw.retry_after) : nil, body: Array(bytes))
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
