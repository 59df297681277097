import Booking
import CivilTime
import Foundation
import Privacy
import Scheduling
import Store
import StoreTestSupport
import TestSupport
import Testing

/// Random requests to the bookings and to the model, which must answer alike and end up with the
/// same claims. `NEARCARE_SEED` replays one seed; `NEARCARE_ROUNDS` multiplies how many are tried.
@Suite struct ModelTests {
  private static let seeds: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["NEARCARE_SEED"].flatMap({ UInt64($0) }) { return [seed] }
    let factor = environment["NEARCARE_ROUNDS"].flatMap { Int($0) } ?? 1
    return Array(1...UInt64(8 * factor))
  }()

  @Test(arguments: seeds)
  func bookingsDoWhatTheModelDoes(seed: UInt64) throws {
    var run = try ModelRun(seed: seed)
    for step in 1...120 {
      let (what, expected, found) = try run.step()
      guard expected == found else {
        Issue.record(
          """
          seed \(seed), step \(step), \(what): the model says \(expected), the store \(found); \
          replay with NEARCARE_SEED=\(seed)
          """)
        return
      }
      if let difference = try run.difference() {
        Issue.record(
          "seed \(seed), step \(step), \(what): \(difference); replay with NEARCARE_SEED=\(seed)")
        return
      }
    }
    #expect(try run.desk.clinic.overlaps() == 0, "seed \(seed)")
    try run.desk.store.read { _ = try $0.verifyAudit(vault: run.desk.vault) }
  }
}

private struct ModelRun {
  let desk: Desk
  private var model: ModelBookings
  private var generator: SeededGenerator
  private let sessions: [SessionToken]
  private let patients: [PatientID]
  private let slots: [SlotID]
  /// The store's id of each of the model's claims.
  private var ids: [ClaimID] = []

  init(seed: UInt64) throws {
    let limits = BookingLimits(holdsPerSession: 3)
    let desk = try Desk(limits: limits, seed: seed)
    self.desk = desk
    generator = SeededGenerator(seed: seed)
    // Two sessions of the first patient, one each of two others.
    let registrations = try ["Ann", "Ann", "Bob", "Cid"].map {
      try Desk.register($0, desk.bookings)
    }
    sessions = registrations.map(\.token)
    patients = registrations.map(\.patient)
    model = ModelBookings(
      limits: limits, patients: [0, 0, 2, 3], now: desk.clinic.clock.now.secondsSinceEpoch)
    // This morning and a little of tomorrow, so that time matters and claims collide.
    slots = [Desk.heart, Desk.heartElsewhere, Desk.skin].flatMap { role in
      let length = role == Desk.heartElsewhere ? 45 : 30
      return [0, 1].flatMap { day in
        stride(from: 540, to: 540 + 4 * length, by: length).map {
          TestClinic.slot(role, day: day, $0 / 60, $0 % 60, minutes: length)
        }
      }
    }
  }

  /// One random request, its answer by the model, and its answer by the store.
  mutating func step() throws -> (String, ModelBookings.Answer, ModelBookings.Answer) {
    let session = Int.random(in: 0..<sessions.count, using: &generator)
    let token = sessions[session]
    let slot = slots.randomElement(using: &generator)!
    let number = Int.random(in: 0..<max(ids.count, 1), using: &generator)
    let key = Bool.random(using: &generator) ? "k\(number % 4)" : nil
    switch Int.random(in: 0..<10, using: &generator) {
    case 0, 1, 2:
      let expected = model.hold(slot, session)
      let found = try answer(desk.bookings.hold(slot, as: token)) { $0.id }
      return ("hold \(slot) by \(session)", expected, found)
    case 3, 4:
      let expected = model.book(slot: slot, key: key, session)
      let found = try answer(
        desk.bookings.book(.slot(slot), idempotencyKey: key, as: token)
      ) { $0.id }
      return ("book \(slot) by \(session), key \(key ?? "none")", expected, found)
    case 5 where !ids.isEmpty, 6 where !ids.isEmpty:
      let expected = model.book(hold: number, key: key, session)
      let found = try answer(
        desk.bookings.book(.hold(ids[number]), idempotencyKey: key, as: token)
      ) { $0.id }
      return ("book hold \(number) by \(session), key \(key ?? "none")", expected, found)
    case 7 where !ids.isEmpty:
      let expected = model.release(number, session)
      let found = try answer(desk.bookings.release(ids[number], as: token)) { $0.id }
      return ("release \(number) by \(session)", expected, found)
    case 8 where !ids.isEmpty:
      let expected = model.cancel(number, session)
      let found = try answer(desk.bookings.cancel(ids[number], as: token)) { $0.id }
      return ("cancel \(number) by \(session)", expected, found)
    default:
      let seconds: Int64 = [1, 60, 299, 300, 301, 1200].randomElement(using: &generator)!
      desk.clinic.clock.advance(seconds: seconds)
      model.now += seconds
      return ("\(seconds) s pass", .claim(0), .claim(0))
    }
  }

  private mutating func answer<Value>(
    _ outcome: Outcome<Value>, _ id: (Value) -> ClaimID
  ) -> ModelBookings.Answer {
    switch outcome {
    case .refused(let refusal): return .refused(refusal.code)
    case .done(let value):
      if let number = ids.firstIndex(of: id(value)) { return .claim(number) }
      ids.append(id(value))
      return .claim(ids.count - 1)
    }
  }

  /// The first claim that the store and the model tell differently; nil when there is none.
  func difference() throws -> String? {
    let stored = try desk.store.read { transaction in
      try Set(patients).flatMap {
        try transaction.claims(of: $0, in: Set(ClaimState.allCases))
      }
    }
    guard stored.count == model.claims.count else {
      return "\(stored.count) claims stored, \(model.claims.count) in the model"
    }
    let now = desk.clinic.clock.now
    for claim in stored {
      guard let number = ids.firstIndex(of: claim.id) else { return "\(claim.id) is unknown" }
      let expected = model.claims[number]
      // A hold that is over may still be called held until somebody wants its place.
      let state = claim.hasExpired(at: now) ? .expired : claim.state
      let modelState =
        expected.state == .held && !model.isLive(expected) ? ClaimState.expired : expected.state
      guard state == modelState, claim.slot == expected.slot,
        claim.patient == patients[expected.patient], claim.idempotencyKey == expected.key,
        claim.holdExpiresAt?.secondsSinceEpoch == expected.expiresAt
      else { return "claim \(number) is \(claim), in the model \(expected)" }
    }
    return nil
  }
}
