import Foundation
import ProviderDirectory
import TestSupport
import Testing

@Suite struct SortedTableTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func table(_ text: String, columns: [String] = ["key", "value"]) throws -> SortedTable {
    try SortedTable(path: folder.write(text), columns: columns)
  }

  private func failure(
    opening path: String, columns: [String] = ["key", "value"]
  ) -> TableError? {
    #expect(throws: TableError.self) { try SortedTable(path: path, columns: columns) }
  }

  @Test func readsFieldsOfTheLinesWithAKey() throws {
    let table = try table("#key\tvalue\nab\t1\nb\t2\nb\t3\nbc\t4\n")
    #expect(table.row("b")?[1] == "2")
    #expect(table.rows("b").map { $0[1] } == ["2", "3"])
    #expect(table.rows(withPrefix: "b").map { $0[1] } == ["2", "3", "4"])
    #expect(table.rows(withPrefix: "").map { $0[0] } == ["ab", "b", "b", "bc"])
    #expect(table.row("a") == nil)
    #expect(table.row("") == nil)
    #expect(table.row("c") == nil)
    #expect(table.rows("bcd").map { $0[1] } == [])
  }

  @Test func aTableWithoutLinesIsEmpty() throws {
    let table = try table("#key\tvalue\n")
    #expect(table.row("a") == nil)
    #expect(Array(table.allRows.map { $0[0] }) == [])
    try table.verify()
  }

  @Test func keysCompareAsBytesAndNotAsText() throws {
    // U+FF5E sorts before U+1F600 as UTF-8 but after it as UTF-16.
    let table = try table("#key\tvalue\nZ\t1\na\t2\né\t3\n\u{FF5E}\t4\n\u{1F600}\t5\n")
    try table.verify()
    for (key, value) in [("Z", "1"), ("a", "2"), ("é", "3"), ("\u{FF5E}", "4"), ("\u{1F600}", "5")]
    {
      #expect(table.row(key)?[1] == value)
    }
    #expect(table.row("e\u{301}") == nil, "another spelling in bytes is another key")
  }

  /// Keys of few letters, so that equal keys, prefixes and the table's ends are all common.
  @Test(arguments: 1...60)
  func agreesWithALinearScan(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    func word() -> String {
      let length = Int.random(in: 0...4, using: &random)
      return String((0..<length).map { _ in "ab é~".randomElement(using: &random)! })
    }
    let keys = (0..<Int.random(in: 0...80, using: &random)).map { _ in word() }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let lines = keys.enumerated().map { "\($1)\t\($0)" }
    let table = try table((["#key\tvalue"] + lines).map { $0 + "\n" }.joined())
    try table.verify()
    for wanted in (0..<100).map({ _ in word() }) {
      let same = keys.indices.filter { keys[$0].utf8.elementsEqual(wanted.utf8) }
      #expect(table.rows(wanted).map { $0.integer(1) } == same, "seed \(seed), key \(wanted)")
      #expect(table.row(wanted)?.integer(1) == same.first, "seed \(seed), key \(wanted)")
      let under = keys.indices.filter { keys[$0].utf8.starts(with: wanted.utf8) }
      #expect(
        table.rows(withPrefix: wanted).map { $0.integer(1) } == under, "seed \(seed), \(wanted)")
    }
  }

  @Test(arguments: [
    ("0", 0), ("-0.5", -0.5), ("40.7484", 40.7484), ("-176.65432", -176.65432), ("12", 12),
    ("0.1", 0.1), ("999999999999999", 999_999_999_999_999), (".5", 0.5),
  ])
  func readsDecimals(text: String, value: Double) throws {
    let table = try table("#key\tvalue\na\t\(text)\n")
    #expect(table.row("a")?.decimal(1) == value)
    #expect(table.row("a")?.decimal(1) == Double(text))
  }

  @Test(arguments: [
    "", "-", ".", "5.", "1.2.3", "+1", "1e5", "nan", "0x1", " 1", "1234567890123456", "１",
  ])
  func refusesWhatIsNoDecimal(text: String) throws {
    let row = try #require(try table("#key\tvalue\na\t\(text)\n").row("a"))
    #expect(row.decimal(1) == nil)
    #expect(row.integer(1) == nil)
  }

  @Test func aMissingColumnIsEmptyAndAFractionNoInteger() throws {
    let row = try #require(try table("#key\tvalue\na\t1.5\n").row("a"))
    #expect(row.integer(1) == nil)
    #expect(row[2] == "")
    #expect(row[9] == "")
  }

  // MARK: Damage

  @Test func aMissingTableNamesTheFileAndTheNextStep() throws {
    let path = folder.path + "/none.tsv"
    #expect(failure(opening: path) == .unreadable(path: path, reason: "No such file or directory"))
    let message = try #require(failure(opening: path)).description
    #expect(
      message == """
        The reference table \(path) cannot be read: No such file or directory. Install nearcare \
        again, or set NEARCARE_DATA to the folder that holds its tables.
        """)
  }

  @Test func aFolderIsNoTable() {
    #expect(
      failure(opening: folder.path)
        == .unreadable(path: folder.path, reason: "not a regular file"))
  }

  @Test(arguments: [
    ("", nil, "the file is empty"),
    ("#key\tvalue\na\t1", nil, "the last line is cut off"),
    ("\0\0\0\0", nil, "the last line is cut off"),
    ("a\t1\n", 1, "the columns are not #key, value"),
    ("#key\n", 1, "the columns are not #key, value"),
    ("#key\tvalue\tmore\na\t1\t2\n", 1, "the columns are not #key, value"),
    (
      "#key\tvalue\tbytes=12\na\t1\nb\t2\n", nil,
      "the header promises bytes=12, the file holds 8"
    ),
  ])
  func noticesDamageOnOpening(text: String, line: Int?, detail: String) throws {
    let path = try folder.write(text)
    #expect(failure(opening: path) == .damaged(path: path, line: line, detail: detail))
  }

  @Test func theRightSizeIsAccepted() throws {
    #expect(try table("#key\tvalue\tbytes=8\na\t1\nb\t2\n").row("b")?[1] == "2")
  }

  @Test(arguments: [
    ("b\t1\na\t2\n", 3, "out of order after b"),
    ("a\t1\nb\n", 3, "1 columns where there should be 2"),
    ("a\t1\t2\n", 2, "3 columns where there should be 2"),
    ("\n", 2, "1 columns where there should be 2"),
  ])
  func verifyNamesTheLine(body: String, line: Int, detail: String) throws {
    let table = try table("#key\tvalue\n" + body)
    let error = #expect(throws: TableError.self) { try table.verify() }
    #expect(error == .damaged(path: table.path, line: line, detail: detail))
  }

  @Test func verifyNoticesBytesThatAreNoText() throws {
    let path = try folder.write(Array("#key\tvalue\na\t".utf8) + [0xFF, 0x0A])
    let table = try SortedTable(path: path, columns: ["key", "value"])
    let error = #expect(throws: TableError.self) { try table.verify() }
    #expect(error == .damaged(path: path, line: 2, detail: "not UTF-8"))
  }

  /// Whatever bytes are in the file, looking things up neither traps nor runs on.
  @Test(arguments: 1...40)
  func survivesAnyBytes(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let alphabet = Array("\n\n\t\tab.-1".utf8) + [0, 0xFF]
    let body = (0..<Int.random(in: 0...200, using: &random)).map { _ in
      alphabet.randomElement(using: &random)!
    }
    let path = try folder.write(Array("#key\tvalue\n".utf8) + body + [0x0A])
    let table = try SortedTable(path: path, columns: ["key", "value"])
    let lines = body.split(separator: 0x0A, omittingEmptySubsequences: false).count
    #expect(table.allRows.reduce(0) { count, _ in count + 1 } == lines, "seed \(seed)")
    for key in ["", "a", "b", "\0", "-1"] {
      for row in table.rows(key) {
        #expect(row[0] == key, "seed \(seed)")
        #expect(row.decimal(1) == nil || row[1] != "", "seed \(seed)")
      }
    }
  }
}

/// A folder that goes when the test does.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "nearcare-tables-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(error)") }
  }

  /// Writes `table.tsv` and returns its path.
  func write(_ text: String) throws -> String { try write(Array(text.utf8)) }

  func write(_ bytes: [UInt8], as name: String = "table.tsv") throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}
