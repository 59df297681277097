public import Privacy

/// The one directory where an installation keeps everything it writes.
public struct HomeDirectory: Hashable, Sendable {
  public let path: String
  /// Where the master key is, when not in the home.
  private let credentialPath: String?

  /// - Parameter credentialPath: the file in which systemd hands over the master key.
  public init(path: String, credentialPath: String? = nil) {
    self.credentialPath = credentialPath
    var path = path
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  public var databasePath: String { path + "/nearcare.sqlite" }
  public var indexPath: String { path + "/index" }
  public var keyPath: String { path + "/key" }
  /// The master key, which opens the keys that seal.
  public var keyFile: KeyFile {
    credentialPath.map { KeyFile(path: $0, isCredential: true) } ?? KeyFile(path: keyPath)
  }
  /// Locked by every process around every write transaction and every checkpoint.
  public var lockPath: String { path + "/nearcare.lock" }
  /// Where those who wait for the lock stand in line.
  public var turnstilePath: String { path + "/nearcare.turnstile" }
  /// The token that signs this terminal in.
  public var sessionPath: String { path + "/session" }
}
