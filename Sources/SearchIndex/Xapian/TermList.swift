import CXapian

/// Terms in the flat form that the C boundary takes: no allocation for each term.
struct TermList: Hashable {
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [UInt32] = []

  var count: Int { ends.count }
  var isEmpty: Bool { ends.isEmpty }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  mutating func append(_ prefix: TermPrefix, _ text: some Collection<UInt8>) {
    prefix.appendTerm(text, to: &bytes)
    ends.append(UInt32(bytes.count))
  }

  mutating func append(_ prefix: TermPrefix, _ text: String) {
    append(prefix, text.utf8)
  }

  /// The terms as Xapian stores them, in order.
  var terms: [[UInt8]] {
    var start = 0
    return ends.map { end in
      defer { start = Int(end) }
      return Array(bytes[start..<Int(end)])
    }
  }

  func withTerms<Result, Failure: Error>(
    _ body: (ncx_terms) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
      try ends.withUnsafeBufferPointer { (ends) throws(Failure) in
        try body(
          ncx_terms(
            bytes: UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self),
            ends: ends.baseAddress, count: ends.count))
      }
    }
  }
}

/// Groups of alternative terms: a document matches when it carries one term of every group.
struct TermGroups: Hashable {
  private(set) var terms = TermList()
  private(set) var ends: [UInt32] = []

  mutating func appendGroup(_ add: (inout TermList) -> Void) {
    add(&terms)
    ends.append(UInt32(terms.count))
  }

  /// Those with a schedule on file.
  mutating func appendScheduled() {
    appendGroup { $0.append(.bookable, TermPrefix.bookableTerm) }
  }
}
