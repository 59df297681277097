extension String {
  /// On one line, and without what steers a program that shows it: control characters, line and
  /// paragraph separators and marks of direction become spaces.
  ///
  /// Names come from files and from patients; one with a line break in it would otherwise write
  /// headers of its own.
  var onOneLine: String {
    guard unicodeScalars.contains(where: Self.steers) else { return self }
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars { result.append(Self.steers(scalar) ? " " : scalar) }
    return String(result)
  }

  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }

  /// As HTML text or the value of an attribute in double quotes.
  var escapedForHTML: String {
    var result = ""
    for character in unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
