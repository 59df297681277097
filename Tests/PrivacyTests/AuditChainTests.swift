import Privacy
import Testing

@Suite struct AuditChainTests {
  private let chain = AuditChain(key: .random(seeded(1)))

  private func trail(_ count: Int) -> [AuditRow] {
    var head = AuditHead.empty
    return (1...count).map { number in
      let row = chain.row(
        after: head, fields: ["read", "patient", "\(number)", number % 2 == 0 ? nil : ""])
      head = AuditHead(sequence: row.sequence, mac: row.mac)
      return row
    }
  }

  private func end(of rows: [AuditRow]) -> AuditHead {
    AuditHead(sequence: rows[rows.count - 1].sequence, mac: rows[rows.count - 1].mac)
  }

  /// The head after `rows`; throws at the first that does not follow.
  private func verify(
    _ rows: some Sequence<AuditRow>, from start: AuditHead = .empty, by chain: AuditChain? = nil
  ) throws -> AuditHead {
    try rows.reduce(start) { try (chain ?? self.chain).advance($0, over: $1) }
  }

  @Test func anUntouchedTrailHolds() throws {
    let rows = trail(20)
    #expect(rows.map(\.sequence) == Array(1...20))
    #expect(try verify(rows) == end(of: rows))
    #expect(try verify([AuditRow]()) == .empty)
    let middle = end(of: Array(rows[..<7]))
    #expect(try verify(rows[7...], from: middle) == end(of: rows))
  }

  @Test func everyEditIsFoundAtItsRow() throws {
    for index in 0..<12 {
      let edits: [(inout AuditRow) -> Void] = [
        { $0.fields[0] = "write" }, { $0.fields[2] = nil }, { $0.fields[3] = "x" },
        { $0.fields[3] = $0.fields[3] == nil ? "" : nil }, { $0.fields.swapAt(0, 1) },
        {
          $0.fields[0] = "readpatient"; $0.fields[1] = ""
        },
        {
          $0.fields[0] = "readp"; $0.fields[1] = "atient"
        },
        { $0.fields.append(nil) }, { $0.fields.removeLast() }, { $0.mac[0] ^= 1 },
        { $0.mac[31] ^= 128 }, { $0.mac.removeLast() },
      ]
      for edit in edits {
        var rows = trail(12)
        edit(&rows[index])
        #expect(throws: AuditBreak.mac(sequence: Int64(index + 1))) { try verify(rows) }
      }
    }
  }

  @Test func removedInsertedAndMovedRowsAreFound() throws {
    let rows = trail(12)
    for index in 0..<11 {
      var removed = rows
      removed.remove(at: index)
      let next = Int64(index + 1)
      #expect(throws: AuditBreak.sequence(expected: next, found: next + 1)) {
        try verify(removed)
      }
      var renumbered = removed
      for later in index..<11 { renumbered[later].sequence -= 1 }
      #expect(throws: AuditBreak.mac(sequence: next)) { try verify(renumbered) }
      var repeated = rows
      repeated.insert(rows[index], at: index + 1)
      #expect(throws: AuditBreak.sequence(expected: next + 1, found: next)) {
        try verify(repeated)
      }
      var swapped = rows
      swapped.swapAt(index, index + 1)
      #expect(throws: AuditBreak.sequence(expected: next, found: next + 1)) {
        try verify(swapped)
      }
      swapped[index].sequence = next
      swapped[index + 1].sequence = next + 1
      #expect(throws: AuditBreak.mac(sequence: next)) { try verify(swapped) }
    }
  }

  @Test func aRowOfAnotherHistoryDoesNotFit() {
    var rows = trail(12)
    let other = chain.row(after: .empty, fields: ["write", "patient", "9", nil])
    let head = AuditHead(sequence: other.sequence, mac: other.mac)
    rows[1] = chain.row(after: head, fields: rows[1].fields)
    #expect(throws: AuditBreak.mac(sequence: 2)) { try verify(rows) }
    rows[0] = other
    #expect(throws: AuditBreak.mac(sequence: 3)) { try verify(rows) }
  }

  @Test func aTrailOfAnotherKeyDoesNotHold() {
    let other = AuditChain(key: .random(seeded(2)))
    #expect(throws: AuditBreak.mac(sequence: 1)) { try verify(trail(3), by: other) }
  }

  /// Computed outside this program with Python's hmac.
  @Test func theStoredCodesStayAsTheyAre() {
    let row = AuditChain(key: .random(counting)).row(after: .empty, fields: ["read", nil, ""])
    #expect(
      hexadecimal(row.mac) == "e39e212ba95f07b02591533ae5a39f0bbfb936e297434cd1b9384d2f22a1ae39")
  }
}

@Suite struct AuditHeadTests {
  @Test func headsAreReadAsTheyAreWritten() throws {
    let head = AuditHead(sequence: 1204, mac: (0..<32).map { UInt8($0 * 8) })
    #expect(head.description.hasPrefix("1204:000810"))
    #expect(AuditHead(head.description) == head)
    #expect(AuditHead(AuditHead.empty.description) == .empty)
  }

  @Test(arguments: ["", ":", "7", "7:", "-1:", "07:", "x:", "7:00", "7:zz", " 7:", "7::"])
  func whatIsNoHead(start: String) {
    let digits = String(repeating: "0", count: 64)
    #expect(AuditHead(start) == nil)
    if start != "7:" { #expect(AuditHead(start + digits) == nil) }
  }
}
