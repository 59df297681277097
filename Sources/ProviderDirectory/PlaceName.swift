/// The one place that decides when two spellings name the same place.
enum PlaceName {
  /// Lower-case ASCII words with one space between: accents folded, apostrophes dropped (`O'Fallon`
  /// is `ofallon`), other punctuation a space, runs of single letters joined (`D.C.` is `dc`), the
  /// postal abbreviations of USPS Publication 28 written one way (`Saint`, `St.` → `st`; `N
  /// Hollywood` → `north hollywood`). Applying it twice changes nothing.
  static func normalize(_ text: some StringProtocol) -> String {
    // Most names come here one by one and folded already.
    let text = String(text)
    if isFoldedWord(text) { return anywhere[text] ?? text }
    let words = joinSingleLetters(words(of: text))
    return words.indices.map {
      standard(words[$0], isFirst: $0 == 0, isLast: $0 == words.count - 1)
    }
    .joined(separator: " ")
  }

  private static func isFoldedWord(_ text: String) -> Bool {
    for byte in text.utf8 where !(0x61...0x7A ~= byte || 0x30...0x39 ~= byte) { return false }
    return !text.isEmpty
  }

  static func words(of text: some StringProtocol) -> [String] {
    // Most are one word, and most names of several are folded already.
    let isWord = text.utf8.allSatisfy { 0x61...0x7A ~= $0 | 0x20 || 0x30...0x39 ~= $0 }
    if isWord { return text.isEmpty ? [] : [text.lowercased()] }
    let isFolded = text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x20 }
    if isFolded { return String(text).utf8.split(separator: 0x20).map { String(Substring($0)) } }
    var words: [String] = []
    var word = ""
    func flush() {
      if !word.isEmpty { words.append(word) }
      word = ""
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9": word.unicodeScalars.append(scalar)
      case "A"..."Z": word.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) + 32))
      case "'", "`", "\u{2018}", "\u{2019}", "\u{02BB}", "\u{02BC}", "\u{0300}"..."\u{036F}": break
      case "&":
        flush()
        words.append("and")
      default:
        if let folded = PlainLetters.folded(scalar) { word += folded } else { flush() }
      }
    }
    flush()
    return words
  }

  /// `["washington", "d", "c"]` → `["washington", "dc"]`.
  static func joinSingleLetters(_ words: [String]) -> [String] {
    if words.count == 1 { return words }
    var joined: [String] = []
    var runIsOpen = false
    for word in words {
      let isLetter = word.utf8.count == 1 && word.utf8.first! >= UInt8(ascii: "a")
      if isLetter && runIsOpen {
        joined[joined.count - 1] += word
      } else {
        joined.append(word)
      }
      runIsOpen = isLetter
    }
    return joined
  }

  /// How the first of several words, folded already, is written in a normalized name.
  static func leadingWord(_ word: String) -> String { standard(word, isFirst: true, isLast: false) }

  private static func standard(_ word: String, isFirst: Bool, isLast: Bool) -> String {
    if let same = anywhere[word] { return same }
    if isFirst, !isLast, let same = leading[word] { return same }
    if !isFirst, let same = following[word] { return same }
    return word
  }

  private static let anywhere = [
    "saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt",
  ]
  private static let leading = [
    "n": "north", "s": "south", "e": "east", "w": "west", "no": "north", "so": "south",
    "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest", "pt": "point",
  ]
  private static let following = [
    "bch": "beach", "ctr": "center", "cty": "city", "gdns": "gardens",
    "grv": "grove", "hbr": "harbor", "hgts": "heights", "hls": "hills", "hts": "heights",
    "isl": "island", "jct": "junction", "lk": "lake", "lks": "lakes",
    "mdws": "meadows", "mtn": "mountain", "mtns": "mountains", "pk": "park", "pnes": "pines",
    "pt": "point", "rdg": "ridge", "rnch": "ranch", "shrs": "shores",
    "spg": "spring", "spgs": "springs", "spr": "springs", "twp": "township",
    "vlg": "village", "vly": "valley", "vlys": "valleys", "vw": "view",
  ]
}
