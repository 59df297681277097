import CXapian
import Crypto

/// One published index: a directory that never changes while it is served.
public struct Generation: Hashable, Sendable {
  /// For example `gen-0007`; later ones sort after earlier ones of the same length.
  public let name: String
  public let path: String
  public let manifest: Manifest

  static let databaseName = "postings.glass"
  /// The documents of an update, where there are any.
  static let changesName = "changes.glass"
  static let placesName = "places"
  static let traitsName = "traits"
  static let digestsName = "digests"
  static let recordsName = "records"
  static let verifiedName = "VERIFIED"
  static let columnNames = [placesName, traitsName, digestsName, recordsName]

  var databasePath: String { "\(path)/\(Self.databaseName)" }
  /// In the order of their documents.
  var databasePaths: [String] {
    manifest.files.lazy.map(\.name).filter { !Self.columnNames.contains($0) }
      .map { "\(path)/\($0)" }
  }
  var placesPath: String { "\(path)/\(Self.placesName)" }
  var traitsPath: String { "\(path)/\(Self.traitsName)" }
  var digestsPath: String { "\(path)/\(Self.digestsName)" }
  var recordsPath: String { "\(path)/\(Self.recordsName)" }

  /// Reads and checks the manifest; the files are looked at by `check` and `verify`.
  init(name: String, path: String) throws(IndexError) {
    self.name = name
    self.path = path
    let manifestPath = "\(path)/\(Manifest.name)"
    guard FileSystem.exists(manifestPath) else {
      throw .corrupt(path: path, detail: "it has no \(Manifest.name)")
    }
    manifest = try Manifest(decoding: try FileSystem.read(manifestPath), path: manifestPath)
    let names = manifest.files.map(\.name)
    guard manifest.generation == name,
      names == [Self.databaseName] + Self.columnNames
        || names == [Self.databaseName, Self.changesName] + Self.columnNames
    else {
      throw .corrupt(path: manifestPath, detail: "it belongs to \(manifest.generation)")
    }
  }

  /// Vouches for the files without reading all of them each time.
  ///
  /// After a full verification the stamp of each file (size, modification and change time, inode,
  /// device) is kept in `VERIFIED`. While the stamps are the same nothing has written to the files;
  /// when one differs, that file is hashed again. What a disk loses silently under an unchanged
  /// file is found by `verify`.
  func check() throws(IndexError) {
    let recorded = try recordedStamps()
    var verified: [FileStamp] = []
    for file in manifest.files {
      let path = "\(self.path)/\(file.name)"
      let stamp = try presentStamp(of: file, at: path)
      verified.append(recorded[file.name] == stamp.text ? stamp : try hash(file, at: path))
    }
    let text = Self.stampsText(manifest.files, verified, of: manifest)
    if recorded["text"] != text { record(text) }
  }

  /// Reads every byte of every file and compares it with the manifest.
  public func verify() throws(IndexError) {
    var stamps: [FileStamp] = []
    for file in manifest.files {
      let path = "\(self.path)/\(file.name)"
      _ = try presentStamp(of: file, at: path)
      stamps.append(try hash(file, at: path))
    }
    vouch(stamps)
  }

  /// Reads every byte of what stands beside the database and compares it with the manifest.
  func verifyColumns() throws(IndexError) {
    for file in manifest.files where Self.columnNames.contains(file.name) {
      _ = try hash(file, at: "\(path)/\(file.name)")
    }
  }

  /// Keeps the stamps that the files had when they were hashed, in the manifest's order.
  func vouch(_ stamps: [FileStamp]) {
    record(Self.stampsText(manifest.files, stamps, of: manifest))
  }

  private func presentStamp(
    of file: Manifest.File, at path: String
  ) throws(IndexError) -> FileStamp {
    guard FileSystem.exists(path) else { throw .corrupt(path: path, detail: "the file is missing") }
    let stamp = try FileStamp(ofFileAt: path)
    guard stamp.size == file.size else {
      throw .corrupt(
        path: path, detail: "it has \(stamp.size) bytes, and was published with \(file.size)")
    }
    return stamp
  }

  private func hash(_ file: Manifest.File, at path: String) throws(IndexError) -> FileStamp {
    let (digest, stamp) = try Self.digest(ofFileAt: path)
    guard digest == file.sha256 else {
      throw .corrupt(
        path: path, detail: "its SHA-256 is not the one it was published with (\(file.sha256))")
    }
    return stamp
  }

  /// The file's SHA-256, and its stamp from before it was read.
  static func digest(ofFileAt path: String) throws(IndexError) -> (String, FileStamp) {
    let stamp = try FileStamp(ofFileAt: path)
    var hasher = SHA256()
    try FileSystem.forEachPortion(of: path) { (bytes) throws(IndexError) in
      hasher.update(bufferPointer: bytes)
    }
    return (hexadecimal(hasher.finalize()), stamp)
  }

  /// By file name; the whole text under "text", and nothing when it belongs to another manifest.
  private func recordedStamps() throws(IndexError) -> [String: String] {
    let path = "\(self.path)/\(Self.verifiedName)"
    guard FileSystem.exists(path) else { return [:] }
    let text = String(decoding: try FileSystem.read(path), as: UTF8.self)
    let lines = text.split(separator: "\n")
    guard lines.first == Substring(Self.stampsHeader(of: manifest)) else { return [:] }
    var stamps = ["text": text]
    for line in lines.dropFirst() {
      let parts = line.split(separator: "\t")
      if parts.count == 2 { stamps[String(parts[0])] = String(parts[1]) }
    }
    return stamps
  }

  private static func stampsHeader(of manifest: Manifest) -> String {
    "verified \(manifest.generation) \(hexadecimal(SHA256.hash(data: manifest.encoded())))"
  }

  private static func stampsText(
    _ files: [Manifest.File], _ stamps: [FileStamp], of manifest: Manifest
  ) -> String {
    var text = stampsHeader(of: manifest) + "\n"
    for (file, stamp) in zip(files, stamps) { text += "\(file.name)\t\(stamp.text)\n" }
    return text
  }

  /// The stamps only save time: where they cannot be written (a read-only home, a full disk) the
  /// next opening hashes again.
  private func record(_ text: String) {
    guard FileSystem.isWritable(path) else { return }
    let path = "\(self.path)/\(Self.verifiedName)"
    let aside = "\(path).\(FileSystem.processID)"
    do {
      try FileSystem.write(Array(text.utf8), to: aside)
      try FileSystem.rename(aside, to: path)
    } catch {
      FileSystem.discard(aside)
    }
  }
}
