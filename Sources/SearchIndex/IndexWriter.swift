public import CivilTime
import Crypto
public import Geospatial
public import ProviderDirectory

/// Fills a generation that is being built. Belongs to one thread.
///
/// Roles arrive by ascending (`orderKey`, role id): so the documents of a geohash cell have
/// consecutive ids, and among roles at one place the ids are in the order of the role ids.
public final class IndexWriter {
  private let building: BuildingGeneration
  private let xapian: XapianWriter
  private var document = RoleDocument()
  private var facets = FacetDictionary()
  private var feeds: [String: UInt32] = [:]
  private let today: CivilDate
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

  /// - Parameters:
  ///   - today: the day by which claims of plans are stale.
  ///   - canaries: questions about the roles that are added; the published index has to answer them
  ///     as these roles do.
  public init(
    into building: BuildingGeneration, today: CivilDate, canaries: Canaries = Canaries()
  ) throws(IndexError) {
    self.building = building
    self.today = today
    self.canaries = canaries
    xapian = try XapianWriter(path: building.databasePath)
  }

  /// The place's position in the index's order: its geohash as 60 bits.
  public static func orderKey(of coordinate: Coordinate) -> UInt64 {
    Geohash(coordinate, precision: 12).bits
  }

  /// - Parameter insurerIDs: the insurers and brands to be found under, parents included.
  /// - Throws: `IndexError.outOfOrder` when the role does not follow the one before.
  public func add(_ role: PractitionerRole, insurerIDs: [String]) throws(IndexError) {
    let key = Self.orderKey(of: role.site.coordinate)
    if let last, (last.key, last.role) >= (key, role.id) {
      throw .outOfOrder(detail: "\(role.id) was added after \(last.role)")
    }
    document.fill(
      with: role, insurerIDs: insurerIDs, today: today, feed: ordinal(of: role.source),
      dictionary: &facets)
    let id = try xapian.add(
      filters: document.filters, words: document.words, value: document.value,
      facets: document.facets, record: document.record)
    last = (key, role.id)
    count += 1
    guard id == UInt32(count) else {
      throw .library(detail: "document \(count) was given the id \(id)")
    }
    digests.append(documentDigest())
    canaries.see(role, insurerIDs: insurerIDs, nameWords: document.nameWords)
    for word in document.nameWords { spelling[word, default: 0] += 1 }
    if count % Self.batch == 0 { try xapian.commit() }
  }

  /// Writes what is still in memory; the generation can then be published. Call it once, last.
  public func commit() throws(IndexError) {
    // In order, for equal bytes and because the dictionary's own tables are ordered.
    for (word, occurrences) in spelling.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      try xapian.addSpelling(word, occurrences: occurrences)
    }
    try addFacets()
    try addFeeds()
    try xapian.commit()
    building.content = IndexContent(digests: digests, canaries: canaries)
  }

  private func ordinal(of source: RoleSource?) -> UInt32 {
    guard let source else { return 0 }
    if let known = feeds[source.feed] { return known }
    let new = UInt32(feeds.count)
    feeds[source.feed] = new
    return new
  }

  private func addFeeds() throws(IndexError) {
    for (feed, ordinal) in feeds {
      try xapian.setNote(Self.feedKey(ordinal), Array(feed.utf8))
    }
  }

  static func feedKey(_ ordinal: UInt32) -> [UInt8] { Array("feed/\(ordinal)".utf8) }

  private func addFacets() throws(IndexError) {
    var count = RecordWriter(bytes: [])
    count.count(facets.entries.count)
    try xapian.setNote(FacetDictionary.countKey, count.bytes)
    for (ordinal, entry) in facets.entries.enumerated() {
      try xapian.setNote(FacetDictionary.key(ordinal), FacetDictionary.note(entry))
    }
  }

  /// The first eight bytes of the SHA-256 of a document's terms and record, from which its values
  /// follow too. The file it was read from is no part of it.
  private func documentDigest() -> UInt64 {
    var hasher = SHA256()
    let own = document.record[..<document.ownRecordCount]
    for part in [document.filters.bytes[...], document.words.bytes[...], own] {
      withUnsafeBytes(of: UInt32(part.count).littleEndian) { hasher.update(bufferPointer: $0) }
      part.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    }
    return hasher.finalize().withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).littleEndian }
  }
}

@available(*, unavailable, message: "a writer belongs to one thread")
extension IndexWriter: Sendable {}

/// What a writer has put into a generation.
struct IndexContent {
  /// Of each document, in order: the same roles in the same order give the same digests, whatever
  /// the bytes on disk.
  var digests: [UInt64]
  var canaries: Canaries

  var documents: Int { digests.count }

  /// SHA-256 over the digests, in lower-case hexadecimal.
  var digest: String {
    digests.withUnsafeBytes {
      var hasher = SHA256()
      hasher.update(bufferPointer: $0)
      return hexadecimal(hasher.finalize())
    }
  }
}
