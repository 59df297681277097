import Crypto

/// Finds a patient by e-mail or telephone number though both columns are sealed: the column stores
/// a keyed hash (HMAC-SHA256) of the normalized value, equal for equal values and useless without
/// the key.
///
/// E-mail and telephone hashes have keys of their own, so columns cannot be matched with one
/// another.
public struct BlindIndex: Sendable {
  private let emailKey: SymmetricKey
  private let phoneKey: SymmetricKey

  public init(key: SealingKey) {
    emailKey = key.derived(for: "blind index", scope: ["email"])
    phoneKey = key.derived(for: "blind index", scope: ["phone"])
  }

  /// 32 bytes.
  public func hash(of email: EmailAddress) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(email.text.utf8), using: emailKey))
  }

  /// 32 bytes.
  public func hash(of phone: PhoneNumber) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(phone.text.utf8), using: phoneKey))
  }
}
