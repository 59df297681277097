import Booking
import CivilTime
import Foundation
import Privacy
import ProviderDirectory
import Scheduling
import Store
import StoreTestSupport
import TestSupport
import Testing

/// What a patient is offered is accepted unless somebody else took it meanwhile, and what is not
/// offered is never accepted: random offers with random bookings between the offer and the answer,
/// against the model. `NEARCARE_OFFERS` says how many are tried; `NEARCARE_SEED` replays one run.
@Suite struct OfferTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seeds: [UInt64] =
    environment["NEARCARE_SEED"].flatMap { UInt64($0) }.map { [$0] } ?? Array(1...4)
  private static let tries = environment["NEARCARE_OFFERS"].flatMap { Int($0) } ?? 600

  @Test(arguments: seeds) func offersAreKept(seed: UInt64) throws {
    var clinic = try OfferRun(seed: seed)
    for step in 0..<Self.tries / Self.seeds.count {
      if let difference = try clinic.step() {
        Issue.record("seed \(seed), step \(step): \(difference)")
        return
      }
    }
    print("seed \(seed): \(clinic.tally)")
    #expect(clinic.tally.accepted > Self.tries / Self.seeds.count / 10)
    #expect(clinic.tally.overtaken >= Self.tries / 600)
    #expect(try clinic.desk.clinic.overlaps() == 0)
  }
}

/// A person at two sites with a way between them, a second one who shares the rooms of the first
/// site, and one with plain hours there.
private struct OfferRun {
  struct Tally {
    /// Offered and accepted; offered, then taken by another; not offered and refused.
    var accepted = 0
    var overtaken = 0
    var refused = 0
  }

  private struct Live {
    let id: ClaimID
    let slot: SlotID
    let before, after: Int64
    let room: Int64?
    let session: Int
    /// Nil for a booked visit.
    let expiresAt: Instant?
  }

  let desk: Desk
  private(set) var tally = Tally()
  private var random: SeededGenerator
  private let roles: [RoleID]
  private let sessions: [SessionToken]
  private let patients: [PatientID]
  private var schedules: [RoleID: Schedule] = [:]
  private var live: [Live] = []
  private var clock: WallClock
  private var day = TestClinic.start

  init(seed: UInt64) throws {
    // A long run passes more days than a session lasts.
    let limits = BookingLimits(holdsPerPatient: 1000, sessionSeconds: 3650 * 86_400)
    let desk = try Desk(limits: limits, seed: seed)
    self.desk = desk
    random = SeededGenerator(seed: seed)
    let registrations = try ["Ann", "Ann", "Bob", "Cid"].map {
      try Desk.register($0, desk.bookings)
    }
    sessions = registrations.map(\.token)
    patients = registrations.map(\.patient)
    let all = [Desk.heart, Desk.heartElsewhere, Desk.skin, TestClinic.role(person: 3)]
    roles = all
    try desk.clinic.add([all[3]], slotMinutes: 20, to: desk.store)
    clock = WallClock(
      zone: try Zone(TestClinic.zone), from: TestClinic.start.adding(seconds: -5 * 86_400),
      days: 20)
    try setUp()
    schedules = try desk.store.read { try $0.schedules(of: all) }
  }

  private func setUp() throws {
    func name(_ text: String) -> ShortName { ShortName(text)! }
    let new = try VisitKind(
      id: name("new-patient"), name: "New patient", visitType: .inPerson, minutes: 40,
      bufferBeforeMinutes: 5, bufferAfterMinutes: 10, roomKind: name("exam"))
    let follow = try VisitKind(
      id: name("follow-up"), name: "Follow-up", visitType: .inPerson, minutes: 20,
      roomKind: name("exam"))
    let call = try VisitKind(
      id: name("call"), name: "Call", visitType: .telehealth, minutes: 10, bufferAfterMinutes: 5)
    let offers = try OfferedVisits(
      slotMinutes: 20, stepMinutes: 10, visitType: .inPerson, kinds: [new.id, follow.id, call.id])
    let hours = try Weekday.allCases.map {
      try ScheduleBlock(
        weekday: $0, start: TimeOfDay(minutes: 540)!, end: TimeOfDay(minutes: 780)!,
        offers: offers)
    }
    let tuesday = CivilDate(iso: "2026-11-24")!
    let afternoon = try ScheduleException(
      .replacementHours(offers),
      from: CivilDateTime(date: tuesday, time: TimeOfDay(minutes: 840)!)!,
      to: CivilDateTime(date: tuesday, time: TimeOfDay(minutes: 960)!)!)
    try desk.store.write { transaction in
      for role in [roles[0], roles[2]] {
        for kind in [new, follow, call] { try transaction.put(kind, of: role) }
        try transaction.replaceSchedule(
          of: role, blocks: hours, exceptions: role == roles[0] ? [afternoon] : [], run: 1)
      }
      for number in 1...2 {
        _ = try transaction.addRoom(new.roomKind!, number: number, at: roles[0].site)
      }
      try transaction.setTravel(30, between: roles[0], and: roles[1])
      try transaction.set(
        PracticeRules(noticeMinutes: 30, horizonDays: 3, visitsPerDay: 6, visitsPerWeek: 14),
        of: roles[0])
      try transaction.set(PracticeRules(horizonDays: 2), of: roles[1])
      try transaction.set(PracticeRules(horizonDays: 2, visitsPerDay: 9), of: roles[2])
      try transaction.set(PracticeRules(horizonDays: 1), of: roles[3])
    }
  }

  /// One offer or non-offer, perhaps a rival in between, and the answer; what was wrong, or nil.
  mutating func step() throws -> String? {
    let session = Int.random(in: 0..<sessions.count, using: &random)
    let role = roles.randomElement(using: &random)!
    if Int.random(in: 0..<12, using: &random) == 0 {
      desk.clinic.clock.advance(seconds: [60, 299, 300, 1800].randomElement(using: &random)!)
      if desk.clinic.clock.now > day.adding(seconds: 9 * 3600) { try nextDay() }
    }
    let offered = try offers(role, session)
    let wantsOffer = Bool.random(using: &random)
    let slot = wantsOffer ? offered.randomElement(using: &random)?.id : nil
    let wanted = slot ?? anySlot(role)
    let isOffered = offered.contains(Slot(id: wanted))
    let isRivalled = Int.random(in: 0..<3, using: &random) == 0
    if isRivalled, let difference = try rival(wanted, session) { return difference }
    let booking = Bool.random(using: &random)
    let expected = codes(wanted, session, booking: booking)
    let reasons = codes(wanted, session, booking: true, promised: false).subtracting([.patientBusy])
    let answer = try ask(wanted, session, booking: booking)
    if !isRivalled, isOffered != reasons.isEmpty {
      return "\(wanted) is \(isOffered ? "" : "not ")offered, the model says \(reasons)"
    }
    guard answer == expected.min() else {
      return "\(wanted): \(answer.map { $0.rawValue } ?? "done"), the model says \(expected)"
    }
    if answer == nil { tally.accepted += 1 }
    if answer != nil && isOffered { tally.overtaken += 1 }
    if answer != nil && !isOffered { tally.refused += 1 }
    return nil
  }

  private func offers(_ role: RoleID, _ session: Int) throws -> [Slot] {
    try desk.store.read { transaction in
      let schedule = try #require(try transaction.schedule(of: role))
      let range = transaction.now..<transaction.now.adding(seconds: 5 * 86_400)
      let taken = try transaction.occupancy(
        of: [schedule], for: range, holdsOf: sessions[session].hash)
      return slots(
        in: schedule, busy: taken.busy(role), rooms: taken.rooms(role), now: transaction.now)
    }
  }

  /// A slot of some shape on some five minutes of the next three days, mostly not to be had.
  private mutating func anySlot(_ role: RoleID) -> SlotID {
    let kind = schedules[role]!.practice.kinds.randomElement(using: &random)
    let block = schedules[role]!.blocks[0]
    let minute = Int64.random(in: 0..<3 * 288, using: &random) * 5
    let now = desk.clinic.clock.now.secondsSinceEpoch / 300 * 300
    return SlotID(
      role: role, start: Instant(secondsSinceEpoch: now + minute * 60),
      minutes: kind?.minutes ?? block.slotMinutes, visitType: kind?.visitType ?? block.visitType,
      kind: kind?.id)!
  }

  /// Another session takes what is wanted or something else, or a visit is cancelled.
  private mutating func rival(_ wanted: SlotID, _ session: Int) throws -> String? {
    let now = desk.clinic.clock.now
    let coming = live.indices.filter { live[$0].expiresAt == nil && now < live[$0].slot.start }
    if let booked = coming.randomElement(using: &random),
      Int.random(in: 0..<3, using: &random) == 0
    {
      _ = try desk.bookings.cancel(live[booked].id, as: sessions[live[booked].session]).value
      live.remove(at: booked)
      return nil
    }
    let other = (session + 1 + Int.random(in: 0..<3, using: &random)) % 4
    let role = Bool.random(using: &random) ? wanted.role : roles.randomElement(using: &random)!
    let open = try offers(role, other)
    let near = open.filter { $0.start < wanted.end && wanted.start < $0.end }
    guard let slot = (near.isEmpty ? open : near).randomElement(using: &random) else { return nil }
    let booking = Bool.random(using: &random)
    let expected = codes(slot.id, other, booking: booking)
    let answer = try ask(slot.id, other, booking: booking)
    return answer == expected.min() ? nil : "the rival's \(slot.id): \(String(describing: answer))"
  }

  /// Asks the bookings and writes down what stands.
  private mutating func ask(
    _ slot: SlotID, _ session: Int, booking: Bool
  ) throws -> Refusal.Code? {
    let (id, expiresAt): (ClaimID, Instant?)
    if booking {
      let outcome = try desk.bookings.book(.slot(slot), as: sessions[session])
      guard outcome.code == nil else { return outcome.code }
      (id, expiresAt) = (try outcome.value.id, nil)
    } else {
      let outcome = try desk.bookings.hold(slot, as: sessions[session])
      guard outcome.code == nil else { return outcome.code }
      (id, expiresAt) = (try outcome.value.id, try outcome.value.expiresAt)
    }
    let claim = try #require(try desk.store.read { try $0.claim(id) })
    live.removeAll { $0.id == id }
    live.append(
      Live(
        id: id, slot: slot, before: claim.beforeSeconds, after: claim.afterSeconds,
        room: claim.room, session: session, expiresAt: expiresAt))
    return nil
  }

  /// What the model answers, with the claims as this run has written them down.
  ///
  /// - Parameter promised: whether a hold of the session's own keeps what it promised.
  private func codes(
    _ slot: SlotID, _ session: Int, booking: Bool, promised: Bool = true
  ) -> Set<Refusal.Code> {
    let now = desk.clinic.clock.now
    let standing = live.filter { $0.expiresAt.map { now < $0 } ?? true }
    let own = standing.first {
      $0.expiresAt != nil && $0.session == session && $0.slot == slot
    }
    // Holding again what one holds gives the same hold, whatever the rules say by now.
    if own != nil, !booking { return [] }
    func busy(_ claim: Live) -> Busy {
      Busy(
        start: claim.slot.start, end: claim.slot.end, beforeSeconds: claim.before,
        afterSeconds: claim.after, role: claim.slot.role)
    }
    let others = standing.filter { $0.id != own?.id }
    let mine = others.filter { $0.expiresAt == nil && patients[$0.session] == patients[session] }
    let model = ModelScheduler(
      schedule: schedules[slot.role]!,
      busy: others.filter { $0.slot.role.npi == slot.role.npi }.map(busy),
      rooms: others.compactMap { claim in
        claim.room.map { RoomUse(room: $0, claim: busy(claim)) }
      }, patientBusy: booking ? mine.map(busy) : [], now: now, clock: clock)
    var codes = model.codes(ProposedVisit(slot))
    // A hold keeps its promise: notice and horizon are those of its making.
    if own != nil, promised { codes.subtract([.notice, .beyondHorizon]) }
    return codes
  }

  /// The next morning, with most of what was booked given up; what was before last week is
  /// forgotten.
  private mutating func nextDay() throws {
    let now = desk.clinic.clock.now
    for claim in live where claim.expiresAt == nil && claim.slot.start > now {
      guard Int.random(in: 0..<4, using: &random) > 0 else { continue }
      _ = try desk.bookings.cancel(claim.id, as: sessions[claim.session]).value
      live.removeAll { $0.id == claim.id }
    }
    desk.clinic.clock.advance(seconds: 15 * 3600)
    let morning = desk.clinic.clock.now
    live.removeAll {
      $0.expiresAt != nil || $0.slot.start < morning.adding(seconds: -14 * 86_400)
    }
    clock = WallClock(
      zone: try Zone(TestClinic.zone), from: morning.adding(seconds: -16 * 86_400), days: 30)
    day = morning
  }
}
