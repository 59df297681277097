/// A reference table that cannot be used.
public enum TableError: Error, Hashable, Sendable {
  /// `reason` is the system's own message.
  case unreadable(path: String, reason: String)
  /// `line` counts from 1; nil where the file as a whole is wrong.
  case damaged(path: String, line: Int?, detail: String)
}

extension TableError: CustomStringConvertible {
  public var description: String {
    let nextStep =
      "Install nearcare again, or set NEARCARE_DATA to the folder that holds its tables."
    switch self {
    case .unreadable(let path, let reason):
      return "The reference table \(path) cannot be read: \(reason). \(nextStep)"
    case .damaged(let path, let line, let detail):
      let place = line.map { ", line \($0)" } ?? ""
      return "The reference table \(path)\(place) is damaged: \(detail). \(nextStep)"
    }
  }
}
