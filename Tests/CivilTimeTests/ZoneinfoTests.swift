import CivilTime
import Foundation
import TestSupport
import Testing

/// Every zone, asked the same questions as Python's `zoneinfo`, which reads the same files with
/// code of its own.
@Suite struct ZoneinfoTests {
  private static let python = "/usr/bin/python3"

  /// Prints `zone instant offset abbreviation` and `zone date minutes firstOffset secondOffset`,
  /// the offsets that PEP 495's two folds give a wall time.
  private static let script = """
    import random, zoneinfo
    from datetime import datetime, timedelta, timezone
    utc, epoch = timezone.utc, datetime(1970, 1, 1)
    draw = random.Random(20261122)
    skip = ('right/', 'posix/', 'Factory', 'localtime', 'posixrules')
    for name in sorted(n for n in zoneinfo.available_timezones() if not n.startswith(skip)):
        zone = zoneinfo.ZoneInfo(name)
        changes = []
        day, last = datetime(2018, 1, 1, tzinfo=utc), None
        while day < datetime(2040, 1, 1, tzinfo=utc):
            offset = day.astimezone(zone).utcoffset()
            if last is not None and offset != last: changes.append(day.replace(tzinfo=None))
            day, last = day + timedelta(days=5), offset
        for _ in range(20):
            at = draw.randrange(-2**31, 2**32)
            local = datetime.fromtimestamp(at, zone)
            print('I', name, at, int(local.utcoffset().total_seconds()), local.tzname())
        for _ in range(60):
            if changes:
                wall = draw.choice(changes) + timedelta(minutes=draw.randrange(-7200, 1440))
            else:
                wall = datetime(2019, 1, 1) + timedelta(minutes=draw.randrange(525600 * 20))
            wall = wall.replace(second=0)
            folds = [int(wall.replace(tzinfo=zone, fold=f).utcoffset().total_seconds()) for f in (0, 1)]
            minutes = wall.hour * 60 + wall.minute
            print('W', name, wall.date().isoformat(), minutes, *folds)
    """

  private func ask() throws -> [[Substring]] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.python)
    process.arguments = ["-c", Self.script]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try #require(try pipe.fileHandleForReading.readToEnd())
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: " ")
    }
  }

  private static func havePython() -> Bool {
    if FileManager.default.isExecutableFile(atPath: python) { return true }
    print("SKIPPED (needs \(python)): the comparison with zoneinfo")
    return false
  }

  @Test(.enabled(if: havePython())) func zoneinfoSaysTheSame() throws {
    var (instants, unique, skipped, repeated) = (0, 0, 0, 0)
    for row in try ask() {
      let zone = try Zone(String(row[1]))
      if row[0] == "I" {
        let local = zone.local(at: Instant(secondsSinceEpoch: try #require(Int64(row[2]))))
        let expected = (try #require(Int(row[3])), String(row[4]))
        if (local.offsetSeconds, local.abbreviation) != expected {
          Issue.record("\(row): \(local)")
        }
        instants += 1
        continue
      }
      let date = try #require(CivilDate(iso: row[2]))
      let minutes = try #require(Int(row[3]))
      let wall = Int64(date.daysSinceEpoch) * 86_400 + Int64(minutes) * 60
      let first = Instant(secondsSinceEpoch: wall - (try #require(Int64(row[4]))))
      let second = Instant(secondsSinceEpoch: wall - (try #require(Int64(row[5]))))
      switch zone.resolve(date, try #require(TimeOfDay(minutes: minutes))) {
      case .unique(let instant):
        unique += 1
        if first != instant || second != instant { Issue.record("\(row): unique \(instant)") }
      case .skipped(let before, _, let after):
        skipped += 1
        if (first, second) != (before, after) || before <= after {
          Issue.record("\(row): skipped \(before) \(after)")
        }
      case .repeated(let before, _, let after):
        repeated += 1
        if (first, second) != (before, after) || before >= after {
          Issue.record("\(row): repeated \(before) \(after)")
        }
      }
    }
    print(
      "compared \(instants) instants and \(unique) unique, \(skipped) skipped, \(repeated) repeated "
        + "wall times with zoneinfo")
    #expect(instants > 5000 && unique > 20_000 && skipped > 20 && repeated > 20)
  }
}
