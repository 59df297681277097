import Geospatial

/// Puts documents in order of their rank, then of their distance where there is an origin, then of
/// their role ids. Only what can be on the page is put in order.
struct BestFirst {
  let ranks: MatchRanks
  let origin: Coordinate?
  let places: PlaceColumns
  let patience: Patience

  /// - Parameter documents: ascending.
  func page(of documents: [UInt32], offset: Int, limit: Int) throws(IndexError) -> [Candidate] {
    if ranks.areEqual { return try nearest(documents, offset: offset, limit: limit) }
    let numbers = documents.map { ranks.rank($0).number }
    var counts = [Int](repeating: 0, count: MatchRank.count)
    for number in numbers { counts[Int(number)] += 1 }
    var page: [Candidate] = []
    var skipped = 0
    for (number, count) in counts.enumerated() where count > 0 && page.count < limit {
      defer { skipped += count }
      guard skipped + count > offset else { continue }
      let members =
        count == documents.count
        ? documents : zip(documents, numbers).lazy.filter { $0.1 == number }.map(\.0)
      try patience.check()
      page += try nearest(
        members, offset: max(0, offset - skipped), limit: limit - page.count)
    }
    return page
  }

  private func nearest(
    _ documents: [UInt32], offset: Int, limit: Int
  ) throws(IndexError) -> [Candidate] {
    if let origin {
      return try NearestFirst(origin: origin, places: places, ranks: ranks, patience: patience)
        .page(of: documents, offset: offset, limit: limit)
    }
    let wanted = min(offset + limit, documents.count)
    guard offset < wanted else { return [] }
    let roles = documents.map { places.roles[Int($0) - 1] }
    let last = smallest(wanted, of: roles)
    return zip(roles, documents).filter { $0.0 <= last }.sorted { $0.0 < $1.0 }[offset..<wanted]
      .map { Candidate(document: $0.1, places: places, ranks: ranks) }
  }
}

/// The k-th smallest (k from 1), by a heap of the k smallest so far with the largest on top.
func smallest<Value: Comparable>(_ k: Int, of values: [Value]) -> Value {
  var heap = Array(values[..<k])
  heap.sort(by: >)
  heap.withUnsafeMutableBufferPointer { heap in
    for value in values[k...] where value < heap[0] {
      var hole = 0
      while case let left = 2 * hole + 1, left < k {
        let child = left + 1 < k && heap[left + 1] > heap[left] ? left + 1 : left
        if heap[child] <= value { break }
        heap[hole] = heap[child]
        hole = child
      }
      heap[hole] = value
    }
  }
  return heap[0]
}
