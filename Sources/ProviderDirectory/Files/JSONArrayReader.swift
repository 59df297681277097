/// Streams a file that is one JSON array, element by element, through a window that grows to the
/// largest element and no further.
///
/// An element's bytes are found by depth and strings alone; the caller's cursor checks the grammar.
final class JSONArrayReader {
  let path: String
  var byteCount: Int { window.byteCount }
  var bytesRead: Int { window.bytesRead - (window.end - window.start) }
  private(set) var elements = 0

  private static let windowBytes = 1 << 20
  /// A provider with thousands of plans takes some 300 KB; beyond this it is damage.
  private static let largestElement = 1 << 25

  private let window: ByteWindow
  private var line = 1
  private var atStart = true

  init(path: String) throws(FileFault) {
    self.path = path
    window = try ByteWindow(path: path, capacity: Self.windowBytes)
    while try window.refill() {}
    if let format = window.foreignFormat() {
      throw .notThisFormat(path: path, detail: format)
    }
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    if window.end >= 3, mark.indices.allSatisfy({ window.bytes[$0] == mark[$0] }) {
      window.start = 3
    }
    guard try skipBlanks(), window.bytes[window.start] == UInt8(ascii: "[") else {
      throw .notThisFormat(path: path, detail: "is not a JSON array; is it the right file?")
    }
    window.start += 1
  }

  /// Hands the next element to `body` with the line it starts on; false when the array has ended.
  ///
  /// Throws `FileFault.malformed` for damage, in the array or, through `body`, in the element.
  func next(
    _ body: (Int, inout JSONCursor) throws(JSONCursor.SyntaxError) -> Void
  ) throws(FileFault) -> Bool {
    guard try beginElement() else { return false }
    let length = try elementLength()
    let element = UnsafeBufferPointer(
      start: UnsafePointer(window.bytes + window.start), count: length)
    var cursor = JSONCursor(element)
    do {
      try body(line, &cursor)
      try cursor.finish()
    } catch {
      line += lineBreaks(error.offset)
      throw malformed(error.detail)
    }
    line += lineBreaks(length)
    window.start += length
    elements += 1
    return true
  }

  /// Steps over the comma or to the array's end; false at the end.
  private func beginElement() throws(FileFault) -> Bool {
    guard try skipBlanks() else { throw malformed("the file breaks off") }
    let byte = window.bytes[window.start]
    if byte == UInt8(ascii: "]") {
      window.start += 1
      guard try !skipBlanks() else { throw malformed("text after the array") }
      return false
    }
    if atStart {
      atStart = false
      return true
    }
    guard byte == UInt8(ascii: ",") else { throw malformed("\",\" is missing between elements") }
    window.start += 1
    guard try skipBlanks() else { throw malformed("the file breaks off") }
    return true
  }

  private func elementLength() throws(FileFault) -> Int {
    var cursor = 0
    var depth = 0
    var inString = false
    while true {
      while window.start + cursor == window.end { try readMore() }
      let byte = window.bytes[window.start + cursor]
      if inString {
        if byte == UInt8(ascii: "\\") {
          cursor += 1
        } else if byte == UInt8(ascii: "\"") {
          inString = false
        }
        cursor += 1
        while window.start + cursor > window.end { try readMore() }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return cursor }
        depth -= 1
        if depth == 0 { return cursor + 1 }
      case UInt8(ascii: ","): if depth == 0 { return cursor }
      default: break
      }
      cursor += 1
    }
  }

  private func readMore() throws(FileFault) {
    if try window.refill() { return }
    guard !window.atEndOfFile else { throw malformed("the file breaks off") }
    guard window.capacity < Self.largestElement else {
      throw malformed("an element is larger than \(Self.largestElement) bytes")
    }
    window.grow(to: window.capacity * 2)
  }

  /// False at the end of the file.
  private func skipBlanks() throws(FileFault) -> Bool {
    while true {
      while window.start < window.end {
        switch window.bytes[window.start] {
        case UInt8(ascii: "\n"): line += 1
        case 0x20, 0x09, 0x0d: break
        default: return true
        }
        window.start += 1
      }
      guard try window.refill() else { return false }
    }
  }

  private func lineBreaks(_ length: Int) -> Int {
    let bytes = UnsafeBufferPointer(start: window.bytes + window.start, count: length)
    return bytes.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
  }

  private func malformed(_ detail: String) -> FileFault {
    .malformed(path: path, line: line, detail: detail)
  }
}
