public import Foundation
import Glibc

/// Finds the tables of `data/tables` at run time.
public enum ReferenceData {
  /// The folder with the tables, as a path: `NEARCARE_DATA` where it is set (a packager's own
  /// layout), else beside the executable after `swift build` and `swift test`, else
  /// `../share/nearcare/tables` after an installation.
  ///
  /// Found with two system calls: this is on the way of every command.
  public static let path: String = {
    if let override = getenv("NEARCARE_DATA"), override.pointee != 0 {
      return String(cString: override)
    }
    let folder = executableFolder()
    let candidates = [
      folder + "/nearcare_ReferenceData.resources/tables",
      folder + "/../share/nearcare/tables",
    ]
    return candidates.first { access($0, R_OK) == 0 } ?? candidates[0]
  }()

  public static let directory = URL(fileURLWithPath: path, isDirectory: true)

  /// The folder of the running program, links followed; "." where /proc is not mounted.
  private static func executableFolder() -> String {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = buffer.withUnsafeMutableBytes { bytes in
      readlink("/proc/self/exe", bytes.baseAddress!, bytes.count)
    }
    guard length > 0, let slash = buffer[..<length].lastIndex(of: UInt8(ascii: "/")) else {
      return "."
    }
    return String(decoding: buffer[..<slash], as: UTF8.self)
  }
}
