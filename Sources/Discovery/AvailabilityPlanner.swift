import CivilTime
import ProviderDirectory
import Scheduling
import Store

/// Generates open slots for candidates, a batch at a time, inside one read transaction.
///
/// Schedules and claims of a batch are read in a constant number of queries, whatever its size.
struct AvailabilityPlanner {
  let transaction: ReadTransaction
  let request: SlotRequest
  let now: Instant
  /// The hash of the session whose own holds do not hide a slot from it.
  let session: [UInt8]?
  private var bounds: [(zone: Zone, bound: StartBound)] = []

  init(
    transaction: ReadTransaction, request: SlotRequest, now: Instant, session: [UInt8]?
  ) {
    self.transaction = transaction
    self.request = request
    self.now = now
    self.session = session
  }

  /// - Returns: the candidates in their order; and of how many slots were generated, since the
  ///   summary of availability rules some out.
  mutating func plan(
    _ batch: some Collection<NearbyCandidate>
  ) throws -> (candidates: [BookableCandidate], generated: Int) {
    let schedules = try transaction.schedules(of: batch.map(\.roleID)) { earliestStart($0) != nil }
    let occupancy = try transaction.occupancy(
      of: Array(schedules.values), for: claimsOfInterest(schedules.values), holdsOf: session)
    let candidates = batch.map { candidate in
      guard let schedule = schedules[candidate.roleID] else {
        return BookableCandidate(nearby: candidate, slots: [])
      }
      return BookableCandidate(
        nearby: candidate,
        slots: slots(
          in: schedule, matching: request, busy: occupancy.busy(candidate.roleID),
          rooms: occupancy.rooms(candidate.roleID), now: now))
    }
    return (candidates, schedules.count)
  }

  /// Of `candidates`, those that may have a slot of the request, and from when on.
  mutating func openings(_ candidates: ArraySlice<NearbyCandidate>) throws -> [Opening] {
    let noticed = now.adding(seconds: try transaction.leastNoticeSeconds())
    var openings = [Instant?](repeating: max(earliest, noticed), count: candidates.count)
    try transaction.forEachOutlook(of: candidates.map(\.roleID)) { place, outlook in
      openings[place] = earliestStart(outlook)
    }
    return zip(candidates, openings).compactMap { candidate, earliest in
      earliest.map { Opening(candidate: candidate, earliest: $0.secondsSinceEpoch) }
    }
  }

  /// A moment before which a schedule with this outlook has no slot of the request, told before any
  /// is laid; nil where it has none at all.
  private mutating func earliestStart(_ outlook: Outlook) -> Instant? {
    let earliest = max(outlook.earliest, now.adding(seconds: outlook.noticeSeconds))
    // Those of an area are in a zone or two.
    let known = bounds.firstIndex { $0.zone == outlook.zone }
    if known == nil {
      bounds.append((outlook.zone, StartBound(request, in: outlook.zone, from: now)))
    }
    return bounds[known ?? bounds.count - 1].bound.start(in: outlook.starts, from: earliest)
  }

  /// From now to a moment before which no slot of the request starts, in any zone.
  var leastWaitSeconds: Int64 { earliest.secondsSinceEpoch - now.secondsSinceEpoch }

  private static let day: Int64 = 86_400

  private var earliest: Instant {
    guard let dates = request.dates else { return now }
    let from = (Int64(dates.lowerBound.daysSinceEpoch) - 1) * Self.day
    return max(now, Instant(secondsSinceEpoch: from))
  }

  /// The stretch that slots of the request can touch in any zone: a day's margin covers offsets,
  /// and another one visits that run past midnight.
  private func claimsOfInterest(_ schedules: some Collection<Schedule>) -> Range<Instant> {
    let furthest = schedules.lazy.map(\.rules.horizonDays).max() ?? 0
    let horizon = now.adding(seconds: Int64(furthest + 2) * Self.day)
    guard let dates = request.dates else { return now..<horizon }
    let to = Instant(
      secondsSinceEpoch: (Int64(dates.upperBound.daysSinceEpoch) + 3) * Self.day)
    return earliest..<max(earliest, min(horizon, to))
  }
}
