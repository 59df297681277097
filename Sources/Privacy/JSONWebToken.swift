import Crypto
import CryptoExtras
import Foundation

/// A JSON Web Token (RFC 7519), signed as RFC 7518 has it.
public enum JSONWebToken {
  public enum Signer: Hashable, Sendable {
    /// HMAC-SHA256, `HS256`, by a secret that whoever checks it has too.
    case shared(Secret)
    /// RSASSA-PKCS1-v1_5 with SHA-256, `RS256`; whoever checks it finds the public key by its id.
    case rsa(RSASigningKey, id: String)
  }

  private struct Header: Encodable {
    let alg: String
    var kid: String?
    let typ = "JWT"
  }

  /// The compact form: three parts in base64url, joined by dots.
  public static func signed(_ claims: some Encodable, by signer: Signer) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let header =
      switch signer {
      case .shared: Header(alg: "HS256")
      case .rsa(_, let id): Header(alg: "RS256", kid: id)
      }
    let body = try [encoder.encode(header), encoder.encode(claims)].map(base64URL)
      .joined(separator: ".")
    let signature =
      switch signer {
      case .shared(let secret):
        Data(
          HMAC<SHA256>.authenticationCode(
            for: Array(body.utf8), using: SymmetricKey(data: Array(secret.text.utf8))))
      case .rsa(let key, _): try key.signature(of: Array(body.utf8))
      }
    return "\(body).\(base64URL(signature))"
  }

  private static func base64URL(_ bytes: Data) -> String {
    bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}

/// An RSA private key of 2048 bits or more.
public struct RSASigningKey: Hashable, Sendable {
  private let pem: Secret

  /// - Parameter pem: PKCS#8 or PKCS#1, unencrypted. Throws when it is no such key; what it throws
  ///   repeats nothing of it.
  public init(pem: Secret) throws {
    self.pem = pem
    _ = try key()
  }

  private func key() throws -> _RSA.Signing.PrivateKey {
    do {
      return try _RSA.Signing.PrivateKey(pemRepresentation: pem.text)
    } catch {
      throw RSAKeyError()
    }
  }

  func signature(of bytes: [UInt8]) throws -> Data {
    try key().signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation
  }
}

public struct RSAKeyError: Error, Hashable, Sendable, CustomStringConvertible {
  public var description: String { "it holds no RSA private key of 2048 bits or more in PEM" }
}

/// By which whoever shares a secret knows that a text comes from whoever else has it, unchanged.
public enum BodySignature {
  /// 64 hexadecimal digits: HMAC-SHA256 (RFC 2104) of the text's UTF-8.
  public static func code(of text: String, with secret: Secret) -> String {
    let key = SymmetricKey(data: Array(secret.text.utf8))
    return [UInt8](HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)).hexadecimal
  }
}

/// A name that nobody guesses who has not the secret, and everybody finds again who has.
public enum SecretName {
  /// 32 hexadecimal digits: 128 bits of HMAC-SHA256 over `text`.
  public static func of(_ text: String, with secret: Secret) -> String {
    String(BodySignature.code(of: text, with: secret).prefix(32))
  }
}
