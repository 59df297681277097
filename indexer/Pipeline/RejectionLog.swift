import ProviderDirectory

/// Every rejected row of a run, a line each: `file,line,field,reason`. Made with the first
/// rejection.
final class RejectionLog {
  let path: String
  private(set) var count = 0
  private var file: OutputFile?

  init(path: String) { self.path = path }

  func add(_ rejection: Rejection) throws {
    let file = try opened()
    try file.append(
      [
        Self.quoted(rejection.file), "\(rejection.line)", Self.quoted(rejection.field),
        Self.quoted(rejection.reason),
      ].joined(separator: ",") + "\n")
    count += 1
  }

  func finish() throws { try file?.finish() }

  private func opened() throws -> OutputFile {
    if let file { return file }
    let made = try OutputFile(path: path)
    try made.append("file,line,field,reason\n")
    file = made
    return made
  }

  /// Line breaks become blanks: one line each.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\"\""
      case "\n", "\r": quoted += " "
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
