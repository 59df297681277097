public import CivilTime
import Crypto
public import Geospatial
public import ProviderDirectory

/// Fills a generation that is being built, or one shard of it. Belongs to one thread; the writers
/// of the shards of one generation may each have their own.
///
/// Roles arrive by ascending (`orderKey`, role id): so the documents of a geohash cell have
/// consecutive ids, and among roles at one place the ids are in the order of the role ids. All
/// roles of a shard follow those of the shard before.
public final class IndexWriter {
  private let shard: IndexShard
  /// Nil once everything is written.
  private var xapian: XapianWriter?
  private var records: RecordAppender
  private var document: RoleDocument
  private var last: (key: UInt64, role: RoleID)?
  private var spelling: [[UInt8]: Int] = [:]
  /// Of each document, in order.
  private var digests: [UInt64] = []
  private var canaries: Canaries
  /// Roles added so far.
  public private(set) var count = 0

  /// Roles between commits. Xapian gathers their postings in trees that outgrow the processor's
  /// cache: with its own 10,000 a build takes a tenth longer, with 50,000 a third.
  static let batch = 2_000

  /// - Parameter canaries: questions about the roles that are added; the published index has to
  ///   answer them as these roles do. All shards are given the same.
  public init(into shard: IndexShard, canaries: Canaries = Canaries()) throws(IndexError) {
    self.shard = shard
    self.canaries = canaries
    document = RoleDocument(numbers: shard.numbers)
    xapian = try XapianWriter(path: shard.path)
    records = try RecordAppender(path: shard.recordsPath)
  }

  /// Fills a generation that has no other shard.
  ///
  /// - Parameter today: the day by which claims of plans are stale.
  public convenience init(
    into building: BuildingGeneration, today: CivilDate, canaries: Canaries = Canaries()
  ) throws(IndexError) {
    try self.init(into: building.addShard(today: today), canaries: canaries)
  }

  /// The place's position in the index's order: its geohash as 60 bits.
  public static func orderKey(of coordinate: Coordinate) -> UInt64 {
    Geohash(coordinate, precision: 12).bits
  }

  /// - Parameter insurerIDs: the insurers and brands to be found under, parents included.
  /// - Throws: `IndexError.outOfOrder` when the role does not follow the one before.
  public func add(_ role: PractitionerRole, insurerIDs: [String]) throws(IndexError) {
    guard let xapian else { throw .library(detail: "\(shard.path): added to after its commit") }
    let key = Self.orderKey(of: role.site.coordinate)
    if let last, (last.key, last.role) >= (key, role.id) {
      throw .outOfOrder(detail: "\(role.id) was added after \(last.role)")
    }
    document.fill(with: role, insurerIDs: insurerIDs)
    let id = try xapian.add(
      filters: document.filters, words: document.words, value: document.value,
      facets: document.facets)
    last = (key, role.id)
    count += 1
    guard id == UInt32(count) else {
      throw .library(detail: "document \(count) was given the id \(id)")
    }
    try records.add(document.record)
    digests.append(documentDigest())
    canaries.see(role, insurerIDs: insurerIDs, nameWords: document.nameWords)
    for word in document.nameWords { spelling[word, default: 0] += 1 }
    if count % Self.batch == 0 { try xapian.commit() }
  }

  /// Writes what is still in memory; once every writer of the generation has done so, it can be
  /// published. Call it once, last.
  public func commit() throws(IndexError) {
    guard let xapian else { return }
    // In order, for equal bytes and because the dictionary's own tables are ordered.
    for (word, occurrences) in spelling.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      try xapian.addSpelling(word, occurrences: occurrences)
    }
    try xapian.commit()
    self.xapian = nil
    shard.finish(
      ShardContent(digests: digests, records: try records.finish(), canaries: canaries))
  }

  /// The first eight bytes of the SHA-256 of all that a document says, with texts in the place of
  /// their ordinals. The file it was read from is no part of it.
  private func documentDigest() -> UInt64 {
    var hasher = SHA256()
    func add(_ part: some Collection<UInt8>) {
      withUnsafeBytes(of: UInt32(part.count).littleEndian) { hasher.update(bufferPointer: $0) }
      _ = part.withContiguousStorageIfAvailable {
        hasher.update(bufferPointer: UnsafeRawBufferPointer($0))
      }
    }
    add(document.filters.bytes)
    add(document.words.bytes)
    add(document.value)
    add(document.record[..<document.ownRecordCount])
    for text in document.texts { add(text.utf8) }
    return hasher.finalize().withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).littleEndian }
  }
}

@available(*, unavailable, message: "a writer belongs to one thread")
extension IndexWriter: Sendable {}

/// What a writer has put into its shard.
struct ShardContent: Sendable {
  /// Of each document, in order: the same roles in the same order give the same digests, whatever
  /// the bytes on disk.
  var digests: [UInt64] = []
  var records = RecordPart()
  var canaries = Canaries()
}

/// SHA-256 over digests of documents, in lower-case hexadecimal.
struct ContentDigest {
  private var hasher = SHA256()
  private(set) var count = 0

  mutating func add(_ digests: UnsafeRawBufferPointer) {
    hasher.update(bufferPointer: digests)
    count += digests.count / MemoryLayout<UInt64>.size
  }

  var text: String { hexadecimal(hasher.finalize()) }
}
