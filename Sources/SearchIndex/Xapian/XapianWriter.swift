import CXapian
import Glibc

/// The one writer of a database that is being built.
final class XapianWriter {
  private let handle: OpaquePointer
  private let path: String

  init(path: String) throws(IndexError) {
    var opened: OpaquePointer?
    try xapianCall(path) { ncx_writer_open(path, &opened, $0) }
    guard let opened else { throw .library(detail: "\(path): opened to nothing") }
    handle = opened
    self.path = path
  }

  deinit { ncx_writer_free(handle) }

  /// Returns the new document's id, one more than the last.
  func add(
    filters: TermList, words: TermList, value: [UInt8], facets: [UInt8]
  ) throws(IndexError) -> UInt32 {
    var id: UInt32 = 0
    try filters.withTerms { (filters) throws(IndexError) in
      try words.withTerms { (words) throws(IndexError) in
        try xapianCall(path) { message in
          value.withUnsafeBytes { value in
            facets.withUnsafeBytes { facets in
              var document = ncx_document(
                filters: filters, words: words, value: ncx_bytes(value),
                ordinals: ncx_bytes(facets))
              return ncx_writer_add(handle, &document, &id, message)
            }
          }
        }
      }
    }
    return id
  }

  func addSpelling(_ word: [UInt8], occurrences: Int) throws(IndexError) {
    try xapianCall(path) { message in
      word.withUnsafeBytes {
        ncx_writer_add_spelling(
          handle, $0.bindMemory(to: CChar.self).baseAddress, $0.count,
          UInt32(clamping: occurrences), message)
      }
    }
  }

  /// Keeps `note` under `key`, for the database as a whole.
  func setNote(_ key: [UInt8], _ note: [UInt8]) throws(IndexError) {
    try xapianCall(path) { message in
      key.withUnsafeBytes { key in
        note.withUnsafeBytes { note in
          let key = ncx_bytes(key)
          return ncx_writer_set_note(handle, key.bytes, key.count, ncx_bytes(note), message)
        }
      }
    }
  }

  func commit() throws(IndexError) {
    try xapianCall(path) { ncx_writer_commit(handle, $0) }
  }

  /// Writes databases as one file: the documents of each follow those of the one before.
  static func compact(_ paths: [String], to destination: String) throws(IndexError) {
    try withCStrings(paths) { (paths) throws(IndexError) in
      try xapianCall(destination) { ncx_compact(paths, paths.count, destination, $0) }
    }
  }
}

@available(*, unavailable, message: "a writer belongs to one thread")
extension XapianWriter: Sendable {}

/// Lends C strings for as long as `body` takes.
func withCStrings<Result>(
  _ texts: [String], _ body: ([UnsafePointer<CChar>?]) throws(IndexError) -> Result
) throws(IndexError) -> Result {
  let copies = texts.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return try body(copies.map { UnsafePointer($0) })
}

extension ncx_bytes {
  fileprivate init(_ buffer: UnsafeRawBufferPointer) {
    self.init(bytes: buffer.bindMemory(to: CChar.self).baseAddress, count: buffer.count)
  }
}
