/// Why a provider file as a whole cannot be used. Single bad rows are `Rejection`s instead.
public enum FileFault: Error, Hashable, Sendable {
  /// The operating system refused: missing, a folder, no permission, a read error.
  case unreadable(path: String, reason: String)
  /// The bytes are not the format: compressed, UTF-16, not JSON …
  case notThisFormat(path: String, detail: String)
  /// The header lacks columns without which no row can be used.
  case missingColumns(path: String, missing: [String], found: [String])
  /// JSON that breaks off or breaks the grammar; nothing of the file may be applied.
  case malformed(path: String, line: Int, detail: String)
}

extension FileFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      return "cannot read \(path): \(reason). Check the path and its permissions, then run again"
    case .notThisFormat(let path, let detail):
      return "\(path) \(detail)"
    case .missingColumns(let path, let missing, let found):
      let shown = found.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
      let more = found.count > 8 ? " and \(found.count - 8) more" : ""
      let wanted = missing.map { "\"\($0)\"" }.joined(separator: ", ")
      return "\(path) has no column \(wanted); its first line has \(shown)\(more). "
        + "Pass the file with the publisher's header line"
    case .malformed(let path, let line, let detail):
      return "\(path), line \(line): \(detail). Nothing of this file was applied; "
        + "ask its publisher for a whole one"
    }
  }
}

/// One row (or array element) that could not be used, and why.
public struct Rejection: Hashable, Sendable {
  public var file: String
  /// The physical line that the row starts on, counted from 1.
  public var line: Int
  /// The column or JSON field at fault; empty when the row as a whole is.
  public var field: String
  public var reason: String

  public init(file: String, line: Int, field: String, reason: String) {
    self.file = file
    self.line = line
    self.field = field
    self.reason = reason
  }
}
