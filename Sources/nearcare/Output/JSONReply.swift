import Scheduling

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

/// `{"refused":{"code","message"}}`, and `"parts"` where one refusal stands for several.
struct RefusalReply: Encodable {
  struct Refused: Encodable {
    struct Part: Encodable {
      let code: String
      let message: String
    }
    let code: String
    let message: String
    let parts: [Part]?
  }
  let refused: Refused

  init(_ refusal: Refusal) {
    let parts = refusal.parts.map {
      Refused.Part(code: $0.code.rawValue, message: $0.message)
    }
    refused = Refused(
      code: refusal.code.rawValue, message: refusal.message, parts: parts.isEmpty ? nil : parts)
  }
}
