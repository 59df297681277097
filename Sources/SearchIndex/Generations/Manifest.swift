public import CivilTime
import Crypto

/// What vouches for a generation: the size and SHA-256 of each file, and where it came from.
///
/// A text file of tab-separated lines; the last one is the SHA-256 of all before it. Xapian's own
/// checker lets changed contents pass, so this is what decides whether an index is sound.
public struct Manifest: Hashable, Sendable {
  public struct File: Hashable, Sendable {
    public var name: String
    public var size: Int64
    /// Lower-case hexadecimal.
    public var sha256: String
  }

  public var generation: String
  public var created: Instant
  public var documents: Int
  /// SHA-256 over the digests of the documents in order; equal for equal content, whichever files
  /// it was read from. Lower-case hexadecimal.
  public var contentDigest: String
  public var xapianVersion: String
  /// What the index was made of, for people and for `indexer status`.
  public var feeds: [String: String]
  public var files: [File]

  static let name = "MANIFEST"
  /// Counted up when documents say more or other things too: an update continues only a generation
  /// of its own format.
  static let format = "nearcare-index 10"

  func encoded() -> [UInt8] {
    var lines = [
      Self.format, "generation\t\(generation)", "created\t\(created.secondsSinceEpoch)",
      "documents\t\(documents)", "content\t\(contentDigest)", "xapian\t\(xapianVersion)",
    ]
    for (key, value) in feeds.sorted(by: { $0.key < $1.key }) {
      lines.append("feed\t\(Self.escaped(key))\t\(Self.escaped(value))")
    }
    for file in files { lines.append("file\t\(file.name)\t\(file.size)\t\(file.sha256)") }
    let body = Array((lines.joined(separator: "\n") + "\n").utf8)
    return body + Array("sha256\t\(hexadecimal(SHA256.hash(data: body)))\n".utf8)
  }

  /// - Parameter path: named in the error.
  init(decoding bytes: [UInt8], path: String) throws(IndexError) {
    func damaged(_ detail: String) -> IndexError { .corrupt(path: path, detail: detail) }
    let digestLineLength = "sha256\t".utf8.count + 64 + 1
    guard bytes.count > digestLineLength else { throw damaged("it is cut short") }
    let body = bytes.dropLast(digestLineLength)
    let digestLine = "sha256\t\(hexadecimal(SHA256.hash(data: body)))\n"
    guard bytes.suffix(digestLineLength).elementsEqual(digestLine.utf8) else {
      throw damaged("its own checksum does not agree")
    }
    var lines = String(decoding: body, as: UTF8.self).split(separator: "\n")[...]
    guard let format = lines.popFirst(), format == Self.format else {
      throw .unsupportedVersion(path: path, detail: "not \"\(Self.format)\"")
    }
    var fields: [Substring: Substring] = [:]
    feeds = [:]
    files = []
    for line in lines {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
      switch (parts[0], parts.count) {
      case ("feed", 3): feeds[Self.unescaped(parts[1])] = Self.unescaped(parts[2])
      case ("file", 4):
        guard let size = Int64(parts[2]) else { throw damaged("a file has no size") }
        files.append(File(name: String(parts[1]), size: size, sha256: String(parts[3])))
      case (_, 2): fields[parts[0]] = parts[1]
      default: throw damaged("the line \"\(line)\" means nothing")
      }
    }
    guard let generation = fields["generation"],
      let created = fields["created"].flatMap({ Int64($0) }),
      let documents = fields["documents"].flatMap({ Int($0) }), let content = fields["content"],
      let xapian = fields["xapian"]
    else { throw damaged("a line is missing") }
    self.generation = String(generation)
    self.created = Instant(secondsSinceEpoch: created)
    self.documents = documents
    contentDigest = String(content)
    xapianVersion = String(xapian)
  }

  init(
    generation: String, created: Instant, content: ContentDigest, xapianVersion: String,
    feeds: [String: String], files: [File]
  ) {
    self.generation = generation
    self.created = created
    documents = content.count
    contentDigest = content.text
    self.xapianVersion = xapianVersion
    self.feeds = feeds
    self.files = files
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "\t": escaped += "%09"
      case "\n": escaped += "%0A"
      case "\r": escaped += "%0D"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func unescaped(_ text: Substring) -> String {
    let parts = text.split(separator: "%", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(into: String(parts[0])) { result, part in
      switch part.prefix(2) {
      case "25": result += "%"
      case "09": result += "\t"
      case "0A": result += "\n"
      case "0D": result += "\r"
      default: result += "%" + part.prefix(2)
      }
      result += part.dropFirst(2)
    }
  }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
