import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import TestSupport
import Testing

@testable import SearchIndex

@Suite struct GenerationTests {
  let directory: TemporaryDirectory
  let generations: IndexGenerations
  var made = MadeUpRoles(seed: 21)

  init() throws {
    directory = try TemporaryDirectory()
    generations = IndexGenerations(root: "\(directory.path)/fresh/index")
  }

  @Test mutating func thePublishedIsServedAndTheLastOnesAreKept() throws {
    #expect(throws: IndexError.noIndex(root: generations.root)) { try generations.current() }
    let roles = made.roles(200)
    for round in 1...5 {
      let generation = try publish(roles, to: generations, at: Int64(round))
      #expect(generation.name == "gen-000\(round)")
      #expect(try generations.current() == generation)
    }
    #expect(try generations.names() == ["gen-0003", "gen-0004", "gen-0005"])
    let manifest = try generations.current().manifest
    #expect(manifest.created == Instant(secondsSinceEpoch: 5))
    #expect(manifest.documents == 200)
    #expect(manifest.feeds == ["nppes": "a\tb\n100%"])
    #expect(try generations.prune(keep: 1) == ["gen-0003", "gen-0004"])
    let left = try FileSystem.names(in: generations.root)
    #expect(left == ["CURRENT", "building.lock", "gen-0005"])
  }

  @Test mutating func theSameRolesGiveTheSameContent() throws {
    var roles = made.roles(300)
    let first = try publish(roles, to: generations)
    #expect(
      try publish(roles, to: generations).manifest.contentDigest == first.manifest.contentDigest)
    roles[7].gender = roles[7].gender == .male ? .female : .male
    #expect(
      try publish(roles, to: generations).manifest.contentDigest != first.manifest.contentDigest)
  }

  @Test mutating func oneBuildsAtATime() throws {
    let building = try generations.begin()
    let path = "\(generations.root)/building.lock"
    #expect(throws: IndexError.locked(path: path, holder: "process \(getpid())")) {
      _ = try generations.begin()
    }
    #expect(FileSystem.exists(building.path))
  }

  @Test mutating func whatIsNotPublishedLeavesNothingBehind() throws {
    do {
      let building = try generations.begin()
      let writer = try IndexWriter(into: building, today: CivilDate(daysSinceEpoch: 0))
      for role in made.roles(10) { try writer.add(role, insurerIDs: []) }
      let error = #expect(throws: IndexError.self) {
        _ = try generations.publish(
          building, created: Instant(secondsSinceEpoch: 0), feeds: [:])
      }
      #expect(String(describing: error!).contains("before its writer's commit"))
    }
    #expect(try FileSystem.names(in: generations.root) == ["building.lock"])
    _ = try generations.begin()
  }

  @Test mutating func whatAKilledProcessLeftIsCleared() throws {
    try publish(made.roles(20), to: generations)
    for left in ["removing-gen-0000", "building"] {
      try FileSystem.makeDirectories("\(generations.root)/\(left)/database")
      try FileSystem.write([1, 2, 3], to: "\(generations.root)/\(left)/database/half")
    }
    try publish(made.roles(20), to: generations)
    let left = try FileSystem.names(in: generations.root)
    #expect(left == ["CURRENT", "building.lock", "gen-0001", "gen-0002"])
  }

  @Test mutating func rolesOutOfOrderAreRefused() throws {
    let roles = made.roles(2)
    let building = try generations.begin()
    let writer = try IndexWriter(into: building, today: CivilDate(daysSinceEpoch: 0))
    try writer.add(roles[1], insurerIDs: [])
    #expect(throws: IndexError.outOfOrder(detail: "\(roles[0].id) was added after \(roles[1].id)"))
    {
      try writer.add(roles[0], insurerIDs: [])
    }
    #expect(throws: IndexError.outOfOrder(detail: "\(roles[1].id) was added after \(roles[1].id)"))
    {
      try writer.add(roles[1], insurerIDs: [])
    }
  }

  static func flip(_ path: String, at offset: Int, bit: UInt8) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.seek(toOffset: UInt64(offset))
    let byte = try file.read(upToCount: 1)![0]
    try file.seek(toOffset: UInt64(offset))
    try file.write(contentsOf: [byte ^ (1 << bit)])
    try file.close()
  }

  /// Any bit of any file that vouches or is vouched for.
  @Test mutating func everyFlippedBitIsFoundAtTheNextOpening() throws {
    let generation = try publish(made.roles(400), to: generations)
    for name in [Generation.databaseName, Manifest.name] + Generation.columnNames {
      let path = "\(generation.path)/\(name)"
      let size = Int(try FileStamp(ofFileAt: path).size)
      for _ in 0..<25 {
        let offset = Int.random(in: 0..<size, using: &made.generator)
        let bit = UInt8.random(in: 0..<8, using: &made.generator)
        _ = try generations.current()
        try Self.flip(path, at: offset, bit: bit)
        let error = #expect(throws: IndexError.self) { try generations.current() }
        guard case .corrupt(path, _) = error else {
          Issue.record("byte \(offset) bit \(bit) of \(name): \(String(describing: error))")
          return
        }
        #expect(String(describing: error!).contains("indexer rollback"))
        try Self.flip(path, at: offset, bit: bit)
      }
    }
    #expect(try generations.current() == generation)
  }

  @Test mutating func aChangeThatHidesItsTimeIsFoundToo() throws {
    let generation = try publish(made.roles(50), to: generations)
    let path = generation.placesPath
    let before = try FileManager.default.attributesOfItem(atPath: path)
    try Self.flip(path, at: 100, bit: 0)
    try FileManager.default.setAttributes(
      [.modificationDate: before[.modificationDate]!], ofItemAtPath: path)
    #expect(throws: IndexError.self) { try generations.current() }
  }

  @Test mutating func missingAndCutFilesAreNamed() throws {
    let generation = try publish(made.roles(50), to: generations)
    let path = generation.placesPath
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.dropLast().write(to: URL(fileURLWithPath: path))
    #expect(
      throws: IndexError.corrupt(
        path: path,
        detail: "it has \(bytes.count - 1) bytes, and was published with \(bytes.count)")
    ) { try generations.current() }
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: IndexError.corrupt(path: path, detail: "the file is missing")) {
      try generations.current()
    }
  }

  @Test mutating func rollbackReturnsToTheNewestSoundOne() throws {
    let first = try publish(made.roles(50), to: generations)
    let second = try publish(made.roles(50), to: generations)
    let third = try publish(made.roles(50), to: generations)
    try Self.flip(third.databasePath, at: 5000, bit: 3)
    #expect(throws: IndexError.self) { try generations.current() }
    try Self.flip(second.placesPath, at: 500, bit: 3)
    #expect(try generations.rollback() == first)
    #expect(try generations.current() == first)
    #expect(throws: IndexError.nothingToRollBackTo(current: "gen-0001")) {
      try generations.rollback()
    }
    #expect(try publish(made.roles(50), to: generations).name == "gen-0004")
  }

  /// A copied home has other inodes; it is hashed once and then trusted again.
  @Test mutating func aCopiedHomeIsVouchedForAnew() throws {
    try publish(made.roles(50), to: generations)
    let copy = IndexGenerations(root: "\(directory.path)/copy")
    try FileManager.default.copyItem(atPath: generations.root, toPath: copy.root)
    let stamps = "\(copy.root)/gen-0001/\(Generation.verifiedName)"
    let before = try FileSystem.read(stamps)
    let generation = try copy.current()
    #expect(try FileSystem.read(stamps) != before)
    #expect(try IndexSearcher(generation).count == 50)
  }

  @Test mutating func anOpenSearcherOutlivesItsGeneration() throws {
    let roles = made.roles(60)
    let searcher = try IndexSearcher(try publish(roles, to: generations))
    for _ in 0..<4 { try publish(made.roles(10), to: generations) }
    #expect(try generations.names() == ["gen-0001", "gen-0003", "gen-0004", "gen-0005"])
    let page = try searcher.candidates(CandidateQuery(limit: 100))
    #expect(page.candidates.count == 60)
    #expect(try searcher.role(60).id == page.candidates[59].roleID)
  }

  @Test func anEmptyIndexHasNoCandidates() throws {
    let searcher = try IndexSearcher(try publish([], to: generations))
    let area = try Area.circle(
      center: Coordinate(latitude: 40, longitude: -74)!, radiusMeters: 1000)
    #expect(try searcher.candidates(CandidateQuery(area: area)).candidates.isEmpty)
    #expect(try searcher.candidates(CandidateQuery()).matched == 0)
  }
}
