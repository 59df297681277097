import Crypto

/// Finds a patient by e-mail or telephone number, and those who wait for a slot, though what is
/// looked for is sealed: the column stores a keyed hash (HMAC-SHA256) of the normalized value,
/// equal for equal values and useless without the key.
///
/// Each column has a key of its own, so columns cannot be matched with one another.
public struct BlindIndex: Sendable {
  private let emailKey: SymmetricKey
  private let phoneKey: SymmetricKey
  private let wishKey: SymmetricKey
  private let loginKey: SymmetricKey

  public init(key: SealingKey) {
    emailKey = key.derived(for: "blind index", scope: ["email"])
    phoneKey = key.derived(for: "blind index", scope: ["phone"])
    wishKey = key.derived(for: "blind index", scope: ["wish"])
    loginKey = key.derived(for: "blind index", scope: ["login"])
  }

  /// 32 bytes.
  public func hash(of email: EmailAddress) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(email.text.utf8), using: emailKey))
  }

  /// 32 bytes.
  public func hash(of phone: PhoneNumber) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(phone.text.utf8), using: phoneKey))
  }

  /// 32 bytes; `name` is what somebody tried to sign in by, whether anybody has it or not.
  public func hash(ofLogin name: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(name.utf8), using: loginKey))
  }

  /// 32 bytes; `text` is what a slot and somebody's wish for one have in common.
  public func hash(ofWishKey text: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: wishKey))
  }
}
