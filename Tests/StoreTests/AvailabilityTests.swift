import CivilTime
import ProviderDirectory
import Scheduling
import StoreTestSupport
import TestSupport
import Testing

@testable import Store

/// The summary that searches look at first: the same hours as the tables, and gone, or an earlier
/// bound, in the transaction that changes what it says.
@Suite struct AvailabilityTests {
  let clinic: TestClinic
  let store: Store

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
  }

  private static func hours(_ generator: inout SeededGenerator) throws -> [ScheduleBlock] {
    let zero = CivilDate(iso: "2026-11-01")!
    return try (0..<Int.random(in: 0...6, using: &generator)).map { _ in
      let start = Int.random(in: 0...1438, using: &generator)
      let from = zero.adding(days: .random(in: 0...60, using: &generator))
      return try ScheduleBlock(
        weekday: .allCases.randomElement(using: &generator)!, start: TimeOfDay(minutes: start)!,
        end: TimeOfDay(minutes: .random(in: start + 1...1440, using: &generator))!,
        offers: try OfferedVisits(
          slotMinutes: 1,
          stepMinutes: Int.random(in: 0..<8, using: &generator) == 0 ? 20 : nil,
          visitType: .allCases.randomElement(using: &generator)!),
        validFrom: Bool.random(using: &generator) ? from : nil,
        validUntil: Bool.random(using: &generator) ? from.adding(days: 30) : nil)
    }
  }

  private static func exceptions(
    _ generator: inout SeededGenerator
  ) throws -> [ScheduleException] {
    try (0..<Int.random(in: 0...2, using: &generator)).map { _ in
      let from = CivilDate(iso: "2026-11-20")!.adding(days: .random(in: 0...20, using: &generator))
      let noon = TimeOfDay(minutes: 720)!
      if Int.random(in: 0..<5, using: &generator) == 0 {
        return try ScheduleException(
          try .extraHours(slotMinutes: 30, visitType: .inPerson),
          from: CivilDateTime(date: from, time: noon)!,
          to: CivilDateTime(date: from, time: TimeOfDay(minutes: 780)!)!)
      }
      return try ScheduleException(
        .timeOff, from: CivilDateTime(date: from, time: noon)!,
        to: CivilDateTime(date: from.adding(days: 3), time: noon)!)
    }
  }

  @Test func packedHoursAreThoseOfTheTables() throws {
    var generator = SeededGenerator(seed: 41)
    let roles = (1...80).map { TestClinic.role(person: $0) }
    for role in roles {
      try clinic.list(role, zone: ["America/New_York", "Pacific/Honolulu"].randomElement()!)
      let (blocks, away) = (try Self.hours(&generator), try Self.exceptions(&generator))
      try store.write {
        try $0.replaceSchedule(of: role, blocks: blocks, exceptions: away, run: 1)
      }
    }
    let away = try ScheduleException(
      .timeOff, from: CivilDateTime(date: CivilDate(iso: "2026-12-01")!, time: .startOfDay)!,
      to: CivilDateTime(date: CivilDate(iso: "2026-12-02")!, time: .startOfDay)!)
    _ = try store.write { try $0.addTimeOff(away, ofAllSitesOf: roles[0].npi) }
    #expect(try store.summarizeAvailability(batch: 7) > 15)
    #expect(try store.summarizeAvailability() == 0)
    try store.read { transaction in
      let (packed, plain) = (
        try transaction.schedules(of: roles, where: { _ in true }),
        try transaction.schedules(of: roles)
      )
      #expect(packed.count == roles.count)
      for role in roles {
        let (one, other) = (try #require(packed[role]), try #require(plain[role]))
        #expect(Set(one.blocks) == Set(other.blocks) && one.blocks.count == other.blocks.count)
        #expect(one.exceptions == other.exceptions)
        #expect(one.zone.name == other.zone.name && one.rules == other.rules)
      }
      let none = try transaction.schedules(of: roles, where: { _ in false })
      #expect(none.count < roles.count)
    }
  }

  private static func unpacked(_ bytes: some Sequence<UInt8>) -> PackedHours? {
    var hours = PackedHours()
    return Array(bytes).withUnsafeBytes { hours.read($0) } ? hours : nil
  }

  @Test func damagedBytesAreNoHours() throws {
    let block = try ScheduleBlock(
      weekday: .friday, start: TimeOfDay(minutes: 540)!, end: TimeOfDay(minutes: 600)!,
      slotMinutes: 20, visitType: .telehealth, validUntil: CivilDate(iso: "2026-12-01")!)
    let away = try ScheduleException(
      .timeOff, from: CivilDateTime(date: CivilDate(iso: "2026-11-20")!, time: .startOfDay)!,
      to: CivilDateTime(date: CivilDate(iso: "2026-11-21")!, time: .startOfDay)!)
    let bytes = try #require(PackedHours.pack([block], [away]))
    let whole = try #require(Self.unpacked(bytes))
    #expect(whole.blocks == [block] && whole.timeOff == [away])
    for count in 0..<bytes.count {
      #expect(Self.unpacked(bytes[..<count]) == nil)
    }
    #expect(Self.unpacked(bytes + [0]) == nil)
  }

  /// Of hours that are more than plain, when slots start in them.
  @Test func hoursThatAreMoreThanPlainHaveTheirStarts() throws {
    let kinds = try ScheduleBlock(
      weekday: .monday, start: TimeOfDay(minutes: 540)!, end: TimeOfDay(minutes: 600)!,
      offers: OfferedVisits(
        slotMinutes: 30, stepMinutes: 10, visitType: .inPerson, kinds: [ShortName("visit")!]),
      validFrom: CivilDate(iso: "2026-11-23")!, everyWeeks: 2)
    let night = CivilDate(iso: "2026-12-01")!
    let extra = try ScheduleException(
      try .extraHours(slotMinutes: 60, visitType: .telehealth),
      from: CivilDateTime(date: night, time: TimeOfDay(minutes: 1380)!)!,
      to: CivilDateTime(date: night.adding(days: 1), time: TimeOfDay(minutes: 120)!)!)
    let packed = try #require(PackedHours.pack([kinds], [extra]))
    let hours = try #require(Self.unpacked(packed))
    #expect(!hours.isWhole && hours.blocks == nil)
    let monday = CivilDate(iso: "2026-11-23")!
    #expect(
      hours.starts == [
        WeeklyHours(
          weekdays: 0b1, visitType: nil, startMinute: 540, endMinute: 600, stepMinutes: 10,
          firstDay: monday.daysSinceEpoch),
        WeeklyHours(
          weekdays: 0b10, visitType: .telehealth, startMinute: 1380, endMinute: 1560,
          stepMinutes: 60, firstDay: night.daysSinceEpoch, lastDay: night.daysSinceEpoch),
      ])
    for count in 0..<packed.count { #expect(Self.unpacked(packed[..<count]) == nil) }
  }

  @Test(arguments: [
    "UPDATE schedule_block SET end_min = 1000", "DELETE FROM schedule_block WHERE block_no = 0",
    "INSERT INTO schedule_block VALUES (#, 99, 1, 0, 60, 30, 'in-person', NULL, NULL, 1)",
    "INSERT INTO schedule_exception VALUES (#, 1, 'time-off', 0, 0, 9, 0, NULL, NULL, NULL, '', 1)",
    "INSERT INTO block_option VALUES (#, 1, 15, 1, '')", "UPDATE role SET listed = 0",
    "UPDATE role SET time_zone = 'Pacific/Honolulu'",
  ])
  func aChangeTakesTheRowAway(change: String) throws {
    let role = TestClinic.role(person: 1)
    try clinic.add([role], to: store)
    #expect(try store.summarizeAvailability() == 1)
    try clinic.stray(change.replacing("#", with: "\(role.rawValue)"))
    #expect(try clinic.count("SELECT count(*) FROM availability") == 0)
  }

  /// 9:00 and 9:30 are booked, so 10:00 is the first; once a visit is given up the bound is before
  /// it, at every site of the person.
  @Test func theBoundMovesWithVisitsGivenUp() throws {
    let sites: [RoleID] = [1, 2].map { TestClinic.role(person: 1, site: $0) }
    try clinic.add(sites, to: store)
    try clinic.stray(
      """
      INSERT INTO patient (patient_id, name_sealed, birth_date_sealed, email_sealed, phone_sealed,
        email_hash, phone_hash, created_at)
      VALUES (1, x'00', x'00', x'00', x'00', randomblob(32), randomblob(32), 0)
      """)
    for (number, minutes) in [0, 30].enumerated() {
      let slot = TestClinic.slot(sites[0], 9, minutes)
      try clinic.stray(
        """
        INSERT INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state,
          patient_id, session_hash, wall_date, wall_minute, time_zone, tzdata_version, created_at,
          changed_at, changed_by)
        VALUES (\(number + 1), \(slot.role.npi), \(slot.role.rawValue),
          \(slot.start.secondsSinceEpoch), \(slot.end.secondsSinceEpoch), 'in-person', 'booked', 1,
          randomblob(32), 0, 0, 'America/New_York', 'test', 0, 0, 'test')
        """)
    }
    try store.summarizeAvailability()
    let ten = TestClinic.slot(sites[0], 10).start
    #expect(try earliest(sites) == [ten, ten])
    try clinic.stray("UPDATE claim SET state = 'cancelled' WHERE claim_id = 2")
    #expect(try earliest(sites).allSatisfy { $0 <= TestClinic.slot(sites[0], 9, 30).start })
    // A clock that stands before the row was made learns nothing from it.
    try clinic.stray("UPDATE availability SET made_at = made_at + 1")
    #expect(try earliest(sites) == [TestClinic.start, TestClinic.start])
    #expect(try store.summarizeAvailability() == 2)
    #expect(try earliest(sites)[0] == TestClinic.slot(sites[0], 9, 30).start)
  }

  private func earliest(_ roles: [RoleID]) throws -> [Instant] {
    try store.read { transaction in
      var found: [Instant] = []
      try transaction.forEachOutlook(of: roles) { _, outlook in found.append(outlook.earliest) }
      return found
    }
  }

  @Test func aQueryEndsWhenItsTimeIsOver() throws {
    try store.read { transaction in
      let endless = """
        WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n)
        SELECT count(*) FROM n
        """
      var questions = 0
      func isOver() -> Bool {
        questions += 1
        return questions > 5
      }
      #expect(throws: QueryInterrupted.self) {
        try transaction.interrupting(when: isOver) {
          try transaction.forEachRow(endless, []) { _ in }
        }
      }
      // The transaction goes on.
      let listed = try transaction.listedRoleCount()
      #expect(listed == 0)
    }
  }
}
