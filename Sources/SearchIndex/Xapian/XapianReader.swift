import CXapian

/// An open Xapian database, or several read as one. Belongs to one thread at a time.
final class XapianReader {
  private let handle: OpaquePointer
  private let path: String

  /// - Parameters:
  ///   - paths: the documents of each follow those of the one before.
  ///   - superseded: documents that keep their ids and match nothing.
  init(
    paths: [String],
    superseded: UnsafeBufferPointer<UInt32> = UnsafeBufferPointer(start: nil, count: 0)
  ) throws(IndexError) {
    let path = paths[0]
    var opened: OpaquePointer?
    try withCStrings(paths) { (paths) throws(IndexError) in
      try xapianCall(path) {
        ncx_database_open(
          paths, paths.count, superseded.baseAddress, superseded.count, &opened, $0)
      }
    }
    guard let opened else { throw .library(detail: "\(path): opened to nothing") }
    handle = opened
    self.path = path
  }

  deinit { ncx_database_free(handle) }

  /// How many documents there are, and the highest id.
  func counts() throws(IndexError) -> (documents: UInt32, last: UInt32) {
    var documents: UInt32 = 0
    var last: UInt32 = 0
    try xapianCall(path) { ncx_database_counts(handle, &documents, &last, $0) }
    return (documents, last)
  }

  func frequencies(of terms: TermList) throws(IndexError) -> [UInt32] {
    var frequencies = [UInt32](repeating: 0, count: terms.count)
    try terms.withTerms { (terms) throws(IndexError) in
      try xapianCall(path) { ncx_database_frequencies(handle, terms, &frequencies, $0) }
    }
    return frequencies
  }

  /// The values in `slot` of documents 1…count, each `width` bytes, one after the other; handed out
  /// some at a time, with the index (from 0) of the first.
  func forEachFixedValues(
    slot: UInt32, width: Int, count: Int,
    _ body: (Int, UnsafeRawBufferPointer) throws(IndexError) -> Void
  ) throws(IndexError) {
    let portion = 1 << 16
    var values = [UInt8](repeating: 0, count: width * min(portion, count))
    for start in stride(from: 0, to: count, by: portion) {
      let size = min(portion, count - start)
      try xapianCall(path) { message in
        values.withUnsafeMutableBytes {
          ncx_database_fixed_values(
            handle, slot, width, UInt32(start + 1), size,
            $0.bindMemory(to: CChar.self).baseAddress, message)
        }
      }
      try values.withUnsafeBufferPointer { (values) throws(IndexError) in
        let filled = UnsafeRawBufferPointer(values)[..<(size * width)]
        try body(start, UnsafeRawBufferPointer(rebasing: filled))
      }
    }
  }

  /// The documents that carry a term of every group, ascending, within `ranges` (ascending and
  /// disjoint), lent until the next call on this reader; and how many at most carry such terms
  /// anywhere.
  ///
  /// - Parameter patience: asked every few hundred steps.
  /// - Throws: `IndexError.outOfTime` soon after it is over.
  func intersect(
    _ groups: TermGroups, within ranges: [ncx_range], _ patience: Patience
  ) throws(IndexError) -> (documents: UnsafeBufferPointer<UInt32>, upperBound: Int) {
    var result = ncx_matches()
    try groups.terms.withTerms { (terms) throws(IndexError) in
      try xapianCall(path) { message in
        patience.withLimit {
          ncx_database_intersect(
            handle, terms, groups.ends, groups.ends.count, ranges, ranges.count, $0, &result,
            message)
        }
      }
    }
    guard result.is_complete else { throw .outOfTime }
    return (
      UnsafeBufferPointer(start: result.documents, count: result.count), Int(result.upper_bound)
    )
  }

  /// How many of `documents` (ascending) list each ordinal below `ordinals` in their value of
  /// `slot`.
  func tally(
    _ documents: [UInt32], slot: UInt32, ordinals: Int
  ) throws(IndexError) -> [UInt32] {
    var counts = [UInt32](repeating: 0, count: ordinals)
    try xapianCall(path) {
      ncx_database_tally(handle, slot, documents, documents.count, &counts, ordinals, $0)
    }
    return counts
  }

  /// What was noted under `key` for the database as a whole; empty when nothing was.
  func note<Result>(
    _ key: [UInt8], _ body: (UnsafeRawBufferPointer) throws(IndexError) -> Result
  ) throws(IndexError) -> Result {
    var lent = ncx_bytes()
    try xapianCall(path) { message in
      key.withUnsafeBufferPointer { key in
        key.withMemoryRebound(to: CChar.self) {
          ncx_database_note(handle, $0.baseAddress, $0.count, &lent, message)
        }
      }
    }
    return try body(UnsafeRawBufferPointer(start: lent.bytes, count: lent.count))
  }

  /// A count that was noted as LEB128.
  func count(noted key: [UInt8]) throws(IndexError) -> Int {
    try note(key) { (bytes) throws(IndexError) in
      var reader = RecordReader(bytes: bytes)
      do {
        return try reader.count()
      } catch {
        throw .corrupt(
          path: path, detail: "the note \(String(decoding: key, as: UTF8.self)): \(error)")
      }
    }
  }

  /// The texts after `prefix` of its terms that start with `start`, in order; nil when there are
  /// more than `limit`.
  func texts(
    of prefix: TermPrefix, startingWith start: [UInt8], limit: Int
  ) throws(IndexError) -> [[UInt8]]? {
    var term: [UInt8] = []
    prefix.appendTerm(start, to: &term)
    var lent = ncx_terms()
    var isComplete = false
    try xapianCall(path) { message in
      term.withUnsafeBytes {
        ncx_database_expand(
          handle, $0.bindMemory(to: CChar.self).baseAddress, $0.count, limit, &lent, &isComplete,
          message)
      }
    }
    guard isComplete else { return nil }
    let skipped = prefix.rawValue.utf8.count
    var from = 0
    return (0..<lent.count).map { index in
      let to = Int(lent.ends[index])
      defer { from = to }
      let bytes = UnsafeRawBufferPointer(start: lent.bytes + from, count: to - from)
      return Array(bytes.dropFirst(skipped))
    }
  }

  /// The nearest word of the dictionary; nil when none is close.
  func suggestion(for word: String) throws(IndexError) -> String? {
    var lent = ncx_bytes()
    let utf8 = word.utf8CString
    try xapianCall(path) { message in
      utf8.withUnsafeBufferPointer {
        ncx_database_suggest(handle, $0.baseAddress, $0.count - 1, &lent, message)
      }
    }
    guard lent.count > 0 else { return nil }
    return String(
      decoding: UnsafeRawBufferPointer(start: lent.bytes, count: lent.count), as: UTF8.self)
  }
}

@available(*, unavailable, message: "each thread opens its own reader")
extension XapianReader: Sendable {}
