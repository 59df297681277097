import Geospatial
import ProviderDirectory

/// Puts documents in order of their geodesic distance, ties by role id, measuring few of them.
///
/// Chords are cheap and bound the distance closely. The k-th smallest chord says how far the k-th
/// nearest document can be at most; only what may be nearer than that is measured.
struct NearestFirst {
  let origin: Coordinate
  let places: PlaceColumns

  /// - Parameter documents: ascending.
  func page(of documents: [UInt32], offset: Int, limit: Int) -> [Candidate] {
    let wanted = min(offset + limit, documents.count)
    guard offset < wanted else { return [] }
    var nearest = measured(contenders(documents, wanted: wanted))
    nearest.sort {
      $0.distanceMeters! != $1.distanceMeters!
        ? $0.distanceMeters! < $1.distanceMeters! : $0.roleID < $1.roleID
    }
    return Array(nearest[offset..<wanted])
  }

  /// In the given order.
  func measured(_ documents: [UInt32]) -> [Candidate] {
    var distances = DistanceMemo(origin: origin)
    return documents.map { document in
      let coordinate = places.coordinate(document)
      return Candidate(
        roleID: places.role(document), documentID: document, coordinate: coordinate,
        distanceMeters: distances.meters(to: coordinate))
    }
  }

  /// The documents that can be among the `wanted` nearest.
  private func contenders(_ documents: [UInt32], wanted: Int) -> [UInt32] {
    guard wanted < documents.count else { return documents }
    let from = Cartesian(origin)
    let chords = documents.map { places.squaredChord(from: from, to: $0) }
    let furthest = ChordBounds.atMost(squaredChord: smallest(wanted, of: chords))
    let reach = furthest + ChordBounds.rounding
    let limit = reach * reach
    var contenders: [UInt32] = []
    var run = (latitude: Double.nan, longitude: Double.nan, count: 0)
    for (document, chord) in zip(documents, chords) where chord <= limit {
      // Of documents at one place, which are in the order of their role ids, `wanted` are enough.
      let (latitude, longitude) = (
        places.latitudes[Int(document) - 1], places.longitudes[Int(document) - 1]
      )
      if run.latitude == latitude, run.longitude == longitude {
        run.count += 1
        if run.count > wanted { continue }
      } else {
        run = (latitude, longitude, 1)
      }
      contenders.append(document)
    }
    return contenders
  }

  /// The k-th smallest (k from 1), by a heap of the k smallest so far with the largest on top.
  private func smallest(_ k: Int, of values: [Double]) -> Double {
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
}
