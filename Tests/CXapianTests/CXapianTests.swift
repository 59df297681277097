import CXapian
import Foundation
import Testing

/// Each kind of fault, really provoked, arrives as its own status with a message.
@Suite final class CXapianTests {
  let directory: String

  init() throws {
    var template = Array("\(NSTemporaryDirectory())/nearcare-cxapian-XXXXXX".utf8CString)
    directory = String(cString: try #require(mkdtemp(&template)))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  typealias Message = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  /// The status of a call and the message that came with it.
  func call(_ body: (Message) -> ncx_status) -> (status: ncx_status, message: String?) {
    var message: UnsafeMutablePointer<CChar>?
    let status = body(&message)
    defer { ncx_free_message(message) }
    return (status, message.map { String(cString: $0) })
  }

  func expect(
    _ status: ncx_status, saying word: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (Message) -> ncx_status
  ) {
    let result = call(body)
    #expect(result.status == status, "\(result)", sourceLocation: sourceLocation)
    #expect(result.message?.contains(word) == true, "\(result)", sourceLocation: sourceLocation)
  }

  func writer(_ name: String = "db") throws -> OpaquePointer {
    var writer: OpaquePointer?
    let opened = call { ncx_writer_open("\(directory)/\(name)", &writer, $0) }
    return try #require(writer, "\(opened)")
  }

  func reader(_ name: String = "db") throws -> OpaquePointer {
    var reader: OpaquePointer?
    let opened = call { openDatabase(["\(directory)/\(name)"], &reader, $0) }
    return try #require(reader, "\(opened)")
  }

  @discardableResult
  func add(
    _ terms: [String], to writer: OpaquePointer, value: String = "four", ordinals: [CChar] = []
  ) -> (status: ncx_status, message: String?) {
    var id: UInt32 = 0
    return withTerms(terms) { terms in
      Array(value.utf8CString).withUnsafeBufferPointer { value in
        ordinals.withUnsafeBufferPointer { ordinals in
          var document = ncx_document(
            filters: terms, words: ncx_terms(),
            value: ncx_bytes(bytes: value.baseAddress, count: value.count - 1),
            ordinals: ncx_bytes(bytes: ordinals.baseAddress, count: ordinals.count))
          return call { ncx_writer_add(writer, &document, &id, $0) }
        }
      }
    }
  }

  func withTerms<Result>(_ terms: [String], _ body: (ncx_terms) -> Result) -> Result {
    let bytes = terms.flatMap { $0.utf8.map { CChar(bitPattern: $0) } }
    var ends: [UInt32] = []
    for term in terms { ends.append((ends.last ?? 0) + UInt32(term.utf8.count)) }
    return bytes.withUnsafeBufferPointer { bytes in
      ends.withUnsafeBufferPointer { ends in
        body(ncx_terms(bytes: bytes.baseAddress, ends: ends.baseAddress, count: ends.count))
      }
    }
  }

  func commit(_ writer: OpaquePointer) {
    #expect(call { ncx_writer_commit(writer, $0) }.status == NCX_OK)
  }

  /// A database of some size, closed.
  func fill(_ name: String = "db", documents: Int = 500) throws {
    let writer = try writer(name)
    for number in 0..<documents { add(["Ta", "Tb\(number)"], to: writer) }
    commit(writer)
    ncx_writer_free(writer)
  }

  @Test func aSecondWriterIsLockedOut() throws {
    let first = try writer()
    defer { ncx_writer_free(first) }
    var second: OpaquePointer?
    expect(NCX_LOCKED, saying: "lock") {
      ncx_writer_open("\(directory)/db", &second, $0)
    }
    #expect(second == nil)
  }

  @Test func aReaderOvertakenByCommitsIsModified() throws {
    try fill()
    let reader = try reader()
    defer { ncx_database_free(reader) }
    let writer = try writer()
    defer { ncx_writer_free(writer) }
    for round in 0..<3 {
      for number in 0..<500 { add(["Ta", "Tc\(round)-\(number)"], to: writer) }
      commit(writer)
    }
    var matches = ncx_matches()
    var ranges = [ncx_range(first: 1, last: 10_000)]
    expect(NCX_MODIFIED, saying: "DatabaseModifiedError") { message in
      withTerms(["Tb77"]) {
        ncx_database_intersect(reader, $0, [1], 1, &ranges, 1, nil, &matches, message)
      }
    }
  }

  @Test func aDamagedDatabaseIsCorrupt() throws {
    try fill()
    let postings = "\(directory)/db/postlist.glass"
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: postings)[.size] as? Int)
    let file = try #require(FileHandle(forWritingAtPath: postings))
    try file.write(contentsOf: Data(repeating: 0xA5, count: size))
    try file.close()
    var opened: OpaquePointer?
    let opening = call { openDatabase(["\(directory)/db"], &opened, $0) }
    guard opening.status == NCX_OK else {
      #expect(opening.status == NCX_CORRUPT, "\(opening)")
      return
    }
    defer { ncx_database_free(opened) }
    var frequency: UInt32 = 0
    expect(NCX_CORRUPT, saying: "DatabaseCorruptError") { message in
      withTerms(["Tb1"]) { ncx_database_frequencies(opened, $0, &frequency, message) }
    }
  }

  @Test func aValueOfAnotherWidthIsCorrupt() throws {
    try fill()
    let reader = try reader()
    defer { ncx_database_free(reader) }
    var values = [CChar](repeating: 0, count: 8 * 501)
    #expect(call { ncx_database_fixed_values(reader, 0, 4, 1, 500, &values, $0) }.status == NCX_OK)
    expect(NCX_CORRUPT, saying: "document 1 has no value of 8 bytes in slot 0") {
      ncx_database_fixed_values(reader, 0, 8, 1, 500, &values, $0)
    }
    expect(NCX_CORRUPT, saying: "document 501") {
      ncx_database_fixed_values(reader, 0, 4, 1, 501, &values, $0)
    }
  }

  @Test func whatIsNotThereCannotBeOpened() throws {
    var opened: OpaquePointer?
    expect(NCX_CANNOT_OPEN, saying: "nowhere") {
      openDatabase(["\(directory)/nowhere"], &opened, $0)
    }
    expect(NCX_CANNOT_OPEN, saying: "nowhere") {
      ncx_writer_open("\(directory)/nowhere/db", &opened, $0)
    }
    #expect(opened == nil)
  }

  @Test func anotherFormatIsAVersion() throws {
    try fill()
    let path = "\(directory)/db/iamglass"
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    // After the 14-byte magic comes the format's version, two bytes of days since 2000.
    bytes[14] ^= 0x55
    try bytes.write(to: URL(fileURLWithPath: path))
    var opened: OpaquePointer?
    expect(NCX_VERSION, saying: "DatabaseVersionError") {
      openDatabase(["\(directory)/db"], &opened, $0)
    }
  }

  @Test func aTermThatIsTooLongIsAnInvalidArgument() throws {
    let writer = try writer()
    defer { ncx_writer_free(writer) }
    let result = add([String(repeating: "x", count: 300)], to: writer)
    #expect(result.status == NCX_INVALID_ARGUMENT)
    #expect(result.message?.contains("Term too long") == true, "\(result)")
    #expect(add([""], to: writer).status == NCX_INVALID_ARGUMENT)
    #expect(add(["Ta"], to: writer).status == NCX_OK)
  }

  /// A stub file names a database elsewhere; nothing listens on port 1.
  @Test func aDatabaseThatIsFarAwayIsTheNetworks() throws {
    try Data("remote 127.0.0.1:1\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/stub"))
    var opened: OpaquePointer?
    expect(NCX_NETWORK, saying: "NetworkError") {
      openDatabase(["\(directory)/stub"], &opened, $0)
    }
  }

  /// The ids of one database twice cannot both be kept.
  @Test func mergingTheSameDocumentsIsUnsupported() throws {
    try fill()
    try Data("auto db\nauto db\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/stub"))
    expect(NCX_UNSUPPORTED, saying: "InvalidOperationError") {
      compact(["\(directory)/stub"], "\(directory)/out.glass", $0)
    }
  }

  /// The disk is full: the device accepts no byte.
  @Test func aFullDiskIsTheDatabases() throws {
    try fill()
    expect(NCX_DATABASE, saying: "No space left") {
      compact(["\(directory)/db"], "/dev/full", $0)
    }
  }

  @Test func wantOfMemoryHasItsOwnStatus() async {
    await #expect(processExitsWith: .success) {
      let path = "\(NSTemporaryDirectory())/nearcare-cxapian-memory-\(getpid())"
      defer { try? FileManager.default.removeItem(atPath: path) }
      var message: UnsafeMutablePointer<CChar>?
      var writer: OpaquePointer?
      guard ncx_writer_open(path, &writer, &message) == NCX_OK else { exit(2) }
      let size = 1 << 30
      let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: size)
      var limit = rlimit(rlim_cur: 1 << 30, rlim_max: 1 << 30)
      guard setrlimit(__rlimit_resource_t(9), &limit) == 0 else { exit(3) }  // RLIMIT_AS
      var document = ncx_document()
      document.value = ncx_bytes(bytes: bytes, count: size)
      var id: UInt32 = 0
      let status = ncx_writer_add(writer, &document, &id, &message)
      exit(status == NCX_OUT_OF_MEMORY ? 0 : 10 + status.rawValue)
    }
  }

  @Test func theCheckerReportsWhatItFinds() throws {
    try fill()
    #expect(
      call { compact(["\(directory)/db"], "\(directory)/one.glass", $0) }.status == NCX_OK)
    var errors = 0
    var report: UnsafeMutablePointer<CChar>?
    #expect(call { ncx_check("\(directory)/one.glass", &errors, &report, $0) }.status == NCX_OK)
    #expect(errors == 0)
    #expect(report == nil)
  }
}
