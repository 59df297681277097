import CivilTime
import ProviderDirectory
import SearchIndex
import Store
import Synchronization

/// The stage of a run that makes documents of the directory: all of it, in shards side by side, or
/// those of the practitioners that changed.
struct IndexBuild {
  /// One for each of two processors.
  static let shards = 2

  let store: Store
  let run: DirectoryRun
  let building: BuildingGeneration
  let insurers: InsurerCatalog
  let clock: Clock
  let progress: Progress

  /// Continues the index that the last finished run published, or builds a whole one where that is
  /// not to be had.
  ///
  /// - Returns: the changes of the directory that are in the index.
  func continueOrBuild(_ generations: IndexGenerations) throws -> DirectoryChanges {
    let changes = try store.read { try $0.directoryChanges() }
    guard let practitioners = try continuation(of: generations, changes) else {
      return try buildWhole()
    }
    try store.read { transaction in
      let half = Canaries.usualCount / 2
      var drawn = try drawnRoles(half, transaction)
      try transaction.forEachListedRole(
        ofPractitioners: Set(changes.practitioners?.sorted().prefix(half) ?? []), of: run.version
      ) { drawn += $0 }
      let writer = try IndexWriter(
        into: building, today: CivilDate(inUTC: clock.now()), canaries: canaries(about: drawn))
      let lineages = InsurerLineages(insurers)
      try transaction.forEachListedRole(ofPractitioners: practitioners, of: run.version) { roles in
        for role in roles { try writer.add(role, insurerIDs: lineages.found(under: role)) }
        progress.show(
          done: writer.count, of: practitioners.count, count: writer.count, unit: "documents")
      }
      try writer.commit()
    }
    return changes
  }

  /// The practitioners whose roles go into the continuation; nil when there is none.
  private func continuation(
    of generations: IndexGenerations, _ changes: DirectoryChanges
  ) throws -> Set<Int64>? {
    guard let since = changes.since, let changed = changes.practitioners else { return nil }
    do throws(IndexError) {
      let generation = try generations.checkedGeneration(named: since.name)
      guard generation.manifest.contentDigest == since.contentDigest else { return nil }
      return try building.continue(IndexSearcher(generation), changed: changed)
    } catch {
      progress.warn("\(error); the whole index is built anew")
      return nil
    }
  }

  /// Builds shards side by side, each from a part of the order of places.
  func buildWhole() throws -> DirectoryChanges {
    var generator = SplitMix64(seed: UInt64(bitPattern: run.number))
    let (changes, drawn, parts) = try store.read { transaction in
      (
        try transaction.directoryChanges(), try drawnRoles(Canaries.usualCount, transaction),
        try transaction.geohashParts(Self.shards, using: &generator)
      )
    }
    let canaries = try canaries(about: drawn)
    let total = try store.read { try $0.listedRoleCount(of: run.version) }
    let today = CivilDate(inUTC: clock.now())
    let added = Atomic(0)
    let shards = parts.map {
      ShardFill(
        store: store, version: run.version, insurers: insurers, canaries: canaries, part: $0,
        shard: building.addShard(today: today))
    }
    let others = shards.dropFirst().map { shard in
      Aside { try shard.run { added.add($0, ordering: .relaxed) } }
    }
    defer { for other in others { other.wait() } }
    try shards[0].run { count in
      added.add(count, ordering: .relaxed)
      let done = added.load(ordering: .relaxed)
      progress.show(done: done, of: total, count: done, unit: "documents")
    }
    for other in others { try other.finish() }
    progress.show(done: total, of: total, count: total, unit: "documents")
    return changes
  }

  private func drawnRoles(
    _ count: Int, _ transaction: ReadTransaction
  ) throws -> [PractitionerRole] {
    var generator = SplitMix64(seed: UInt64(bitPattern: run.number))
    return try transaction.drawnRoles(count, of: run.version, using: &generator)
  }

  private func canaries(about roles: [PractitionerRole]) throws -> Canaries {
    let lineages = InsurerLineages(insurers)
    return try Canaries(about: roles.map { ($0, lineages.found(under: $0)) })
  }
}

/// Fills one shard, on whichever thread.
private struct ShardFill: Sendable {
  let store: Store
  let version: DirectoryVersion
  let insurers: InsurerCatalog
  let canaries: Canaries
  let part: Range<Int64>
  let shard: IndexShard

  /// - Parameter added: told how many roles more are in it.
  func run(_ added: (Int) -> Void) throws {
    let writer = try IndexWriter(into: shard, canaries: canaries)
    let lineages = InsurerLineages(insurers)
    try store.read { transaction in
      try transaction.forEachListedRole(of: version, geohashes: part) { roles in
        for role in roles { try writer.add(role, insurerIDs: lineages.found(under: role)) }
        added(roles.count)
      }
    }
    try writer.commit()
  }
}
