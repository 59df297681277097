import CivilTime
import Foundation
import ProviderDirectory
import QueryParsing

// How long a line of words takes to understand, and its tables to open.
//
//     parse-speed QUERIES.jsonl… [--words 50] [--lines 2000] [--rounds 5] [--slowest 0]
//
// Lines are made of the files' queries, one after the other in a seeded order, cut at so many words.
// A figure is, for each line, the least over the rounds, which other work on the machine disturbs least;
// percentiles are over the lines. `--slowest` prints so many of the lines that took longest.

struct Arguments {
  var files: [String] = []
  var words = 50
  var lines = 2000
  var rounds = 5
  var slowest = 0

  init(_ arguments: some Sequence<String>) {
    var iterator = arguments.makeIterator()
    while let argument = iterator.next() {
      switch argument {
      case "--words": words = iterator.next().flatMap { Int($0) } ?? words
      case "--lines": lines = iterator.next().flatMap { Int($0) } ?? lines
      case "--rounds": rounds = iterator.next().flatMap { Int($0) } ?? rounds
      case "--slowest": slowest = iterator.next().flatMap { Int($0) } ?? slowest
      default: files.append(argument)
      }
    }
  }
}

/// SplitMix64.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

func microseconds(_ duration: Duration) -> Double {
  Double(duration.components.attoseconds) / 1e12 + Double(duration.components.seconds) * 1e6
}

func percentiles(_ name: String, _ values: [Double]) {
  let sorted = values.sorted()
  func at(_ share: Double) -> String {
    String(format: "%.1f", sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))])
  }
  print("\(name): p50 \(at(0.5)) p95 \(at(0.95)) p99 \(at(0.99)) max \(at(1)) µs")
}

func openParser() throws -> QueryParser {
  try QueryParser(
    gazetteer: Gazetteer(), specialties: SpecialtyCatalog(), insurers: InsurerCatalog(),
    languages: LanguageCatalog(), taxonomy: TaxonomyCatalog(), names: NameCatalog())
}

let arguments = Arguments(CommandLine.arguments.dropFirst())
guard !arguments.files.isEmpty, arguments.words > 0, arguments.rounds > 0 else {
  print("usage: parse-speed QUERIES.jsonl… [--words 50] [--lines 2000] [--rounds 5] [--slowest 0]")
  exit(64)
}
let clock = ContinuousClock()

var first: QueryParser?
let cold = try clock.measure { first = try openParser() }
print("opening the tables, first time: \(String(format: "%.0f", microseconds(cold))) µs")
var openings: [Double] = []
for _ in 0..<50 { openings.append(microseconds(try clock.measure { first = try openParser() })) }
percentiles("opening the tables again", openings)

let parser = try openParser()
let context = ParseContext(
  now: Instant(secondsSinceEpoch: 1_795_532_400), home: try parser.place("10001"),
  fallbackZone: try Zone("America/New_York"))

var queries: [String] = []
for file in arguments.files {
  for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    if let text = object?["q"] as? String { queries.append(text) }
  }
}
var generator = Seeded(state: 1)
var lines: [String] = []
for _ in 0..<arguments.lines {
  var words: [Substring] = []
  while words.count < arguments.words, let query = queries.randomElement(using: &generator) {
    words += query.split(separator: " ")
  }
  lines.append(words.prefix(arguments.words).joined(separator: " "))
}

/// Of this thread: what it did not run is not in it.
func processorMicroseconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
  return Double(now.tv_sec) * 1e6 + Double(now.tv_nsec) / 1e3
}

func time(_ name: String, _ texts: [String]) throws {
  var least: [(wall: Double, processor: Double)] = []
  for text in texts {
    var one = (wall: Double.infinity, processor: Double.infinity)
    for _ in 0..<arguments.rounds {
      let before = processorMicroseconds()
      let took = try clock.measure { _ = try parser.parse(text, context: context) }
      one.processor = min(one.processor, processorMicroseconds() - before)
      one.wall = min(one.wall, microseconds(took))
    }
    least.append(one)
  }
  percentiles(name, least.map(\.wall))
  percentiles("  of the processor", least.map(\.processor))
  let slowest = zip(least, texts).sorted { $0.0.processor > $1.0.processor }
  for (took, text) in slowest.prefix(arguments.slowest) {
    print(String(format: "%9.1f µs  ", took.processor) + text)
  }
}

try time("\(lines.count) lines of \(arguments.words) words", lines)
try time("\(queries.count) queries as they are", queries)
try time("a bare point", ["cardiologist near 40.7484,-73.9857"])
