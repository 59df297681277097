import CivilTime
import ProviderDirectory
import Scheduling
import TestSupport
import Testing

/// What is listed can be booked, and what can be booked is listed.
@Suite struct OfferedIsAcceptedTests {
  struct Shape: Hashable {
    let minutes: Int
    let visitType: VisitType
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func overRandomSchedules(seed: UInt64) throws {
    let it = try RandomCase(seed: seed)
    let all = slots(in: it.schedule, busy: it.busy, now: it.now)
    #expect(all == Array(Set(all)).sorted())
    for slot in all {
      let reasons = refusals(
        of: ProposedVisit(slot.id), in: it.schedule, busy: it.busy, now: it.now)
      #expect(reasons == [], "seed \(seed): \(slot.id) is offered")
      #expect(SlotID(slot.id.description) == slot.id)
    }
    let offered = Set(all)
    for visit in probes(it, seed: seed) {
      let isAccepted = refusals(of: visit, in: it.schedule, busy: it.busy, now: it.now).isEmpty
      let minutes = Int(visit.end.secondsSinceEpoch - visit.start.secondsSinceEpoch) / 60
      let id = SlotID(
        role: visit.role, start: visit.start, minutes: minutes, visitType: visit.visitType)
      #expect(
        isAccepted == id.map { offered.contains(Slot(id: $0)) } ?? false,
        "seed \(seed): \(visit)")
    }
  }

  /// Every five minutes around `now`, in every shape that the schedule knows and one it does not; a
  /// few at odd seconds.
  private func probes(_ it: RandomCase, seed: UInt64) -> [ProposedVisit] {
    var shapes: Set<Shape> = [Shape(minutes: 35, visitType: .inPerson)]
    for block in it.schedule.blocks {
      shapes.insert(Shape(minutes: block.slotMinutes, visitType: block.visitType))
    }
    for hours in it.schedule.exceptions.compactMap(\.hours) {
      shapes.insert(Shape(minutes: hours.slotMinutes, visitType: hours.visitType))
    }
    var random = SeededGenerator(seed: seed ^ 0xffff)
    let first = it.now.secondsSinceEpoch / 300 * 300 - 4 * 3600
    var visits: [ProposedVisit] = []
    for step in 0..<Int64(430) {
      let odd = Int.random(in: 0..<40, using: &random) == 0
      let jitter = odd ? Int64.random(in: -150...150, using: &random) : 0
      let start = Instant(secondsSinceEpoch: first + step * 300 + jitter)
      for shape in shapes {
        visits.append(
          ProposedVisit(
            role: drLee, start: start, end: start.adding(seconds: Int64(shape.minutes) * 60),
            visitType: shape.visitType))
      }
    }
    return visits
  }

  @Test func theRandomSchedulesOfferAndRefuse() throws {
    var offers = 0
    var codes: Set<Refusal.Code> = []
    for seed in 0..<60 as Range<UInt64> {
      let it = try RandomCase(seed: seed)
      offers += slots(in: it.schedule, busy: it.busy, now: it.now).isEmpty ? 0 : 1
      for visit in probes(it, seed: seed).prefix(900) {
        codes.formUnion(
          refusals(of: visit, in: it.schedule, busy: it.busy, now: it.now).map(\.code))
      }
    }
    #expect(offers > 30)
    let expected: Set<Refusal.Code> = [
      .slotInPast, .notice, .beyondHorizon, .noSchedule, .outsideSchedule, .timeOff,
      .wrongVisitType, .wrongDuration, .offGrid, .slotTaken,
    ]
    #expect(codes == expected)
  }

  /// Years 0 to 9999, of which slot ids reach 1970 to 9999; before that some zones had offsets with
  /// seconds.
  @Test func atTheEndsOfTheCalendar() throws {
    let round = try hours("00:00-24:00 every 60")
    let ends = [
      "0000-01-01T00:00:00Z", "1883-11-18T12:00:00Z", "1969-12-31T12:00:00Z",
      "1970-01-01T00:00:00Z", "9999-12-31T20:00:00Z",
    ]
    for zone in RandomCase.zones {
      let office = try schedule(zone, round, horizon: 1)
      for text in ends {
        let now = instant(text)
        let offered = Set(slots(in: office, busy: [], now: now).map(\.start))
        if text == "0000-01-01T00:00:00Z" { #expect(offered.isEmpty) }
        for minute in stride(from: Int64(-120), to: 60 * 52, by: 15) {
          let start = now.adding(seconds: minute * 60)
          let visit = ProposedVisit(
            role: drLee, start: start, end: start.adding(seconds: 3600), visitType: .inPerson)
          let reasons = refusals(of: visit, in: office, busy: [], now: now)
          #expect(reasons.isEmpty == offered.contains(start), "\(zone) \(start) \(reasons)")
        }
      }
    }
  }
}
