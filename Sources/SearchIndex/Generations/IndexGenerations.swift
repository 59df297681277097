import CXapian
public import CivilTime

/// The published indexes of a home, and the one name that says which is served.
///
///     HOME/index/CURRENT → gen-0007        a symbolic link, replaced in one step
///     HOME/index/gen-0007/                 postings.glass  places  traits  MANIFEST  VERIFIED
///     HOME/index/building/                 what a builder is writing, under building.lock
public struct IndexGenerations: Sendable {
  public let root: String

  public static let defaultKept = 3

  static let currentName = "CURRENT"
  static let prefix = "gen-"
  /// Of a generation on its way out; what a kill leaves of one, the next build removes.
  static let removingPrefix = "removing-"

  public init(root: String) { self.root = root }

  private var currentPath: String { "\(root)/\(Self.currentName)" }

  /// The generation that is served, its files vouched for.
  ///
  /// - Throws: `noIndex`, or `corrupt` when any byte of it has been changed.
  public func current() throws(IndexError) -> Generation {
    let generation = try generation(named: try currentGenerationName())
    try generation.check()
    return generation
  }

  /// The name of the generation that is served, which may be damaged.
  public func currentGenerationName() throws(IndexError) -> String {
    guard let name = try FileSystem.destination(ofLink: currentPath) else {
      throw .noIndex(root: root)
    }
    return name
  }

  /// The names of all generations, oldest first, whether sound or not.
  public func names() throws(IndexError) -> [String] {
    guard FileSystem.exists(root) else { return [] }
    return try FileSystem.names(in: root)
      .filter { Self.number(of: $0) != nil }
      .sorted { Self.number(of: $0)! < Self.number(of: $1)! }
  }

  public func generation(named name: String) throws(IndexError) -> Generation {
    let path = "\(root)/\(name)"
    guard Self.number(of: name) != nil, FileSystem.exists(path) else {
      throw .corrupt(path: path, detail: "there is no such generation")
    }
    return try Generation(name: name, path: path)
  }

  /// Starts a new index beside the served one.
  ///
  /// - Throws: `locked` when another process is building.
  public func begin() throws(IndexError) -> BuildingGeneration {
    try FileSystem.makeDirectories(root)
    let lock = try FileLock(path: "\(root)/building.lock")
    for name in try FileSystem.names(in: root) where name.hasPrefix(Self.removingPrefix) {
      try FileSystem.remove("\(root)/\(name)")
    }
    return try BuildingGeneration(path: "\(root)/building", lock: lock)
  }

  /// Compacts and checks what was built, writes its manifest, brings all of it to the disk, and
  /// then makes it the served one by replacing one name. Generations beyond `keep` are removed.
  ///
  /// - Parameters:
  ///   - building: after its writer's `commit()`.
  ///   - feeds: what it was made of, kept in the manifest.
  public func publish(
    _ building: BuildingGeneration, created: Instant, feeds: [String: String],
    keep: Int = Self.defaultKept
  ) throws(IndexError) -> Generation {
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
    try writeManifest(in: aside, name: name, created: created, content: content, feeds: feeds)
    let path = "\(root)/\(name)"
    try FileSystem.synchronize(aside)
    try FileSystem.rename(aside, to: path)
    try FileSystem.synchronize(root)
    let generation = try Generation(name: name, path: path)
    try generation.verify()
    try serve(name)
    _ = try prune(keep: keep)
    return generation
  }

  /// Serves the newest sound generation older than the current one.
  public func rollback() throws(IndexError) -> Generation {
    let lock = try FileLock(path: "\(root)/building.lock")
    defer { withExtendedLifetime(lock) {} }
    let current = try currentGenerationName()
    for name in try names().reversed() where Self.isOlder(name, than: current) {
      guard let generation = sound(name) else { continue }
      try serve(name)
      return generation
    }
    throw .nothingToRollBackTo(current: current)
  }

  /// Removes all but the newest `keep` generations and the served one.
  ///
  /// - Returns: the names of those removed.
  public func prune(keep: Int) throws(IndexError) -> [String] {
    let current = try currentGenerationName()
    var removed: [String] = []
    for name in try names().dropLast(max(keep, 1)) where name != current {
      // First out of the readers' sight whole, so that a kill in between leaves no half of it.
      let aside = "\(root)/\(Self.removingPrefix)\(name)"
      try FileSystem.rename("\(root)/\(name)", to: aside)
      try FileSystem.remove(aside)
      removed.append(name)
    }
    return removed
  }

  private func serve(_ name: String) throws(IndexError) {
    try FileSystem.replaceLink(currentPath, with: name)
    try FileSystem.synchronize(root)
  }

  private func sound(_ name: String) -> Generation? {
    do {
      let generation = try generation(named: name)
      try generation.verify()
      return generation
    } catch {
      return nil
    }
  }

  private func nextName() throws(IndexError) -> String {
    let last = try names().last.flatMap(Self.number(of:)) ?? 0
    let digits = String(last + 1)
    return Self.prefix + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private func writeManifest(
    in directory: String, name: String, created: Instant, content: IndexContent,
    feeds: [String: String]
  ) throws(IndexError) {
    var files: [Manifest.File] = []
    for file in Generation.fileNames {
      let path = "\(directory)/\(file)"
      try FileSystem.synchronize(path)
      let (digest, stamp) = try Generation.digest(ofFileAt: path)
      files.append(Manifest.File(name: file, size: stamp.size, sha256: digest))
    }
    let manifest = Manifest(
      generation: name, created: created, content: content,
      xapianVersion: String(cString: ncx_xapian_version()), feeds: feeds, files: files)
    try FileSystem.write(manifest.encoded(), to: "\(directory)/\(Manifest.name)")
    try FileSystem.synchronize("\(directory)/\(Manifest.name)")
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

  private static func isOlder(_ name: String, than other: String) -> Bool {
    guard let number = number(of: name), let limit = Self.number(of: other) else { return false }
    return number < limit
  }

  static func number(of name: String) -> Int? {
    guard name.hasPrefix(prefix), name.utf8.count >= prefix.utf8.count + 4 else { return nil }
    return Int(name.dropFirst(prefix.utf8.count))
  }
}
