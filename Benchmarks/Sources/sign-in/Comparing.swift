import Foundation

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// The probability of something as far out on either side, by the normal distribution.
private func twoSided(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

/// The rank test of Mann and Whitney, by its normal approximation; ties have their mean rank.
struct MannWhitney {
  /// Of all pairs, those in which the first is greater; a half when they are alike.
  let share: Double
  let p: Double

  init(_ a: [Double], _ b: [Double]) {
    let all = (a.map { ($0, true) } + b.map { ($0, false) }).sorted { $0.0 < $1.0 }
    var rankSum = 0.0
    var index = 0
    while index < all.count {
      var end = index
      while end < all.count, all[end].0 == all[index].0 { end += 1 }
      let rank = Double(index + 1 + end) / 2
      for place in index..<end where all[place].1 { rankSum += rank }
      index = end
    }
    let (n, m) = (Double(a.count), Double(b.count))
    let u = rankSum - n * (n + 1) / 2
    share = u / (n * m)
    p = twoSided((u - n * m / 2) / (n * m * (n + m + 1) / 12).squareRoot())
  }
}

/// Welch's test of two means; with a thousand values each t is normal.
struct Welch {
  let t: Double
  let p: Double

  init(_ a: [Double], _ b: [Double]) {
    func moments(_ values: [Double]) -> (mean: Double, error: Double) {
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (mean, squares / Double(values.count - 1) / Double(values.count))
    }
    let (first, second) = (moments(a), moments(b))
    t = (first.mean - second.mean) / (first.error + second.error).squareRoot()
    p = twoSided(t)
  }
}
