import Booking
import Console
import Foundation
import Store

/// The settings of a home: `HOME/config`, a line `name = value` each.
struct Configuration {
  enum Setting: String, CaseIterable {
    case near
    case sessionIdleMinutes = "session-idle-minutes"
    case sessionHours = "session-hours"
    case retentionYears = "retention-years"
    case auditYears = "audit-years"

    /// Of a number, which are allowed; nil for a setting that is none.
    var range: ClosedRange<Int>? {
      switch self {
      case .near: nil
      case .sessionIdleMinutes: 1...480
      case .sessionHours: 1...24
      case .retentionYears: 1...100
      case .auditYears: RetentionRules.fewestAuditYears...100
      }
    }
  }

  private let path: String

  init(home: HomeDirectory) { path = home.path + "/config" }

  func value(of setting: Setting) throws -> String? { try values()[setting.rawValue] }

  func values() throws -> [String: String] {
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Failure(.configuration, "cannot read \(path) as UTF-8 text; mend or remove it")
    }
    var values: [String: String] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy(\.isWhitespace) && !line.hasPrefix("#") {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw Failure(
          .configuration,
          "\(path) line \(index + 1): \"\(Terminal.safe(String(line)))\" is not name = value")
      }
      values[parts[0].trimmed] = parts[1].trimmed
    }
    return values
  }

  /// The usual limits, with what this home sets otherwise.
  func bookingLimits() throws -> BookingLimits {
    let values = try values()
    var limits = BookingLimits.standard
    let idle = try number(.sessionIdleMinutes, values)
    let whole = try number(.sessionHours, values)
    limits.idleSeconds = idle.map { Int64($0) * 60 } ?? limits.idleSeconds
    limits.sessionSeconds = whole.map { Int64($0) * 3600 } ?? limits.sessionSeconds
    return limits
  }

  func retentionRules() throws -> RetentionRules {
    let values = try values()
    let usual = RetentionRules()
    return RetentionRules(
      appointmentYears: try number(.retentionYears, values) ?? usual.appointmentYears,
      auditYears: try number(.auditYears, values) ?? usual.auditYears)
  }

  private func number(_ setting: Setting, _ values: [String: String]) throws -> Int? {
    guard let text = values[setting.rawValue], let range = setting.range else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Failure(
        .configuration,
        """
        \(path): \(setting.rawValue) "\(Terminal.safe(text))" is not a number from \
        \(range.lowerBound) to \(range.upperBound)
        """)
    }
    return number
  }

  func set(_ setting: Setting, to value: String) throws {
    var values = try values()
    values[setting.rawValue] = value
    let text = values.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
    do {
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      // "near" may be where a patient lives.
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    } catch {
      throw Failure(.cannotWrite, "cannot write \(path); is the home writable?")
    }
  }
}

extension Substring {
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
