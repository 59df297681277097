import Foundation
import Privacy

@testable import Messaging

/// aiosmtpd on loopback, for as long as the tests run.
final class MailServer: Sendable {
  static let shared = Result { try MailServer() }

  struct Taken: Decodable {
    let door: String
    let from: String
    let to: [String]
    let tls: String?
    let login: String?
    /// The client's port: the same for mails over one connection.
    let peer: Int
    var mail = ""

    enum CodingKeys: String, CodingKey { case door, from, to, tls, login, peer }
  }

  private let server: LoopbackServer

  init() throws { server = try LoopbackServer("smtp.py") }

  /// Mails to this address, in the order in which they were taken.
  func taken(for address: String) throws -> [Taken] {
    try server.files(".taken").compactMap { bytes in
      let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      var taken = try JSONDecoder().decode(Taken.self, from: bytes[..<end])
      taken.mail = String(decoding: bytes[end...].dropFirst(), as: UTF8.self)
      return taken.to == [address] ? taken : nil
    }
  }

  /// A channel through one of its doors.
  func channel(
    _ door: String, host: String = "127.0.0.1", password: String? = nil, trusted: Bool = true,
    limitMilliseconds: Int = 30_000
  ) throws -> SMTPChannel {
    let scheme = door == "implicit" ? "smtps" : "smtp"
    return SMTPChannel(
      MessagingSettings.Server(
        url: "\(scheme)://\(host):\(server.port(door))", user: password == nil ? nil : "visits",
        password: password.map { Secret($0) }, caFile: trusted ? server.certificate : nil),
      from: try EmailAddress("visits@clinic.example"), limitMilliseconds: limitMilliseconds)
  }
}
