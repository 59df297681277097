/// The `RoleRecord` of every document, in a mapped file beside the index: the results of a page
/// stand close together in it, and are decoded where they lie. As values of Xapian's documents each
/// was a walk from the root of a tree, with a copy of every block on the way.
///
/// Little-endian, after a 64-byte header (magic, documents): UInt64s, where in the file the record
/// of document i starts at index i − 1, and where the last one ends; then the records.
final class RecordColumn {
  private let file: MappedFile
  private let path: String
  let count: Int
  private let starts: UnsafePointer<UInt64>

  private static let magic: UInt64 = 0x3153_4452_4345_434e  // "NCECRDS1"
  private static let headerSize = MappedColumns.headerSize

  init(path: String) throws(IndexError) {
    let columns = try MappedColumns(path: path, magic: Self.magic, kind: "records, version 1")
    (file, count) = (columns.file, columns.count)
    self.path = path
    guard file.bytes.count >= Self.firstStart(count) else {
      throw .corrupt(path: path, detail: "its size does not fit \(count) documents")
    }
    starts = (file.bytes.baseAddress! + Self.headerSize).assumingMemoryBound(to: UInt64.self)
    guard starts[0] == Self.firstStart(count), starts[count] == file.bytes.count else {
      throw .corrupt(path: path, detail: "its records are not where they should be")
    }
  }

  /// Where the records begin.
  private static func firstStart(_ count: Int) -> Int { headerSize + 8 * (count + 1) }

  /// Lent as long as this object lives.
  func record(of document: UInt32) throws(IndexError) -> UnsafeRawBufferPointer {
    guard document > 0, document <= count else { throw .noSuchDocument(document) }
    return UnsafeRawBufferPointer(rebasing: file.bytes[try span(Int(document) - 1)])
  }

  /// Where the record of a document is, by its index.
  private func span(_ index: Int) throws(IndexError) -> Range<Int> {
    let (from, to) = (starts[index], starts[index + 1])
    guard from <= to, to <= file.bytes.count else {
      throw .corrupt(path: path, detail: "the record of document \(index + 1) has no place")
    }
    return Int(from)..<Int(to)
  }

  /// - Parameters:
  ///   - base: what an update continues, and how many of its documents; nil for a full build.
  ///   - parts: what the writers of the shards left, in the order of their documents.
  static func write(
    _ base: (column: RecordColumn, documents: Int)?, _ parts: [RecordPart], to path: String
  ) throws(IndexError) {
    let file = try ColumnFile(path: path)
    let count = parts.reduce(base?.documents ?? 0) { $0 + $1.sizes.count }
    var header = [UInt64](repeating: 0, count: headerSize / 8)
    header[0...1] = [magic, UInt64(count)]
    try file.write(header, at: 0)
    var starts = StartsWriter(file, at: headerSize, first: firstStart(count))
    var offset = starts.end
    func append(_ path: String, in span: Range<Int>? = nil) throws(IndexError) {
      try FileSystem.forEachPortion(of: path, in: span) { (bytes) throws(IndexError) in
        try file.write(bytes.bindMemory(to: UInt8.self), at: offset)
        offset += bytes.count
      }
    }
    if let base, base.documents > 0 {
      let kept = base.column
      let last = try kept.span(base.documents - 1)
      try append(kept.path, in: firstStart(kept.count)..<last.upperBound)
      for index in 0..<base.documents { try starts.add(try kept.span(index).count) }
    }
    for part in parts {
      try append(part.path)
      for size in part.sizes { try starts.add(Int(size)) }
      guard starts.end == offset else {
        throw .corrupt(path: part.path, detail: "its size is not that of its records")
      }
    }
    try starts.finish()
  }

  /// Writes the starts in portions, as the sizes come.
  private struct StartsWriter {
    private let file: ColumnFile
    private var offset: Int
    /// Where the record after the last one starts.
    private(set) var end: Int
    private var portion: [UInt64]

    init(_ file: ColumnFile, at offset: Int, first: Int) {
      self.file = file
      self.offset = offset
      end = first
      portion = [UInt64(first)]
    }

    mutating func add(_ size: Int) throws(IndexError) {
      end += size
      portion.append(UInt64(end))
      if portion.count == 1 << 13 { try finish() }
    }

    mutating func finish() throws(IndexError) {
      try file.write(portion, at: offset)
      offset += 8 * portion.count
      portion.removeAll(keepingCapacity: true)
    }
  }
}

/// The records of one shard: their bytes, one after the other, in a file of their own.
struct RecordPart: Sendable {
  var path = ""
  /// Of each record, in bytes.
  var sizes: [UInt32] = []
}

/// Writes the records of one shard.
struct RecordAppender {
  private let file: ColumnFile
  private var offset = 0
  private var waiting: [UInt8] = []
  private var part: RecordPart

  private static let portion = 1 << 18

  init(path: String) throws(IndexError) {
    file = try ColumnFile(path: path)
    part = RecordPart(path: path)
    waiting.reserveCapacity(Self.portion)
  }

  mutating func add(_ record: [UInt8]) throws(IndexError) {
    part.sizes.append(UInt32(record.count))
    if waiting.count + record.count > Self.portion { try writeOut() }
    waiting += record
  }

  /// Writes what is still in memory.
  mutating func finish() throws(IndexError) -> RecordPart {
    try writeOut()
    return part
  }

  private mutating func writeOut() throws(IndexError) {
    try file.write(waiting, at: offset)
    offset += waiting.count
    waiting.removeAll(keepingCapacity: true)
  }
}
