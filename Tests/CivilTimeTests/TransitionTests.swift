import CivilTime
import TestSupport
import Testing

/// Changes of United States zones, walked one by one.
@Suite struct TransitionTests {
  private static let file = "data/tz/us_transitions_2019_2037_tzdata2026f.csv"

  private struct Change: Equatable {
    var instant: Instant
    var before: Int
    var after: Int
    var isDST: Bool
  }

  private func changes(of zone: Zone, _ from: String, _ to: String) throws -> [Change] {
    var now = try #require(Instant(rfc3339: from))
    let end = try #require(Instant(rfc3339: to))
    var found: [Change] = []
    while let next = zone.nextTransition(after: now), next.instant < end {
      #expect(zone.previousTransition(before: next.instant.adding(seconds: 1)) == next)
      found.append(
        Change(
          instant: next.instant, before: next.offsetSecondsBefore, after: next.offsetSecondsAfter,
          isDST: next.isDSTAfter))
      now = next.instant
    }
    return found
  }

  /// The rule since 2007 (Energy Policy Act of 2005): the second Sunday of March and the first of
  /// November, at 02:00 of the local standard or daylight time.
  @Test(arguments: [
    ("America/New_York", -5), ("America/Chicago", -6), ("America/Denver", -7),
    ("America/Los_Angeles", -8), ("America/Anchorage", -9), ("America/Adak", -10),
    ("America/Detroit", -5), ("America/Boise", -7), ("America/Indiana/Indianapolis", -5),
  ])
  func unitedStatesRule(name: String, hours: Int) throws {
    let standard = hours * 3600
    var expected: [Change] = []
    for year in 2019...2036 {
      for (month, week, before, after) in [
        (3, 1, standard, standard + 3600), (11, 0, standard + 3600, standard),
      ] {
        let first = try #require(CivilDate(year: year, month: month, day: 1))
        let sunday = first.adding(days: 7 - first.weekday.rawValue + week * 7)
        let seconds = Int64(sunday.daysSinceEpoch) * 86_400 + 7200 - Int64(before)
        expected.append(
          Change(
            instant: Instant(secondsSinceEpoch: seconds), before: before, after: after,
            isDST: month == 3))
      }
    }
    let found = try changes(of: Zone(name), "2019-01-01T12:00:00Z", "2037-01-01T00:00:00Z")
    #expect(found == expected)
  }

  @Test(arguments: [
    "America/Phoenix", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam",
    "Pacific/Pago_Pago",
  ])
  func someNeverChange(name: String) throws {
    #expect(
      try changes(of: Zone(name), "2019-01-01T12:00:00Z", "2037-12-31T00:00:00Z").isEmpty)
  }

  @Test(.enabled(if: SharedFiles.have(file)))
  func everyUnitedStatesTransition() throws {
    var expected: [String: [Change]] = [:]
    for line in try SharedFiles.text(Self.file).split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      try #require(fields.count == 5)
      let name = String(fields[0])
      guard !fields[1].isEmpty, let instant = Instant(rfc3339: String(fields[1])) else {
        expected[name, default: []] = []
        continue
      }
      expected[name, default: []].append(
        Change(
          instant: instant, before: try #require(Int(fields[2])),
          after: try #require(Int(fields[3])), isDST: fields[4] == "1"))
    }
    #expect(expected.count == 36)
    var compared = 0
    for (name, known) in expected {
      let found = try changes(of: Zone(name), "2019-01-01T00:00:00Z", "2038-01-01T00:00:00Z")
      #expect(found == known, "\(name)")
      for change in known {
        let zone = try Zone(name)
        #expect(zone.local(at: change.instant.adding(seconds: -1)).offsetSeconds == change.before)
        #expect(zone.local(at: change.instant).offsetSeconds == change.after)
        compared += 1
      }
    }
    print("compared \(compared) transitions of \(expected.count) zones")
    #expect(compared > 1000)
  }
}
