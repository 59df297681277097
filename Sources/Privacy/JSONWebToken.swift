import Crypto
import Foundation

/// A JSON Web Token (RFC 7519) signed with HMAC-SHA256 (`HS256`, RFC 7518).
public enum JSONWebToken {
  private struct Header: Encodable {
    let alg = "HS256"
    let typ = "JWT"
  }

  /// The compact form: three parts in base64url, joined by dots.
  public static func signed(_ claims: some Encodable, with secret: Secret) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = try [encoder.encode(Header()), encoder.encode(claims)].map(base64URL)
      .joined(separator: ".")
    let key = SymmetricKey(data: Array(secret.text.utf8))
    let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: key)
    return "\(body).\(base64URL(Data(code)))"
  }

  private static func base64URL(_ bytes: Data) -> String {
    bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}

/// A name that nobody guesses who has not the secret, and everybody finds again who has.
public enum SecretName {
  /// 32 hexadecimal digits: 128 bits of HMAC-SHA256 over `text`.
  public static func of(_ text: String, with secret: Secret) -> String {
    let key = SymmetricKey(data: Array(secret.text.utf8))
    let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    return [UInt8](Array(code).prefix(16)).hexadecimal
  }
}
