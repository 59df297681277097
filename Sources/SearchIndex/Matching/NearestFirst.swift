import Geospatial
import ProviderDirectory

/// Puts documents in order of their geodesic distance, ties by role id, measuring few of them.
///
/// Chords are cheap and bound the distance closely. The k-th smallest chord says how far the k-th
/// nearest document can be at most; only what may be nearer than that is measured.
struct NearestFirst {
  let origin: Coordinate
  let places: PlaceColumns
  let ranks: MatchRanks
  let patience: Patience

  /// - Parameter documents: ascending.
  func page(of documents: [UInt32], offset: Int, limit: Int) throws(IndexError) -> [Candidate] {
    let wanted = min(offset + limit, documents.count)
    guard offset < wanted else { return [] }
    var nearest = try measured(contenders(documents, wanted: wanted))
    nearest.sort {
      $0.distanceMeters! != $1.distanceMeters!
        ? $0.distanceMeters! < $1.distanceMeters! : $0.roleID < $1.roleID
    }
    return Array(nearest[offset..<wanted])
  }

  /// In the given order.
  func measured(_ documents: [UInt32]) throws(IndexError) -> [Candidate] {
    var distances = DistanceMemo(origin: origin)
    var measured: [Candidate] = []
    measured.reserveCapacity(documents.count)
    for document in documents {
      if measured.count & 0xff == 0xff { try patience.check() }
      measured.append(
        Candidate(
          document: document, places: places, ranks: ranks,
          distanceMeters: distances.meters(to: places.coordinate(document))))
    }
    return measured
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
    var stretchEnd = places.stretches[0].upperBound
    for (document, chord) in zip(documents, chords) where chord <= limit {
      // Of documents at one place, which are in the order of their role ids in each stretch,
      // `wanted` are enough.
      if Int(document) > stretchEnd {
        run.latitude = .nan
        stretchEnd = places.count
      }
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
}
