import ProviderDirectory
import Synchronization

/// The distinct words of the tables by their first letter: what a misspelling may have meant. Taken
/// from the tables when the first such word comes, which few lines have.
final class Vocabulary: Sendable {
  private let words = Mutex<[UInt8: [[UInt8]]]?>(nil)

  /// Shorter words are too like others to be told from a slip.
  private static let shortest = 5

  /// Calls `body` with the words that begin with the letter of `word`.
  ///
  /// - Parameter make: hands out every phrase of the tables.
  func withWords(
    like word: String, make: ((UnsafeRawBufferPointer) -> Void) -> Void, _ body: ([UInt8]) -> Void
  ) {
    guard let first = word.utf8.first else { return }
    let known = words.withLock { words in
      let all = words ?? Self.gather(make)
      words = all
      return all[first] ?? []
    }
    for word in known { body(word) }
  }

  private static func gather(
    _ make: ((UnsafeRawBufferPointer) -> Void) -> Void
  ) -> [UInt8: [[UInt8]]] {
    var distinct: Set<[UInt8]> = []
    make { phrase in
      forEachWord(of: phrase) { word in
        if word.count >= shortest { distinct.insert(Array(word)) }
      }
    }
    return Dictionary(grouping: distinct) { $0[0] }
  }
}
