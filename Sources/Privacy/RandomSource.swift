/// Where keys, nonces and session tokens get their bytes.
///
/// The default is the operating system's generator (`getrandom(2)` on Linux). Tests inject their
/// own, so that a failure replays; a predictable source must never seal real data, because AES-GCM
/// loses all protection when a nonce repeats.
public struct RandomSource: Sendable {
  private let draw: @Sendable (Int) -> [UInt8]

  /// `draw` is given a byte count and returns exactly that many bytes.
  public init(_ draw: @escaping @Sendable (_ count: Int) -> [UInt8]) { self.draw = draw }

  public static let system = RandomSource { count in
    var generator = SystemRandomNumberGenerator()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      withUnsafeBytes(of: generator.next() as UInt64) {
        bytes.append(contentsOf: $0.prefix(count - bytes.count))
      }
    }
    return bytes
  }

  public func bytes(_ count: Int) -> [UInt8] {
    let bytes = draw(count)
    precondition(bytes.count == count, "a random source returned the wrong number of bytes")
    return bytes
  }
}
