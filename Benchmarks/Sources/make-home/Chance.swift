/// SplitMix64 (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Draws indices with given weights, by bisection of their running sums.
struct WeightedChoice {
  private var sums: [Double] = []

  init(_ weights: some Sequence<Double>) {
    var sum = 0.0
    for weight in weights {
      sum += weight
      sums.append(sum)
    }
  }

  /// Weights that fall as 1 / (rank + shift)^exponent.
  static func zipf(_ count: Int, exponent: Double, shift: Double) -> WeightedChoice {
    WeightedChoice((0..<count).lazy.map { power(1 / (Double($0) + shift), exponent) })
  }

  func draw(_ generator: inout SplitMix) -> Int {
    let target = Double.random(in: 0..<sums[sums.count - 1], using: &generator)
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] <= target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
