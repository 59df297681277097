import Crypto

/// The file that holds a home's sealing key.
///
/// Four lines of ASCII, so that it can be backed up on paper:
///
///     nearcare-key 1
///     id 16 hexadecimal digits
///     key 64 hexadecimal digits
///     check 16 hexadecimal digits: the first 8 bytes of the SHA-256 of the lines above
///
/// Only its owner may read it (mode 0600 or tighter); a looser mode is refused, not repaired,
/// because the key may be known to others already.
public struct KeyFile: Sendable {
  public let path: String
  /// Whether systemd has put it there; then it is nobody's to replace.
  public let isCredential: Bool

  public init(path: String, isCredential: Bool = false) {
    self.path = path
    self.isCredential = isCredential
  }

  /// Throws `.missing` when there is none. Use this wherever sealed data exists already: a new key
  /// could not open it.
  public func load() throws(PrivateFileError) -> SealingKey {
    let file = PrivateFile(path: path, custody: isCredential ? .credential : .ownAlone)
    var contents = try file.read(limit: 512)
    defer { contents.wipe() }
    return try decode(contents)
  }

  /// Loads the key, or makes one where there is none. Of several processes that do so at once, one
  /// makes the key and all get that one.
  public func loadOrCreate(
    random: RandomSource = .system
  ) throws(PrivateFileError) -> SealingKey {
    do throws(PrivateFileError) {
      return try load()
    } catch PrivateFileError.missing where !isCredential {
      let key = SealingKey.random(random)
      var contents = Self.encode(key)
      defer { contents.wipe() }
      let file = PrivateFile(path: path)
      switch try file.write(contents, .unlessPresent, random: random) {
      case .placed: return key
      case .alreadyPresent: return try load()
      }
    }
  }

  /// Puts another key in the file's place, in one step.
  public func replace(
    with key: SealingKey, random: RandomSource = .system
  ) throws(PrivateFileError) {
    var contents = Self.encode(key)
    defer { contents.wipe() }
    _ = try PrivateFile(path: path).write(contents, .replacing, random: random)
  }

  /// Writes a key to a new file.
  ///
  /// - Returns: false when there is a file already, which stays.
  public func create(
    with key: SealingKey, random: RandomSource = .system
  ) throws(PrivateFileError) -> Bool {
    var contents = Self.encode(key)
    defer { contents.wipe() }
    return try PrivateFile(path: path).write(contents, .unlessPresent, random: random) == .placed
  }

  static func encode(_ key: SealingKey) -> [UInt8] {
    var secret = key.secret.withUnsafeBytes { [UInt8]($0) }
    defer { secret.wipe() }
    var bytes = Array("nearcare-key 1\nid \(key.id)\nkey \(secret.hexadecimal)\n".utf8)
    bytes.append(contentsOf: "check \(checksum(bytes))\n".utf8)
    return bytes
  }

  private static func checksum(_ bytes: some Sequence<UInt8>) -> String {
    [UInt8](Array(SHA256.hash(data: Array(bytes))).prefix(8)).hexadecimal
  }

  private func damaged(_ detail: String) -> PrivateFileError {
    .damaged(path: path, detail: "\(detail); restore it from a backup")
  }

  private func decode(_ contents: [UInt8]) throws(PrivateFileError) -> SealingKey {
    let lines = contents.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    func value(_ line: Int, _ label: String) throws(PrivateFileError) -> ArraySlice<UInt8> {
      guard lines.indices.contains(line), lines[line].starts(with: "\(label) ".utf8) else {
        throw damaged("line \(line + 1) does not start with '\(label)'")
      }
      return lines[line].dropFirst(label.utf8.count + 1)
    }
    let version = String(decoding: try value(0, "nearcare-key"), as: UTF8.self)
    guard version == "1" else {
      guard let number = Int(version), number > 1 else {
        throw damaged("line 1 names no format number")
      }
      throw .unsupportedVersion(path: path, version: version)
    }
    let idText = try value(1, "id")
    let keyText = try value(2, "key")
    let check = try value(3, "check")
    guard lines.count == 5, lines[4].isEmpty,
      constantTimeEqual(
        Array(check), Array(Self.checksum(contents[..<(lines[2].endIndex + 1)]).utf8))
    else { throw damaged("its check line does not agree with the rest") }
    guard let id = [UInt8](hexadecimal: idText, count: KeyID.byteCount),
      var secret = [UInt8](hexadecimal: keyText, count: SealingKey.byteCount)
    else { throw damaged("its id or key is not of the right length") }
    defer { secret.wipe() }
    return SealingKey(id: KeyID(bytes: id)!, secret: SymmetricKey(data: secret))
  }
}
