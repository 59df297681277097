import Foundation
import Privacy
import Synchronization
import TestSupport
import Testing

/// Bytes that replay from a seed.
func seeded(_ seed: UInt64) -> RandomSource {
  let generator = Mutex(SeededGenerator(seed: seed))
  return RandomSource { count in
    generator.withLock { generator in
      (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }
  }
}

/// Always 0, 1, 2 …, so that a result can be computed elsewhere.
let counting = RandomSource { (0..<$0).map { UInt8($0) } }

func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// A folder of its own for each test, gone afterwards.
func withFolder<T>(_ body: (String) throws -> T) throws -> T {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("nearcare-privacy-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try! FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func mode(of path: String) throws -> Int {
  let attributes = try FileManager.default.attributesOfItem(atPath: path)
  return try #require(attributes[.posixPermissions] as? Int)
}

func setMode(_ mode: Int, of path: String) throws {
  try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
}

func contents(of path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Overwrites in place, so that mode and owner stay.
func overwrite(_ path: String, with bytes: [UInt8]) throws {
  let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  try handle.truncate(atOffset: 0)
  try handle.write(contentsOf: Data(bytes))
  try handle.close()
}
