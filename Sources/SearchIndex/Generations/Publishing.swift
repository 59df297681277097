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
  ///   - building: after its writer's `commit()`.
  ///   - feeds: what it was made of, kept in the manifest.
  /// - Throws: `disagreement` when it answers a canary otherwise than the roles that went in.
  public func prepare(
    _ building: BuildingGeneration, created: Instant, feeds: [String: String]
  ) throws(IndexError) -> PreparedGeneration {
    guard let content = building.content else {
      throw .library(detail: "\(building.path): published before its writer's commit")
    }
    let name = try nextName()
    let aside = "\(building.path)/\(name)"
    try FileSystem.makeDirectory(aside)
    let database = "\(aside)/\(Generation.databaseName)"
    try xapianCall(building.databasePath) { ncx_compact(building.databasePath, database, $0) }
    try Self.checkDatabase(database)
    let reader = try XapianReader(path: database)
    let counts = try reader.counts()
    guard counts.documents == content.documents, counts.last == counts.documents else {
      throw .corrupt(
        path: database, detail: "\(counts.documents) documents of \(content.documents) are in it")
    }
    let values = try reader.fixedValues(
      slot: RoleDocument.valueSlot, width: RoleDocument.valueWidth, count: content.documents)
    try PlaceColumns.write(values, to: "\(aside)/\(Generation.placesName)")
    try TraitColumns.write(values, to: "\(aside)/\(Generation.traitsName)")
    try DigestColumn.write(content.digests, to: "\(aside)/\(Generation.digestsName)")
    let generation = try writeManifest(
      in: aside, name: name, created: created, content: content, feeds: feeds)
    try FileSystem.synchronize(aside)
    if let difference = try content.canaries.difference(from: IndexSearcher(generation)) {
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

  private func nextName() throws(IndexError) -> String {
    let last = try names().last.flatMap(Self.number(of:)) ?? 0
    let digits = String(last + 1)
    return Self.prefix + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private func writeManifest(
    in directory: String, name: String, created: Instant, content: IndexContent,
    feeds: [String: String]
  ) throws(IndexError) -> Generation {
    var files: [Manifest.File] = []
    var stamps: [FileStamp] = []
    for file in Generation.fileNames {
      let path = "\(directory)/\(file)"
      try FileSystem.synchronize(path)
      let (digest, stamp) = try Generation.digest(ofFileAt: path)
      files.append(Manifest.File(name: file, size: stamp.size, sha256: digest))
      stamps.append(stamp)
    }
    let manifest = Manifest(
      generation: name, created: created, content: content,
      xapianVersion: String(cString: ncx_xapian_version()), feeds: feeds, files: files)
    try FileSystem.write(manifest.encoded(), to: "\(directory)/\(Manifest.name)")
    try FileSystem.synchronize("\(directory)/\(Manifest.name)")
    let generation = try Generation(name: name, path: directory)
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
