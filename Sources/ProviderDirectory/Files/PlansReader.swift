public import CivilTime

/// Reads `plans.json` of the QHP machine-readable files: which plans an issuer sells.
///
/// Source of the format: CMS, "QHP provider and formulary APIs". Damaged JSON throws
/// `FileFault.malformed`, after which nothing of the file may be used.
public final class PlansReader {
  public enum Row {
    case plan(Plan)
    case rejected(Rejection)
  }

  public struct Plan: Hashable, Sendable {
    public var id: String
    public var marketingName: String
    public var lastUpdated: CivilDate?
  }

  public let path: String
  public var rows: Int { reader.elements }
  public var byteCount: Int { reader.byteCount }
  public var bytesRead: Int { reader.bytesRead }
  private let reader: JSONArrayReader

  public init(path: String) throws(FileFault) {
    self.path = path
    reader = try JSONArrayReader(path: path)
  }

  /// The next plan's fate; nil at the end of the array.
  public func next() throws(FileFault) -> Row? {
    var row: Row?
    _ = try reader.next { (line, cursor) throws(JSONCursor.SyntaxError) in
      row = try read(line, &cursor)
    }
    return row
  }

  private func read(
    _ line: Int, _ cursor: inout JSONCursor
  ) throws(JSONCursor.SyntaxError) -> Row {
    var id = ""
    var name = ""
    var updated: CivilDate?
    guard try cursor.kind() == .object else {
      try cursor.skipValue()
      return .rejected(Rejection(file: path, line: line, field: "", reason: "not an object"))
    }
    try cursor.object { (key, value) throws(JSONCursor.SyntaxError) in
      switch key {
      case "plan_id": id = try value.scalar() ?? ""
      case "marketing_name": name = try value.scalar() ?? ""
      case "last_updated_on": updated = QHPValues.date(try value.scalar())
      default: try value.skipValue()
      }
    }
    guard let planID = QHPValues.planID(id) else {
      return .rejected(
        Rejection(file: path, line: line, field: "plan_id", reason: "\"\(id)\" is no plan id"))
    }
    return .plan(Plan(id: planID, marketingName: QHPValues.trimmed(name), lastUpdated: updated))
  }
}

@available(*, unavailable)
extension PlansReader: Sendable {}

/// The values that plan and network files share.
enum QHPValues {
  /// Upper case, without blanks; nil when empty, longer than any scheme's ids, or not printable
  /// ASCII.
  static func planID(_ text: String) -> String? {
    let id = trimmed(text).uppercased()
    guard (1...40).contains(id.utf8.count),
      id.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return nil }
    return id
  }

  /// A date that does not parse says nothing about the row but its age, so the row stands without.
  static func date(_ text: String?) -> CivilDate? {
    guard var text else { return nil }
    return text.withUTF8 { bytes in
      let day = bytes.count > 10 && bytes[10] == UInt8(ascii: "T") ? 10 : bytes.count
      return RawField.date(UnsafeBufferPointer(rebasing: bytes[..<day]))
    }
  }

  static func trimmed(_ text: String) -> String {
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }),
      let last = bytes.lastIndex(where: { $0 > 0x20 })
    else { return "" }
    return String(text[first...last])
  }
}
