import Glibc

/// The operating system's tzdata, the one source of zone rules.
public enum TimeZoneDatabase {
  /// `$TZDIR`, else `/usr/share/zoneinfo`: where zones are read from.
  public static let directory: String = {
    guard let chosen = getenv("TZDIR"), chosen[0] != 0 else { return "/usr/share/zoneinfo" }
    return String(cString: chosen)
  }()

  /// The release, e.g. `2026f`, from the first line of `tzdata.zi`; `unknown` if the system does
  /// not say. Read once a process, as zones are.
  public static let version: String = {
    guard let file = fopen("\(directory)/tzdata.zi", "r") else { return "unknown" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, Int32(line.count), file) != nil else { return "unknown" }
    let words = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      .split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    guard words.count == 3, words[0].elementsEqual("#".utf8), words[1].elementsEqual("version".utf8)
    else { return "unknown" }
    return String(decoding: words[2], as: UTF8.self)
  }()
}
