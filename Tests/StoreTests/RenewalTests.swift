import CivilTime
import Foundation
import GRDB
import Privacy
import StoreTestSupport
import Testing

@testable import Store

/// What another data key renews besides what is sealed, and what changing keys does to those who are
/// at work meanwhile.
@Suite struct RenewalTests {
  let clinic: TestClinic
  let store: Store
  let vault: Vault
  let master: SealingKey

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
    vault = try Vault.open(for: store)
    master = try store.home.keyFile.load()
  }

  private var stale: StoreError { .keysChanged(path: store.home.databasePath) }

  private func email(_ number: Int) throws -> EmailAddress {
    try EmailAddress("ann\(number)@example.org")
  }

  private func register(_ numbers: ClosedRange<Int>, _ vault: Vault) throws {
    for number in numbers {
      let details = try PatientDetails(
        name: "Ann \(number)", birthDate: CivilDate(iso: "1980-02-29")!, email: email(number),
        phone: PhoneNumber("212-555-0147"))
      let patient = Patient(
        id: PatientID(rawValue: Int64(number))!, details: details, createdAt: clinic.clock.now)
      try store.write { try $0.insert(patient, by: .system, vault: vault) }
    }
  }

  private func addKey(_ vault: Vault) throws -> Vault {
    try store.addDataKey(master: master, by: .system, vault: vault)
  }

  private func found(_ vault: Vault, _ numbers: ClosedRange<Int>) throws -> [Int64?] {
    try store.read { transaction in
      try numbers.map {
        try transaction.patientID(withEmail: email($0), vault: vault)?.rawValue
      }
    }
  }

  /// Before, half-way through and after it patients are found, by the new key alone in the end.
  @Test func theBlindIndexIsRenewed() throws {
    try register(1...7, vault)
    try wait(1, for: "npi 1", vault)
    try store.write {
      try $0.set(
        SignInAttempts(count: 5, lockedUntil: clinic.clock.now.adding(seconds: 60)),
        under: "mona", vault: vault)
    }
    let before = try hashes()
    let fresh = try addKey(vault)
    #expect(try found(fresh, 1...8) == [1, 2, 3, 4, 5, 6, 7, nil])
    let phone = try PhoneNumber("212-555-0147")
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      // Patients come first.
      try store.reseal(vault: fresh, batch: 3) { _ in throw Stop() }
    }
    try register(8...8, fresh)
    #expect(try found(fresh, 1...9) == [1, 2, 3, 4, 5, 6, 7, 8, nil])
    #expect(try waiting(under: "npi 1", fresh) == 1)
    #expect(try store.reseal(vault: fresh, batch: 3) { _ in ["npi 1"] } == 1)
    #expect(try found(fresh, 1...9) == [1, 2, 3, 4, 5, 6, 7, 8, nil])
    #expect(
      try store.read { try $0.patientIDs(withPhone: phone, vault: fresh) }.map(\.rawValue)
        == Array(1...8))
    #expect(try waiting(under: "npi 1", fresh) == 1)
    #expect(try Set(hashes()).intersection(before) == [])
    // Nobody is to be found by the former key.
    #expect(try found(vault, 1...8) == Array(repeating: nil, count: 8))
    // A name that was closed stays so, and after a day its former hash goes.
    let attempts = try store.read { try $0.signInAttempts(under: "mona", vault: fresh) }
    #expect(attempts?.count == 5)
    clinic.clock.advance(seconds: 90_000)
    _ = try store.reseal(vault: fresh) { _ in [] }
    #expect(try clinic.count("SELECT count(*) FROM sign_in_attempt") == 0)
  }

  private func hashes() throws -> [Data] {
    try store.read { transaction in
      try [
        "SELECT email_hash FROM patient", "SELECT phone_hash FROM patient",
        "SELECT key_hash FROM waitlist_key",
      ].flatMap { try Data.fetchAll(transaction.db, sql: $0) }
    }
  }

  private func wait(_ patient: Int64, for key: String, _ vault: Vault) throws {
    let now = clinic.clock.now
    let id = WaitlistID(rawValue: 9)!
    let entry = WaitlistEntry(
      id: id, patient: PatientID(rawValue: patient)!,
      sessionHash: [UInt8](repeating: 0, count: 32), severity: .routine,
      sealedWish: try vault.seal(wish: "{}", of: id), replaces: nil, idempotencyKey: nil,
      createdAt: now, closesAt: now.adding(seconds: 200_000), changedAt: now)
    try store.write { transaction in
      try transaction.insert(entry, keys: [vault.hash(ofWishKey: key)], by: .system)
      try transaction.audit(.joinWaitlist, of: nil, subject: "w", by: .system, vault: vault)
    }
  }

  private func waiting(under key: String, _ vault: Vault) throws -> Int {
    try store.read {
      try $0.waiting(underAnyOf: vault.hashes(ofWishKey: key), limit: 9).entries.count
    }
  }

  private func add(_ count: Int, _ vault: Vault) throws {
    for number in 0..<count {
      try store.write {
        try $0.audit(.book, of: nil, subject: "\(number)", by: .system, vault: vault)
      }
    }
  }

  private func verify(since kept: AuditHead? = nil) throws -> AuditHead {
    let vault = try Vault.open(for: store)
    return try store.read { try $0.verifyAudit(vault: vault, since: kept) }
  }

  /// Changes the first of `rows` and chains them anew, as whoever has a key could.
  private func forge(_ forged: ClosedRange<Int64>, by vault: Vault) throws {
    try clinic.stray(
      """
      DROP TRIGGER audit_no_update;
      UPDATE audit SET subject = 'forged' WHERE sequence = \(forged.lowerBound)
      """)
    try store.write { transaction in
      let rows = try Row.fetchAll(
        transaction.db,
        sql: "SELECT sequence, at, actor, action, patient_id, subject, mac FROM audit ORDER BY 1")
      var head = AuditHead.empty
      for row in rows {
        let sequence: Int64 = row[0]
        let fields: [String?] = [
          String(row[1] as Int64), row[2], row[3], (row[4] as Int64?).map { String($0) }, row[5],
        ]
        let mac =
          forged.contains(sequence)
          ? vault.auditChain.mac(after: head, fields: fields) : Array(row[6] as Data)
        head = AuditHead(sequence: sequence, mac: mac)
        try transaction.execute(
          "UPDATE audit SET mac = ? WHERE sequence = ?", [mac, sequence])
      }
    }
  }

  @Test func theTrailGoesOnUnderTheNewKey() throws {
    try add(3, vault)
    let kept = try verify()
    let second = try addKey(vault)
    try add(2, second)
    let third = try addKey(second)
    try add(2, third)
    #expect(try verify(since: kept).sequence == 9)
    #expect(throws: AuditBreak.mac(sequence: 4)) {
      try store.read { try $0.verifyAudit(vault: vault) }
    }
  }

  /// A former key that has leaked writes nothing anew that it once vouched for, nor anything since.
  @Test(arguments: [1...3, 3...3, 1...6, 4...6, 6...6] as [ClosedRange<Int64>])
  func aFormerKeyForgesNothing(rows: ClosedRange<Int64>) throws {
    try add(3, vault)
    let fresh = try addKey(vault)
    try add(2, fresh)
    try forge(rows, by: vault)
    // Up to row 3 its codes are right, and row 4 holds the code of what was there before.
    #expect(throws: AuditBreak.mac(sequence: max(rows.lowerBound, 4))) { try verify() }
  }

  /// Nor can it put off the row from which on it counts no more: that is sealed with the new key.
  @Test func whereAKeyBeginsCannotBeMoved() throws {
    try add(3, vault)
    _ = try addKey(vault)
    try clinic.stray("UPDATE data_key SET audit_sequence = 99 WHERE number = 2")
    #expect(throws: SealingError.self) { try Vault.open(for: store) }
  }

  @Test func aRemovedBeginningIsVouchedForByTheNewKey() throws {
    try add(5, vault)
    clinic.clock.advance(seconds: 7 * 31_557_600)
    try add(1, vault)
    _ = try store.applyRetention(RetentionRules(), by: .system, vault: vault)
    let fresh = try addKey(vault)
    let head = try verify()
    #expect(try store.read { try $0.lastAuditSegment(vault: fresh) }?.head.sequence == 5)
    // The key that made the note may not make another.
    let segment = try #require(try store.read { try $0.lastAuditSegment(vault: fresh) })
    try clinic.stray("DROP TRIGGER audit_segment_no_update")
    try store.write {
      try $0.execute("UPDATE audit_segment SET code = ?", [segment.code(vault)])
    }
    #expect(throws: AuditBreak.segment(last: 5)) { try verify(since: head) }
  }

  /// Whoever read the keys before they were changed writes nothing under them.
  @Test func aVaultOfBeforeWritesNothing() throws {
    try register(1...1, vault)
    let fresh = try addKey(vault)
    let rows = try clinic.count("SELECT count(*) FROM audit")
    #expect(throws: stale) { try register(2...2, vault) }
    #expect(throws: stale) { try store.reseal(vault: vault) { _ in [] } }
    #expect(throws: stale) { try addKey(vault) }
    #expect(throws: stale) {
      try store.rotateMasterKey(from: master, to: .random(.system), by: .system, vault: vault) {
        true
      }
    }
    #expect(try clinic.count("SELECT count(*) FROM audit") == rows)
    #expect(try clinic.count("SELECT count(*) FROM patient") == 1)
    #expect(try store.reseal(vault: fresh) { _ in [] } == 4)
  }

  /// Two rotations side by side, and a key that is added while one goes on: one of the two ends with
  /// an error, and the file opens the home with every key in it.
  @Test func rotationsSideBySideLoseNoKey() throws {
    try register(1...3, vault)
    let file = store.home.keyFile
    let second = try addKey(vault)
    #expect(throws: stale) {
      try store.rotateMasterKey(from: master, to: .random(.system), by: .system, vault: vault) {
        true
      }
    }
    #expect(second.ring.keys.count == 2)
    #expect(try file.load().id == master.id)
    let new = SealingKey.random(.system)
    try store.rotateMasterKey(from: master, to: new, by: .system, vault: second) {
      try file.replace(with: new)
      return true
    }
    var isPlaced = false
    #expect(throws: SealingError.wrongKey(sealedUnder: new.id, have: master.id)) {
      try store.rotateMasterKey(from: master, to: .random(.system), by: .system, vault: second) {
        isPlaced = true
        return true
      }
    }
    #expect(!isPlaced)
    let opened = try Vault.open(for: store)
    #expect(opened.ring.keys.map(\.key.id) == second.ring.keys.map(\.key.id))
    #expect(try store.read { try $0.masterKeys() } == [new.id])
  }

  /// Putting an older copy back does not make the key younger: what was sealed since is in the copy
  /// that is kept.
  @Test func restoringForgetsNoSeals() throws {
    try register(1...2, vault)
    let file = clinic.home.path + "/older"
    try store.backUp(to: file, vault: vault)
    try add(50, vault)
    let before = try store.read { try $0.sealsAtMost(vault: vault) }
    _ = try store.restore(from: file, keeping: file + "-kept", vault: vault)
    // And one row says that it was restored.
    #expect(
      try store.read { try $0.sealsAtMost(vault: vault) }
        == before + Keyring.sealsPerAuditRow)
  }
}
