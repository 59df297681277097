import Booking
import CivilTime
import Foundation
import Privacy
import Scheduling
import Store
import StoreTestSupport
import Synchronization
import TestSupport
import Testing

/// How often the short forms of these tests go round; `NEARCARE_ROUNDS` multiplies it.
private let factor =
  ProcessInfo.processInfo.environment["NEARCARE_ROUNDS"].flatMap { Int($0) } ?? 1

@Suite(.serialized) struct ContentionTests {
  let desk: Desk
  let tokens: [SessionToken]

  init() throws {
    let desk = try Desk()
    self.desk = desk
    tokens = try (0..<8).map { try Desk.register("patient\($0)", desk.bookings).token }
  }

  /// The starts that the two sites' grids of 30 and 45 minutes share: the visits then overlap
  /// without being equal.
  private func contested(_ round: Int) -> [SlotID] {
    let day = 1 + round / 5
    let minute = 540 + 90 * (round % 5)
    return [Desk.heart, Desk.heartElsewhere].map {
      TestClinic.slot(
        $0, day: day, minute / 60, minute % 60, minutes: $0 == Desk.heart ? 30 : 45)
    }
  }

  private func expectOneWinner(_ answers: [String], _ round: Int) {
    #expect(answers.filter { $0.hasPrefix("booked") }.count == 1, "round \(round): \(answers)")
    #expect(
      answers.filter { $0 == "refused slot-taken" }.count == answers.count - 1,
      "round \(round): \(answers)")
  }

  @Test(arguments: [true, false])
  func threadsRaceForOneSlot(sharingOneStore: Bool) throws {
    let stores = try (0..<8).map { _ in try desk.clinic.open() }
    for round in 0..<(10 * factor) {
      let slots = contested(round)
      let answers = Mutex<[String]>([])
      try inThreads(8) { number in
        let bookings = Bookings(
          store: sharingOneStore ? desk.store : stores[number], vault: desk.vault)
        let outcome = try bookings.book(.slot(slots[number % 2]), as: tokens[number])
        let answer = outcome.code.map { "refused \($0.rawValue)" } ?? "booked"
        answers.withLock { $0.append(answer) }
      }
      expectOneWinner(answers.withLock { $0 }, round)
    }
    #expect(try desk.clinic.overlaps() == 0)
  }

  @Test func processesRaceForOneSlot() throws {
    let contenders = try tokens.map { try ContenderProcess(desk.clinic, $0) }
    for round in 0..<(20 * factor) {
      let slots = contested(round)
      for (number, contender) in contenders.enumerated() { contender.send(slots[number % 2]) }
      expectOneWinner(contenders.map { $0.nextLine() ?? "silence" }, round)
    }
    #expect(try desk.clinic.overlaps() == 0)
    #expect(try desk.clinic.count("SELECT count(*) FROM claim") == 20 * factor)
    try expectJournalsAgree()
  }

  /// Processes that hold, book, release and cancel are killed at random moments; what they had said
  /// before stands.
  @Test func killedWritersLoseNothingTheySaid() throws {
    var generator = SeededGenerator(seed: 20_261_122)
    let slots = (0..<40).flatMap { contested($0) }
    var lines: [String] = []
    for round in 0..<(6 * factor) {
      let churners = try (0..<3).map {
        try ContenderProcess(
          desk.clinic, tokens[$0],
          churning: (seed: generator.next(), Array(slots.shuffled(using: &generator).prefix(30))))
      }
      for (number, churner) in churners.enumerated() {
        for _ in 0..<Int.random(in: 1...12, using: &generator) {
          guard let line = churner.nextLine() else { break }
          lines.append(line)
        }
        // One by one, so that the others go on while it dies.
        churner.kill()
        while let line = churner.nextLine() { lines.append(line) }
        #expect(
          lines.last?.hasPrefix("fault") != true,
          "round \(round), process \(number): \(lines.last ?? "")")
      }
    }
    let maybeCancelled = Set(
      lines.filter { $0.hasPrefix("cancelling") }.map { $0.split(separator: " ")[1] })
    let cancelled = Set(
      lines.filter { $0.hasPrefix("cancelled") }.map { $0.split(separator: " ")[1] })
    let booked = lines.filter { $0.hasPrefix("booked") }.map { $0.split(separator: " ") }
    #expect(booked.count > 5 * factor)
    for words in booked {
      let id = try #require(ClaimID(appointment: words[1]))
      let claim = try #require(try desk.store.read { try $0.claim(id) })
      #expect(claim.slot.description == words[2])
      if cancelled.contains(words[1]) {
        #expect(claim.state == .cancelled)
      } else if !maybeCancelled.contains(words[1]) {
        #expect(claim.state == .booked)
      }
    }
    #expect(try desk.clinic.text("PRAGMA integrity_check") == "ok")
    #expect(try desk.clinic.overlaps() == 0)
    try expectJournalsAgree()
  }

  /// The audit trail is whole, and the outbox, the history and the claims tell the same story.
  private func expectJournalsAgree() throws {
    try desk.store.read { _ = try $0.verifyAudit(vault: desk.vault) }
    for (kind, state) in [("booked", "booked"), ("cancelled", "cancelled")] {
      #expect(
        try desk.clinic.count("SELECT count(*) FROM outbox WHERE kind = '\(kind)'")
          == desk.clinic.count("SELECT count(*) FROM claim_history WHERE state = '\(state)'"))
    }
    #expect(
      try desk.clinic.count("SELECT max(sequence) - count(*) FROM outbox") == 0, "no holes")
    #expect(
      try desk.clinic.count(
        """
        SELECT count(*) FROM claim WHERE state <> (SELECT state FROM claim_history h
          WHERE h.claim_id = claim.claim_id ORDER BY history_no DESC LIMIT 1)
        """) == 0)
  }

  /// Ann's hold runs out while Bob waits for the lock; the time that counts is the one after the
  /// wait.
  ///
  ///     another process     Bob
  ///     locks the file
  ///                         asks for the slot that Ann holds, waits
  ///     Ann's hold ends
  ///     unlocks
  ///                         reads the clock, ends Ann's hold, holds the slot
  @Test func timeIsReadUnderTheLock() throws {
    let clock = desk.clinic.clock
    let readings = Atomic(0)
    let store = try Store.open(
      desk.clinic.home,
      clock: Clock {
        readings.add(1, ordering: .sequentiallyConsistent)
        return clock.now
      })
    let bookings = Bookings(store: store, vault: desk.vault)
    let slot = desk.slot(9)
    _ = try desk.bookings.hold(slot, as: desk.ann).value
    let before = readings.load(ordering: .sequentiallyConsistent)
    let lock = open(desk.clinic.home.lockPath, O_RDWR | O_CLOEXEC)
    #expect(flock(lock, LOCK_EX) == 0)
    let asked = DispatchSemaphore(value: 0)
    let unlocked = Mutex(false)
    try inThreads(2) { number in
      if number == 0 {
        asked.signal()
        let outcome = try bookings.hold(slot, as: desk.bob)
        #expect(outcome.code == nil)
        #expect(unlocked.withLock { $0 })
      } else {
        asked.wait()
        #expect(readings.load(ordering: .sequentiallyConsistent) == before)
        clock.advance(seconds: 300)
        unlocked.withLock { $0 = true }
        close(lock)
      }
    }
  }

  /// A reader keeps its state of the database while a booking commits, and neither waits for the
  /// other.
  ///
  ///     reader              writer
  ///     sees no claim
  ///                         books
  ///     sees no claim
  ///     looks again: one
  @Test func readersKeepTheirState() throws {
    let looked = DispatchSemaphore(value: 0)
    let booked = DispatchSemaphore(value: 0)
    let range = desk.slot(9).start..<desk.slot(9).end
    try inThreads(2) { number in
      if number == 0 {
        try desk.store.read { transaction in
          let before = try transaction.liveClaims(of: Desk.heart.npi, overlapping: range)
          looked.signal()
          booked.wait()
          let after = try transaction.liveClaims(of: Desk.heart.npi, overlapping: range)
          #expect(before.isEmpty)
          #expect(after.isEmpty)
        }
        let now = try desk.store.read {
          try $0.liveClaims(of: Desk.heart.npi, overlapping: range)
        }
        #expect(now.count == 1)
      } else {
        looked.wait()
        defer { booked.signal() }
        let outcome = try desk.bookings.book(.slot(desk.slot(9)), as: desk.ann)
        #expect(outcome.code == nil)
      }
    }
  }
}
