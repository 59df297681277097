import ProviderDirectory

/// A candidate of `soonest` that is still to be planned.
struct Opening {
  let candidate: NearbyCandidate
  /// No slot of the request that is open starts earlier, in seconds since 1970.
  let earliest: Int64

  /// Its place in the order `soonest` can only be later.
  var place: SoonestPlace { SoonestPlace(start: earliest, candidate) }
}

/// A place in the order `soonest`: by first open slot, then by distance, ties by role id.
struct SoonestPlace: Comparable {
  private let start: Int64
  private let distance: Double
  private let roleID: RoleID

  init(start: Int64, _ candidate: NearbyCandidate) {
    self.start = start
    distance = candidate.distanceMeters ?? 0
    roleID = candidate.roleID
  }

  /// - Parameter candidate: one with an open slot.
  init(_ candidate: BookableCandidate) {
    self.init(start: candidate.slots[0].start.secondsSinceEpoch, candidate.nearby)
  }

  static func < (a: SoonestPlace, b: SoonestPlace) -> Bool {
    if a.start != b.start { return a.start < b.start }
    return a.distance == b.distance ? a.roleID < b.roleID : a.distance < b.distance
  }
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
          right < heap.count && heap[right].place < heap[left].place ? right : left
        if heap[child].place >= sinking.place { break }
        heap[hole] = heap[child]
        hole = child
      }
      heap[hole] = sinking
    }
  }
}

/// The page of `soonest` while others are still to be planned.
struct SoonestPage {
  private let limit: Int
  private(set) var candidates: [BookableCandidate] = []

  init(limit: Int) { self.limit = limit }

  func canEnter(_ opening: Opening) -> Bool {
    guard candidates.count == limit, let last = candidates.last else { return limit > 0 }
    return opening.place < SoonestPlace(last)
  }

  /// Those whom neither `next` nor anybody after it can come before.
  func candidates(before next: Opening) -> [BookableCandidate] {
    Array(candidates.prefix { SoonestPlace($0) < next.place })
  }

  /// Takes in those of `planned` that have an open slot.
  mutating func add(_ planned: [BookableCandidate]) {
    candidates += planned.lazy.filter { !$0.slots.isEmpty }
    candidates.sort { SoonestPlace($0) < SoonestPlace($1) }
    candidates.removeLast(max(0, candidates.count - limit))
  }
}
