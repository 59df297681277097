import Booking
import CivilTime
import Foundation
import Privacy
import Store
import StoreTestSupport
import Testing

/// What was sent stays sealed, also when the keys change, and goes when its visit does.
@Suite struct SealedMessageTests {
  private func files(of practice: Practice) throws -> [Data] {
    try ["", "-wal"].map { practice.clinic.home.databasePath + $0 }
      .filter { FileManager.default.fileExists(atPath: $0) }
      .map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
  }

  private func sealed(in practice: Practice) throws -> [Data] {
    try practice.store.read { try $0.messages(about: nil, limit: 99).messages }
      .compactMap { $0.sealedBody.map { Data($0) } }
  }

  @Test func sealedAnewAndRemovedWithTheVisit() throws {
    let practice = try Practice()
    let slot = try #require(
      try practice.slot(practice.roles[0], CivilDate(iso: "2026-11-25")!, 600))
    let visit = try practice.bookings.book(
      .slot(slot), as: practice.patients[0].session
    ).value
    _ = try practice.worker().work()
    let bodies = try practice.bodies(of: .delivered)
    #expect(bodies.count == 1 && bodies[0].contains("Pat Ient"))
    let before = try sealed(in: practice)
    let master = try practice.clinic.home.keyFile.load()
    let fresh = try practice.store.addDataKey(
      master: master, by: .system, vault: practice.vault)
    _ = try practice.store.reseal(vault: fresh) { _ in [] }
    #expect(try practice.store.sealedElsewhere(vault: fresh) == 0)
    let after = try sealed(in: practice)
    #expect(after.count == 1 && Set(after).isDisjoint(with: before))
    let jobs = try practice.store.read { try $0.messages(of: visit.id) }
    #expect(try jobs.compactMap { try fresh.body(of: $0) } == bodies)
    for file in try files(of: practice) {
      #expect(before.allSatisfy { file.range(of: $0) == nil })
      #expect(file.range(of: Data("Pat Ient".utf8)) == nil)
    }
    // A worker that has the former keys sends nothing and gives nothing up.
    practice.clinic.clock.set(to: visit.start.adding(seconds: -86_400))
    #expect(throws: StoreError.keysChanged(path: practice.clinic.home.databasePath)) {
      try practice.worker().work()
    }
    #expect(try practice.store.read { try $0.dueMessages(limit: 9).count } == 1)

    practice.clinic.clock.advance(seconds: 11 * 31_557_600)
    _ = try practice.store.applyRetention(RetentionRules(), by: .system, vault: fresh)
    #expect(try practice.clinic.count("SELECT count(*) FROM message_job") == 0)
    #expect(try practice.clinic.count("SELECT count(*) FROM message_attempt") == 0)
    for file in try files(of: practice) {
      #expect(after.allSatisfy { file.range(of: $0) == nil })
    }
  }
}
