import Glibc

/// Why a file that holds a secret was not read or written. The message names the path, what is
/// wrong and what to do; it never contains what the file holds.
public enum PrivateFileError: Error, Equatable, Sendable {
  case missing(path: String)
  /// Someone other than the owner may read or write it.
  case looseMode(path: String, mode: UInt32)
  /// Anybody may write the folder, and so put another file there.
  case looseFolder(path: String, mode: UInt32)
  case notOwned(path: String, owner: UInt32, user: UInt32)
  case notRegularFile(path: String)
  case damaged(path: String, detail: String)
  case unsupportedVersion(path: String, version: String)
  /// The operating system refused: the call and its `errno`.
  case system(path: String, operation: String, code: Int32)
}

extension PrivateFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path):
      return "\(path) does not exist; restore it from a backup"
    case .looseMode(let path, let mode):
      let text = "0" + String(mode, radix: 8)
      return "\(path) has mode \(text), so others can get at it; only its owner may. "
        + "Run: chmod 600 '\(path)'"
    case .looseFolder(let path, let mode):
      let text = "0" + String(mode, radix: 8)
      return "anybody may write the folder \(path) (mode \(text)), and so put another key and "
        + "database into it. Run: chmod 700 '\(path)', and look whether somebody did"
    case .notOwned(let path, let owner, let user):
      return "\(path) belongs to user \(owner), not to user \(user), who runs this. "
        + "Run as its owner, or: chown \(user) '\(path)'"
    case .notRegularFile(let path):
      return "\(path) is not a regular file; move it away"
    case .damaged(let path, let detail):
      return "\(path) is damaged: \(detail)"
    case .unsupportedVersion(let path, let version):
      return "\(path) was written by a newer nearcare (format \(version), this one reads 1); update"
    case .system(let path, let operation, let code):
      return "cannot \(operation) \(path): \(String(cString: strerror(code))); check the "
        + "directory's owner and mode, and the free space"
    }
  }
}

/// A small file that its owner alone may touch: read whole after checks on the open descriptor,
/// written beside its place, synced, and put in place in one step.
struct PrivateFile: Sendable {
  /// Whose it must be, and who else may read it.
  enum Custody {
    case ownAlone
    /// A file that systemd has put there (`LoadCredential=`): root's or one's own, and readable for
    /// a group, as which the mode shows an access list.
    case credential
  }
  enum Placement { case replacing, unlessPresent }
  enum Placed { case placed, alreadyPresent }

  let path: String
  let custody: Custody

  init(path: String, custody: Custody = .ownAlone) {
    self.path = path
    self.custody = custody
  }

  /// The whole contents; refuses more than `limit` bytes, loose permissions and foreign owners.
  func read(limit: Int) throws(PrivateFileError) -> [UInt8] {
    // Without O_NONBLOCK, a FIFO put in the file's place would hang the program here.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: throw .missing(path: path)
      // What it points to may be changed by whoever owns that, between one look and the next.
      case ELOOP: throw .notRegularFile(path: path)
      default: throw fault("open")
      }
    }
    defer { close(descriptor) }
    try check(descriptor)
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var filled = 0
    while filled < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + filled, $0.count - filled)
      }
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw fault("read") }
      if got == 0 { break }
      filled += got
    }
    guard filled <= limit else {
      bytes.wipe()
      throw .damaged(path: path, detail: "it is longer than \(limit) bytes; move it away")
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Puts `contents` in place, mode 0600, after it is on disk. With `.unlessPresent` a file that
  /// another process put there first stays untouched.
  func write(
    _ contents: [UInt8], _ placement: Placement, random: RandomSource
  ) throws(PrivateFileError) -> Placed {
    let draft = "\(path).\(random.bytes(8).hexadecimal).new"
    try writeDraft(contents, at: draft)
    defer { unlink(draft) }
    switch placement {
    case .replacing:
      guard rename(draft, path) == 0 else { throw fault("rename") }
    case .unlessPresent:
      // link(2), unlike rename(2), never takes the place of an existing file.
      guard link(draft, path) == 0 else {
        if errno == EEXIST { return .alreadyPresent }
        throw fault("link")
      }
    }
    try syncFolder()
    return .placed
  }

  func remove() throws(PrivateFileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw fault("unlink") }
  }

  private func check(_ descriptor: Int32) throws(PrivateFileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw fault("fstat") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegularFile(path: path) }
    let mode = status.st_mode & 0o7777
    let loose: UInt32 = custody == .credential ? 0o137 : 0o177
    guard mode & loose == 0 else { throw .looseMode(path: path, mode: mode) }
    let isRoots = custody == .credential && status.st_uid == 0
    guard isRoots || status.st_uid == geteuid() else {
      throw .notOwned(path: path, owner: status.st_uid, user: geteuid())
    }
  }

  private func writeDraft(_ contents: [UInt8], at draft: String) throws(PrivateFileError) {
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw fault("create") }
    defer { close(descriptor) }
    do throws(PrivateFileError) {
      var written = 0
      while written < contents.count {
        let put = contents.withUnsafeBytes {
          Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
        }
        if put < 0 && errno == EINTR { continue }
        guard put > 0 else { throw fault("write") }
        written += put
      }
      guard fsync(descriptor) == 0 else { throw fault("fsync") }
    } catch {
      unlink(draft)
      throw error
    }
  }

  /// A new name is durable only once its folder is synced.
  private func syncFolder() throws(PrivateFileError) {
    let folder: String
    switch path.lastIndex(of: "/") {
    case nil: folder = "."
    case path.startIndex: folder = "/"
    case .some(let slash): folder = String(path[..<slash])
    }
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault("open the folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw fault("fsync the folder") }
  }

  private func fault(_ operation: String) -> PrivateFileError {
    .system(path: path, operation: operation, code: errno)
  }
}
