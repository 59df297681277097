import CivilTime
import TestSupport
import Testing

@Suite struct ZoneTests {
  private func instant(_ text: String) throws -> Instant {
    try #require(Instant(rfc3339: text))
  }

  @Test(arguments: [
    "", "Nowhere/City", "america/new_york", "America", "../../../etc/localtime", "/etc/localtime",
    "localtime", "right/America/New_York", "posix/America/New_York", "posixrules", "Factory",
    "Fixed/UTC+05:00:00", "file:America/New_York", ":America/New_York", "America/../America/Boise",
    "America//Boise", "America/Boise/", "America/Boise\0", "tzdata.zi", "zone.tab",
    String(repeating: "A", count: 5000),
  ])
  func refusesWhatIsNoZone(name: String) {
    #expect(throws: ZoneError.unknownZone(name)) { try Zone(name) }
  }

  @Test func theMessageNamesTheZoneAndWhatToDo() {
    let message = ZoneError.unknownZone("Mars/Base").description
    #expect(message.contains("\"Mars/Base\" is not a time zone: use an IANA name"))
  }

  @Test(arguments: ["UTC", "Etc/GMT+5", "America/Port-au-Prince", "America/North_Dakota/New_Salem"])
  func knowsIANANames(name: String) throws { #expect(try Zone(name).name == name) }

  @Test func databaseVersionIsARelease() throws {
    let version = TimeZoneDatabase.version
    let isRelease = version.wholeMatch(of: /20[0-9]{2}[a-z]+/) != nil
    #expect(isRelease, "the system's tzdata says \(version)")
  }

  /// British Columbia stays on daylight time from 2026 (tzdata 2026b and later).
  @Test func vancouverStaysAtMinusSeven() throws {
    let zone = try Zone("America/Vancouver")
    let noon = try instant("2026-12-01T20:00:00Z")
    #expect(zone.local(at: noon).offsetSeconds == -7 * 3600)
    #expect(zone.rfc3339(noon) == "2026-12-01T13:00:00-07:00")
    let nine = try #require(CivilDate(iso: "2026-12-01"))
    #expect(
      zone.resolve(nine, try #require(TimeOfDay("09:00")))
        == .unique(try instant("2026-12-01T16:00:00Z")))
  }

  @Test(arguments: [
    ("America/New_York", "2026-11-24T14:00:00Z", "2026-11-24", "09:00", -18_000, false, "EST"),
    ("America/New_York", "2026-07-04T13:59:59Z", "2026-07-04", "09:59", -14_400, true, "EDT"),
    ("Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-01", "05:45", 20_700, false, "+0545"),
    ("Europe/Dublin", "2026-07-01T12:00:00Z", "2026-07-01", "13:00", 3600, false, "IST"),
    ("Pacific/Honolulu", "2026-01-01T09:59:00Z", "2025-12-31", "23:59", -36_000, false, "HST"),
    ("America/New_York", "1883-01-01T00:00:00Z", "1882-12-31", "19:03", -17_762, false, "LMT"),
  ])
  func wallClocks(
    name: String, at: String, date: String, time: String, offset: Int, isDST: Bool, letters: String
  ) throws {
    let local = try Zone(name).local(at: try instant(at))
    #expect(local.date.description == date)
    #expect(local.time.description == time)
    #expect(local.offsetSeconds == offset)
    #expect(local.isDST == isDST)
    #expect(local.abbreviation == letters)
  }

  @Test(arguments: [
    (
      "America/New_York", "2027-03-14", "02:30",
      "2027-03-14T07:30:00Z", "2027-03-14T07:00:00Z", "2027-03-14T06:30:00Z"
    ),
    (
      "America/New_York", "2027-03-14", "02:00",
      "2027-03-14T07:00:00Z", "2027-03-14T07:00:00Z", "2027-03-14T06:00:00Z"
    ),
    (
      "Australia/Lord_Howe", "2026-10-04", "02:15",
      "2026-10-03T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-03T15:15:00Z"
    ),
    (
      "Africa/Cairo", "2026-04-24", "00:30",
      "2026-04-23T22:30:00Z", "2026-04-23T22:00:00Z", "2026-04-23T21:30:00Z"
    ),
    (
      "Pacific/Apia", "2011-12-30", "12:00",
      "2011-12-30T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-29T22:00:00Z"
    ),
  ])
  func gaps(
    name: String, date: String, time: String, before: String, transition: String, after: String
  ) throws {
    let found = try Zone(name).resolve(
      try #require(CivilDate(iso: date)), try #require(TimeOfDay(time)))
    #expect(
      found
        == .skipped(
          before: try instant(before), transition: try instant(transition),
          after: try instant(after)))
  }

  @Test(arguments: [
    (
      "America/New_York", "2026-11-01", "01:30",
      "2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z"
    ),
    (
      "America/New_York", "2026-11-01", "01:00",
      "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:00:00Z"
    ),
    (
      "Australia/Lord_Howe", "2027-04-04", "01:45",
      "2027-04-03T14:45:00Z", "2027-04-03T15:00:00Z", "2027-04-03T15:15:00Z"
    ),
    (
      "America/Havana", "2024-11-03", "00:15",
      "2024-11-03T04:15:00Z", "2024-11-03T05:00:00Z", "2024-11-03T05:15:00Z"
    ),
  ])
  func folds(
    name: String, date: String, time: String, first: String, transition: String, second: String
  ) throws {
    let found = try Zone(name).resolve(
      try #require(CivilDate(iso: date)), try #require(TimeOfDay(time)))
    #expect(
      found
        == .repeated(
          first: try instant(first), transition: try instant(transition),
          second: try instant(second)))
  }

  @Test(arguments: [
    ("America/New_York", "2026-11-24", 86_400), ("America/New_York", "2027-03-14", 82_800),
    ("America/New_York", "2026-11-01", 90_000), ("Africa/Cairo", "2026-04-24", 82_800),
    ("America/Havana", "2024-11-03", 90_000), ("Pacific/Apia", "2011-12-30", 0),
    ("Australia/Lord_Howe", "2027-04-04", 88_200),
  ])
  func lengthsOfDays(name: String, date: String, seconds: Int64) throws {
    let bounds = try Zone(name).dayBounds(of: try #require(CivilDate(iso: date)))
    #expect(bounds.upperBound.seconds(since: bounds.lowerBound) == seconds)
  }

  @Test func endOfDayIsTheNextMidnight() throws {
    let zone = try Zone("America/Chicago")
    let date = try #require(CivilDate(iso: "2026-11-24"))
    #expect(zone.resolve(date, .endOfDay) == zone.resolve(date.adding(days: 1), .startOfDay))
  }

  @Test func zonesWithoutChangesHaveNoNextTransition() throws {
    let now = try instant("2026-11-22T00:00:00Z")
    #expect(try Zone("America/Phoenix").nextTransition(after: now) == nil)
    #expect(try Zone("UTC").nextTransition(after: now) == nil)
    #expect(try Zone("UTC").previousTransition(before: now) == nil)
    let last = try #require(try Zone("America/Phoenix").previousTransition(before: now))
    #expect(last.instant.description == "1968-03-21T07:00:00Z" || last.instant < now)
  }

  @Test func extremeInstantsHaveAWallTime() throws {
    let zone = try Zone("America/New_York")
    for seconds in [Int64.min, .min + 1, -1 << 55, 1 << 55, .max - 1, .max] {
      let offset = zone.local(at: Instant(secondsSinceEpoch: seconds)).offsetSeconds
      #expect([-18_000, -14_400, -17_762].contains(offset), "\(seconds)")
    }
    #expect(zone.nextTransition(after: Instant(secondsSinceEpoch: .max)) == nil)
    #expect(zone.previousTransition(before: Instant(secondsSinceEpoch: .min)) == nil)
    for days in [Int32.min, .max] {
      let bounds = zone.dayBounds(of: CivilDate(daysSinceEpoch: days))
      #expect(bounds.lowerBound <= bounds.upperBound)
    }
  }

  @Test func zonesAreEqualByName() throws {
    #expect(try Zone("America/Boise") == Zone("America/Boise"))
    #expect(try Zone("US/Eastern") != Zone("America/New_York"))
    #expect(try Set([Zone("UTC"), Zone("UTC"), Zone("Etc/UTC")]).count == 2)
  }

  @Test func threadsMayLoadAndReadTheSameZones() async throws {
    let names = ["America/New_York", "Europe/Paris", "Asia/Tokyo", "Pacific/Auckland", "Asia/Gaza"]
    let start = try instant("2026-01-01T00:00:00Z")
    let sums = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var sum = 0
          for step in 0..<2000 {
            let zone = try Zone(names[step % names.count])
            sum += zone.local(at: start.adding(seconds: Int64(step) * 40_000)).offsetSeconds
          }
          return sum
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(sums.count == 1)
  }
}
