/// Encodes as its value, or as JSON `null`: keys of the contract are present even when empty.
struct Nullable<Value: Encodable>: Encodable {
  let value: Value?

  init(_ value: Value?) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    if let value {
      try value.encode(to: encoder)
    } else {
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    }
  }
}

/// `{"refused":{"code","message"}}`.
struct RefusalReply: Encodable {
  struct Refused: Encodable {
    let code: String
    let message: String
  }
  let refused: Refused

  init(code: String, message: String) { refused = Refused(code: code, message: message) }
}
