import Foundation
import Readers

// Mutates the corpus blindly, many times as fast as libFuzzer, which measures what each input reaches:
//
//     mutate CORPUS COUNT SEED LENGTH
//
// The input of the moment lies in mutate-SEED.input, where it is found after a trap.

let arguments = CommandLine.arguments
guard arguments.count == 5, let count = Int(arguments[2]), let seed = UInt64(arguments[3]),
  let length = Int(arguments[4]), count > 0, length > 1
else {
  print("usage: mutate CORPUS COUNT SEED LENGTH")
  exit(64)
}

/// SplitMix64.
struct Chance: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
}

/// A file in memory that outlives the process.
func sharedBytes(_ path: String, _ size: Int) -> UnsafeMutableRawBufferPointer {
  let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
  guard descriptor >= 0, ftruncate(descriptor, off_t(size)) == 0,
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
    start != MAP_FAILED
  else {
    print("mutate: cannot write \(path)")
    exit(73)
  }
  return UnsafeMutableRawBufferPointer(start: start, count: size)
}

let corpus = try FileManager.default.contentsOfDirectory(atPath: arguments[1]).sorted()
  .map { Array(try Data(contentsOf: URL(fileURLWithPath: "\(arguments[1])/\($0)"))) }
guard !corpus.isEmpty else {
  print("mutate: \(arguments[1]) is empty")
  exit(66)
}

struct Mutator {
  let corpus: [[UInt8]]
  var chance: Chance

  mutating func input() -> [UInt8] {
    var bytes = corpus[chance.below(corpus.count)]
    for _ in 0...chance.below(5) { mutate(&bytes) }
    return bytes
  }

  /// A letter, a sign, any scalar at all, or a byte that is none.
  private mutating func piece() -> [UInt8] {
    switch chance.below(4) {
    case 0: [UInt8(0x20 + chance.below(95))]
    case 1: Array(" 0123456789.,:-/*'".utf8).randomElement(using: &chance).map { [$0] } ?? []
    case 2: Unicode.Scalar(UInt32(chance.below(0x11_0000))).map { Array(String($0).utf8) } ?? []
    default: [UInt8(chance.below(256))]
    }
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    let place = chance.below(bytes.count + 1)
    let end = min(bytes.count, place + 1 + chance.below(12))
    switch chance.below(6) {
    case 0: bytes.insert(contentsOf: piece(), at: place)
    case 1: bytes.removeSubrange(place..<end)
    case 2: bytes.replaceSubrange(place..<min(bytes.count, place + 1), with: piece())
    case 3: bytes.insert(contentsOf: Array(bytes[place..<end]), at: chance.below(bytes.count + 1))
    case 4:
      let other = corpus[chance.below(corpus.count)]
      bytes.insert(contentsOf: other.dropFirst(chance.below(other.count)), at: place)
    default: bytes.insert(UInt8(ascii: " "), at: place)
    }
  }
}

var mutator = Mutator(corpus: corpus, chance: Chance(state: seed))
let input = sharedBytes("mutate-\(seed).input", length)
for _ in 0..<count {
  let bytes = mutator.input()
  let size = min(bytes.count, length)
  bytes.withUnsafeBytes { input.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<size])) }
  read(input: UnsafeRawBufferPointer(rebasing: input[..<size]))
}
print("\(count) inputs of at most \(length) bytes, seed \(seed): none traps")
