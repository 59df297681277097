import Crypto

/// The secret that a signed-in terminal shows for its patient: 256 random bits.
///
/// The database stores `hash` alone, so a copy of it signs nobody in. Printing a token withholds
/// it; its one way out is `text`.
public struct SessionToken: Sendable {
  static let byteCount = 32
  private let bytes: [UInt8]

  public static func random(_ random: RandomSource) -> SessionToken {
    SessionToken(bytes: random.bytes(byteCount))
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads the text form; nil unless it is 64 lower-case hexadecimal digits.
  public init?(_ text: String) {
    guard let bytes = [UInt8](hexadecimal: text.utf8, count: Self.byteCount) else { return nil }
    self.bytes = bytes
  }

  /// 64 lower-case hexadecimal digits.
  public var text: String { bytes.hexadecimal }

  /// SHA-256 of the 32 bytes. No salt or stretching: 256 random bits cannot be guessed.
  public var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }
}

extension SessionToken: Equatable {
  public static func == (a: SessionToken, b: SessionToken) -> Bool {
    constantTimeEqual(a.bytes, b.bytes)
  }
}

extension SessionToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "SessionToken(withheld)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The file in which a terminal keeps its session, mode 0600.
public struct SessionFile: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// Nil when nobody is signed in here.
  public func read() throws(PrivateFileError) -> SessionToken? {
    var contents: [UInt8]
    do throws(PrivateFileError) {
      contents = try PrivateFile(path: path).read(limit: 256)
    } catch PrivateFileError.missing {
      return nil
    }
    defer { contents.wipe() }
    guard contents.last == UInt8(ascii: "\n"),
      let token = SessionToken(String(decoding: contents.dropLast(), as: UTF8.self))
    else {
      throw .damaged(path: path, detail: "it holds no session token; delete it and sign in again")
    }
    return token
  }

  /// Replaces what was there.
  public func write(
    _ token: SessionToken, random: RandomSource = .system
  ) throws(PrivateFileError) {
    _ = try PrivateFile(path: path)
      .write(Array("\(token.text)\n".utf8), .replacing, random: random)
  }

  /// Signs this terminal out; no error when nobody was signed in.
  public func remove() throws(PrivateFileError) { try PrivateFile(path: path).remove() }
}
