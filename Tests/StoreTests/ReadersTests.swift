import Foundation
import Synchronization
import StoreTestSupport
import TestSupport
import Testing

@testable import Store

/// Whoever reads has one state for as long as it takes, on a connection that nobody else has.
@Suite struct ReadersTests {
  let clinic: TestClinic
  let store: Store

  init() throws {
    clinic = try TestClinic()
    store = try clinic.open()
  }

  private struct Stopped: Error {}

  private func roles(_ transaction: ReadTransaction) throws -> Int64 {
    var count: Int64 = -1
    try transaction.forEachRow("SELECT count(*) FROM role", []) { count = $0.integer(0) }
    return count
  }

  private func addRun() throws {
    try store.write { try $0.finish(try $0.beginFullLoad(), note: "") }
  }

  private func runs(_ transaction: ReadTransaction) throws -> Int64 {
    var count: Int64 = -1
    try transaction.forEachRow("SELECT count(*) FROM directory_run", []) { count = $0.integer(0) }
    return count
  }

  @Test func whatIsWrittenMeanwhileIsSeenByTheNextReadingAlone() throws {
    let before = try store.read(runs)
    try store.read { transaction in
      #expect(try runs(transaction) == before)
      try addRun()
      #expect(try runs(transaction) == before)
      #expect(try store.read(runs) == before + 1, "a reading inside another one is its own")
      #expect(try runs(transaction) == before)
    }
    #expect(try store.read(runs) == before + 1)
  }

  @Test func aReadingThatFailsLeavesItsConnectionFit() throws {
    let before = try store.read(runs)
    for _ in 0..<3 {
      #expect(throws: Stopped.self) {
        try store.read { transaction in
          _ = try runs(transaction)
          throw Stopped()
        }
      }
      #expect(throws: QueryInterrupted.self) {
        try store.read { transaction in
          try transaction.interrupting(when: { true }) {
            try transaction.forEachRow(
              """
              WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
              SELECT i FROM n
              """, []
            ) { _ in }
          }
        }
      }
      #expect(throws: (any Error).self) {
        try store.read { try $0.forEachRow("SELECT nothing FROM nowhere", []) { _ in } }
      }
      try addRun()
    }
    #expect(try store.read(runs) == before + 3)
  }

  @Test func threadsReadAtTheSameTime() throws {
    let before = try store.read(roles)
    let wrong = Atomic<Int>(0)
    let inside = Atomic<Int>(0)
    let ended = DispatchSemaphore(value: 0)
    let threads = 4
    for _ in 0..<threads {
      Thread.detachNewThread {
        defer { ended.signal() }
        do {
          try store.read { transaction in
            inside.add(1, ordering: .sequentiallyConsistent)
            // Each goes on when all are in their transactions; a minute would be a failure.
            let limit = ContinuousClock.now + .seconds(60)
            while inside.load(ordering: .sequentiallyConsistent) < threads {
              if ContinuousClock.now > limit {
                wrong.add(1, ordering: .sequentiallyConsistent)
                return
              }
              usleep(1000)
            }
            for _ in 0..<200 where try roles(transaction) != before {
              wrong.add(1, ordering: .sequentiallyConsistent)
            }
          }
        } catch {
          wrong.add(1, ordering: .sequentiallyConsistent)
        }
      }
    }
    for _ in 0..<threads { ended.wait() }
    #expect(wrong.load(ordering: .sequentiallyConsistent) == 0)
  }
}
