/// A few phrases of the language, each with what it says, found by their words as written.
struct FixedPhrases<Value: Sendable>: Sendable {
  private let byFirstWord: [String: [(words: [String], value: Value)]]

  /// - Parameter phrases: with `|` between those that say the same.
  init(_ phrases: [(value: Value, text: String)]) {
    byFirstWord = Dictionary(
      grouping: phrases.flatMap { phrase in
        phrase.text.split(separator: "|").map {
          (words: $0.split(separator: " ").map(String.init), value: phrase.value)
        }
      }, by: { $0.words[0] })
  }

  var firstWords: Set<String> { Set(byFirstWord.keys) }

  /// The longest phrase at `start`, and the index of the token after it.
  func longest(at start: Int, _ word: (Int) -> String) -> (value: Value, end: Int)? {
    guard let phrases = byFirstWord[word(start)] else { return nil }
    var longest: (value: Value, end: Int)?
    for phrase in phrases
    where start + phrase.words.count > longest?.end ?? 0
      && phrase.words.indices.allSatisfy({ word(start + $0) == phrase.words[$0] })
    {
      longest = (phrase.value, start + phrase.words.count)
    }
    return longest
  }
}
