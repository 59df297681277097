import CivilTime
import ProviderDirectory

/// A candidate of `soonest` that is still to be planned.
struct Opening {
  let documentID: UInt32
  /// No slot of the request that is open starts earlier, in seconds since 1970.
  let earliest: Int64
}

/// Openings, the earliest first: a heap, since of thousands only the first are looked at.
struct OpeningQueue {
  private var heap: [Opening]

  init(_ openings: [Opening]) {
    heap = openings
    for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  var first: Opening? { heap.first }

  /// Takes at most `count`, as long as `isWanted`.
  mutating func take(_ count: Int, while isWanted: (Opening) -> Bool) -> [Opening] {
    var taken: [Opening] = []
    while taken.count < count, let first = heap.first, isWanted(first) {
      taken.append(first)
      let last = heap.removeLast()
      if !heap.isEmpty {
        heap[0] = last
        sink(0)
      }
    }
    return taken
  }

  private mutating func sink(_ place: Int) {
    heap.withUnsafeMutableBufferPointer { heap in
      var hole = place
      let sinking = heap[place]
      while case let left = 2 * hole + 1, left < heap.count {
        let right = left + 1
        let child =
          right < heap.count && heap[right].earliest < heap[left].earliest ? right : left
        if heap[child].earliest >= sinking.earliest { break }
        heap[hole] = heap[child]
        hole = child
      }
      heap[hole] = sinking
    }
  }
}

/// The page of `soonest` while others are still to be planned: by first open slot, then by
/// distance, ties by role id.
struct SoonestPage {
  private let limit: Int
  private(set) var candidates: [BookableCandidate] = []

  init(limit: Int) { self.limit = limit }

  /// Whether a candidate whose first slot starts at `earliest` can be on the page; at the moment of
  /// the last one's, it may be nearer.
  func canEnter(_ earliest: Int64) -> Bool {
    guard candidates.count == limit, let last = candidates.last else { return limit > 0 }
    return earliest <= last.slots[0].start.secondsSinceEpoch
  }

  /// Those whom nobody with a first slot at `earliest` or later comes before.
  func candidates(before earliest: Int64) -> [BookableCandidate] {
    Array(candidates.prefix { $0.slots[0].start.secondsSinceEpoch < earliest })
  }

  /// Takes in those of `planned` that have an open slot.
  mutating func add(_ planned: [BookableCandidate]) {
    candidates += planned.lazy.filter { !$0.slots.isEmpty }
    candidates.sort { a, b in
      let (left, right) = (a.slots[0].start, b.slots[0].start)
      return left == right ? NearbyCandidate.isNearer(a.nearby, b.nearby) : left < right
    }
    candidates.removeLast(max(0, candidates.count - limit))
  }
}
