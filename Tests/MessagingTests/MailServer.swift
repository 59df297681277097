import Foundation
import Privacy
import TestSupport

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

  private struct Hello: Decodable {
    let ports: [String: Int]
    let certificate: String
  }

  private let scratch: ScratchDirectory
  private let hello: Hello
  // Ends the server when it is closed, at the latest with this process.
  private let input = Pipe()

  init() throws {
    scratch = try ScratchDirectory()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [
      URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("smtp.py").path, scratch.path,
    ]
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw DidNotStart() }
      line += more
    }
    hello = try JSONDecoder().decode(Hello.self, from: line)
  }

  struct DidNotStart: Error {}

  var certificate: String { hello.certificate }
  func port(_ door: String) -> Int { hello.ports[door] ?? 0 }

  /// Mails to this address, in the order in which they were taken.
  func taken(for address: String) throws -> [Taken] {
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    return try names.filter { $0.hasSuffix(".taken") }.sorted().compactMap { name in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\(name)"))
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
        url: "\(scheme)://\(host):\(port(door))", user: password == nil ? nil : "visits",
        password: password.map { Secret($0) }, caFile: trusted ? certificate : nil),
      from: try EmailAddress("visits@clinic.example"), limitMilliseconds: limitMilliseconds)
  }
}
