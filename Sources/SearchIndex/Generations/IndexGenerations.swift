/// The published indexes of a home, and the one name that says which is served.
///
///     HOME/index/CURRENT → gen-0007        a symbolic link, replaced in one step
///     HOME/index/gen-0007/                 postings.glass  places  traits  digests  records
///                                          MANIFEST; after an update changes.glass too
///     HOME/index/gen-0007-changes.txt      what it changed; .json too
///     HOME/index/building/                 what a builder is writing, under building.lock
public struct IndexGenerations: Sendable {
  public let root: String

  public static let defaultKept = 3

  static let currentName = "CURRENT"
  static let lockName = "building.lock"
  static let prefix = "gen-"
  /// Of a generation on its way out; what a kill leaves of one, the next build removes.
  static let removingPrefix = "removing-"

  public init(root: String) { self.root = root }

  private var currentPath: String { "\(root)/\(Self.currentName)" }

  /// The generation that is served, its files vouched for.
  ///
  /// - Throws: `noIndex`, or `corrupt` when any byte of it has been changed.
  public func current() throws(IndexError) -> Generation {
    try checkedGeneration(named: try currentGenerationName())
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

  /// The generation of that name, its files vouched for.
  public func checkedGeneration(named name: String) throws(IndexError) -> Generation {
    let generation = try generation(named: name)
    try generation.check()
    return generation
  }

  /// Starts a new index beside the served one.
  ///
  /// - Throws: `locked` when another process is building.
  public func begin() throws(IndexError) -> BuildingGeneration {
    try FileSystem.makeDirectories(root)
    let lock = try FileLock(path: "\(root)/\(Self.lockName)")
    for name in try FileSystem.names(in: root) where name.hasPrefix(Self.removingPrefix) {
      try FileSystem.remove("\(root)/\(name)")
    }
    return try BuildingGeneration(path: "\(root)/building", name: try nextName(), lock: lock)
  }

  /// Serves the newest sound generation older than the current one.
  public func rollback() throws(IndexError) -> Generation {
    let lock = try FileLock(path: "\(root)/\(Self.lockName)")
    defer { withExtendedLifetime(lock) {} }
    let current = try currentGenerationName()
    for name in try names().reversed() where Self.isOlder(name, than: current) {
      guard let generation = sound(name) else { continue }
      try serve(name)
      return generation
    }
    throw .nothingToRollBackTo(current: current)
  }

  /// Removes all but the newest `keep` generations, the served one, and those that somebody reads.
  ///
  /// - Returns: the names of those removed.
  /// - Throws: `locked` while another process is building.
  public func prune(keep: Int) throws(IndexError) -> [String] {
    let lock = try FileLock(path: "\(root)/\(Self.lockName)")
    defer { withExtendedLifetime(lock) {} }
    return try removeOld(keep: keep)
  }

  /// `prune` for who holds the lock.
  func removeOld(keep: Int) throws(IndexError) -> [String] {
    let current = try currentGenerationName()
    var removed: [String] = []
    for name in try names().dropLast(max(keep, 1)) where name != current {
      let path = "\(root)/\(name)"
      guard let hold = try GenerationHold(removing: path) else { continue }
      // First out of the readers' sight whole, so that a kill in between leaves no half of it.
      let aside = "\(root)/\(Self.removingPrefix)\(name)"
      try FileSystem.rename(path, to: aside)
      try FileSystem.remove(aside)
      for report in changesPaths(of: name) { FileSystem.discard(report) }
      removed.append(name)
      withExtendedLifetime(hold) {}
    }
    return removed
  }

  /// Where what a generation changed is told: as text, and as JSON.
  public func changesPaths(of name: String) -> [String] {
    ["txt", "json"].map { "\(root)/\(name)-changes.\($0)" }
  }

  private func nextName() throws(IndexError) -> String {
    let last = try names().last.flatMap(Self.number(of:)) ?? 0
    let digits = String(last + 1)
    return Self.prefix + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  func serve(_ name: String) throws(IndexError) {
    try FileSystem.replaceLink(currentPath, with: name)
    try FileSystem.synchronize(root)
  }

  private func sound(_ name: String) -> Generation? {
    do {
      return try checkedGeneration(named: name)
    } catch {
      return nil
    }
  }

  static func isOlder(_ name: String, than other: String) -> Bool {
    guard let number = number(of: name), let limit = Self.number(of: other) else { return false }
    return number < limit
  }

  static func number(of name: String) -> Int? {
    guard name.hasPrefix(prefix), name.utf8.count >= prefix.utf8.count + 4 else { return nil }
    return Int(name.dropFirst(prefix.utf8.count))
  }
}
