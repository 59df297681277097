import CivilTime
import Foundation
import ProviderDirectory
import Scheduling
import TestSupport
import Testing

/// The same questions put to a program that shares nothing with this one: Python's zoneinfo,
/// walking the time line minute by minute and asking of each what the clock shows.
@Suite struct ZoneinfoOracleTests {
  static let python: URL? = {
    let found = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    if found == nil { print("SKIPPED (needs python3): slots compared with zoneinfo") }
    return found.map { URL(fileURLWithPath: $0) }
  }()

  @Test(.enabled(if: python != nil, "SKIPPED (needs python3)"))
  func randomSchedulesGiveTheSameSlots() throws {
    let seeds = 1000..<1160 as Range<UInt64>
    let cases = try seeds.map { try RandomCase(seed: $0) }
    let input = try JSONEncoder().encode(cases.map(Question.init))
    let answers = try JSONDecoder().decode([[Answer]].self, from: try ask(input))
    try #require(answers.count == cases.count)
    var slotCount = 0
    for (index, it) in cases.enumerated() {
      let mine = slots(in: it.schedule, matching: it.request, busy: it.busy, now: it.now)
        .map { Answer($0) }
      slotCount += mine.count
      #expect(
        mine == answers[index],
        "seed \(seeds.lowerBound + UInt64(index)), \(it.zoneName), now \(it.now)")
    }
    #expect(slotCount > 500)
  }

  private func ask(_ input: Data) throws -> Data {
    let process = Process()
    process.executableURL = Self.python
    process.arguments = ["-c", program]
    let stdin = Pipe()
    let stdout = Pipe()
    process.standardInput = stdin
    process.standardOutput = stdout
    try process.run()
    let writer = Thread {
      stdin.fileHandleForWriting.write(input)
      try! stdin.fileHandleForWriting.close()
    }
    writer.start()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return output
  }

  struct Answer: Codable, Equatable {
    let start: Int64
    let minutes: Int
    let type: String

    init(_ slot: Slot) {
      start = slot.start.secondsSinceEpoch
      minutes = slot.id.minutes
      type = slot.visitType.rawValue
    }
  }
}

private struct Question: Encodable {
  struct Hours: Encodable {
    let weekday: Int?
    let from: String
    let to: String
    let minutes: Int
    let type: String
    let validFrom: String?
    let validUntil: String?
  }

  let zone: String
  let now: Int64
  let notice: Int64
  let horizon: Int
  var blocks: [Hours] = []
  var extra: [Hours] = []
  var away: [[String]] = []
  let busy: [[Int64]]
  let dates: [String]?
  let times: [Int]?
  let type: String?
  let limit: Int?

  init(_ it: RandomCase) {
    zone = it.zoneName
    now = it.now.secondsSinceEpoch
    notice = it.schedule.rules.minimumNoticeSeconds
    horizon = it.schedule.rules.horizonDays
    busy = it.busy.map { [$0.start.secondsSinceEpoch, $0.end.secondsSinceEpoch] }
    dates = it.request.dates.map { ["\($0.lowerBound)", "\($0.upperBound)"] }
    times = it.request.times.map { [$0.lowerBound.minutes, $0.upperBound.minutes] }
    type = it.request.visitType?.rawValue
    limit = it.request.limit
    blocks = it.schedule.blocks.map { block in
      Hours(
        weekday: block.weekday.rawValue, from: "\(block.start)", to: "\(block.end)",
        minutes: block.slotMinutes, type: block.visitType.rawValue,
        validFrom: block.validFrom.map { "\($0)" }, validUntil: block.validUntil.map { "\($0)" })
    }
    for exception in it.schedule.exceptions {
      let from = "\(exception.from)"
      let to = "\(exception.to)"
      switch exception.kind {
      case .timeOff: away.append([from, to])
      case .extraHours(let minutes, let visitType):
        extra.append(
          Hours(
            weekday: nil, from: from, to: to, minutes: minutes, type: visitType.rawValue,
            validFrom: nil, validUntil: nil))
      }
    }
  }
}

private let program = #"""
  import json, sys
  from datetime import date, datetime, timedelta, timezone
  from zoneinfo import ZoneInfo

  def clock(text):
      hours, minutes = text.split(":")
      return timedelta(hours=int(hours), minutes=int(minutes))

  def answer(q):
      zone = ZoneInfo(q["zone"])
      def wall(t):
          return datetime.fromtimestamp(t, timezone.utc).astimezone(zone).replace(tzinfo=None)
      now = q["now"]
      today = wall(now).date()
      first = now // 60 * 60 - 3 * 86400
      count = (q["horizon"] + 7) * 1440
      shown = [wall(first + 60 * i) for i in range(count)]

      windows = []
      for day in (today + timedelta(days=n) for n in range(-2, q["horizon"] + 3)):
          midnight = datetime.combine(day, datetime.min.time())
          for b in q["blocks"]:
              if b["weekday"] != day.isoweekday(): continue
              if b.get("validFrom") and day < date.fromisoformat(b["validFrom"]): continue
              if b.get("validUntil") and day > date.fromisoformat(b["validUntil"]): continue
              start, end = clock(b["from"]), clock(b["to"])
              if end < start: end += timedelta(days=1)
              windows.append((midnight + start, midnight + end, b["minutes"], b["type"]))
      def moment(text):
          day, time = text.split("T")
          return datetime.fromisoformat(day) + clock(time[:5])
      for b in q["extra"]:
          windows.append((moment(b["from"]), moment(b["to"]), b["minutes"], b["type"]))

      gone = set()
      for start, end in q["busy"]:
          gone.update(range(start // 60, end // 60))
      for start, end in q["away"]:
          start, end = moment(start), moment(end)
          since = [i for i in range(count) if shown[i] >= start]
          until = [i for i in range(count) if shown[i] < end]
          if since and until:
              gone.update(first // 60 + i for i in range(since[0], until[-1] + 1))

      found = set()
      for start, end, minutes, kind in windows:
          inside = [start <= w < end for w in shown]
          for i in range(count - minutes):
              if not inside[i]: continue
              t, w = first + 60 * i, shown[i]
              if (w - start).total_seconds() % (minutes * 60): continue
              if not all(inside[i:i + minutes]): continue
              if any(first // 60 + i + k in gone for k in range(minutes)): continue
              if t <= now or t < now + q["notice"]: continue
              if w.date() > today + timedelta(days=q["horizon"]): continue
              if q.get("dates") and not q["dates"][0] <= str(w.date()) <= q["dates"][1]: continue
              if q.get("times"):
                  minute = w.hour * 60 + w.minute
                  if not q["times"][0] <= minute < q["times"][1]: continue
              if q.get("type") and kind != q["type"]: continue
              found.add((t, minutes, kind))
      found = sorted(found)
      if q.get("limit") is not None: found = found[:q["limit"]]
      return [{"start": t, "minutes": m, "type": k} for t, m, k in found]

  print(json.dumps([answer(q) for q in json.load(sys.stdin)]))
  """#
