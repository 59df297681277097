public import Foundation
import Synchronization

/// The reference files that stand beside the repository: in `$NEARCARE_SHARED`, else in
/// `../shared`. A clone may lack them; tests that need them say so and are skipped aloud:
///
///     @Test(.enabled(if: SharedFiles.have("data/tz/…csv"))) func …
public enum SharedFiles {
  public static let directory: URL = {
    if let chosen = ProcessInfo.processInfo.environment["NEARCARE_SHARED"], !chosen.isEmpty {
      return URL(fileURLWithPath: chosen, isDirectory: true)
    }
    return URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent()  // TestSupport
      .deletingLastPathComponent()  // Tests
      .deletingLastPathComponent()  // the repository
      .deletingLastPathComponent()
      .appendingPathComponent("shared", isDirectory: true)
  }()

  public static func url(_ path: String) -> URL { directory.appendingPathComponent(path) }

  /// The whole of a UTF-8 file.
  public static func text(_ path: String) throws -> String {
    try String(contentsOf: url(path), encoding: .utf8)
  }

  /// Whether every one of `paths` is there; says once on standard output what is skipped if not.
  public static func have(_ paths: String...) -> Bool {
    let missing = paths.filter { !FileManager.default.fileExists(atPath: url($0).path) }
    guard !missing.isEmpty else { return true }
    announced.withLock { said in
      for path in missing where said.insert(path).inserted {
        print("SKIPPED (needs ../shared): \(path)")
      }
    }
    return false
  }

  private static let announced = Mutex<Set<String>>([])
}
