import CivilTime
import Foundation
import ProviderDirectory
import Scheduling
import TestSupport
import Testing

/// What is listed is what is accepted, and every reason is the one that the model finds.
/// `NEARCARE_ROUNDS` multiplies how many practices are tried; `NEARCARE_SEED` replays one.
@Suite struct ModelTests {
  static let seeds: [UInt64] = {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["NEARCARE_SEED"].flatMap({ UInt64($0) }) { return [seed] }
    return Array(0..<UInt64(40 * (environment["NEARCARE_ROUNDS"].flatMap { Int($0) } ?? 1)))
  }()

  @Test(arguments: seeds) func offersAndReasons(seed: UInt64) throws {
    let it = try RandomPractice(seed: seed)
    let model = ModelScheduler(
      schedule: it.schedule, busy: it.busy, rooms: it.rooms, patientBusy: it.patientBusy,
      now: it.now)
    let offered = slots(in: it.schedule, busy: it.busy, rooms: it.rooms, now: it.now)
    #expect(offered == Array(Set(offered)).sorted(), "seed \(seed)")
    for slot in offered {
      let visit = ProposedVisit(slot.id)
      #expect(SlotID(slot.id.description) == slot.id, "seed \(seed)")
      let codes = model.codes(visit).subtracting([.patientBusy])
      #expect(codes == [], "seed \(seed): \(slot.id) is offered")
    }
    let listed = Set(offered)
    for visit in probes(it, seed: seed) {
      let found = refusals(
        of: visit, in: it.schedule, busy: it.busy, rooms: it.rooms, patientBusy: it.patientBusy,
        now: it.now)
      #expect(found == found.sorted(), "seed \(seed)")
      #expect(Set(found.map(\.code)) == model.codes(visit), "seed \(seed): \(visit)")
      let others = found.filter { $0.code != .patientBusy }
      let id = SlotID(
        role: visit.role, start: visit.start,
        minutes: Int(visit.end.seconds(since: visit.start) / 60), visitType: visit.visitType,
        kind: visit.kind)
      let isListed = id.map { listed.contains(Slot(id: $0)) } ?? false
      #expect(others.isEmpty == isListed, "seed \(seed): \(visit)")
    }
  }

  /// Starts around `now` in every shape that the practice offers, and in one that it does not.
  private func probes(_ it: RandomPractice, seed: UInt64) -> [ProposedVisit] {
    var random = SeededGenerator(seed: seed ^ 0x55)
    var shapes: [(Int, VisitType, ShortName?)] = [(35, .inPerson, nil)]
    let offers =
      it.schedule.blocks.map(\.offers) + it.schedule.exceptions.compactMap(\.hours)
    for offer in offers where offer.kinds.isEmpty {
      shapes.append((offer.slotMinutes, offer.visitType, nil))
    }
    for kind in it.schedule.practice.kinds {
      shapes.append((kind.minutes, kind.visitType, kind.id))
    }
    let first = it.now.secondsSinceEpoch / 300 * 300 - 4 * 3600
    return (0..<260).map { _ in
      let (minutes, type, kind) = shapes.randomElement(using: &random)!
      let odd = Int.random(in: 0..<40, using: &random) == 0
      let start = Instant(
        secondsSinceEpoch: first + .random(in: 0..<1500, using: &random) * 300 + (odd ? 17 : 0))
      return ProposedVisit(
        role: drLee, start: start, end: start.adding(seconds: Int64(minutes) * 60),
        visitType: type, kind: kind)
    }
  }

  /// The tries above must meet every reason, and offers in practices of every making.
  @Test func theRandomPracticesMeetEveryReason() throws {
    var codes: Set<Refusal.Code> = []
    var offers = 0
    for seed in UInt64(0)..<40 {
      let it = try RandomPractice(seed: seed)
      offers += slots(in: it.schedule, busy: it.busy, rooms: it.rooms, now: it.now).isEmpty ? 0 : 1
      for visit in probes(it, seed: seed) {
        codes.formUnion(
          refusals(
            of: visit, in: it.schedule, busy: it.busy, rooms: it.rooms,
            patientBusy: it.patientBusy, now: it.now
          ).map(\.code))
      }
    }
    #expect(offers >= 15)
    let expected: Set<Refusal.Code> = [
      .slotInPast, .notice, .beyondHorizon, .noSchedule, .outsideSchedule, .holiday, .timeOff,
      .wrongVisitType, .wrongDuration, .offGrid, .slotTaken, .buffer, .travelTime, .dayFull,
      .weekFull, .noRoom, .patientBusy,
    ]
    #expect(codes == expected, "missing \(expected.subtracting(codes))")
  }
}
