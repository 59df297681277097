import Geospatial
import ProviderDirectory
import TestSupport
import Testing

@testable import SearchIndex

/// Covers of circles against the documents themselves.
@Suite struct CoverTests {
  private func places(_ made: inout MadeUpRoles, in directory: TemporaryDirectory) throws
    -> PlaceColumns
  {
    let roles = made.roles(3000)
    let generation = try publish(roles, to: IndexGenerations(root: "\(directory.path)/index"))
    return try PlaceColumns(path: generation.placesPath)
  }

  @Test func threeKeysAreFoundAsEachIs() throws {
    let directory = try TemporaryDirectory()
    var made = MadeUpRoles(seed: 41)
    let places = try places(&made, in: directory)
    for _ in 0..<2000 {
      let bounds = [
        Int.random(in: 0...places.count, using: &made.generator),
        Int.random(in: 0...places.count, using: &made.generator),
      ].sorted()
      let range = bounds[0]..<bounds[1]
      let wanted = (0..<3).map { _ in
        // Those there are, those beside them, and any.
        let index = Int.random(in: 0..<places.count, using: &made.generator)
        let near = places.keys[index] &+ UInt64.random(in: 0...2, using: &made.generator) &- 1
        return Bool.random(using: &made.generator)
          ? near & (1 << 60 - 1) : UInt64.random(in: 0...1 << 60, using: &made.generator)
      }
      let expected = wanted.map { key in range.first { places.keys[$0] >= key } ?? bounds[1] }
      let found = places.firstIndices(notBelow: wanted[0], wanted[1], wanted[2], in: range)
      #expect([found.0, found.1, found.2] == expected)
      #expect(wanted.map { places.firstIndex(notBelow: $0, in: range) } == expected)
    }
  }

  /// With cells split to the last document, and with the number that a search takes.
  @Test(arguments: [1, 16, CircleCover.fewDocuments])
  func everyDocumentOfACircleIsInItsCover(fewDocuments: Int) throws {
    let directory = try TemporaryDirectory()
    let edges = [(90.0, 0.0), (-90, 0), (0, 180), (0, -180), (89.9999, -77), (51, 0)]
      .map { Coordinate(latitude: $0, longitude: $1)! }
    var made = MadeUpRoles(seed: 42, around: edges)
    let places = try places(&made, in: directory)
    var left = 0
    for _ in 0..<200 {
      let center = made.places.randomElement(using: &made.generator)!
      let radius = Double.random(in: 1...200_000, using: &made.generator)
      let cover = CircleCover(
        center: center, radiusMeters: radius, places: places, fewDocuments: fewDocuments
      ).ranges()
      var covered = Set<UInt32>()
      var last: UInt32 = 0
      for range in cover.ranges {
        #expect(range.first > last && range.last >= range.first)
        last = range.last
        covered.formUnion(range.first...range.last)
      }
      for document in 1...UInt32(places.count)
      where Geodesic.distanceMeters(center, places.coordinate(document)) <= radius {
        #expect(covered.contains(document), "\(document) is \(radius) from \(center) or nearer")
      }
      left += places.count - covered.count
    }
    if fewDocuments < CircleCover.fewDocuments {
      #expect(left > 200 * places.count / 2, "the covers hold nearly everything")
    }
  }
}
