import CXapian

/// How long a search may go on: whoever walks far asks now and then whether its time is up.
struct Patience {
  private let isOver: (() -> Bool)?

  /// - Parameter isOver: nil for a search that may take as long as it takes.
  init(until isOver: (() -> Bool)?) { self.isOver = isOver }

  /// To be asked every few hundred steps, since it reads a clock.
  ///
  /// - Throws: `IndexError.outOfTime`.
  func check() throws(IndexError) {
    if let isOver, isOver() { throw .outOfTime }
  }

  /// The same question as the C boundary asks it; null for endless patience.
  func withLimit<Result>(_ body: (UnsafePointer<ncx_limit>?) -> Result) -> Result {
    guard var question = isOver else { return body(nil) }
    return withUnsafeMutablePointer(to: &question) { question in
      var limit = ncx_limit(
        is_over: { $0!.assumingMemoryBound(to: (() -> Bool).self).pointee() },
        context: UnsafeMutableRawPointer(question))
      return body(&limit)
    }
  }
}
