import Crypto
import CryptoExtras
import Foundation

/// Why a passphrase cannot be taken. The messages never repeat it.
public enum PassphraseError: Error, Hashable, Sendable, CustomStringConvertible {
  case short(characters: Int)
  case long(bytes: Int)
  case isName
  case fewCharacters(distinct: Int)

  public var description: String {
    switch self {
    case .short(let characters):
      """
      the passphrase has \(characters) characters, and needs \(Passphrase.fewestCharacters); some \
      words in a row are easy to keep in mind
      """
    case .long(let bytes):
      "the passphrase has \(bytes) bytes; \(Passphrase.mostBytes) are allowed"
    case .isName: "the passphrase is the name that one signs in by; choose another"
    case .fewCharacters(let distinct):
      "the passphrase is made of \(distinct) different characters; use 5 at least"
    }
  }
}

/// What somebody types to sign in, in Unicode's composed form. Printing one withholds it.
public struct Passphrase: Sendable {
  static let fewestCharacters = 12
  static let mostBytes = 1024
  let bytes: [UInt8]

  /// As typed at a sign-in, where nothing is said about what it looks like.
  public init(typed text: String) {
    bytes = Array(text.precomposedStringWithCanonicalMapping.utf8.prefix(Self.mostBytes + 1))
  }

  /// A new one: 12 characters at least, 5 of them different, and not the name it belongs to.
  public init(choosing text: String, for name: String) throws(PassphraseError) {
    guard text.count >= Self.fewestCharacters else { throw .short(characters: text.count) }
    guard text.utf8.count <= Self.mostBytes else { throw .long(bytes: text.utf8.count) }
    guard text.lowercased() != name.lowercased() else { throw .isName }
    guard Set(text).count >= 5 else { throw .fewCharacters(distinct: Set(text).count) }
    self.init(typed: text)
  }
}

extension Passphrase: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "Passphrase(withheld)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is kept of a passphrase: its scrypt (RFC 7914) under a salt of its own. Sealed before it is
/// stored, so that a copy of the database does not even allow guessing.
public struct PassphraseVerifier: Hashable, Sendable {
  /// Memory is 128 · rounds · blockSize bytes, time that times parallelism.
  public struct Cost: Hashable, Sendable {
    public var rounds: Int
    public var blockSize: Int
    public var parallelism: Int

    public init(rounds: Int, blockSize: Int, parallelism: Int) {
      self.rounds = rounds
      self.blockSize = blockSize
      self.parallelism = parallelism
    }

    /// 32 MiB, three times; of those that OWASP's Password Storage Cheat Sheet names as equal the
    /// one that takes the least memory but one.
    public static let standard = Cost(rounds: 1 << 15, blockSize: 8, parallelism: 3)
  }

  static let byteCount = 32
  let cost: Cost
  let salt: [UInt8]
  let hash: [UInt8]

  /// Throws what the library throws, for memory that is not there.
  public init(
    _ passphrase: Passphrase, cost: Cost = .standard, random: RandomSource = .system
  ) throws {
    self.cost = cost
    salt = random.bytes(16)
    hash = try Self.derive(passphrase, salt, cost)
  }

  private init(cost: Cost, salt: [UInt8], hash: [UInt8]) {
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// Whom nobody can be: checking it takes as long as checking anybody's.
  public static func nobody(cost: Cost = .standard) -> PassphraseVerifier {
    PassphraseVerifier(
      cost: cost, salt: [UInt8](repeating: 0, count: 16),
      hash: [UInt8](repeating: 0, count: byteCount))
  }

  public func matches(_ passphrase: Passphrase) throws -> Bool {
    constantTimeEqual(try Self.derive(passphrase, salt, cost), hash)
  }

  private static func derive(
    _ passphrase: Passphrase, _ salt: [UInt8], _ cost: Cost
  ) throws -> [UInt8] {
    let key = try KDF.Scrypt.deriveKey(
      from: passphrase.bytes, salt: salt, outputByteCount: byteCount, rounds: cost.rounds,
      blockSize: cost.blockSize, parallelism: cost.parallelism)
    return key.withUnsafeBytes { [UInt8]($0) }
  }
}

/// `scrypt ROUNDS BLOCK-SIZE PARALLELISM SALT HASH`, the last two in hexadecimal.
extension PassphraseVerifier: LosslessStringConvertible {
  public init?(_ text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]),
      let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
      let salt = [UInt8](hexadecimal: parts[4].utf8, count: 16),
      let hash = [UInt8](hexadecimal: parts[5].utf8, count: Self.byteCount)
    else { return nil }
    self.init(
      cost: Cost(rounds: rounds, blockSize: blockSize, parallelism: parallelism), salt: salt,
      hash: hash)
  }

  public var description: String {
    """
    scrypt \(cost.rounds) \(cost.blockSize) \(cost.parallelism) \(salt.hexadecimal) \
    \(hash.hexadecimal)
    """
  }
}
