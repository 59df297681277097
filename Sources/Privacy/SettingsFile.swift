import Glibc

/// A file of settings that has passwords in it.
public enum SettingsFile {
  private static let longest = 65_536

  /// The text of a file that its owner alone may touch (mode 0600 or tighter); nil when there is
  /// none.
  public static func text(path: String) throws(PrivateFileError) -> String? {
    let bytes: [UInt8]
    do throws(PrivateFileError) {
      bytes = try PrivateFile(path: path).read(limit: longest)
    } catch PrivateFileError.missing {
      return nil
    }
    return try decode(bytes, path)
  }

  /// The text of a credential that systemd passes to a unit (`LoadCredential=`, systemd.exec(5)) in
  /// the directory that it names in CREDENTIALS_DIRECTORY; nil when there is none. Who may read
  /// that directory is systemd's to say, so owner and mode are not looked at.
  public static func credential(
    _ name: String, directory: String
  ) throws(PrivateFileError) -> String? {
    let path = "\(directory)/\(name)"
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      guard errno == ENOENT else {
        throw .system(path: path, operation: "open", code: errno)
      }
      return nil
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: longest + 1)
    var filled = 0
    while filled < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        read(descriptor, $0.baseAddress! + filled, $0.count - filled)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw .system(path: path, operation: "read", code: errno) }
      if got == 0 { break }
      filled += got
    }
    guard filled <= longest else {
      throw .damaged(path: path, detail: "it is longer than \(longest) bytes")
    }
    return try decode(Array(bytes[..<filled]), path)
  }

  private static func decode(_ bytes: [UInt8], _ path: String) throws(PrivateFileError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .damaged(path: path, detail: "it is not UTF-8 text; write it anew")
    }
    return text
  }
}

/// A password or a key out of such a file. Printing it withholds it; its one way out is `text`.
public struct Secret: Hashable, Sendable {
  public let text: String

  public init(_ text: String) { self.text = text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "Secret(withheld)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
