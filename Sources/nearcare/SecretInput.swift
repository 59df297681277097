import ArgumentParser
import Console
import Glibc
import Privacy

/// Where a passphrase comes from. Never from the arguments or the environment, which others on the
/// machine may see.
struct SecretOptions: ParsableArguments {
  @Option(
    help: """
      Read it from a file that its owner alone may read, instead of the terminal; - is stdin. \
      Further lines hold what else would be asked for.
      """)
  var passphraseFile: String?

  func input() throws -> SecretInput {
    if let passphraseFile, passphraseFile != "-" {
      return .given(try SecretFile(path: passphraseFile).lines())
    }
    guard passphraseFile == "-" || isatty(STDIN_FILENO) != 1 else { return .terminal }
    var lines: [String] = []
    var bytes = 0
    while let line = readLine(), bytes < 4096 {
      bytes += line.utf8.count
      lines.append(line)
    }
    return .given(lines)
  }
}

/// Secrets one after the other, as a command asks for them.
enum SecretInput {
  case terminal
  case given([String])

  /// The next one; empty where a file or stdin has no more lines.
  mutating func next(_ prompt: String) throws -> String {
    switch self {
    case .terminal: return try Self.ask(prompt)
    case .given(var lines):
      guard !lines.isEmpty else { return "" }
      let line = lines.removeFirst()
      self = .given(lines)
      return line
    }
  }

  /// A new passphrase; at a terminal it is typed twice.
  mutating func newPassphrase(_ prompt: String = "New passphrase") throws -> String {
    let text = try next(prompt)
    if case .terminal = self, try Self.ask("The same again") != text {
      throw Failure(.usage, "the two passphrases differ; nothing has changed")
    }
    guard !text.isEmpty else {
      throw Failure(
        .usage,
        "no passphrase was given; type it at a terminal, or use --passphrase-file FILE")
    }
    return text
  }

  /// Asks at the terminal itself, whatever stdin and stdout are, and shows nothing of the answer.
  private static func ask(_ prompt: String) throws -> String {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
      throw Failure(.usage, "there is no terminal to ask at; use --passphrase-file FILE")
    }
    defer { close(terminal) }
    write("\(prompt): ", to: terminal)
    var usual = termios()
    guard tcgetattr(terminal, &usual) == 0 else {
      throw Failure(.usage, "the terminal cannot hide what is typed; use --passphrase-file FILE")
    }
    var silent = usual
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(terminal, TCSAFLUSH, &silent)
    defer {
      tcsetattr(terminal, TCSAFLUSH, &usual)
      write("\n", to: terminal)
    }
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while bytes.count < 4096, Glibc.read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
