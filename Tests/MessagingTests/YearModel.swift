import Booking
import CivilTime
import Foundation
import Messaging
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import Synchronization
import TestSupport

/// What should be sent and when, by lists and loops: it shares no code with the program.
private struct Expected {
  /// Appointment and kind.
  let key: String
  let due, expires: Int64
  let visit: Int
}

private struct Visit {
  let id: ClaimID
  let patient: Int
  let start: Int64
  /// As the patient chose it: `9:30 AM`.
  let clock: String
  var isLive = true
}

/// A year of bookings, moves, cancellations, rounds of work, crashes and clocks set back.
struct YearRun {
  let practice: Practice
  private var random: SeededGenerator
  private var visits: [Visit] = []
  private var pending: [Expected] = []
  private let end: Int64
  private var delivered = 0
  private(set) var tally: (sent: Int, repeats: Int, crashes: Int, tooLate: Int) = (0, 0, 0, 0)

  init(seed: UInt64, patients: Int) throws {
    practice = try Practice(patients: patients, seed: seed)
    random = SeededGenerator(seed: seed)
    end = TestClinic.start.secondsSinceEpoch + 365 * 86_400
  }

  private var now: Int64 { practice.clinic.clock.now.secondsSinceEpoch }
  var isOver: Bool { now >= end }

  private mutating func draw(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

  /// One step; says what differed, nil when nothing did.
  ///
  /// - Parameter seconds: that a step takes on average.
  mutating func step(seconds: Int) throws -> String? {
    switch draw(0..<16) {
    case 0..<4: try book()
    case 4: try move()
    case 5: try cancel()
    case 6, 7: return try crash()
    case 8: practice.clinic.clock.advance(seconds: -Int64(draw(1..<3600)))
    case 9..<14:
      if let next = nextDue {
        practice.clinic.clock.set(to: Instant(secondsSinceEpoch: next - 1))
        if let difference = try work() { return "a second early: \(difference)" }
        practice.clinic.clock.advance(seconds: 1)
      }
    default:
      // Two steps in sixteen come here, and draw half of the most on average.
      practice.clinic.clock.advance(seconds: Int64(draw(1..<16 * seconds)))
    }
    return try work()
  }

  private var nextDue: Int64? { pending.filter { $0.due > now && $0.due < end }.map(\.due).min() }

  // MARK: Requests

  private mutating func aSlot() throws -> (SlotID, String)? {
    let role = practice.roles[draw(0..<practice.roles.count)]
    let zone = try practice.zone(of: role)
    // Often the same day or the next, so that reminders are already over.
    let days = [0, 1, 1, 2, draw(0..<30), draw(0..<120)][draw(0..<6)]
    let date = zone.local(at: practice.clinic.clock.now).date.adding(days: days)
    let minutes = 540 + 30 * draw(0..<16)
    let (hour, minute) = (minutes / 60, minutes % 60)
    let clock =
      "\(hour > 12 ? hour - 12 : hour):\(minute == 0 ? "00" : "30") \(hour < 12 ? "AM" : "PM")"
    return try practice.slot(role, date, minutes).map { ($0, clock) }
  }

  private mutating func book() throws {
    let patient = draw(0..<practice.patients.count)
    guard let (slot, clock) = try aSlot(),
      case .done(let made) = try practice.bookings.book(
        .slot(slot), as: practice.patients[patient].session)
    else { return }
    add(made, patient, clock, "confirmation")
  }

  private mutating func add(_ made: Appointment, _ patient: Int, _ clock: String, _ kind: String) {
    let start = made.start.secondsSinceEpoch
    visits.append(Visit(id: made.id, patient: patient, start: start, clock: clock))
    func expect(_ kind: String, _ due: Int64, _ expires: Int64) {
      pending.append(
        Expected(key: "\(made.text).\(kind)", due: due, expires: expires, visit: visits.count - 1))
    }
    expect(kind, now, start)
    if start - now > 86_400 { expect("reminder-24h", start - 86_400, start - 3600) }
    if start - now > 3600 { expect("reminder-1h", start - 3600, start) }
  }

  private mutating func aVisit() -> Int? {
    visits.indices.filter { visits[$0].isLive && visits[$0].start > now }
      .randomElement(using: &random)
  }

  private mutating func move() throws {
    guard let old = aVisit(), let (slot, clock) = try aSlot(),
      case .done(let made) = try practice.bookings.reschedule(
        visits[old].id, to: .slot(slot), as: practice.patients[visits[old].patient].session)
    else { return }
    end(old)
    add(made, visits[old].patient, clock, "change")
  }

  private mutating func cancel() throws {
    guard let visit = aVisit() else { return }
    let session = practice.patients[visits[visit].patient].session
    guard case .done(let ended) = try practice.bookings.cancel(visits[visit].id, as: session)
    else { return }
    end(visit)
    pending.append(
      Expected(
        key: "\(ended.text).cancellation", due: now, expires: visits[visit].start, visit: visit))
  }

  private mutating func end(_ visit: Int) {
    visits[visit].isLive = false
    pending.removeAll { $0.visit == visit }
  }

  // MARK: Rounds of work

  private mutating func work() throws -> String? {
    _ = try practice.worker(limits: MessageLimits(batch: 3)).work()
    return check()
  }

  /// What arrived since the last check is what was due, no more and no less.
  private mutating func check() -> String? {
    let now = now
    let due = pending.filter { $0.due <= now }
    pending.removeAll { $0.due <= now }
    tally.tooLate += due.count { $0.expires <= now }
    let expected = Dictionary(
      uniqueKeysWithValues: due.filter { $0.expires > now }.map { ($0.key + ".patient.1", $0) })
    return compare(expected)
  }

  private mutating func compare(_ expected: [String: Expected]) -> String? {
    let arrived = practice.inbox.messages.dropFirst(delivered)
    delivered += arrived.count
    tally.sent += arrived.count
    tally.repeats = practice.inbox.repeats
    let keys = Set(arrived.map(\.key))
    guard keys == Set(expected.keys) else {
      return """
        at \(practice.clinic.clock.now): missing \(Set(expected.keys).subtracting(keys).sorted()), \
        unexpected \(keys.subtracting(expected.keys).sorted())
        """
    }
    for message in arrived {
      guard let visit = expected[message.key].map({ visits[$0.visit] }) else { continue }
      guard message.address == practice.patients[visit.patient].email else {
        return "\(message.key) went to \(message.address)"
      }
      guard message.body.contains(", \(visit.clock) ") else {
        return "\(message.key) does not say \(visit.clock)"
      }
    }
    return nil
  }

  /// The worker dies between sending a message and recording it, some way into its batch; requests
  /// go on; then another worker comes once the lease is over.
  private mutating func crash() throws -> String? {
    tally.crashes += 1
    // Something has to be on its way.
    if let next = nextDue, draw(0..<2) == 0 {
      practice.clinic.clock.set(to: Instant(secondsSinceEpoch: next))
    }
    try book()
    try book()
    let lockPath = practice.clinic.home.lockPath
    let arrives = draw(0..<2) == 0
    let lock = HeldLock()
    practice.inbox.answer { _ in
      lock.take(lockPath)
      return arrives ? nil : .failed("lost on the way")
    }
    do {
      // It gives up the lock at once, where a dead worker would not even ask.
      _ = try practice.worker(
        limits: MessageLimits(batch: draw(1..<5)),
        store: try practice.clinic.open(lockWaitSeconds: 0.02)
      ).work()
    } catch StoreError.tryLater {}
    practice.inbox.answer(nil)
    lock.release()
    // What did arrive is expected no more; it may come again, which the key tells.
    let arrived = Set(practice.inbox.messages.dropFirst(delivered).map(\.key))
    let now = now
    let expected = pending.filter { arrived.contains($0.key + ".patient.1") }
    pending.removeAll { arrived.contains($0.key + ".patient.1") }
    guard expected.allSatisfy({ $0.due <= now && $0.expires > now }) else {
      return "sent before a crash, and not due: \(arrived)"
    }
    let difference = compare(
      Dictionary(uniqueKeysWithValues: expected.map { ($0.key + ".patient.1", $0) }))
    if let difference { return difference }
    if draw(0..<2) == 0 { try cancel() }
    if draw(0..<3) == 0 { try move() }
    practice.clinic.clock.advance(seconds: 301)
    return try work()
  }
}

/// The lock file's descriptor while a crash is acted: no transaction of the worker's can follow.
private final class HeldLock: Sendable {
  private let descriptor = Mutex<Int32>(-1)

  func take(_ path: String) {
    descriptor.withLock {
      $0 = open(path, O_RDWR | O_CLOEXEC)
      flock($0, LOCK_EX)
    }
  }

  func release() {
    descriptor.withLock {
      if $0 >= 0 { close($0) }
      $0 = -1
    }
  }
}
