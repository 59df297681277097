/// What a reader got when it asked for the served index.
public struct OpenedIndex {
  public let searcher: IndexSearcher
  /// Why this is an older generation than the one that should serve; nil when it is that one.
  public let damage: IndexError?
}

extension IndexGenerations {
  /// Opens the served generation. When it is damaged, the newest sound one before it answers.
  ///
  /// The files stay in place while the searcher lives, whatever is published meanwhile.
  ///
  /// - Throws: `noIndex`, or why the served one cannot be opened when none before it can either.
  public func open() throws(IndexError) -> OpenedIndex {
    var name = try currentGenerationName()
    while true {
      do {
        return OpenedIndex(searcher: try searcher(of: name), damage: nil)
      } catch {
        // A run may have switched and removed it between the two looks.
        let now = try currentGenerationName()
        if now != name {
          name = now
          continue
        }
        guard let before = try newestSound(before: name) else { throw error }
        return OpenedIndex(searcher: before, damage: error)
      }
    }
  }

  private func newestSound(before name: String) throws(IndexError) -> IndexSearcher? {
    for older in try names().reversed() where Self.isOlder(older, than: name) {
      do {
        return try searcher(of: older)
      } catch {
        continue
      }
    }
    return nil
  }

  /// Held first and looked at then, so that nobody takes it away in between.
  private func searcher(of name: String) throws(IndexError) -> IndexSearcher {
    guard let hold = try GenerationHold(reading: "\(root)/\(name)") else {
      throw .corrupt(path: "\(root)/\(name)", detail: "there is no such generation")
    }
    let generation = try generation(named: name)
    try generation.check()
    return try IndexSearcher(generation, hold)
  }
}
