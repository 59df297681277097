import Glibc

/// What stdout is, and how to write to it without harm.
struct Terminal {
  /// Whether stdout shows colour: a terminal, NO_COLOR unset or empty, TERM not `dumb`.
  let hasColour: Bool

  init(environment: [String: String]) {
    hasColour =
      isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  func faint(_ text: String) -> String { hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  /// Replaces control and format characters: what a file or a patient wrote must not steer a
  /// terminal.
  ///
  /// C0, DEL, C1, bidirectional overrides and line separators become U+FFFD; a tab or a line break
  /// becomes a space.
  static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: steers) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t", "\n", "\r": result.append(" ")
      case _ where steers(scalar): result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}

/// Writes all of `text` to a file descriptor; a reader that went away ends the program quietly.
func write(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 {
      if errno == EINTR { continue }
      return
    }
    bytes = bytes.dropFirst(count)
  }
}

func writeLine(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
func writeNote(_ text: String) { write(text + "\n", to: STDERR_FILENO) }
