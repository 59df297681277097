import Foundation
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

@testable import Store

/// Who gets the lock file when many want it. Each `WriteLock` here opens the files anew, as a
/// process does.
@Suite struct WriteLockTests {
  private let scratch: ScratchDirectory
  private let lockPath: String
  private let turnstilePath: String

  init() throws {
    scratch = try ScratchDirectory()
    (lockPath, turnstilePath) = (scratch.path + "/lock", scratch.path + "/turnstile")
  }

  private func makeLock(waitSeconds: Double = 60) throws -> WriteLock {
    try WriteLock(path: lockPath, turnstilePath: turnstilePath, waitSeconds: waitSeconds)
  }

  /// Locks a file as another program would; closing the descriptor unlocks it.
  private func lockFile(_ path: String) throws -> Int32 {
    let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
    try #require(flock(descriptor, LOCK_EX) == 0)
    return descriptor
  }

  private func isFree(_ path: String) -> Bool {
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  /// How many block in `flock` on the file, as the kernel lists them.
  private func blocked(on path: String) throws -> Int {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
      .count { $0.contains("-> FLOCK") && $0.contains(":\(status.st_ino) ") }
  }

  /// Looks now and then, without keeping a processor from those it waits for.
  private func until(_ condition: () throws -> Bool) rethrows {
    while try !condition() { usleep(2000) }
  }

  ///     another program   0         1         2  …
  ///     locks the file
  ///                       is next
  ///                                 in line
  ///                                           in line
  ///     unlocks
  ///                       inside    inside    inside
  @Test func waitersGoInTheOrderTheyCame() throws {
    let other = try lockFile(lockPath)
    let locks = try (0..<8).map { _ in try makeLock() }
    let starts = locks.map { _ in DispatchSemaphore(value: 0) }
    let order = Mutex<[Int]>([])
    try inThreads(locks.count + 1) { number in
      guard number == locks.count else {
        starts[number].wait()
        return try locks[number].hold { order.withLock { $0.append(number) } }
      }
      defer { close(other) }
      for (before, start) in starts.enumerated() {
        start.signal()
        try until {
          try before == 0 ? !isFree(turnstilePath) : blocked(on: turnstilePath) == before
        }
      }
    }
    #expect(order.withLock { $0 } == Array(0..<8))
    #expect(isFree(turnstilePath))
    #expect(isFree(lockPath))
  }

  @Test func aLineThatStandsStillIsPassed() throws {
    let stopped = try lockFile(turnstilePath)
    let lock = try makeLock(waitSeconds: 0.2)
    for _ in 0..<2 {
      try lock.hold { #expect(!isFree(lockPath)) }
      #expect(isFree(lockPath))
    }
    // Its thread stays in line, for both.
    try until { try blocked(on: turnstilePath) == 1 }
    close(stopped)
    until { isFree(turnstilePath) }
    try lock.hold {}
    #expect(isFree(turnstilePath))
  }

  @Test func whoGivesUpLeavesNothingLocked() throws {
    let other = try lockFile(lockPath)
    let next = try makeLock(waitSeconds: 0.2)
    #expect(throws: StoreError.tryLater(path: lockPath, waitedSeconds: 0.2)) { try next.hold {} }
    #expect(isFree(turnstilePath))
    close(other)
    #expect(isFree(lockPath))
    try next.hold {}
  }

  /// Threads of one process, and several processes, never two inside.
  @Test func onlyOneIsInside() throws {
    let locks = try (0..<3).map { _ in try makeLock() }
    let inside = Atomic(0)
    let turns = Atomic(0)
    try inThreads(9) { number in
      for _ in 0..<100 {
        try locks[number % 3].hold {
          #expect(inside.add(1, ordering: .sequentiallyConsistent).newValue == 1)
          turns.add(1, ordering: .relaxed)
          sched_yield()
          inside.subtract(1, ordering: .sequentiallyConsistent)
        }
      }
    }
    #expect(turns.load(ordering: .relaxed) == 900)
  }
}
