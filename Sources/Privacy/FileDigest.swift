import Crypto
import Foundation
import Glibc

/// What a file's bytes say, but for one stretch of them: the place where a code over the file is
/// kept in the file itself.
public struct FileDigest: Sendable {
  /// Where the marked bytes begin, counted from the file's start.
  public let offset: Int
  /// SHA-256 of the file, 32 bytes, taken with zeros in place of the marked bytes.
  public let sha256: [UInt8]

  /// Reads the whole file. Nil when `mark` stands in it nowhere, or more than once.
  ///
  /// Throws a Cocoa error when the file cannot be read.
  public init?(ofFileAt path: String, without mark: [UInt8]) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    let found = data.withUnsafeBytes { bytes -> (Int, [UInt8])? in
      guard let start = Self.find(mark, in: bytes[...]),
        Self.find(mark, in: bytes[(start + 1)...]) == nil
      else { return nil }
      var hasher = SHA256()
      hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<start]))
      hasher.update(data: [UInt8](repeating: 0, count: mark.count))
      hasher.update(
        bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[(start + mark.count)...]))
      return (start, Array(hasher.finalize()))
    }
    guard let found else { return nil }
    (offset, sha256) = found
  }

  private static func find(_ mark: [UInt8], in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
    guard let first = mark.first, let base = bytes.base.baseAddress else { return nil }
    var place = bytes.startIndex
    while place + mark.count <= bytes.endIndex,
      let hit = memchr(base + place, Int32(first), bytes.endIndex - mark.count + 1 - place)
    {
      place = UnsafeRawPointer(hit) - base
      if memcmp(hit, mark, mark.count) == 0 { return place }
      place += 1
    }
    return nil
  }
}
