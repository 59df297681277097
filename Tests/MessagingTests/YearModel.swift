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

private struct Visit {
  let id: ClaimID
  let patient: Int
  let role: Int
  let start: Int64
  /// As the patient chose it, in minutes of the site's wall clock.
  let minutes: Int
  /// Visits that were booked with it, itself among them; empty for one of its own.
  var series: Range<Int> = 0..<0
  var isLive = true

  func clock(inSpanish isSpanish: Bool) -> String {
    let (hour, minute) = (minutes / 60, minutes % 60)
    let half = isSpanish ? ["a. m.", "p. m."] : ["AM", "PM"]
    return ", \(hour > 12 ? hour - 12 : hour):\(minute == 0 ? "00" : "30") \(half[hour / 12]) "
  }
}

/// A year of bookings, series, moves, cancellations, changed wishes, gateways that fail and refuse,
/// rounds of work, crashes and clocks set back; with lists and loops of what should be sent when.
struct YearRun {
  struct Tally {
    var sent = 0, repeats = 0, crashes = 0
    /// Past their time, wanted by no way, or refused by each.
    var givenUp = 0
    /// Tries that failed, and messages that waited for the end of quiet hours.
    var failed = 0, quiet = 0
    var byMedium: [MessageMedium: Int] = [:]
  }

  let practice: Practice
  private let channels: [MessageMedium: Inbox]
  private var random: SeededGenerator
  private var wishes: [Wishes]
  private var visits: [Visit] = []
  private var pending: [Expected] = []
  private let end: Int64
  private var delivered: [MessageMedium: Int] = [:]
  private(set) var tally = Tally()

  init(seed: UInt64, patients: Int) throws {
    practice = try Practice(patients: patients, seed: seed)
    channels = [
      .email: practice.inbox, .sms: Inbox(name: "sms-gateway"), .push: Inbox(name: "push-gateway"),
    ]
    random = SeededGenerator(seed: seed)
    wishes = Array(repeating: .usual, count: patients)
    end = TestClinic.start.secondsSinceEpoch + 365 * 86_400
    let practice = practice
    for (role, hasReminders) in [(0, true), (1, false)] {
      let notice = PractitionerNotice(
        email: try EmailAddress("doctor\(role)@example.org"), hasReminders: hasReminders)
      try practice.store.write {
        try $0.set(notice, of: practice.roles[role].npi, vault: practice.vault)
      }
    }
    for patient in wishes.indices { try prefer(patient) }
    answer(nil)
  }

  private var now: Int64 { practice.clinic.clock.now.secondsSinceEpoch }
  var isOver: Bool { now >= end }

  private mutating func draw(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

  /// One step; says what differed, nil when nothing did.
  ///
  /// - Parameter seconds: that a step takes on average.
  mutating func step(seconds: Int) throws -> String? {
    switch draw(0..<18) {
    case 0..<4: try book()
    case 4: try move()
    case 5: try cancel()
    case 6, 7: return try crash()
    case 8: practice.clinic.clock.advance(seconds: -Int64(draw(1..<3600)))
    case 9: try prefer(draw(0..<wishes.count))
    case 10: return try outage()
    case 11..<16:
      if let next = nextDue {
        practice.clinic.clock.set(to: Instant(secondsSinceEpoch: next - 1))
        if let difference = try work() { return "a second early: \(difference)" }
        practice.clinic.clock.advance(seconds: 1)
      }
    default:
      // Two steps in eighteen come here, and draw half of the most on average.
      practice.clinic.clock.advance(seconds: Int64(draw(1..<18 * seconds)))
    }
    return try work()
  }

  private var nextDue: Int64? {
    pending.lazy.map(\.notBefore).filter { $0 > now && $0 < end }.min()
  }

  // MARK: Wishes

  private mutating func prefer(_ patient: Int) throws {
    var wanted = Wishes()
    // E-mail alone is what most are told by.
    let media: [[MessageMedium]] = [
      [.email], [.email], [.sms, .email], [.push, .sms, .email], [.sms], [.push, .email],
      [.sms, .push],
      [],
    ]
    wanted.media = media[draw(0..<media.count)]
    wanted.quiet =
      [nil, (21 * 60, 8 * 60), (22 * 60 + 30, 7 * 60 + 15), (60, 105), (12 * 60, 14 * 60)][
        draw(0..<5)]
    wanted.zone = [nil, nil, "America/New_York", "Asia/Kathmandu"][draw(0..<4)]
    wanted.isSpanish = draw(0..<3) == 0
    wanted.hasDevice = draw(0..<4) > 0
    wishes[patient] = wanted
    let preferences = MessagePreferences(
      media: wanted.media,
      quietHours: wanted.quiet.flatMap {
        QuietHours(from: TimeOfDay(minutes: $0.from)!, until: TimeOfDay(minutes: $0.until)!)
      },
      timeZone: wanted.zone, language: wanted.isSpanish ? .spanish : .english,
      device: wanted.hasDevice ? "device-\(patient)" : nil)
    _ = try practice.bookings.setMessagePreferences(
      of: nil, by: .patient(practice.patients[patient].session)
    ) { $0 = preferences }.value
  }

  /// One number in five is no longer in use, one device in seven.
  private static func closed(to patient: Int) -> Set<MessageMedium> {
    Set(([.sms] as [MessageMedium]).filter { _ in patient % 5 == 2 })
      .union(([.push] as [MessageMedium]).filter { _ in patient % 7 == 3 })
  }

  private func fate(of message: Expected, down: Set<MessageMedium>) throws -> Fate {
    let visit = visits[message.visit]
    let site = try practice.zone(of: practice.roles[visit.role])
    guard message.isForPatient else {
      return Fate(wishes: .usual, zone: site, reachable: [.email], closed: [], down: down)
    }
    let wanted = wishes[visit.patient]
    return Fate(
      wishes: wanted, zone: try wanted.zone.map { try Zone($0) } ?? site,
      reachable: wanted.hasDevice ? [.email, .sms, .push] : [.email, .sms],
      closed: Self.closed(to: visit.patient), down: down)
  }

  // MARK: Requests

  private mutating func aSlot() throws -> (slot: SlotID, role: Int, minutes: Int)? {
    let role = draw(0..<practice.roles.count)
    let zone = try practice.zone(of: practice.roles[role])
    // Often the same day or the next, so that reminders are already over.
    let days = [0, 1, 1, 2, draw(0..<30), draw(0..<120)][draw(0..<6)]
    let date = zone.local(at: practice.clinic.clock.now).date.adding(days: days)
    let minutes = 540 + 30 * draw(0..<16)
    return try practice.slot(practice.roles[role], date, minutes).map { ($0, role, minutes) }
  }

  private mutating func book() throws {
    let patient = draw(0..<practice.patients.count)
    let session = practice.patients[patient].session
    let weeks = [1, 1, 1, 2, 4][draw(0..<5)]
    guard let (slot, role, minutes) = try aSlot() else { return }
    guard weeks > 1 else {
      if case .done(let made) = try practice.bookings.book(.slot(slot), as: session) {
        add(made, patient, role, minutes, told: "confirmation")
      }
      return
    }
    guard
      case .done(let made) = try practice.bookings.bookSeries(
        .slot(slot), weeks: weeks, as: session)
    else { return }
    let series = visits.count..<visits.count + made.count
    for (number, visit) in made.enumerated() {
      add(visit, patient, role, minutes, told: number == 0 ? "confirmation" : nil)
      visits[visits.count - 1].series = series
    }
  }

  /// - Parameter told: of what at once; nil for a visit that another one's confirmation tells of.
  private mutating func add(
    _ made: Appointment, _ patient: Int, _ role: Int, _ minutes: Int, told: String?
  ) {
    let start = made.start.secondsSinceEpoch
    visits.append(Visit(id: made.id, patient: patient, role: role, start: start, minutes: minutes))
    if let told { expect(told, of: visits.count - 1, now, start) }
    if start - now > 86_400 {
      expect("reminder-24h", of: visits.count - 1, start - 86_400, start - 3600)
    }
    if start - now > 3600 { expect("reminder-1h", of: visits.count - 1, start - 3600, start) }
  }

  private mutating func expect(_ kind: String, of visit: Int, _ due: Int64, _ expires: Int64) {
    let text = visits[visit].id.appointmentText
    func add(_ recipient: String) {
      pending.append(
        Expected(key: "\(text).\(kind).\(recipient).1", due: due, expires: expires, visit: visit))
    }
    add("patient")
    if visits[visit].role == 0 || (visits[visit].role == 1 && !kind.hasPrefix("reminder")) {
      add("practitioner")
    }
  }

  private mutating func aVisit() -> Int? {
    visits.indices.filter { visits[$0].isLive && visits[$0].start > now }
      .randomElement(using: &random)
  }

  private mutating func move() throws {
    guard let old = aVisit(), let (slot, role, minutes) = try aSlot(),
      case .done(let made) = try practice.bookings.reschedule(
        visits[old].id, to: .slot(slot), as: practice.patients[visits[old].patient].session)
    else { return }
    let unsaid = end(old)
    add(made, visits[old].patient, role, minutes, told: "change")
    handOn(unsaid, from: old)
  }

  private mutating func cancel() throws {
    guard let visit = aVisit() else { return }
    let session = practice.patients[visits[visit].patient].session
    guard case .done = try practice.bookings.cancel(visits[visit].id, as: session) else { return }
    let unsaid = end(visit)
    expect("cancellation", of: visit, now, visits[visit].start)
    handOn(unsaid, from: visit)
  }

  /// The confirmations that ended with a visit.
  private mutating func end(_ visit: Int) -> [String] {
    visits[visit].isLive = false
    let unsaid = pending.filter { $0.visit == visit && $0.isConfirmation }.map(\.key)
    pending.removeAll { $0.visit == visit }
    return unsaid
  }

  /// The next visit of a series has its confirmation then.
  private mutating func handOn(_ unsaid: [String], from visit: Int) {
    let rest = visits[visit].series.filter { visits[$0].isLive && visits[$0].start > now }
    guard let next = rest.first else { return }
    for key in unsaid {
      let recipient = key.contains(".patient.") ? "patient" : "practitioner"
      pending.append(
        Expected(
          key: "\(visits[next].id.appointmentText).confirmation.\(recipient).1", due: now,
          expires: visits[next].start, visit: next))
    }
  }

  // MARK: Rounds of work

  private func worker(_ limits: MessageLimits, store: Store? = nil) throws -> MessageWorker {
    MessageWorker(
      store: store ?? practice.store, vault: practice.vault, random: TestClinic.random(seed: 9),
      channels: channels,
      composer: MessageComposer(
        texts: try MessageTexts(), from: try EmailAddress("visits@clinic.example")),
      limits: limits)
  }

  /// - Parameter body: asked before an address is refused; nil for channels as they usually are.
  private func answer(_ body: (@Sendable (MessageMedium) -> ChannelAnswer?)?) {
    let closed: [MessageMedium: Set<String>] = [
      .sms: Set(
        wishes.indices.filter { Self.closed(to: $0).contains(.sms) }.map {
          "+1\(2_125_550_147 + $0)"
        }),
      .push: Set(
        wishes.indices.filter { Self.closed(to: $0).contains(.push) }.map { "device-\($0)" }),
    ]
    for (medium, inbox) in channels {
      inbox.answer { message in
        if let said = body?(medium) { return said }
        return closed[medium]?.contains(message.address) == true ? .refused("21211") : nil
      }
    }
  }

  /// - Parameter down: channels that fail in this round.
  private mutating func work(down: Set<MessageMedium> = []) throws -> String? {
    if !down.isEmpty { answer { down.contains($0) ? .failed("503") : nil } }
    _ = try worker(MessageLimits(batch: 3)).work()
    if !down.isEmpty { answer(nil) }
    return try check(down)
  }

  /// One gateway or two fail for some rounds, with something to send.
  private mutating func outage() throws -> String? {
    if let next = nextDue { practice.clinic.clock.set(to: Instant(secondsSinceEpoch: next)) }
    try book()
    let down: Set<MessageMedium> = [[.sms], [.sms], [.sms, .push], [.email]][draw(0..<4)]
    for _ in 0..<draw(1..<6) {
      if let difference = try work(down: down) { return "in an outage: \(difference)" }
      guard let next = nextDue, next - now < 3000 else { break }
      practice.clinic.clock.set(to: Instant(secondsSinceEpoch: next))
    }
    return nil
  }

  /// What arrived since the last check is what was due, no more and no less.
  private mutating func check(_ down: Set<MessageMedium>) throws -> String? {
    var expected: [String: (medium: MessageMedium, visit: Int)] = [:]
    var rest: [Expected] = []
    for var message in pending {
      guard message.notBefore <= now else {
        rest.append(message)
        continue
      }
      let fate = try fate(of: message, down: down)
      let before = message.failures
      var kind = fate.of(&message, at: now)
      if case .again(let seconds) = kind {
        let job = try job(message)
        let longest = now + seconds * 3 / 2 + 1
        if let job, job.state == .waiting {
          let next = job.nextAt.secondsSinceEpoch
          guard (now + seconds / 2...longest).contains(next), next < message.expires else {
            return "\(message.key) is tried again in \(next - now) s"
          }
          kind = .waits(until: next)
        } else {
          // There was no time to try again by that one; by another there may have been.
          guard longest >= message.expires,
            let failed = message.failures.keys.first(where: {
              message.failures[$0] != before[$0]
            })
          else { return "\(message.key) was not tried again: \(job.debugDescription)" }
          message.refused.insert(failed)
          kind = fate.of(&message, at: now)
        }
      }
      tally.failed += message.failures == before ? 0 : 1
      switch kind {
      // By the same channel it is a repeat, which the inbox tells by its key.
      case .arrives(let medium) where medium == message.sentBy: break
      case .arrives(let medium): expected[message.key] = (medium, message.visit)
      case .waits(let until):
        tally.quiet += message.failures == before ? 1 : 0
        message.notBefore = until
        rest.append(message)
      case .isGivenUp: tally.givenUp += 1
      case .again: return "\(message.key) failed by two channels that are down"
      }
    }
    pending = rest
    return compare(expected)
  }

  private func job(_ message: Expected) throws -> MessageJob? {
    try practice.store.read { try $0.messages(of: visits[message.visit].id) }
      .first { $0.key == message.key }
  }

  private mutating func arrivals() -> [(medium: MessageMedium, message: OutgoingMessage)] {
    let arrived = channels.flatMap { medium, inbox in
      inbox.messages.dropFirst(delivered[medium] ?? 0).map { (medium: medium, message: $0) }
    }
    for (medium, inbox) in channels { delivered[medium] = inbox.messages.count }
    return arrived
  }

  private mutating func compare(
    _ expected: [String: (medium: MessageMedium, visit: Int)]
  ) -> String? {
    let arrived = arrivals()
    tally.sent += arrived.count
    tally.repeats = channels.values.map(\.repeats).reduce(0, +)
    let keys = Set(arrived.map(\.message.key))
    guard keys == Set(expected.keys), keys.count == arrived.count else {
      return """
        at \(practice.clinic.clock.now): missing \(Set(expected.keys).subtracting(keys).sorted()), \
        unexpected \(keys.subtracting(expected.keys).sorted())
        """
    }
    for (medium, message) in arrived {
      guard let (wanted, visit) = expected[message.key] else { continue }
      tally.byMedium[medium, default: 0] += 1
      guard medium == wanted else { return "\(message.key) came by \(medium), not \(wanted)" }
      if let wrong = difference(in: message, visits[visit], medium) {
        return "\(message.key): \(wrong)"
      }
    }
    return nil
  }

  private func difference(
    in message: OutgoingMessage, _ visit: Visit, _ medium: MessageMedium
  ) -> String? {
    let isForPatient = message.key.contains(".patient.")
    let address =
      switch medium {
      case .email:
        isForPatient ? practice.patients[visit.patient].email : "doctor\(visit.role)@example.org"
      case .sms: "+1\(2_125_550_147 + visit.patient)"
      case .push: "device-\(visit.patient)"
      }
    guard message.address == address else { return "it went to \(message.address)" }
    let clock = visit.clock(inSpanish: isForPatient && wishes[visit.patient].isSpanish)
    guard message.body.contains(clock) else { return "it does not say \(clock)" }
    guard message.key.contains(".confirmation."), medium == .email else { return nil }
    for other in visit.series {
      let isTold = message.body.contains(visits[other].id.appointmentText)
      let isToCome = visits[other].isLive && visits[other].start > now
      guard isTold == isToCome else {
        return "it \(isTold ? "tells" : "does not tell") of \(visits[other].id.appointmentText)"
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
    answer { _ in
      lock.take(lockPath)
      return arrives ? nil : .failed("lost on the way")
    }
    do {
      // It gives up the lock at once, where a dead worker would not even ask.
      _ = try worker(
        MessageLimits(batch: draw(1..<5)),
        store: try practice.clinic.open(lockWaitSeconds: 0.02)
      ).work()
    } catch StoreError.tryLater {}
    answer(nil)
    lock.release()
    // What did arrive is expected no more; it may come again, which the key tells.
    let arrived = Set(
      channels.flatMap { $1.messages.dropFirst(delivered[$0] ?? 0).map(\.key) })
    var expected: [String: (medium: MessageMedium, visit: Int)] = [:]
    for index in pending.indices where arrived.contains(pending[index].key) {
      var message = pending[index]
      guard message.notBefore <= now,
        case .arrives(let medium) = try fate(of: message, down: []).of(&message, at: now)
      else { return "sent before a crash, and not due: \(message.key)" }
      expected[message.key] = (medium, message.visit)
      pending[index].sentBy = medium
    }
    if let difference = compare(expected) { return "before a crash: \(difference)" }
    try countGivenUp()
    if draw(0..<2) == 0 { try cancel() }
    if draw(0..<3) == 0 { try move() }
    practice.clinic.clock.advance(seconds: 301)
    return try work()
  }

  /// What a worker gave up that has died since; which it had taken nobody else knows.
  private mutating func countGivenUp() throws {
    var rest: [Expected] = []
    for message in pending {
      var tried = message
      if message.notBefore <= now,
        try fate(of: message, down: []).of(&tried, at: now) == .isGivenUp,
        try job(message)?.state == .givenUp
      {
        tally.givenUp += 1
      } else {
        rest.append(message)
      }
    }
    pending = rest
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
