import Foundation
import TestSupport
import Testing

@testable import ProviderDirectory

/// A row as a test writes it: the line it starts on, and its fields or the damage.
private struct SeenRow: Equatable {
  var line: Int
  var fields: [String]?
  var reason: String?
}

private func read(_ bytes: [UInt8]) throws -> (header: [String], rows: [SeenRow]) {
  let scratch = try ScratchDirectory()
  let reader = try CSVReader(path: scratch.file("rows.csv", bytes))
  var rows: [SeenRow] = []
  while let row = try reader.next() {
    switch row {
    case .record(let record):
      rows.append(SeenRow(line: record.line, fields: (0..<record.count).map { record[$0].text }))
    case .damaged(let line, let field, let reason):
      rows.append(SeenRow(line: line, reason: field.isEmpty ? reason : "\(field): \(reason)"))
    }
  }
  #expect(reader.rows == rows.count)
  #expect(reader.bytesRead == bytes.count)
  return (reader.header, rows)
}

struct CSVReaderTests {
  private static let forms: [(String, String, [[String]])] = [
    ("plain", "a,b\n1,2\n", [["1", "2"]]),
    ("no last line end", "a,b\n1,2", [["1", "2"]]),
    ("CRLF", "a,b\r\n1,2\r\n3,4\r\n", [["1", "2"], ["3", "4"]]),
    ("byte-order mark", "\u{feff}a,b\n1,2\n", [["1", "2"]]),
    ("quoted", "\"a\",\"b\"\n\"1\",\"2\"\n", [["1", "2"]]),
    ("quoted to the end of file", "a,b\n1,\"2\"", [["1", "2"]]),
    ("quoted CRLF", "a,b\r\n\"1\",\"2\"\r\n", [["1", "2"]]),
    ("comma in quotes", "a,b\n\"1,5\",2\n", [["1,5", "2"]]),
    ("doubled quotes", "a,b\n\"say \"\"ah\"\"\",2\n", [["say \"ah\"", "2"]]),
    ("only quotes", "a,b\n\"\"\"\",\"\"\n", [["\"", ""]]),
    ("quote inside a bare field", "a,b\n5\" tube,2\n", [["5\" tube", "2"]]),
    ("line break in quotes", "a,b\n\"1\n2\",3\n4,5\n", [["1\n2", "3"], ["4", "5"]]),
    ("blank lines", "a,b\n\n1,2\n\r\n\n3,4\n\n", [["1", "2"], ["3", "4"]]),
    ("empty fields", "a,b\n,\n\"\",\n", [["", ""], ["", ""]]),
    ("blanks around", "a,b\n  1 ,\" 2 \"\n", [["1", "2"]]),
    ("no rows", "a,b\n", []), ("no rows, no line end", "a,b", []),
  ]

  @Test(arguments: forms)
  func reads(_ name: String, _ text: String, _ expected: [[String]]) throws {
    let (header, rows) = try read(Array(text.utf8))
    #expect(header == ["a", "b"])
    #expect(rows.map(\.fields) == expected)
  }

  private static let damages: [(String, String, [SeenRow])] = [
    (
      "too few and too many", "a,b\n1\n1,2,3\n4,5\n",
      [
        SeenRow(line: 2, reason: "1 fields, but the header has 2"),
        SeenRow(line: 3, reason: "3 fields, but the header has 2"),
        SeenRow(line: 4, fields: ["4", "5"]),
      ]
    ),
    (
      "a quote that opens and never closes", "a,b\n\"1,2\n3,4\n5,6\n",
      [
        SeenRow(line: 2, reason: "a: a quote that is never closed"),
        SeenRow(line: 3, fields: ["3", "4"]), SeenRow(line: 4, fields: ["5", "6"]),
      ]
    ),
    (
      "an open quote before quoted rows", "a,b\n\"1,\"2\"\n\"3\",\"4\"\n",
      [
        SeenRow(
          line: 2, reason: "a: text after a closing quote; the quotes do not pair up"),
        SeenRow(line: 3, fields: ["3", "4"]),
      ]
    ),
    (
      "a lone quote inside quotes", "a,b\n\"1\"x\",\"2\"\n\"3\",\"4\"\n",
      [
        SeenRow(
          line: 2, reason: "a: text after a closing quote; the quotes do not pair up"),
        SeenRow(line: 3, fields: ["3", "4"]),
      ]
    ),
    (
      "a lost quote that joins two rows", "a,b\n1,\"2\n3,4\",5\n6,7\n",
      [
        SeenRow(line: 2, reason: "3 fields, but the header has 2"),
        SeenRow(line: 3, reason: "3 fields, but the header has 2"),
        SeenRow(line: 4, fields: ["6", "7"]),
      ]
    ),
    (
      "NUL", "a,b\n1\0,2\n3,4\n",
      [SeenRow(line: 2, reason: "a NUL byte in the row"), SeenRow(line: 3, fields: ["3", "4"])]
    ),
    (
      "a row cut short at the end", "a,b\n1,2\n3",
      [
        SeenRow(line: 2, fields: ["1", "2"]),
        SeenRow(line: 3, reason: "1 fields, but the header has 2"),
      ]
    ),
  ]

  @Test(arguments: damages)
  fileprivate func damageCostsOneLine(
    _ name: String, _ text: String, _ expected: [SeenRow]
  ) throws {
    #expect(try read(Array(text.utf8)).rows == expected)
  }

  @Test func anOpenQuoteIsGivenUpAfterAHundredLines() throws {
    let rest = (1...300).map { "\($0),x\n" }.joined()
    let rows = try read(Array("a,b\n\"open,1\n\(rest)".utf8)).rows
    #expect(rows.count == 301)
    #expect(rows[0].reason == "a: a quote that is not closed within 100 lines")
    #expect(rows[300] == SeenRow(line: 302, fields: ["300", "x"]))
  }

  @Test func aRowLongerThanTheWindowIsRejectedAndTheNextRead() throws {
    let long = String(repeating: "x", count: CSVReader.longestRow + 10)
    let rows = try read(Array("a,b\n\(long),1\n2,3\n".utf8)).rows
    #expect(rows.count == 2)
    #expect(rows[0].reason == "the row is longer than 1048576 bytes")
    #expect(rows[1] == SeenRow(line: 3, fields: ["2", "3"]))
  }

  @Test func bytesThatAreNotUTF8AreReadAsLatin1AndCounted() throws {
    let scratch = try ScratchDirectory()
    let bytes = Array("a,b\nNu".utf8) + [0xf1] + Array("ez,\u{f1}\n".utf8)
    let reader = try CSVReader(path: scratch.file("latin.csv", bytes))
    guard case .record(let record) = try reader.next() else {
      Issue.record("no row")
      return
    }
    var repairs = 0
    #expect(record[0].text(repairs: &repairs) == "Nuñez")
    #expect(repairs == 1)
    #expect(record[1].text(repairs: &repairs) == "ñ")
    #expect(repairs == 1)
  }

  private static let wrongFiles: [(String, [UInt8], String)] = [
    ("empty", [], "is empty"), ("gzip", [0x1f, 0x8b, 8, 0], "gzip-compressed"),
    ("zip", [0x50, 0x4b, 3, 4], "ZIP archive"), ("UTF-16", [0xff, 0xfe, 0x61, 0], "UTF-16"),
    ("binary", [0x7f, 0x45, 0x4c, 0x46, 0, 0], "binary data"),
    ("an open quote", Array("\"a,b\n1,2\n".utf8), "does not begin with a CSV header line"),
  ]

  @Test(arguments: wrongFiles)
  func namesTheWrongFile(_ name: String, _ bytes: [UInt8], _ message: String) throws {
    let scratch = try ScratchDirectory()
    let path = try scratch.file("wrong", bytes)
    let fault = #expect(throws: FileFault.self) { try CSVReader(path: path) }
    #expect(fault?.description.contains(message) == true)
  }

  @Test func aMissingFileAndAFolderAreUnreadable() throws {
    let scratch = try ScratchDirectory()
    for (path, reason) in [
      (scratch.path + "/none.csv", "No such file or directory"), (scratch.path, "Is a directory"),
    ] {
      #expect(throws: FileFault.unreadable(path: path, reason: reason)) {
        try CSVReader(path: path)
      }
    }
  }

  /// Any table written by the rules reads back the same, wherever the window's edges fall.
  @Test(arguments: 1...20)
  func roundTrip(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let pieces = ["", "a", "é", "\"", ",", "\n", "\r\n", "O'Brien", "x y", "1457900839.0"]
    let columns = Int.random(in: 2...6, using: &generator)
    let table = (0..<400).map { row in
      ["\(row)"]
        + (1..<columns).map { _ in
          (0..<Int.random(in: 0...4, using: &generator))
            .map { _ in pieces.randomElement(using: &generator)! }.joined()
        }
    }
    let end = Bool.random(using: &generator) ? "\n" : "\r\n"
    func quoted(_ field: String) -> String {
      "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
    let header = (0..<columns).map { "c\($0)" }.joined(separator: ",")
    let body = table.map { $0.map(quoted).joined(separator: ",") }.joined(separator: end)
    let rows = try read(Array((header + end + body).utf8)).rows
    let blanks = CharacterSet(charactersIn: " \r\n")
    let expected = table.map { $0.map { $0.trimmingCharacters(in: blanks) } }
    #expect(rows.map(\.fields) == expected, "seed \(seed)")
  }

  /// Whatever bytes come, every row has a fate and reading ends.
  @Test(arguments: 1...200)
  func noiseNeverTraps(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet: [UInt8] = Array("a,b\"\n\r 1\u{e9}".utf8) + [0, 0xff, 0xc3]
    let noise = (0..<Int.random(in: 0...400, using: &generator))
      .map { _ in alphabet.randomElement(using: &generator)! }
    _ = try read(Array("a,b\n".utf8) + noise)
  }
}
