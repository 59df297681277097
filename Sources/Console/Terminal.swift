import Glibc

/// What stdout is, and how to write to it without harm.
public struct Terminal {
  /// Whether stdout shows colour: a terminal, NO_COLOR unset or empty, TERM not `dumb`.
  public let hasColour: Bool

  public init(environment: [String: String]) {
    hasColour =
      isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  public func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
  public func faint(_ text: String) -> String { hasColour ? "\u{1B}[2m\(text)\u{1B}[0m" : text }

  /// Replaces control and format characters: what a file or a patient wrote must not steer a
  /// terminal.
  ///
  /// C0, DEL, C1, bidirectional overrides and line separators become U+FFFD; a tab or a line break
  /// becomes a space.
  public static func safe(_ text: String) -> String {
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
