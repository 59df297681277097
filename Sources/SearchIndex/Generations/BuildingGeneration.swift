public import CivilTime
import Crypto
import Synchronization

/// An index being built, in a directory that no reader looks into. While it exists, no other
/// process can build one in the same home; when it goes away unpublished, its files do too.
public final class BuildingGeneration {
  let path: String
  let name: String
  private(set) var numbers = IndexNumbers()
  private(set) var base: Base?
  private let shards = ShardContents()
  private(set) var today = CivilDate(daysSinceEpoch: 0)
  private let lock: FileLock

  /// What an update continues.
  struct Base {
    let searcher: IndexSearcher
    /// NPIs of the practitioners whose roles stand in the update's shards, or nowhere any more.
    let changed: Set<Int64>
    /// Documents of the last full build.
    let documents: Int
    /// Of the file that was copied.
    let digest: String
  }

  /// Where the finished files go until they are published.
  var aside: String { "\(path)/\(name)" }
  func databasePath(_ shard: Int) -> String { "\(path)/database-\(shard)" }
  private func recordsPath(_ shard: Int) -> String { "\(path)/records-\(shard)" }

  init(path: String, name: String, lock: FileLock) throws(IndexError) {
    self.path = path
    self.name = name
    self.lock = lock
    try FileSystem.remove(path)
    try FileSystem.makeDirectory(path)
    try FileSystem.makeDirectory(aside)
  }

  deinit {
    do {
      try FileSystem.remove(path)
    } catch {
      // Left-overs are removed by the next build, which holds the same lock.
    }
  }

  /// Makes this the continuation of a published generation: the writers that follow are given only
  /// the roles of practitioners that may have changed. Its files are compared with its manifest,
  /// the database of the last full build while it is copied.
  ///
  /// - Parameter changed: the practitioners that may have changed since that generation.
  /// - Returns: the NPIs whose roles the writers are to be given: `changed`, and those that changed
  ///   between the last full build and that generation. Nil, with nothing done, when they are too
  ///   many for a continuation to be worth it.
  /// - Throws: `corrupt` when the generation is damaged.
  public func `continue`(
    _ searcher: IndexSearcher, changed: Set<Int64>
  ) throws(IndexError) -> Set<Int64>? {
    let places = searcher.places
    let documents = places.stretches[0].count
    var changed = changed
    for document in places.superseded { changed.insert(places.practitioner(Int(document) - 1)) }
    for index in documents..<places.count { changed.insert(places.practitioner(index)) }
    guard changed.count <= max(documents / Self.smallestShare, Self.fewChanges) else { return nil }
    let generation = searcher.generation
    try generation.verifyColumns()
    let file = generation.manifest.files[0]
    let copy = "\(aside)/\(file.name)"
    let digest = try FileSystem.copy(generation.databasePath, to: copy)
    guard digest == file.sha256 else {
      FileSystem.discard(copy)
      throw .corrupt(
        path: generation.databasePath,
        detail: "its SHA-256 is not the one it was published with (\(file.sha256))")
    }
    numbers = try IndexNumbers(continuing: searcher)
    base = Base(searcher: searcher, changed: changed, documents: documents, digest: digest)
    return changed
  }

  /// A continuation reads two databases, so it ends when one practitioner in so many has changed.
  private static let smallestShare = 10
  private static let fewChanges = 1000

  /// A new shard, after those before it.
  ///
  /// - Parameter today: the day by which claims of plans are stale.
  public func addShard(today: CivilDate) -> IndexShard {
    self.today = today
    let number = shards.add()
    return IndexShard(
      number: number, path: databasePath(number), recordsPath: recordsPath(number),
      numbers: numbers, contents: shards)
  }

  /// What the writers wrote, by shard; nil unless all of them have come to their end.
  var content: [ShardContent]? { shards.finished }
}

/// A part of an index being built, for a writer on any thread. The generation must outlive it.
public struct IndexShard: Sendable {
  fileprivate let number: Int
  let path: String
  let recordsPath: String
  let numbers: IndexNumbers
  fileprivate let contents: ShardContents

  func finish(_ content: ShardContent) { contents.finish(number, content) }
}

/// What the writers of one generation leave, each at its end.
private final class ShardContents: Sendable {
  private let contents = Mutex<[ShardContent?]>([])

  func add() -> Int {
    contents.withLock {
      $0.append(nil)
      return $0.count - 1
    }
  }

  func finish(_ shard: Int, _ content: ShardContent) { contents.withLock { $0[shard] = content } }

  var finished: [ShardContent]? {
    contents.withLock { contents in
      let finished = contents.compactMap { $0 }
      return finished.isEmpty || finished.count < contents.count ? nil : finished
    }
  }
}

@available(*, unavailable, message: "one thread builds, with writers on others")
extension BuildingGeneration: Sendable {}
