/// Phrases of one to a dozen words, each with a number, found by their words' stems.
///
/// A hash table over the bytes of the phrases, so that the few thousand phrases of a table are
/// ready within a fraction of a millisecond of the start of a command, and a look-up makes no
/// string.
public struct PhraseTable: Sendable {
  private struct Entry {
    let start: UInt32
    let end: UInt32
    let value: UInt32
  }

  private var letters: [UInt8] = []
  private var entries: [Entry] = []
  /// Index into `entries` + 1 below the upper half of the phrase's hash; 0 where free. Its size is
  /// a power of two and at most half full.
  private var slots: [UInt64]
  /// By the hash of what phrases begin with: whether a phrase goes on from there. Most words begin
  /// none.
  private var goesOn: BitFilter
  private(set) var longestWordCount = 0

  public init(expecting count: Int) {
    var size = 16
    while size < count * 2 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    goesOn = BitFilter(count: size * 16)
    entries.reserveCapacity(count)
    letters.reserveCapacity(count * 20)
  }

  public var count: Int { entries.count }

  // MARK: Building

  /// Adds one phrase, written as `PhraseText.words` gives it; a phrase that is there already keeps
  /// its first number.
  public mutating func insert(_ phrase: String, value: UInt32) {
    var phrase = phrase
    phrase.withUTF8 { bytes in _ = insertOne(UnsafeRawBufferPointer(bytes), value: value) }
  }

  /// Adds every phrase of a field of phrases with `|` between. A phrase that is there already keeps
  /// its first number; such phrases are handed to `onRepeat` with both numbers.
  mutating func insert(
    _ field: UnsafeRawBufferPointer, value: UInt32,
    onRepeat: (_ phrase: String, _ first: UInt32) -> Void = { _, _ in }
  ) {
    var rest = field
    while !rest.isEmpty {
      let length = rest.firstIndex(of: UInt8(ascii: "|")) ?? rest.count
      let phrase = UnsafeRawBufferPointer(rebasing: rest[..<length])
      if !phrase.isEmpty, let first = insertOne(phrase, value: value) {
        onRepeat(String(decoding: phrase, as: UTF8.self), first)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[min(length + 1, rest.count)...])
    }
  }

  /// Nil when the phrase was new; else the number that it has.
  private mutating func insertOne(_ phrase: UnsafeRawBufferPointer, value: UInt32) -> UInt32? {
    var hash = PhraseHash()
    var words = 0
    forEachWord(of: phrase) { word in
      if words > 0 { goesOn.insert(hash.value) }
      hash.add(word, stem: WordStem(word))
      words += 1
    }
    guard words > 0 else { return nil }
    if (entries.count + 1) * 2 > slots.count { grow() }
    var slot = hash.value & UInt64(slots.count - 1)
    while slots[Int(slot)] != 0 {
      if let entry = entry(inSlot: slot, hash: hash.value), samePhrase(entry, phrase) {
        return entry.value
      }
      slot = (slot + 1) & UInt64(slots.count - 1)
    }
    let start = UInt32(letters.count)
    letters.append(contentsOf: phrase)
    entries.append(Entry(start: start, end: UInt32(letters.count), value: value))
    slots[Int(slot)] = Self.slot(entries.count, hash: hash.value)
    longestWordCount = max(longestWordCount, words)
    return nil
  }

  private mutating func grow() {
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    for (index, entry) in entries.enumerated() {
      var hash = PhraseHash()
      withLetters(of: entry) { phrase in
        forEachWord(of: phrase) { hash.add($0, stem: WordStem($0)) }
      }
      var slot = hash.value & UInt64(slots.count - 1)
      while slots[Int(slot)] != 0 { slot = (slot + 1) & UInt64(slots.count - 1) }
      slots[Int(slot)] = Self.slot(index + 1, hash: hash.value)
    }
  }

  private static func slot(_ number: Int, hash: UInt64) -> UInt64 {
    hash & 0xffff_ffff_0000_0000 | UInt64(number)
  }

  /// The entry of an occupied slot, unless its hash is another.
  private func entry(inSlot slot: UInt64, hash: UInt64) -> Entry? {
    let content = slots[Int(slot)]
    guard (content ^ hash) >> 32 == 0 else { return nil }
    return entries[Int(content & 0xffff_ffff) - 1]
  }

  // MARK: Looking up

  public struct Match: Equatable, Sendable {
    public let value: UInt32
    public let wordCount: Int
  }

  /// The phrases that `words` starts with, shortest first.
  public func matches(atStartOf words: ArraySlice<PhraseWord>) -> [Match] {
    var found: [Match] = []
    var hash = PhraseHash()
    for (offset, word) in words.prefix(longestWordCount).enumerated() {
      word.bytes.withUnsafeBytes { hash.add($0, stem: word.stem) }
      let phrase = words.prefix(offset + 1)
      if let value = value(of: phrase, hash: hash.value) {
        found.append(Match(value: value, wordCount: offset + 1))
      }
      guard goesOn.contains(hash.value) else { break }
    }
    return found
  }

  /// The number of the phrase that consists of exactly `words`.
  public func value(of words: ArraySlice<PhraseWord>) -> UInt32? {
    guard !words.isEmpty, words.count <= longestWordCount else { return nil }
    var hash = PhraseHash()
    for word in words { word.bytes.withUnsafeBytes { hash.add($0, stem: word.stem) } }
    return value(of: words, hash: hash.value)
  }

  private func value(of words: ArraySlice<PhraseWord>, hash: UInt64) -> UInt32? {
    var slot = hash & UInt64(slots.count - 1)
    while slots[Int(slot)] != 0 {
      if let entry = entry(inSlot: slot, hash: hash), isPhrase(entry, words) {
        return entry.value
      }
      slot = (slot + 1) & UInt64(slots.count - 1)
    }
    return nil
  }

  /// Calls `body` with the letters of each phrase and its number, in the order of insertion.
  public func forEachPhrase(_ body: (UnsafeRawBufferPointer, UInt32) -> Void) {
    for entry in entries { withLetters(of: entry) { body($0, entry.value) } }
  }

  // MARK: Comparing by stems

  private func withLetters<T>(of entry: Entry, _ body: (UnsafeRawBufferPointer) -> T) -> T {
    letters.withUnsafeBytes { all in
      body(UnsafeRawBufferPointer(rebasing: all[Int(entry.start)..<Int(entry.end)]))
    }
  }

  private func isPhrase(_ entry: Entry, _ words: ArraySlice<PhraseWord>) -> Bool {
    withLetters(of: entry) { phrase in
      var next = words.startIndex
      var same = true
      forEachWord(of: phrase) { word in
        guard same, next < words.endIndex else {
          same = false
          return
        }
        same = words[next].bytes.withUnsafeBytes {
          sameStem(word, WordStem(word), $0, words[next].stem)
        }
        next += 1
      }
      return same && next == words.endIndex
    }
  }

  private func samePhrase(_ entry: Entry, _ other: UnsafeRawBufferPointer) -> Bool {
    withLetters(of: entry) { phrase in
      var rest = other
      var same = true
      forEachWord(of: phrase) { word in
        guard same, !rest.isEmpty else {
          same = false
          return
        }
        let length = rest.firstIndex(of: UInt8(ascii: " ")) ?? rest.count
        let twin = UnsafeRawBufferPointer(rebasing: rest[..<length])
        same = !twin.isEmpty && sameStem(word, WordStem(word), twin, WordStem(twin))
        rest = UnsafeRawBufferPointer(rebasing: rest[min(length + 1, rest.count)...])
      }
      return same && rest.isEmpty
    }
  }
}

/// A set of hashes that may say yes of one that it has not, never no of one that it has.
private struct BitFilter {
  private var bits: [UInt64]

  /// `count`, the number of bits, is a power of two of at least 64.
  init(count: Int) { bits = [UInt64](repeating: 0, count: count / 64) }

  mutating func insert(_ hash: UInt64) {
    bits[index(of: hash)] |= 1 << (hash & 63)
  }

  func contains(_ hash: UInt64) -> Bool {
    bits[index(of: hash)] & 1 << (hash & 63) != 0
  }

  private func index(of hash: UInt64) -> Int { Int(hash >> 6 & UInt64(bits.count - 1)) }
}

/// FNV-1a over the stems of words, with a space between.
private struct PhraseHash {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
  private var isFirst = true

  mutating func add(_ word: UnsafeRawBufferPointer, stem: WordStem) {
    if !isFirst { mix(UInt8(ascii: " ")) }
    isFirst = false
    for index in 0..<(stem.count - 1) { mix(word[index]) }
    mix(stem.last)
  }

  private mutating func mix(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
}

private func sameStem(
  _ a: UnsafeRawBufferPointer, _ aStem: WordStem, _ b: UnsafeRawBufferPointer, _ bStem: WordStem
) -> Bool {
  guard aStem == bStem else { return false }
  for index in 0..<(aStem.count - 1) where a[index] != b[index] { return false }
  return true
}

/// Words are what stands between single spaces; empty ones are left out.
public func forEachWord(
  of phrase: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
) {
  var start = 0
  for index in 0...phrase.count where index == phrase.count || phrase[index] == UInt8(ascii: " ") {
    if index > start { body(UnsafeRawBufferPointer(rebasing: phrase[start..<index])) }
    start = index + 1
  }
}
