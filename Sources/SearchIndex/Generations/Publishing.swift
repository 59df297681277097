import CXapian
public import CivilTime

/// A generation that is whole and on the disk, and not yet served. When it goes away unpublished,
/// its files do too.
public final class PreparedGeneration {
  public let generation: Generation
  fileprivate let building: BuildingGeneration

  fileprivate init(_ generation: Generation, _ building: BuildingGeneration) {
    self.generation = generation
    self.building = building
  }
}

@available(*, unavailable, message: "one thread builds")
extension PreparedGeneration: Sendable {}

extension IndexGenerations {
  /// Compacts and checks what was built, and brings all of it to the disk with its manifest.
  ///
  /// - Parameters:
  ///   - building: after its writers' `commit()`.
  ///   - feeds: what it was made of, kept in the manifest.
  /// - Throws: `disagreement` when it answers a canary otherwise than the roles that went in.
  public func prepare(
    _ building: BuildingGeneration, created: Instant, feeds: [String: String]
  ) throws(IndexError) -> PreparedGeneration {
    guard let shards = building.content else {
      throw .library(detail: "\(building.path): published before its writer's commit")
    }
    let layout = Layout(building, shards)
    try compact(building, shards, layout)
    // Xapian's checker takes as long as all else that is made of the new database.
    let written = "\(building.aside)/\(layout.writtenName)"
    let checking = Background { () throws(IndexError) in
      if layout.isWritten { try Self.checkDatabase(written) }
    }
    defer { checking.wait() }
    try writeColumns(building, shards, layout)
    let content = try Self.contentDigest(in: building.aside)
    let generation = try writeManifest(
      of: building, layout, created: created, content: content, feeds: feeds)
    try checking.finish()
    try FileSystem.synchronize(building.aside)
    var canaries = shards[0].canaries
    for shard in shards.dropFirst() { canaries.add(shard.canaries) }
    if let base = building.base {
      try canaries.see(base.searcher, withoutPractitioners: base.changed)
    }
    if let difference = try canaries.difference(from: IndexSearcher(generation)) {
      throw .disagreement(detail: difference)
    }
    return PreparedGeneration(generation, building)
  }

  /// Makes a prepared generation the served one by replacing one name. Generations beyond `keep`
  /// are removed.
  public func publish(
    _ prepared: PreparedGeneration, keep: Int = Self.defaultKept
  ) throws(IndexError) -> Generation {
    let name = prepared.generation.name
    try FileSystem.rename(prepared.generation.path, to: "\(root)/\(name)")
    try FileSystem.synchronize(root)
    let generation = try generation(named: name)
    try generation.check()
    try serve(name)
    _ = try removeOld(keep: keep)
    return generation
  }

  /// Prepares and publishes at once.
  public func publish(
    _ building: BuildingGeneration, created: Instant, feeds: [String: String],
    keep: Int = Self.defaultKept
  ) throws(IndexError) -> Generation {
    try publish(try prepare(building, created: created, feeds: feeds), keep: keep)
  }

  /// Which documents a new generation has, and in which files.
  private struct Layout {
    /// Documents of the full build that an update continues; 0 for a full build.
    let base: Int
    /// Documents of the shards.
    let added: Int
    /// The file that the shards become; an update that only takes away has none.
    let writtenName: String
    let isWritten: Bool

    init(_ building: BuildingGeneration, _ shards: [ShardContent]) {
      base = building.base?.documents ?? 0
      added = shards.reduce(0) { $0 + $1.digests.count }
      writtenName = building.base == nil ? Generation.databaseName : Generation.changesName
      isWritten = building.base == nil || added > 0
    }

    var databaseNames: [String] {
      base > 0 && isWritten ? [Generation.databaseName, writtenName] : [Generation.databaseName]
    }
  }

  private func compact(
    _ building: BuildingGeneration, _ shards: [ShardContent], _ layout: Layout
  ) throws(IndexError) {
    guard layout.isWritten else { return }
    let notes = try XapianWriter(path: building.databasePath(0))
    for (key, note) in building.numbers.notes { try notes.setNote(key, note) }
    try notes.commit()
    // A shard may be empty, and Xapian has no place for such a one.
    let filled = shards.indices.filter { $0 == 0 || !shards[$0].digests.isEmpty }
    try XapianWriter.compact(
      filled.map(building.databasePath), to: "\(building.aside)/\(layout.writtenName)")
    for shard in shards.indices { try FileSystem.remove(building.databasePath(shard)) }
  }

  private func writeColumns(
    _ building: BuildingGeneration, _ shards: [ShardContent], _ layout: Layout
  ) throws(IndexError) {
    let aside = building.aside
    let reader = try XapianReader(paths: layout.databaseNames.map { "\(aside)/\($0)" })
    let counts = try reader.counts()
    let count = layout.base + layout.added
    guard counts.documents == count, counts.last == count else {
      throw .corrupt(
        path: aside, detail: "\(counts.documents) documents of \(count) are in it")
    }
    var superseded: [UInt32] = []
    var stretches: [UnsafeBufferPointer<UInt64>] = []
    var oldDigests: DigestColumn?
    if let base = building.base {
      let places = base.searcher.places
      for index in 0..<base.documents where base.changed.contains(places.practitioner(index)) {
        superseded.append(UInt32(index + 1))
      }
      let digests = try DigestColumn(path: base.searcher.generation.digestsPath)
      stretches.append(UnsafeBufferPointer(start: digests.digests, count: base.documents))
      oldDigests = digests
    }
    try PlaceColumns.write(
      reader, count: count, changes: layout.base > 0 ? layout.added : 0, superseded: superseded,
      to: "\(aside)/\(Generation.placesName)")
    try TraitColumns.write(
      reader, count: count, today: building.today, to: "\(aside)/\(Generation.traitsName)")
    let added = Array(shards.lazy.map(\.digests).joined())
    try added.withUnsafeBufferPointer { (added) throws(IndexError) in
      try DigestColumn.write(
        stretches + [added], to: "\(aside)/\(Generation.digestsName)")
    }
    withExtendedLifetime(oldDigests) {}
    let oldRecords = try building.base.map { (base) throws(IndexError) in
      (try RecordColumn(path: base.searcher.generation.recordsPath), base.documents)
    }
    let parts = shards.map(\.records)
    try RecordColumn.write(oldRecords, parts, to: "\(aside)/\(Generation.recordsName)")
    for part in parts { try FileSystem.remove(part.path) }
  }

  /// Over the live documents in their order, so that it is the same for a full build and for a
  /// continuation that lead to the same roles.
  private static func contentDigest(in aside: String) throws(IndexError) -> ContentDigest {
    let places = try PlaceColumns(path: "\(aside)/\(Generation.placesName)")
    let digests = try DigestColumn(path: "\(aside)/\(Generation.digestsName)")
    var content = ContentDigest()
    var order = places.liveOrder
    var portion: [UInt64] = []
    while let index = order.first {
      order.take(index)
      portion.append(digests.digests[index])
      if portion.count == 4096 {
        portion.withUnsafeBytes { content.add($0) }
        portion.removeAll(keepingCapacity: true)
      }
    }
    portion.withUnsafeBytes { content.add($0) }
    return content
  }

  private func writeManifest(
    of building: BuildingGeneration, _ layout: Layout, created: Instant, content: ContentDigest,
    feeds: [String: String]
  ) throws(IndexError) -> Generation {
    var files: [Manifest.File] = []
    var stamps: [FileStamp] = []
    for name in layout.databaseNames + Generation.columnNames {
      let path = "\(building.aside)/\(name)"
      let (digest, stamp): (String, FileStamp)
      if let base = building.base, name == Generation.databaseName {
        (digest, stamp) = (base.digest, try FileStamp(ofFileAt: path))
      } else {
        try FileSystem.synchronize(path)
        (digest, stamp) = try Generation.digest(ofFileAt: path)
      }
      files.append(Manifest.File(name: name, size: stamp.size, sha256: digest))
      stamps.append(stamp)
    }
    let manifest = Manifest(
      generation: building.name, created: created, content: content,
      xapianVersion: String(cString: ncx_xapian_version()), feeds: feeds, files: files)
    try FileSystem.write(manifest.encoded(), to: "\(building.aside)/\(Manifest.name)")
    try FileSystem.synchronize("\(building.aside)/\(Manifest.name)")
    let generation = try Generation(name: building.name, path: building.aside)
    generation.vouch(stamps)
    return generation
  }

  private static func checkDatabase(_ path: String) throws(IndexError) {
    var errors = 0
    var report: UnsafeMutablePointer<CChar>?
    try xapianCall(path) { ncx_check(path, &errors, &report, $0) }
    defer { ncx_free_message(report) }
    guard errors == 0 else {
      let detail = report.map { String(cString: $0) } ?? "no report"
      throw .corrupt(path: path, detail: "\(errors) errors in the database: \(detail)")
    }
  }
}
