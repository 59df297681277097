import CivilTime
import Foundation
import ProviderDirectory
import Scheduling
import TestSupport
import Testing

/// Random schedules and practices put to a Python program that walks the time line minute by
/// minute and asks `zoneinfo` what the clock shows.
@Suite struct ZoneinfoOracleTests {
  @Test(.enabled(if: PythonOracle.python != nil, "SKIPPED (needs python3)"))
  func randomSchedulesGiveTheSameSlots() throws {
    let seeds = 1000..<1160 as Range<UInt64>
    let cases = try seeds.map { try RandomCase(seed: $0) }
    let answers = try answers(cases.map(Question.init))
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

  @Test(.enabled(if: PythonOracle.python != nil, "SKIPPED (needs python3)"))
  func randomPracticesGiveTheSameSlots() throws {
    let seeds = 3000..<3100 as Range<UInt64>
    let cases = try seeds.map { try RandomPractice(seed: $0) }
    let answers = try answers(cases.map(Question.init))
    var slotCount = 0
    for (index, it) in cases.enumerated() {
      let mine = slots(in: it.schedule, busy: it.busy, rooms: it.rooms, now: it.now)
        .map { Answer($0) }
      slotCount += mine.count
      #expect(
        mine == answers[index],
        "seed \(seeds.lowerBound + UInt64(index)), \(it.zoneName), now \(it.now)")
    }
    #expect(slotCount > 500)
  }

  private func answers(_ questions: [Question]) throws -> [[Answer]] {
    struct Asked: Encodable {
      let `do` = "answer"
      let questions: [Question]
    }
    let output = try PythonOracle.ask(Asked(questions: questions))
    let answers = try JSONDecoder().decode([[Answer]].self, from: output)
    try #require(answers.count == questions.count)
    return answers
  }

  struct Answer: Codable, Equatable {
    let start: Int64
    let minutes: Int
    let type: String
    let kind: String

    init(_ slot: Slot) {
      start = slot.start.secondsSinceEpoch
      minutes = slot.id.minutes
      type = slot.visitType.rawValue
      kind = slot.kind?.description ?? ""
    }
  }
}

private struct Question: Encodable {
  struct Hours: Encodable {
    var weekday: Int?
    let from, to: String
    let minutes, step: Int
    let type: String
    let kinds: [String]
    var validFrom, validUntil: String?
    var weeks = 1
    var replaces = false

    init(_ offers: OfferedVisits, from: String, to: String) {
      self.from = from
      self.to = to
      minutes = offers.slotMinutes
      step = offers.stepMinutes
      type = offers.visitType.rawValue
      kinds = offers.kinds.map(\.description)
    }
  }
  struct Kind: Encodable {
    let minutes: Int
    let type: String
    let before, after: Int
    let room: String?
  }
  struct Own: Encodable {
    let start: Int64
    let minutes: Int
    let type: String
    let kind: String?

    enum CodingKeys: CodingKey { case start, minutes, type, kind }

    /// With `kind` even where there is none.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(start, forKey: .start)
      try container.encode(minutes, forKey: .minutes)
      try container.encode(type, forKey: .type)
      try container.encode(kind, forKey: .kind)
    }
  }
  struct Claim: Encodable {
    let start, end, before, after: Int64
    let role: String?
    let own: Own?

    enum CodingKeys: CodingKey { case start, end, before, after, role, own }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(start, forKey: .start)
      try container.encode(end, forKey: .end)
      try container.encode(before, forKey: .before)
      try container.encode(after, forKey: .after)
      try container.encode(role, forKey: .role)
      try container.encode(own, forKey: .own)
    }

    init(_ busy: Busy) {
      start = busy.start.secondsSinceEpoch
      end = busy.end.secondsSinceEpoch
      before = busy.beforeSeconds
      after = busy.afterSeconds
      role = busy.role.map { "\($0)" }
      own = busy.ownHold.map {
        Own(
          start: $0.start.secondsSinceEpoch, minutes: $0.minutes, type: $0.visitType.rawValue,
          kind: $0.kind?.description)
      }
    }
  }
  struct Door: Encodable {
    let id: Int64
    let kind: String
  }
  struct Use: Encodable {
    let room: Int64
    let claim: Claim
  }

  let zone: String
  let role: String
  let now: Int64
  let notice: Int64
  let horizon: Int
  let perDay, perWeek: Int?
  var blocks: [Hours] = []
  var extra: [Hours] = []
  var away: [[String]] = []
  let busy: [Claim]
  let rooms: [Door]
  var roomUses: [Use] = []
  let kinds: [String: Kind]
  let holidays: [String]
  let travel: [String: Int]
  var dates: [String]?
  var times: [Int]?
  var type: String?
  var limit: Int?

  init(_ it: RandomCase) {
    self.init(it.schedule, it.zoneName, it.busy, it.now)
    dates = it.request.dates.map { ["\($0.lowerBound)", "\($0.upperBound)"] }
    times = it.request.times.map { [$0.lowerBound.minutes, $0.upperBound.minutes] }
    type = it.request.visitType?.rawValue
    limit = it.request.limit
  }

  init(_ it: RandomPractice) {
    self.init(it.schedule, it.zoneName, it.busy, it.now)
    roomUses = it.rooms.map { Use(room: $0.room, claim: Claim($0.claim)) }
  }

  private init(_ schedule: Schedule, _ zoneName: String, _ claims: [Busy], _ moment: Instant) {
    zone = zoneName
    role = "\(schedule.role)"
    now = moment.secondsSinceEpoch
    notice = schedule.rules.minimumNoticeSeconds
    horizon = schedule.rules.horizonDays
    perDay = schedule.rules.visitsPerDay
    perWeek = schedule.rules.visitsPerWeek
    busy = claims.map(Claim.init)
    let practice = schedule.practice
    rooms = practice.rooms.map { Door(id: $0.id, kind: "\($0.kind)") }
    kinds = Dictionary(
      uniqueKeysWithValues: practice.kinds.map { kind in
        (
          "\(kind.id)",
          Kind(
            minutes: kind.minutes, type: kind.visitType.rawValue,
            before: kind.bufferBeforeMinutes, after: kind.bufferAfterMinutes,
            room: kind.roomKind?.description)
        )
      })
    holidays = practice.holidays.map { "\($0.date)" }
    travel = Dictionary(
      uniqueKeysWithValues: practice.travelMinutes.map { ("\($0.key)", $0.value) })
    blocks = schedule.blocks.map { block in
      var hours = Hours(block.offers, from: "\(block.start)", to: "\(block.end)")
      hours.weekday = block.weekday.rawValue
      hours.validFrom = block.validFrom.map { "\($0)" }
      hours.validUntil = block.validUntil.map { "\($0)" }
      hours.weeks = block.everyWeeks
      return hours
    }
    for exception in schedule.exceptions {
      let (from, to) = ("\(exception.from)", "\(exception.to)")
      guard let offers = exception.hours else {
        away.append([from, to])
        continue
      }
      var hours = Hours(offers, from: from, to: to)
      if case .replacementHours = exception.kind { hours.replaces = true }
      extra.append(hours)
    }
  }
}
