public import Foundation

/// Finds the tables of `data/tables` at run time.
public enum ReferenceData {
  /// The folder with the tables: beside the executable after `swift build`, in `../share/nearcare`
  /// after an installation.
  public static let directory: URL = {
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let folder = executable.deletingLastPathComponent()
    let candidates = [
      folder.appendingPathComponent("nearcare_ReferenceData.resources/tables"),
      folder.deletingLastPathComponent().appendingPathComponent("share/nearcare/tables"),
    ]
    return candidates.first { FileManager.default.fileExists(atPath: $0.path) } ?? candidates[0]
  }()
}
