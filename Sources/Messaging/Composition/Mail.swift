import CivilTime
import Foundation
import Store

/// Who a mail is from or to.
struct MailAddress: Hashable, Sendable {
  var name: String
  /// Of a form that `EmailAddress` lets pass, so that it can stand in a header as it is.
  var address: String
}

/// A mail by the Internet Message Format (RFC 5322) and MIME: the same in plain text and in HTML,
/// and a calendar's part where a visit is concerned.
struct Mail {
  var from: MailAddress
  var to: MailAddress
  var subject: String
  var date: Instant
  /// Without the angle brackets; the same whenever this mail is sent.
  var messageID: String
  /// The lines of the body; those that begin with `https://` after a colon are links in HTML.
  var paragraphs: [[String]]
  var language: MessageLanguage
  var calendar: CalendarPart?

  /// The whole of it, lines ended by CR LF, none over 76 octets but what no header can fold.
  var text: String {
    // Quoted-printable has no "=_", so no part can hold it.
    let boundary = "=_.\(messageID.prefix { $0 != "@" })"
    var headers = [
      "Date: \(Self.date(date))",
      "From: \(Self.address(from, after: 6))", "To: \(Self.address(to, after: 4))",
      "Subject: \(HeaderText.encoded(subject, after: 9))", "Message-ID: <\(messageID)>",
      "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
    ]
    headers.append("Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"")
    var result = headers.joined(separator: "\r\n") + "\r\n\r\n"
    func part(_ type: String, _ body: String) {
      result += """
        --\(boundary)\r\nContent-Type: \(type)\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\n\(QuotedPrintable.encoded(body))\r\n
        """
    }
    part("text/plain; charset=utf-8", plain)
    part("text/html; charset=utf-8", html)
    if let calendar {
      part("text/calendar; charset=utf-8; method=\(calendar.method.rawValue)", calendar.text)
    }
    return result + "--\(boundary)--\r\n"
  }

  private var plain: String {
    paragraphs.map { $0.map { $0.onOneLine + "\n" }.joined() }.joined(separator: "\n")
  }

  private var html: String {
    let body = paragraphs.map { lines in
      "<p>" + lines.map { Self.linked($0.onOneLine) }.joined(separator: "<br>\n") + "</p>\n"
    }.joined()
    return """
      <!DOCTYPE html>
      <html lang="\(language.rawValue)"><head><meta charset="utf-8">
      <title>\(subject.onOneLine.escapedForHTML)</title></head>
      <body style="font-family: sans-serif; font-size: 1rem; line-height: 1.5">
      \(body)</body></html>

      """
  }

  private static func linked(_ line: String) -> String {
    guard let start = line.range(of: ": https://")?.upperBound else {
      return line.escapedForHTML
    }
    let head = line[..<line.index(start, offsetBy: -8)]
    let link = String(line[head.endIndex...]).escapedForHTML
    return "\(String(head).escapedForHTML)<a href=\"\(link)\">\(link)</a>"
  }

  private static func address(_ address: MailAddress, after used: Int) -> String {
    guard !address.name.isEmpty else { return address.address }
    return "\(HeaderText.phrase(address.name, after: used))\r\n <\(address.address)>"
  }

  /// RFC 5322, section 3.3, in UTC; its names are English in every language.
  private static func date(_ instant: Instant) -> String {
    let text = instant.rfc3339()
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard let date = CivilDate(iso: String(text.prefix(10))) else { return text }
    return """
      \(days[date.weekday.rawValue - 1]), \(date.day) \(months[date.month - 1]) \(date.year) \
      \(text.dropFirst(11).prefix(8)) +0000
      """
  }
}

/// Text in headers: RFC 2047.
enum HeaderText {
  /// Unstructured text, folded into encoded words where it has more than printable ASCII or is
  /// long.
  ///
  /// - Parameter used: octets of the line that stand before it.
  static func encoded(_ text: String, after used: Int) -> String {
    let line = text.onOneLine
    let isPlain = line.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    if isPlain && used + line.utf8.count <= 76 && !line.contains("=?") { return line }
    return words(line, after: used)
  }

  /// A display name: quoted when it is plain, else encoded.
  ///
  /// - Parameter used: octets of the line that stand before it.
  static func phrase(_ text: String, after used: Int) -> String {
    let line = text.onOneLine
    let isPlain = line.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    guard isPlain, line.utf8.count <= 60, !line.contains("=?") else {
      return words(line, after: used)
    }
    let quoted = line.unicodeScalars.reduce(into: "") { result, scalar in
      if scalar == "\\" || scalar == "\"" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return "\"\(quoted)\""
  }

  /// Encoded words, a line of at most 76 octets each; no character is divided between two.
  private static func words(_ line: String, after used: Int) -> String {
    var words: [String] = []
    var bytes: [UInt8] = []
    // Four digits of base 64 for three bytes, and twelve octets around them.
    var room = (76 - used - 12) / 4 * 3
    for scalar in line.unicodeScalars {
      let next = Array(String(scalar).utf8)
      if bytes.count + next.count > room {
        words.append(word(bytes))
        bytes = []
        room = 45
      }
      bytes += next
    }
    words.append(word(bytes))
    return words.joined(separator: "\r\n ")
  }

  private static func word(_ bytes: [UInt8]) -> String {
    "=?utf-8?B?\(Data(bytes).base64EncodedString())?="
  }
}

/// Text in bodies: RFC 2045, section 6.7. Line breaks, however written, become CR LF.
enum QuotedPrintable {
  static func encoded(_ text: String) -> String {
    var result: [UInt8] = []
    var column = 0
    func append(_ piece: [UInt8]) {
      // A soft line break: the last octet of a line of 76 is its "=".
      if column + piece.count > 75 {
        result += Array("=\r\n".utf8)
        column = 0
      }
      result += piece
      column += piece.count
    }
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
      let next = index + 1 < bytes.count ? bytes[index + 1] : nil
      switch byte {
      case UInt8(ascii: "\r") where next == UInt8(ascii: "\n"): break
      case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        result += Array("\r\n".utf8)
        column = 0
      case UInt8(ascii: " ") where next == nil || next == 0x0A || next == 0x0D:
        append(escaped(byte))
      case UInt8(ascii: "="): append(escaped(byte))
      // A line of a dot alone would end the mail for a server that takes it from a file.
      case UInt8(ascii: ".") where column == 0: append(escaped(byte))
      case 0x20...0x7E: append([byte])
      default: append(escaped(byte))
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func escaped(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}
