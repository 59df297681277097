import Glibc

/// E-mail into a folder of this machine, a file each, as mail programs read it (Maildir): for
/// development, where no mail server is set up. What is sent lies there in the open.
///
/// A message has one file name, so one that is sent again after a crash is there once.
public struct Maildir: MessageChannel {
  public var name: String { "maildir" }
  public let path: String

  /// - Parameter path: of the folder, made with its `tmp`, `new` and `cur` when it is missing.
  public init(path: String) { self.path = path }

  public func send(_ message: OutgoingMessage) -> ChannelAnswer {
    for folder in [path, path + "/tmp", path + "/new", path + "/cur"] {
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { return fault("make") }
    }
    let file = "\(message.key).eml"
    // Two workers may have it for a moment, one of them after its lease.
    let draft = "\(path)/tmp/\(file).\(getpid())"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return fault("write") }
    defer { unlink(draft) }
    let isWritten = Self.write(message.body, to: descriptor) && fsync(descriptor) == 0
    guard close(descriptor) == 0, isWritten else { return fault("write") }
    guard link(draft, "\(path)/new/\(file)") == 0 || errno == EEXIST else { return fault("write") }
    guard Self.sync(path + "/new") else { return fault("write") }
    return .delivered(id: file)
  }

  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      bytes = bytes.dropFirst(count)
    }
    return true
  }

  private static func sync(_ folder: String) -> Bool {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }

  private func fault(_ operation: String) -> ChannelAnswer {
    .failed("cannot \(operation) in the mail folder: \(String(cString: strerror(errno)))")
  }
}
