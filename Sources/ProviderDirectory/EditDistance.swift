/// How many slips of the keyboard apart two words are.
public enum EditDistance {
  /// The Damerau–Levenshtein distance in its restricted form (a letter left out, put in, or
  /// exchanged, or two neighbours swapped; no stretch is edited twice), or nil where it is more
  /// than `limit`.
  public static func between(
    _ a: some Collection<UInt8>, _ b: some Collection<UInt8>, limit: Int
  ) -> Int? {
    let a = Array(a)
    let b = Array(b)
    guard abs(a.count - b.count) <= limit else { return nil }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var row = last
    for i in 0..<a.count {
      row[0] = i + 1
      var best = row[0]
      for j in 0..<b.count {
        var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row[j + 1] = cost
        best = min(best, cost)
      }
      guard best <= limit else { return nil }
      (beforeLast, last, row) = (last, row, beforeLast)
    }
    return last[b.count] <= limit ? last[b.count] : nil
  }
}
