import CivilTime
import ProviderDirectory
import Scheduling
import TestSupport

/// A made-up practice with everything a practice may set: kinds of visits, buffers, rooms,
/// holidays, replacement hours, ways between sites, limits of visits, others' claims and one's own
/// holds.
struct RandomPractice: Sendable {
  static let kindNames = ["new-patient", "follow-up", "video"].map { ShortName($0)! }
  static let roomKinds = ["exam", "scan"].map { ShortName($0)! }
  static let elsewhere = RoleID(npi: drLee.npi, site: SiteKey("000001")!)
  static let farAway = RoleID(npi: drLee.npi, site: SiteKey("000002")!)

  let zoneName: String
  let schedule: Schedule
  let busy: [Busy]
  let rooms: [RoomUse]
  let patientBusy: [Busy]
  let now: Instant

  init(seed: UInt64) throws {
    let plain = try RandomCase(seed: seed)
    var random = SeededGenerator(seed: seed ^ 0xabcdef)
    zoneName = plain.zoneName
    now = plain.now
    let today = plain.schedule.zone.local(at: now).date
    func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
    let blocks = try plain.schedule.blocks.map { block in
      let cycle = oneIn(4) ? Int.random(in: 2...3, using: &random) : 1
      let from = today.adding(days: -.random(in: 0...30, using: &random))
      return try ScheduleBlock(
        weekday: block.weekday, start: block.start, end: block.end,
        offers: try Self.offers(block.offers, &random),
        validFrom: cycle > 1 ? block.validFrom ?? from : block.validFrom,
        validUntil: block.validUntil, everyWeeks: cycle)
    }
    let exceptions = try plain.schedule.exceptions.map { exception in
      guard let hours = exception.hours else { return exception }
      let offers = try Self.offers(hours, &random)
      return try ScheduleException(
        oneIn(2) ? .replacementHours(offers) : .extraHours(offers), from: exception.from,
        to: exception.to)
    }
    let roomCount = Int.random(in: 0...4, using: &random)
    let rules = plain.schedule.rules
    schedule = Schedule(
      role: drLee, zone: plain.schedule.zone, blocks: blocks, exceptions: exceptions,
      rules: try BookingRules(
        minimumNoticeSeconds: rules.minimumNoticeSeconds, horizonDays: rules.horizonDays,
        visitsPerDay: oneIn(3) ? .random(in: 1...4, using: &random) : nil,
        visitsPerWeek: oneIn(3) ? .random(in: 1...8, using: &random) : nil),
      practice: Practice(
        kinds: try Self.kinds(&random),
        holidays: (0..<4).filter { _ in oneIn(6) }.map {
          Holiday(date: today.adding(days: $0), name: "a day off")
        },
        rooms: (0..<roomCount).map {
          Room(
            id: Int64($0), kind: Self.roomKinds.randomElement(using: &random)!, number: 9 - $0)
        },
        travelMinutes: oneIn(2) ? [Self.farAway: .random(in: 1...12, using: &random) * 10] : [:]))
    let claims = Self.claims(now, schedule, &random)
    busy = claims
    patientBusy = plain.busy.prefix(3).map { $0 }
    rooms = Self.claims(now, schedule, &random).filter { _ in roomCount > 0 }.map {
      RoomUse(room: .random(in: 0..<Int64(roomCount), using: &random), claim: $0)
    }
  }

  private static func offers(
    _ plain: OfferedVisits, _ random: inout SeededGenerator
  ) throws -> OfferedVisits {
    let named = Bool.random(using: &random)
    let count = Int.random(in: 1...3, using: &random)
    return try OfferedVisits(
      slotMinutes: plain.slotMinutes,
      stepMinutes: Bool.random(using: &random)
        ? Int.random(in: 1...12, using: &random) * 5 : nil,
      visitType: plain.visitType,
      kinds: named ? Array(kindNames.shuffled(using: &random).prefix(count)) : [])
  }

  private static func kinds(_ random: inout SeededGenerator) throws -> [VisitKind] {
    // One may be missing: hours may name a kind that the practice has given up.
    try kindNames.filter { _ in Int.random(in: 0..<5, using: &random) > 0 }.map { id in
      try VisitKind(
        id: id, name: "\(id)", visitType: .allCases.randomElement(using: &random)!,
        minutes: Int.random(in: 1...12, using: &random) * 5,
        bufferBeforeMinutes: [0, 0, 5, 10, 30].randomElement(using: &random)!,
        bufferAfterMinutes: [0, 0, 5, 15, 240].randomElement(using: &random)!,
        roomKind: Int.random(in: 0..<3, using: &random) == 0
          ? roomKinds.randomElement(using: &random)! : nil)
    }
  }

  /// In any order; some at other sites, some with buffers, some the asker's own holds.
  private static func claims(
    _ now: Instant, _ schedule: Schedule, _ random: inout SeededGenerator
  ) -> [Busy] {
    let minute = now.secondsSinceEpoch / 300 * 5
    let offered = slots(in: schedule, busy: [], now: now).shuffled(using: &random)
    return (0..<Int.random(in: 0...9, using: &random)).map { number in
      let buffers = [0, 0, 300, 900].randomElement(using: &random)! as Int64
      if number < offered.count, Int.random(in: 0..<3, using: &random) == 0 {
        let slot = offered[number]
        return Busy(
          start: slot.start, end: slot.end, beforeSeconds: buffers, role: drLee,
          ownHold: Bool.random(using: &random) ? slot.id : nil)
      }
      let start = minute + Int64.random(in: -400...1400, using: &random) * 5
      let length = Int64.random(in: 1...20, using: &random) * 5
      return Busy(
        start: Instant(secondsSinceEpoch: start * 60),
        end: Instant(secondsSinceEpoch: (start + length) * 60), beforeSeconds: buffers,
        afterSeconds: [0, 600].randomElement(using: &random)!,
        role: [drLee, elsewhere, farAway].randomElement(using: &random)!)
    }
  }
}
