/// Walks JSON text that lies whole in memory, checking the grammar of RFC 8259 as it goes. Callers
/// take the values they want and skip the others; nothing is built that nobody asked for.
struct JSONCursor {
  struct SyntaxError: Error {
    var detail: String
    var offset: Int
  }

  enum Kind { case object, array, string, number, literal }

  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var offset = 0
  private var depth = 0

  /// Deeper nesting than this is damage, and would exhaust the stack.
  private static let deepest = 64

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// What the next value is; throws where no value can start.
  mutating func kind() throws(SyntaxError) -> Kind {
    skipBlanks()
    guard offset < bytes.count else { throw error("the text breaks off") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .literal
    default: throw error("no value starts with this character")
    }
  }

  /// Calls `member` with each name; it must consume the value.
  mutating func object(
    _ member: (String, inout JSONCursor) throws(SyntaxError) -> Void
  ) throws(SyntaxError) {
    try enter(UInt8(ascii: "{"))
    if takeIf(UInt8(ascii: "}")) { return leave() }
    repeat {
      skipBlanks()
      let name = try string()
      try take(UInt8(ascii: ":"))
      try member(name, &self)
    } while takeIf(UInt8(ascii: ","))
    try take(UInt8(ascii: "}"))
    leave()
  }

  /// Calls `element` once for each element; it must consume it.
  mutating func array(
    _ element: (inout JSONCursor) throws(SyntaxError) -> Void
  ) throws(SyntaxError) {
    try enter(UInt8(ascii: "["))
    if takeIf(UInt8(ascii: "]")) { return leave() }
    repeat { try element(&self) } while takeIf(UInt8(ascii: ","))
    try take(UInt8(ascii: "]"))
    leave()
  }

  /// Calls `element` for each element of an array, or once for a value that stands alone:
  /// publishers write both.
  mutating func oneOrMany(
    _ element: (inout JSONCursor) throws(SyntaxError) -> Void
  ) throws(SyntaxError) {
    if try kind() == .array { try array(element) } else { try element(&self) }
  }

  /// A string, or a number as its text; nil for null and for every other kind, which is skipped.
  mutating func scalar() throws(SyntaxError) -> String? {
    switch try kind() {
    case .string: return try string()
    case .number:
      let start = offset
      try skipNumber()
      return String(decoding: bytes[start..<offset], as: UTF8.self)
    default:
      try skipValue()
      return nil
    }
  }

  mutating func string() throws(SyntaxError) -> String {
    try take(UInt8(ascii: "\""))
    let start = offset
    let isASCII = try skipPlainCharacters()
    guard bytes[offset] == UInt8(ascii: "\"") else { return try escapedString(from: start) }
    let text = UnsafeBufferPointer(rebasing: bytes[start..<offset])
    offset += 1
    return isASCII ? String(decoding: text, as: UTF8.self) : try validated(text)
  }

  /// Steps to the quotation mark or the backslash that ends them; whether all are ASCII.
  private mutating func skipPlainCharacters() throws(SyntaxError) -> Bool {
    var seen: UInt8 = 0
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return seen < 0x80 }
      guard byte >= 0x20 else { throw error("a control character in a string") }
      seen |= byte
      offset += 1
    }
    throw error("the text breaks off in a string")
  }

  private mutating func skipString() throws(SyntaxError) {
    let start = offset
    try take(UInt8(ascii: "\""))
    if try skipPlainCharacters(), bytes[offset] == UInt8(ascii: "\"") {
      offset += 1
    } else {
      offset = start
      _ = try string()
    }
  }

  private func validated(_ text: some Collection<UInt8>) throws(SyntaxError) -> String {
    guard let text = String(validating: text, as: UTF8.self) else {
      throw error("a string is not UTF-8")
    }
    return text
  }

  mutating func skipValue() throws(SyntaxError) {
    switch try kind() {
    case .object:
      try object { (_, cursor) throws(SyntaxError) in try cursor.skipValue() }
    case .array: try array { (cursor) throws(SyntaxError) in try cursor.skipValue() }
    case .string: try skipString()
    case .number: try skipNumber()
    case .literal:
      for word: StaticString in ["true", "false", "null"] where takeIf(word) { return }
      throw error("an unknown word")
    }
  }

  mutating func finish() throws(SyntaxError) {
    skipBlanks()
    guard offset == bytes.count else { throw error("text after the value") }
  }

  private mutating func escapedString(from start: Int) throws(SyntaxError) -> String {
    var text = Array(bytes[start..<offset])
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        return try validated(text)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case ..<0x20: throw error("a control character in a string")
      default: text.append(byte)
      }
    }
    throw error("the text breaks off in a string")
  }

  private mutating func escape(into text: inout [UInt8]) throws(SyntaxError) {
    guard offset < bytes.count else { throw error("the text breaks off in a string") }
    let byte = bytes[offset]
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "n"): text.append(10)
    case UInt8(ascii: "r"): text.append(13)
    case UInt8(ascii: "t"): text.append(9)
    case UInt8(ascii: "u"):
      var unit = try hexUnit()
      if (0xd800..<0xdc00).contains(unit), takeNow("\\u") {
        let low = try hexUnit()
        guard (0xdc00..<0xe000).contains(low) else { throw error("half of a surrogate pair") }
        unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(unit) else { throw error("half of a surrogate pair") }
      text.append(contentsOf: Character(scalar).utf8)
    default: throw error("an unknown escape in a string")
    }
  }

  private mutating func hexUnit() throws(SyntaxError) -> UInt32 {
    guard offset + 4 <= bytes.count else { throw error("the text breaks off in a string") }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else {
        throw error("an escape without four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
      offset += 1
    }
    return unit
  }

  private mutating func skipNumber() throws(SyntaxError) {
    _ = takeNow("-")
    let whole = try digits()
    if whole.count > 1, bytes[whole.lowerBound] == UInt8(ascii: "0") {
      throw error("a number with a leading zero")
    }
    if takeNow(".") { _ = try digits() }
    if takeNow("e") || takeNow("E") {
      if !takeNow("+") { _ = takeNow("-") }
      _ = try digits()
    }
  }

  private mutating func digits() throws(SyntaxError) -> Range<Int> {
    let start = offset
    while offset < bytes.count, RawField.digit(bytes[offset]) != nil { offset += 1 }
    guard offset > start else { throw error("a number without digits") }
    return start..<offset
  }

  private mutating func skipBlanks() {
    while offset < bytes.count,
      bytes[offset] == 0x20 || (0x09...0x0a).contains(bytes[offset]) || bytes[offset] == 0x0d
    { offset += 1 }
  }

  private mutating func enter(_ byte: UInt8) throws(SyntaxError) {
    try take(byte)
    depth += 1
    guard depth <= Self.deepest else { throw error("nested deeper than \(Self.deepest)") }
  }

  private mutating func leave() { depth -= 1 }

  private mutating func take(_ byte: UInt8) throws(SyntaxError) {
    guard takeIf(byte) else {
      if offset >= bytes.count { throw error("the text breaks off") }
      throw error("\"\(Character(Unicode.Scalar(byte)))\" is missing")
    }
  }

  private mutating func takeIf(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private mutating func takeIf(_ word: StaticString) -> Bool {
    skipBlanks()
    return takeNow(word)
  }

  private mutating func takeNow(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard offset + count <= bytes.count else { return false }
    for index in 0..<count where bytes[offset + index] != word.utf8Start[index] { return false }
    offset += count
    return true
  }

  private func error(_ detail: String) -> SyntaxError {
    SyntaxError(detail: detail, offset: offset)
  }
}
