import CivilTime
import Foundation
import Privacy
import StoreTestSupport
import TestSupport
import Testing

@testable import Store

/// The trail beside a head that was kept elsewhere, and what is read of it.
@Suite struct AuditTrailTests {
  let clinic: TestClinic
  let store: Store
  let vault = Vault(key: .random(TestClinic.random(seed: 1)))

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
  }

  private func add(_ count: Int, _ action: AuditAction = .book) throws {
    for number in 0..<count {
      try store.write {
        try $0.audit(action, of: nil, subject: "\(number)", by: .system, vault: vault)
      }
      clinic.clock.advance(seconds: 60)
    }
  }

  private func head() throws -> AuditHead { try store.read { try $0.verifyAudit(vault: vault) } }

  @Test func aKeptHeadIsFoundInALongerTrail() throws {
    try add(3)
    let kept = try head()
    try add(4)
    var numbers: [Int64] = []
    let now = try store.read {
      try $0.verifyAudit(vault: vault, since: kept) { numbers.append($0.sequence) }
    }
    #expect(now.sequence == 7)
    #expect(numbers == Array(1...7))
    _ = try store.read { try $0.verifyAudit(vault: vault, since: .empty) }
  }

  /// Rows cut off the end, and an older copy in the database's place, leave a trail that is whole
  /// in itself.
  @Test(arguments: [0, 1, 6]) func aTrailCutShortIsTold(left: Int) throws {
    try add(7)
    let kept = try head()
    try clinic.stray("DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE sequence > \(left)")
    #expect(try head().sequence == Int64(left))
    #expect(throws: AuditBreak.notTheTrail(of: kept, end: Int64(left))) {
      try store.read { try $0.verifyAudit(vault: vault, since: kept) }
    }
  }

  /// The files themselves, as a copy of yesterday has them.
  @Test func theWholeFilePutBackIsToldByAKeptHeadAlone() throws {
    let path = clinic.home.databasePath
    try add(3)
    try store.checkpoint()
    try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
    try add(4)
    let kept = try head()
    // Of all that is open none is used any more.
    for end in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + end) {
      try FileManager.default.removeItem(atPath: path + end)
    }
    try FileManager.default.moveItem(atPath: path + ".copy", toPath: path)
    let older = try clinic.open()
    #expect(try older.read { try $0.verifyAudit(vault: vault) }.sequence == 3)
    #expect(throws: AuditBreak.notTheTrail(of: kept, end: 3)) {
      try older.read { try $0.verifyAudit(vault: vault, since: kept) }
    }
  }

  @Test func aTrailWrittenAnewIsTold() throws {
    try add(7)
    let kept = try head()
    try clinic.stray("DROP TRIGGER audit_no_delete; DELETE FROM audit WHERE sequence > 4")
    try add(5, .cancel)
    #expect(try head().sequence == 9)
    #expect(throws: AuditBreak.notTheTrail(of: kept, end: 7)) {
      try store.read { try $0.verifyAudit(vault: vault, since: kept) }
    }
  }

  @Test func rowsAreListedByWhatTheyAre() throws {
    let start = clinic.clock.now
    try add(3, .book)
    try add(2, .cancel)
    func subjects(_ filter: AuditFilter) throws -> [String] {
      try store.read { try $0.auditEntries(filter).map { "\($0.action) \($0.subject)" } }
    }
    let all = ["book 0", "book 1", "book 2", "cancel 0", "cancel 1"]
    #expect(try subjects(AuditFilter(limit: 10)) == all)
    #expect(try subjects(AuditFilter(limit: 2)) == ["cancel 0", "cancel 1"])
    #expect(try subjects(AuditFilter(action: .book, limit: 2)) == ["book 1", "book 2"])
    let (second, fourth) = (start.adding(seconds: 60), start.adding(seconds: 180))
    #expect(
      try subjects(AuditFilter(from: second, to: fourth, limit: 10))
        == ["book 1", "book 2", "cancel 0"])
    let nobody = try #require(PatientID(rawValue: 1))
    #expect(try subjects(AuditFilter(patient: nobody, limit: 10)) == [])
  }
}
