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

  func plan(_ batch: some Collection<NearbyCandidate>) throws -> [BookableCandidate] {
    let schedules = try transaction.schedules(of: batch.map(\.roleID))
    let occupancy = try transaction.occupancy(
      of: schedules.values, for: claimsOfInterest(schedules.values), holdsOf: session)
    return batch.map { candidate in
      guard let schedule = schedules[candidate.roleID] else {
        return BookableCandidate(nearby: candidate, slots: [])
      }
      return BookableCandidate(
        nearby: candidate,
        slots: slots(
          in: schedule, matching: request, busy: occupancy.busy(candidate.roleID),
          rooms: occupancy.rooms(candidate.roleID), now: now))
    }
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
