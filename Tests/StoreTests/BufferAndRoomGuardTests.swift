import Foundation
import GRDB
import ProviderDirectory
import StoreTestSupport
import TestSupport
import Testing

@testable import Store

/// Buffers and rooms against a connection that goes around the program.
@Suite struct BufferAndRoomGuardTests {
  let clinic: TestClinic
  let store: Store
  let one = TestClinic.role(person: 1)
  let oneElsewhere = TestClinic.role(person: 1, site: 2)
  let two = TestClinic.role(person: 2)
  let nine = TestClinic.start.secondsSinceEpoch + 3600

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
    for role in [one, oneElsewhere, two] { try clinic.list(role) }
    for patient in 1...3 {
      try clinic.stray(
        """
        INSERT INTO patient VALUES (\(patient), x'00', x'00', x'00', x'00',
          CAST(printf('%032d', \(patient)) AS BLOB), zeroblob(32), 1)
        """)
    }
    try clinic.stray(
      """
      INSERT INTO room (room_id, site, kind, number)
      VALUES (7, 1, 'exam', 1), (8, 1, 'exam', 2), (9, 2, 'exam', 1)
      """)
  }

  private func insert(
    _ id: Int, _ role: RoleID, at minute: Int64, minutes: Int64 = 30, before: Int64 = 0,
    after: Int64 = 0, room: Int? = nil, state: String = "held", verb: String = "INSERT"
  ) throws {
    let start = nine + minute * 60
    try clinic.stray(
      """
      \(verb) INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state, patient_id,
        session_hash, hold_expires_at, wall_date, wall_minute, time_zone, tzdata_version,
        created_at, changed_at, changed_by, before_s, after_s, room_id)
      VALUES (\(id), \(role.npi), \(role.rawValue), \(start), \(start + minutes * 60), 'in-person',
        '\(state)', \(id % 3 + 1), zeroblob(32), \(start), 0, 0, 'UTC', '2026f', 1, 1, 'shell',
        \(before * 60), \(after * 60), \(room.map { "\($0)" } ?? "NULL"))
      """)
  }

  private func refused(_ guarded: ClaimGuard, _ body: () throws -> Void) {
    let error = #expect(throws: DatabaseError.self) { try body() }
    #expect(error?.message == guarded.rawValue)
  }

  struct Pair: Sendable {
    /// The first visit is from 9:00 to 9:30.
    var buffers: (before: Int64, after: Int64)
    var minute: Int64
    var own: (before: Int64, after: Int64)
    var fits: Bool
  }

  static let pairs: [Pair] = [
    Pair(buffers: (0, 10), minute: 30, own: (0, 0), fits: false),
    Pair(buffers: (0, 10), minute: 40, own: (0, 0), fits: true),
    Pair(buffers: (0, 10), minute: 40, own: (5, 0), fits: false),
    Pair(buffers: (0, 10), minute: 45, own: (5, 0), fits: true),
    Pair(buffers: (10, 0), minute: -30, own: (0, 0), fits: false),
    Pair(buffers: (10, 0), minute: -40, own: (0, 0), fits: true),
    Pair(buffers: (0, 0), minute: 30, own: (0, 240), fits: true),
    Pair(buffers: (0, 0), minute: 260, own: (240, 0), fits: false),
    Pair(buffers: (0, 0), minute: 270, own: (240, 0), fits: true),
    Pair(buffers: (0, 240), minute: 490, own: (240, 0), fits: false),
    Pair(buffers: (0, 240), minute: 510, own: (240, 0), fits: true),
    Pair(buffers: (240, 0), minute: -490, own: (0, 240), fits: false),
  ]

  /// Of the person at any site, and of the room whoever is in it.
  @Test(arguments: 0..<pairs.count) func buffersOfBothCount(number: Int) throws {
    let pair = Self.pairs[number]
    for (role, room, guarded) in [
      (one, nil, ClaimGuard.practitionerOverlap),
      (oneElsewhere, nil, .practitionerOverlap), (two, 7, .roomOverlap),
    ] {
      let it = try BufferAndRoomGuardTests()
      try it.insert(
        1, one, at: 0, before: pair.buffers.before, after: pair.buffers.after, room: 7)
      let second = {
        try it.insert(
          2, role, at: pair.minute, before: pair.own.before, after: pair.own.after, room: room)
      }
      if pair.fits { try second() } else { it.refused(guarded, second) }
    }
  }

  @Test func aRoomIsTakenWhoeverIsInIt() throws {
    try insert(1, one, at: 0, room: 7)
    for verb in ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"] {
      refused(.roomOverlap) { try insert(2, two, at: 15, room: 7, verb: verb) }
    }
    try insert(2, two, at: 15, room: 8)
    refused(.roomOverlap) { try clinic.stray("UPDATE claim SET room_id = 7 WHERE claim_id = 2") }
    try clinic.stray("UPDATE claim SET state = 'released' WHERE claim_id = 1")
    try clinic.stray("UPDATE claim SET room_id = 7 WHERE claim_id = 2")
    try clinic.stray("UPDATE claim SET state = 'booked' WHERE claim_id = 2")
  }

  @Test func aRoomIsWhereItsVisitsAre() throws {
    refused(.roomElsewhere) { try insert(1, one, at: 0, room: 9) }
    refused(.roomElsewhere) { try insert(1, one, at: 0, room: 99) }
    refused(.roomMoved) { try clinic.stray("UPDATE room SET site = 2 WHERE room_id = 8") }
    try insert(1, oneElsewhere, at: 0, room: 9)
  }

  @Test func buffersAndKindNeverChange() throws {
    try insert(1, one, at: 0, before: 10)
    for change in ["kind = 'x'", "before_s = 0", "after_s = 60"] {
      refused(.fixedColumn) { try clinic.stray("UPDATE claim SET \(change)") }
    }
    #expect(throws: DatabaseError.self) { try insert(2, two, at: 0, after: 241) }
  }

  @Test func theGuardsUseTheirIndexes() throws {
    let plans = try store.read { transaction in
      try ["npi", "room_id"].map { column in
        try Row.fetchAll(
          transaction.db,
          sql: """
            EXPLAIN QUERY PLAN SELECT 1 FROM claim WHERE \(column) = ?
              AND \(ClaimSchema.live) AND starts_at < ? AND starts_at > ?
              AND starts_at - before_s < ? AND ends_at + after_s > ?
            """, arguments: [1, 1, 1, 1, 1]
        ).map { $0["detail"] as String }.joined(separator: "; ")
      }
    }
    #expect(
      plans == [
        "SEARCH claim USING INDEX claim_live (npi=? AND starts_at>? AND starts_at<?)",
        "SEARCH claim USING INDEX claim_room (room_id=? AND starts_at>? AND starts_at<?)",
      ])
  }

  /// A home of the first version, with hours, an exception and a visit in it, opens as it was.
  @Test func aHomeOfTheFirstVersionIsBroughtUpToDate() throws {
    let scratch = try ScratchDirectory()
    let old = try TestClinic(in: scratch.path)
    try FileManager.default.createDirectory(
      atPath: old.home.path, withIntermediateDirectories: true)
    let queue = try DatabaseQueue(path: old.home.databasePath)
    try queue.inDatabase { db in
      for statement in Migrations.all[0] { try db.execute(sql: statement) }
      try db.execute(sql: "PRAGMA application_id = \(Connection.applicationID)")
      try db.execute(sql: "PRAGMA user_version = 1")
    }
    try queue.close()
    try old.list(one)
    try old.stray(
      """
      INSERT INTO patient VALUES (1, x'00', x'00', x'00', x'00', zeroblob(32), zeroblob(32), 1);
      INSERT INTO schedule_block VALUES (\(one.rawValue), 0, 1, 540, 600, 30, 'in-person', NULL,
        NULL, 1);
      INSERT INTO schedule_exception VALUES (\(one.rawValue), 0, 'extra-hours', 20000, 540, 20000,
        600, 20, 'telehealth', 1);
      INSERT INTO claim (claim_id, npi, role_id, starts_at, ends_at, visit_type, state, patient_id,
        session_hash, wall_date, wall_minute, time_zone, tzdata_version, created_at, changed_at,
        changed_by)
      VALUES (1, \(one.npi), \(one.rawValue), \(nine), \(nine + 1800), 'in-person', 'booked', 1,
        zeroblob(32), 0, 0, 'UTC', '2026f', 1, 1, 'shell');
      """)
    let store = try old.open()
    let (schedule, claim) = try store.read { transaction in
      (try transaction.schedule(of: one), try transaction.claim(ClaimID(rawValue: 1)!))
    }
    #expect(schedule?.blocks.first?.offers.stepMinutes == 30)
    #expect(schedule?.exceptions.first?.hours?.stepMinutes == 20)
    #expect(claim?.slot.kind == nil && claim?.room == nil && claim?.beforeSeconds == 0)
    #expect(try old.count("PRAGMA user_version") == Migrations.all.count)
  }
}
