import Geospatial
import TestSupport
import Testing

@Suite struct GeohashTests {
  private static let file = "data/geodesic/mmcloughlin_geohash_testcases_test.go"

  /// Worked by halving intervals on paper; `ezs42` is the example of the geohash article.
  @Test(arguments: [
    (42.6, -5.6, "ezs42"), (57.64911, 10.40744, "u4pruydqqvj"), (0, 0, "s00000000000"),
    (-90, -180, "000000000000"), (90, 180, "zzzzzzzzzzzz"), (90, -180, "bpbpbpbpbpbp"),
    (-90, 180, "pbpbpbpbpbpb"), (-25.382708, -49.265506, "6gkzwgjzn820"),
  ])
  func known(latitude: Double, longitude: Double, text: String) throws {
    let hash = Geohash(try place(latitude, longitude), precision: text.utf8.count)
    #expect(hash.text == text)
    #expect(Geohash(text) == hash)
  }

  @Test(.enabled(if: SharedFiles.have(file)))
  func fourThousandKnownHashes() throws {
    var compared = 0
    for line in try SharedFiles.text(Self.file).split(whereSeparator: \.isNewline) {
      guard
        let found = line.wholeMatch(
          of: /\t\{0x([0-9a-f]{16}), "(\w{12})", ([-.\de]+), ([-.\de]+)\},/)
      else { continue }
      let (_, hex, text, latitude, longitude) = found.output
      let coordinate = try place(
        try #require(Double(latitude)), try #require(Double(longitude)))
      let number = try #require(UInt64(hex, radix: 16))
      for precision in 1...12 {
        let hash = Geohash(coordinate, precision: precision)
        guard hash.text == text.prefix(precision), hash.range.contains(number >> 4),
          hash.bounds.contains(coordinate), Geohash(hash.text) == hash
        else {
          Issue.record("\(coordinate) at \(precision): \(hash), not \(text)")
          return
        }
      }
      #expect(Geohash(coordinate, precision: 12).bits == number >> 4)
      compared += 1
    }
    print("compared \(compared) geohashes at 12 precisions")
    #expect(compared == 4096)
  }

  /// An independent encoder that halves intervals, one bit at a time.
  private func halved(_ coordinate: Coordinate, precision: Int) -> String {
    let alphabet = Array("0123456789bcdefghjkmnpqrstuvwxyz")
    var (south, north, west, east) = (-90.0, 90.0, -180.0, 180.0)
    var text = ""
    var value = 0
    for bit in 0..<(precision * 5) {
      if bit % 2 == 0 {
        let middle = (west + east) / 2
        if coordinate.longitude >= middle { west = middle } else { east = middle }
        value = value << 1 | (coordinate.longitude >= middle ? 1 : 0)
      } else {
        let middle = (south + north) / 2
        if coordinate.latitude >= middle { south = middle } else { north = middle }
        value = value << 1 | (coordinate.latitude >= middle ? 1 : 0)
      }
      if bit % 5 == 4 {
        text.append(alphabet[value])
        value = 0
      }
    }
    return text
  }

  @Test func agreesWithHalvingEvenAtEdges() throws {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<20_000 {
      let random = Coordinate.random(using: &generator)
      let corner = Geohash(random, precision: Int.random(in: 1...12, using: &generator)).bounds
      let candidates = [
        (random.latitude, random.longitude), (corner.south, corner.west),
        (corner.south.nextDown, corner.west.nextDown), (corner.north, corner.east),
        (corner.north.nextDown, corner.east.nextUp),
      ]
      for (latitude, longitude) in candidates {
        guard let coordinate = Coordinate(latitude: latitude, longitude: longitude) else {
          continue
        }
        let precision = Int.random(in: 1...12, using: &generator)
        guard
          Geohash(coordinate, precision: precision).text == halved(coordinate, precision: precision)
        else {
          Issue.record("\(coordinate) at \(precision)")
          return
        }
      }
    }
  }

  @Test func numbersAndTextsSortAlike() {
    var generator = SeededGenerator(seed: 5)
    let hashes = (0..<3000).map { _ in
      Geohash(
        .random(in: 40...40.01, -74...(-73.99), using: &generator),
        precision: Int.random(in: 1...12, using: &generator))
    }
    #expect(hashes.sorted().map(\.text) == hashes.map(\.text).sorted())
  }

  @Test(arguments: ["", "a", "ezs4i", "EZS42", "ezs42ezs42ezs", "ezs 2", "é"])
  func refusesWhatIsNoGeohash(text: String) { #expect(Geohash(text) == nil) }

  @Test func truncationGivesTheEnclosingCell() throws {
    let hash = try #require(Geohash("dr5regw3pp"))
    #expect(hash.truncated(to: 5).text == "dr5re")
    #expect(hash.truncated(to: 5).range.contains(hash.bits))
  }
}
