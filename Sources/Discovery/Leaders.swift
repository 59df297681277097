import CivilTime
import ProviderDirectory
import SearchIndex

/// The best candidates with an open slot so far, while others are still to be planned.
///
/// Candidates are offered by rank, then by distance, then by role id. So the best that one may turn
/// out to be is no worse than the best of all after it, and once it cannot enter, none of them can.
struct Leaders {
  private let limit: Int
  private let now: Instant
  /// No slot in the window starts earlier.
  private let leastWaitSeconds: Int64
  private var leaders: [(place: Place, candidate: BookableCandidate)] = []

  /// A candidate's place in the order `best`.
  private struct Place: Comparable {
    let rank: MatchRank
    let cost: Double
    let roleID: RoleID

    static func < (a: Place, b: Place) -> Bool {
      (a.rank, a.cost, a.roleID) < (b.rank, b.cost, b.roleID)
    }
  }

  init(limit: Int, now: Instant, leastWaitSeconds: Int64) {
    self.limit = limit
    self.now = now
    self.leastWaitSeconds = leastWaitSeconds
  }

  /// In order.
  var candidates: [BookableCandidate] { leaders.map(\.candidate) }

  /// Those that neither `next` nor anybody after it can come before.
  func candidates(before next: NearbyCandidate) -> [BookableCandidate] {
    let least = leastPlace(of: next)
    return leaders.prefix { $0.place < least }.map(\.candidate)
  }

  func canEnter(_ candidate: NearbyCandidate) -> Bool {
    guard leaders.count == limit, let last = leaders.last?.place else { return limit > 0 }
    return leastPlace(of: candidate) < last
  }

  private func leastPlace(of candidate: NearbyCandidate) -> Place {
    let least = VisitCost(
      distanceMeters: candidate.distanceMeters, waitSeconds: leastWaitSeconds)
    return Place(rank: candidate.rank, cost: least.total, roleID: candidate.roleID)
  }

  /// Takes in those of `planned` that have an open slot.
  mutating func add(_ planned: [BookableCandidate]) {
    for candidate in planned where !candidate.slots.isEmpty {
      let place = Place(
        rank: candidate.nearby.rank, cost: VisitCost(candidate, now: now).total,
        roleID: candidate.nearby.roleID)
      leaders.append((place, candidate))
    }
    leaders.sort { $0.place < $1.place }
    leaders.removeLast(max(0, leaders.count - limit))
  }
}
