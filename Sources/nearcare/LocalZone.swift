import CivilTime
import Foundation

/// The zone this terminal lives in.
enum LocalZone {
  /// TZ when it names an IANA zone, else what `/etc/timezone` or `/etc/localtime` says, else UTC.
  static func zone(environment: [String: String]) throws -> Zone {
    let named = environment["TZ"].map { $0.hasPrefix(":") ? String($0.dropFirst()) : $0 }
    for name in [named, fromTimezoneFile, fromLocaltimeLink] {
      guard let name, !name.isEmpty else { continue }
      do { return try Zone(name) } catch { continue }
    }
    return try Zone("UTC")
  }

  private static var fromTimezoneFile: String? {
    guard let bytes = FileManager.default.contents(atPath: "/etc/timezone") else { return nil }
    return Substring(String(decoding: bytes, as: UTF8.self)).trimmed
  }

  private static var fromLocaltimeLink: String? {
    let link = URL(fileURLWithPath: "/etc/localtime").resolvingSymlinksInPath().path
    guard let range = link.range(of: "/zoneinfo/") else { return nil }
    return String(link[range.upperBound...])
  }
}
