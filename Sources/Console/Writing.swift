import Foundation

public func writeLine(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
public func writeNote(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

/// One JSON object on stdout, keys in snake case and sorted, so that the same answer is the same
/// text.
public func writeJSON(_ reply: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  writeLine(String(decoding: try encoder.encode(reply), as: UTF8.self))
}

/// Writes all of `text` to a file descriptor; a reader that went away ends the writing. An answer
/// that cannot be written, to a full disk for example, ends the program with `inputOutput`: nobody
/// shall take half of it for the whole.
public func write(_ text: String, to descriptor: Int32) {
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    if count < 0 {
      let code = errno
      if code == EINTR { continue }
      if code == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, -1)
        continue
      }
      guard code != EPIPE, descriptor == STDOUT_FILENO else { return }
      write(
        "cannot write the answer: \(String(cString: strerror(code))); what was asked for is done\n",
        to: STDERR_FILENO)
      exit(ExitStatus.inputOutput.rawValue)
    }
    bytes = bytes.dropFirst(count)
  }
}
