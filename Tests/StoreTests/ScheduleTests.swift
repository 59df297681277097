import CivilTime
import ProviderDirectory
import Scheduling
import StoreTestSupport
import Testing
import TestSupport

@testable import Store

@Suite struct ScheduleTests {
  let clinic: TestClinic
  let store: Store

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
  }

  private func randomBlocks(_ generator: inout SeededGenerator) throws -> [ScheduleBlock] {
    try (0..<Int.random(in: 0...8, using: &generator)).map { _ in
      let start = Int.random(in: 0...1439, using: &generator)
      var end = Int.random(in: 0...1440, using: &generator)
      if end == start { end = start + 1 }
      let length = end > start ? end - start : end + 1440 - start
      let from = CivilDate(daysSinceEpoch: Int32.random(in: 20_000...21_000, using: &generator))
      return try ScheduleBlock(
        weekday: Weekday.allCases.randomElement(using: &generator)!,
        start: TimeOfDay(minutes: start)!, end: TimeOfDay(minutes: end)!,
        slotMinutes: Int.random(in: 1...length, using: &generator),
        visitType: VisitType.allCases.randomElement(using: &generator)!,
        validFrom: Bool.random(using: &generator) ? from : nil,
        validUntil: Bool.random(using: &generator) ? from.adding(days: 100) : nil)
    }
  }

  private func randomExceptions(
    _ generator: inout SeededGenerator
  ) throws -> [ScheduleException] {
    try (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      let date = CivilDate(daysSinceEpoch: Int32.random(in: 20_000...21_000, using: &generator))
      let start = Int.random(in: 0...1000, using: &generator)
      let length = Int.random(in: 1...400, using: &generator)
      let kind: ScheduleException.Kind =
        Bool.random(using: &generator)
        ? .timeOff
        : try .extraHours(
          slotMinutes: Int.random(in: 1...length, using: &generator), visitType: .telehealth)
      return try ScheduleException(
        kind, from: CivilDateTime(date: date, time: TimeOfDay(minutes: start)!)!,
        to: CivilDateTime(date: date, time: TimeOfDay(minutes: start + length)!)!)
    }
  }

  @Test func schedulesComeBackAsWritten() throws {
    let seed: UInt64 = 20_261_123
    var generator = SeededGenerator(seed: seed)
    let zones = ["America/New_York", "America/Los_Angeles", "Pacific/Honolulu"]
    var written: [RoleID: ([ScheduleBlock], [ScheduleException], String)] = [:]
    for person in 1...60 {
      let role = TestClinic.role(person: Int64(person))
      let zone = zones[person % 3]
      try clinic.list(role, zone: zone)
      // Twice, so that the second takes the first's place.
      for _ in 0..<2 {
        let blocks = try randomBlocks(&generator)
        let exceptions = try randomExceptions(&generator)
        try store.write {
          try $0.replaceSchedule(of: role, blocks: blocks, exceptions: exceptions, run: 1)
        }
        written[role] = (blocks, exceptions, zone)
      }
    }
    let unlisted = TestClinic.role(person: 100)
    try clinic.list(unlisted, listed: false)
    let unknown = TestClinic.role(person: 101)
    let read = try store.read {
      try $0.schedules(of: written.keys.shuffled(using: &generator) + [unlisted, unknown])
    }
    #expect(read.count == written.count, "seed \(seed)")
    for (role, (blocks, exceptions, zone)) in written {
      let schedule = try #require(read[role])
      #expect(schedule.role == role)
      #expect(schedule.blocks == blocks, "seed \(seed)")
      #expect(schedule.exceptions == exceptions, "seed \(seed)")
      #expect(schedule.zone.name == zone)
    }
    #expect(try store.read { try $0.schedules(of: []) }.isEmpty)
  }

  @Test func zoneThatTheSystemLacksIsNamed() throws {
    let role = TestClinic.role(person: 1)
    try clinic.list(role, zone: "America/Atlantis")
    let error = #expect(throws: StoreError.self) {
      try store.read { try $0.schedule(of: role) }
    }
    #expect(error?.message.contains("America/Atlantis") == true)
    #expect(error?.message.contains(role.description) == true)
  }

  /// Against a scan of all claims in memory.
  @Test func busyTimesAreTheLiveClaims() throws {
    let seed: UInt64 = 7
    var generator = SeededGenerator(seed: seed)
    try clinic.stray(
      "INSERT INTO patient VALUES (1, x'00', x'00', x'00', x'00', zeroblob(32), zeroblob(32), 1)")
    let people = (1...5).map { TestClinic.role(person: Int64($0)) }
    try clinic.add(people, to: store)
    let mine = [UInt8](repeating: 1, count: 32)
    let theirs = [UInt8](repeating: 2, count: 32)
    var claims: [Claim] = []
    try store.write { transaction in
      for number in 1...400 {
        let role = people.randomElement(using: &generator)!
        let minutes = [10, 30, 45, 240].randomElement(using: &generator)!
        let slot = SlotID(
          role: role,
          start: TestClinic.start.adding(
            seconds: 60 * Int64.random(in: 0...6000, using: &generator)),
          minutes: minutes, visitType: .inPerson)!
        let expiry = TestClinic.start.adding(seconds: Int64.random(in: -2...2, using: &generator))
        let claim = Claim(
          id: ClaimID(rawValue: Int64(number))!, slot: slot,
          state: Bool.random(using: &generator) ? .held : .booked, patient: PatientID(rawValue: 1)!,
          sessionHash: Bool.random(using: &generator) ? mine : theirs, holdExpiresAt: expiry,
          wall: CivilDateTime(date: CivilDate(daysSinceEpoch: 1), time: TimeOfDay(minutes: 1)!)!,
          timeZone: TestClinic.zone, tzdataVersion: "2026f", createdAt: transaction.now,
          changedAt: transaction.now, changedBy: "system")
        if try transaction.place(claim) == nil { claims.append(claim) }
      }
    }
    #expect(claims.count > 100, "seed \(seed)")
    let range = TestClinic.start.adding(seconds: 50_000)..<TestClinic.start.adding(seconds: 200_000)
    for session in [nil, mine] {
      let expected = claims.filter { claim in
        let isMine = claim.sessionHash == session
        let counts = claim.state == .booked || (claim.holdExpiresAt! > clinic.clock.now && !isMine)
        return counts && claim.slot.start < range.upperBound && range.lowerBound < claim.slot.end
      }
      let found = try store.read { transaction in
        try transaction.occupancy(
          of: Array(transaction.schedules(of: people).values), for: range, holdsOf: session)
      }
      for role in people {
        let wanted = expected.filter { $0.slot.role == role }
          .map { Busy(start: $0.slot.start, end: $0.slot.end) }.sorted { $0.start < $1.start }
        let others = found.busy(role).filter { $0.ownHold == nil }
        #expect(
          others.map { Busy(start: $0.start, end: $0.end) } == wanted, "seed \(seed)")
      }
    }
  }

  /// All that is known of each, whether somebody's own holds are asked for or nobody's; with the
  /// tables that practices fill empty, and in use.
  @Test(arguments: [false, true]) func whoAsksSeesTheSameVisits(hasKinds: Bool) throws {
    let (one, two) = (TestClinic.role(person: 1), TestClinic.role(person: 2))
    let elsewhere = TestClinic.role(person: 1, site: 2)
    try clinic.add([one, two, elsewhere], to: store)
    try clinic.stray(
      """
      INSERT INTO patient VALUES (1, x'00', x'00', x'00', x'00', zeroblob(32), zeroblob(32), 1);
      INSERT INTO room (room_id, site, kind, number) VALUES (7, 1, 'exam', 1);
      """)
    let kind = try VisitKind(
      id: ShortName("follow-up")!, name: "Follow-up", visitType: .inPerson, minutes: 30,
      bufferBeforeMinutes: 5, bufferAfterMinutes: 10, roomKind: ShortName("exam")!)
    if hasKinds { try store.write { try $0.put(kind, of: one) } }
    let sessions = [1, 2].map { [UInt8](repeating: $0, count: 32) }
    var placed: [Claim] = []
    try store.write { transaction in
      let roles = [one, two, elsewhere, one, one]
      for (index, role) in roles.enumerated() {
        let ofKind = hasKinds && role == one
        let start = TestClinic.start.adding(seconds: Int64(index + 1) * 7200)
        let claim = Claim(
          id: ClaimID(rawValue: Int64(index + 1))!,
          slot: SlotID(
            role: role, start: start, minutes: 30, visitType: .inPerson,
            kind: ofKind ? kind.id : nil)!,
          state: index < 3 ? .booked : .held, patient: PatientID(rawValue: 1)!,
          sessionHash: sessions[index % 2], holdExpiresAt: start,
          wall: CivilDateTime(date: CivilDate(daysSinceEpoch: 1), time: TimeOfDay(minutes: 1)!)!,
          timeZone: TestClinic.zone, tzdataVersion: "2026f",
          beforeSeconds: ofKind ? 300 : 0, afterSeconds: ofKind ? 600 : 0, room: ofKind ? 7 : nil,
          createdAt: transaction.now, changedAt: transaction.now, changedBy: "system")
        let refused = try transaction.place(claim)
        #expect(refused == nil)
        placed.append(claim)
      }
    }
    let day = TestClinic.start..<TestClinic.start.adding(seconds: 86_400)
    for session in [nil, sessions[0], sessions[1]] {
      let found = try store.read { transaction in
        try transaction.occupancy(
          of: Array(transaction.schedules(of: [one, two]).values), for: day, holdsOf: session)
      }
      func busy(_ claim: Claim) -> Busy {
        Busy(
          start: claim.slot.start, end: claim.slot.end, beforeSeconds: claim.beforeSeconds,
          afterSeconds: claim.afterSeconds, role: claim.slot.role,
          ownHold: claim.state == .held && claim.sessionHash == session ? claim.slot : nil)
      }
      #expect(found.busy(one) == placed.filter { $0.slot.role != two }.map(busy))
      #expect(found.busy(two) == placed.filter { $0.slot.role == two }.map(busy))
      let inRooms = placed.filter { $0.room != nil }
        .map { RoomUse(room: $0.room!, claim: busy($0)) }
      #expect(Set(found.rooms(one)) == Set(inRooms))
      #expect(inRooms.count == (hasKinds ? 3 : 0))
    }
  }
}
