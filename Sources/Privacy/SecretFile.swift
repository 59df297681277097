/// A file that somebody else wrote a secret to, such as a passphrase; refused when anybody but its
/// owner may read it.
public struct SecretFile: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// Its lines, at most `limit` bytes of them.
  public func lines(limit: Int = 4096) throws(PrivateFileError) -> [String] {
    var bytes = try PrivateFile(path: path).read(limit: limit)
    defer { bytes.wipe() }
    return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}
