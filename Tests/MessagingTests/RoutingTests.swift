import CivilTime
import Foundation
import Privacy
import Store
import TestSupport
import Testing

@testable import Messaging

/// Which channel a message goes by, as a table; and quiet hours against a walk over every minute.
@Suite struct RoutingTests {
  private static let noon = Instant(rfc3339: "2026-11-23T12:00:00-05:00")!
  private static let night = Instant(rfc3339: "2026-11-23T23:00:00-05:00")!

  private func step(
    _ wanted: [MessageMedium], tried: String = "", at now: Instant = noon,
    expires: Int64 = 86_400, set: [MessageMedium] = MessageMedium.allCases
  ) throws -> MessageRouting.Step {
    let routing = MessageRouting(
      wanted: wanted,
      channels: Dictionary(uniqueKeysWithValues: set.map { ($0, "by-\($0.rawValue)") }),
      quietHours: .usual, zone: try Zone("America/New_York"),
      expiresAt: now.adding(seconds: expires), limits: .standard)
    let attempts = tried.split(separator: " ").map { word in
      MessageAttempt(
        at: now, channel: "by-\(word.dropFirst())",
        outcome: word.hasPrefix("!") ? .refused : .failed, detail: String(word))
    }
    return routing.step(after: attempts, at: now)
  }

  @Test func theOrderOfChannels() throws {
    #expect(try step([.sms, .email]) == .send(.sms))
    #expect(try step([.sms, .email], tried: "-sms -sms") == .send(.sms))
    #expect(try step([.sms, .email], tried: "-sms -sms -sms") == .send(.email))
    #expect(try step([.sms, .email], tried: "!sms") == .send(.email))
    #expect(try step([.sms, .email], set: [.email]) == .send(.email))
    // All have failed thrice: in turn again, up to eight times each.
    let thrice = "-sms -sms -sms -email -email -email"
    #expect(try step([.sms, .email], tried: thrice) == .send(.sms))
    #expect(try step([.sms, .email], tried: "\(thrice) !sms") == .send(.email))
    let eight = Array(repeating: "-sms", count: 8).joined(separator: " ")
    #expect(try step([.sms, .email], tried: "\(thrice) \(eight)") == .send(.email))
    #expect(try step([.sms], tried: eight) == .giveUp("-sms"))
    #expect(try step([.sms, .email], tried: "!sms !email") == .giveUp("!email"))
  }

  @Test func nothingIsSentByWhatIsNotWanted() throws {
    #expect(try step([]) == .giveUp("the recipient wants no messages"))
    #expect(
      try step([.push, .sms], set: [.email])
        == .giveUp("of what the recipient wants nothing is set up: push, sms"))
    #expect(try step([.email], tried: "!email") == .giveUp("!email"))
  }

  @Test func atNight() throws {
    let morning = Instant(rfc3339: "2026-11-24T08:00:00-05:00")!
    #expect(try step([.email, .sms], at: Self.night) == .send(.email))
    #expect(try step([.sms, .email], at: Self.night) == .wait(until: morning))
    // Of no use by the morning: by mail if that is wanted, else not at all.
    #expect(try step([.sms, .email], at: Self.night, expires: 9 * 3600) == .send(.email))
    #expect(
      try step([.sms, .push], at: Self.night, expires: 9 * 3600)
        == .giveUp("quiet hours end after its time has passed"))
    #expect(
      try step([.sms], at: Self.night, expires: 9 * 3600 + 1) == .wait(until: morning))
    #expect(try step([.sms, .email], tried: "-sms -sms -sms", at: Self.night) == .send(.email))
  }

  /// Minute after minute over the days on which clocks change, in several zones: quiet is what the
  /// wall clock shows, and quiet hours end at the first minute that is not.
  @Test func quietHoursAreTheWallClocks() throws {
    var random = SeededGenerator(seed: 11)
    let days = ["2026-03-07T12:00:00Z", "2026-10-31T12:00:00Z", "2026-07-01T12:00:00Z"]
    let names = ["America/New_York", "America/Phoenix", "Australia/Lord_Howe"]
    for zone in try names.map({ try Zone($0) }) {
      for day in days {
        let start = Instant(rfc3339: day)!
        let from = TimeOfDay(minutes: 15 * Int.random(in: 0..<96, using: &random))!
        let until = TimeOfDay(minutes: 15 * Int.random(in: 0..<96, using: &random))!
        guard let quiet = QuietHours(from: from, until: until) else { continue }
        func isQuiet(_ instant: Instant) -> Bool {
          let time = zone.local(at: instant).time
          return from < until ? time >= from && time < until : time >= from || time < until
        }
        let minutes = (0..<2 * 1440).map { start.adding(seconds: Int64($0) * 60) }
        for minute in minutes {
          let end = quiet.end(at: minute, in: zone)
          #expect((end != nil) == isQuiet(minute))
          guard let end else { continue }
          #expect(end > minute)
          // Clocks that are set back may show quiet hours once more; else it is quiet until then.
          if !isQuiet(end) { #expect(isQuiet(end.adding(seconds: -1))) }
        }
      }
    }
    #expect(QuietHours("21:00-08:00") == .usual)
    for wrong in ["21:00", "21:00-21:00", "24:00-08:00", "21-8", ""] {
      #expect(QuietHours(wrong) == nil)
    }
  }
}
