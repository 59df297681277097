import Console
import Glibc

/// Rows on their way into the order of the tables' keys, more than memory shall hold: sorted a
/// portion at a time, each portion written to a file, and merged from there. What goes through a
/// table in the order of its keys reads and writes each page of it once, however many rows there
/// are.
final class RowSorter {
  private let folder: String
  private let portionBytes: Int
  private var portion = SortedPortion()
  private var file: SpillFile?
  private var runs: [Range<Int>] = []
  private(set) var count = 0

  /// - Parameters:
  ///   - folder: where the file is, which has no name and goes with the sorter.
  ///   - portionBytes: what is held in memory.
  init(in folder: String, portionBytes: Int = 1 << 25) {
    self.folder = folder
    self.portionBytes = portionBytes
  }

  func append(_ row: [UInt32], key: Int64) throws {
    portion.append(row, key: key)
    count += 1
    if portion.byteCount >= portionBytes { try spill() }
  }

  /// Hands out all rows by their keys, those of one key as they came.
  func forEach(_ body: (Int64, [UInt32]) throws -> Void) throws {
    guard file != nil else {
      portion.sort()
      return try portion.forEach(body)
    }
    try spill()
    portion = SortedPortion()
    let file = file!
    try file.flush()
    var merged = try runs.compactMap { try RunCursor(file, $0) }
    while var least = merged.indices.first {
      for index in merged.indices.dropFirst() where merged[index].key < merged[least].key {
        least = index
      }
      try body(merged[least].key, merged[least].row)
      if try !merged[least].advance() { merged.remove(at: least) }
    }
  }

  private func spill() throws {
    let file = try file ?? SpillFile(in: folder)
    self.file = file
    portion.sort()
    let start = file.count
    try portion.forEach { key, row in
      try file.append([UInt32(truncatingIfNeeded: key), UInt32(key >> 32), UInt32(row.count)])
      try file.append(row)
    }
    runs.append(start..<file.count)
    portion.removeAll()
  }
}

/// Rows in memory, one after the other.
private struct SortedPortion {
  private var words: [UInt32] = []
  private var order: [(key: Int64, row: Range<Int>)] = []

  var byteCount: Int { 4 * words.count + 24 * order.count }

  mutating func append(_ row: [UInt32], key: Int64) {
    order.append((key, words.count..<(words.count + row.count)))
    words.append(contentsOf: row)
  }

  mutating func sort() {
    order.sort { ($0.key, $0.row.lowerBound) < ($1.key, $1.row.lowerBound) }
  }

  func forEach(_ body: (Int64, [UInt32]) throws -> Void) rethrows {
    for (key, row) in order { try body(key, Array(words[row])) }
  }

  mutating func removeAll() {
    words.removeAll(keepingCapacity: true)
    order.removeAll(keepingCapacity: true)
  }
}

/// Words of 32 bits in a file without a name.
private final class SpillFile {
  private let descriptor: Int32
  private let path: String
  private var buffer: [UInt32] = []
  private var written = 0
  /// Words, those that are still in memory too.
  var count: Int { written + buffer.count }

  private static let bufferWords = 1 << 17

  init(in folder: String) throws {
    path = "\(folder)/sorting"
    // One run at a time, so what is there of that name, a killed run left.
    descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0, unlink(path) == 0 else { throw OutputFile.failure(path) }
  }

  deinit { close(descriptor) }

  func append(_ words: [UInt32]) throws {
    buffer.append(contentsOf: words)
    if buffer.count >= Self.bufferWords { try flush() }
  }

  func flush() throws {
    try buffer.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = pwrite(
          descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(4 * written + done))
        if count > 0 {
          done += count
        } else if errno != EINTR {
          throw OutputFile.failure(path)
        }
      }
    }
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  func read(_ range: Range<Int>) throws -> [UInt32] {
    try Array(unsafeUninitializedCapacity: range.count) { words, count in
      let bytes = UnsafeMutableRawBufferPointer(words)
      while count < range.count {
        let read = pread(
          descriptor, bytes.baseAddress! + 4 * count, 4 * (range.count - count),
          off_t(4 * (range.lowerBound + count)))
        guard read > 0, read % 4 == 0 else {
          if read < 0, errno == EINTR { continue }
          throw Failure(.inputOutput, "cannot read back \(path)")
        }
        count += read / 4
      }
    }
  }
}

/// Goes through one sorted portion of the file.
private struct RunCursor {
  private(set) var key: Int64 = 0
  private(set) var row: [UInt32] = []
  private let file: SpillFile
  private var rest: Range<Int>
  private var chunk: [UInt32] = []
  private var position = 0

  private static let chunkWords = 1 << 15
  private static let headWords = 3

  /// Nil when it is empty.
  init?(_ file: SpillFile, _ range: Range<Int>) throws {
    self.file = file
    rest = range
    guard try advance() else { return nil }
  }

  /// To the next row; false when there is none.
  mutating func advance() throws -> Bool {
    guard try hold(Self.headWords) else { return false }
    key = Int64(chunk[position]) | Int64(chunk[position + 1]) << 32
    let count = Int(chunk[position + 2])
    position += Self.headWords
    guard try hold(count) else { return false }
    row = Array(chunk[position..<(position + count)])
    position += count
    return true
  }

  /// Reads on until so many words are in memory; false when so many are not left.
  private mutating func hold(_ count: Int) throws -> Bool {
    let held = chunk.count - position
    if held >= count { return true }
    let more = min(rest.count, max(Self.chunkWords, count - held))
    guard held + more >= count else { return false }
    let next = rest.lowerBound + more
    chunk = try Array(chunk[position...]) + file.read(rest.lowerBound..<next)
    rest = next..<rest.upperBound
    position = 0
    return true
  }
}
