import CivilTime
import Foundation
import ProviderDirectory
import QueryParsing

// How long a line of words takes to understand, and its tables to open.
//
//     parse-speed QUERIES.jsonl… [--words 50] [--lines 2000] [--rounds 5]
//
// Lines are made of the files' queries, one after the other in a seeded order, cut at so many words.
// A figure is, for each line, the least over the rounds, which other work on the machine disturbs least;
// percentiles are over the lines.

struct Arguments {
  var files: [String] = []
  var words = 50
  var lines = 2000
  var rounds = 5

  init(_ arguments: some Sequence<String>) {
    var iterator = arguments.makeIterator()
    while let argument = iterator.next() {
      switch argument {
      case "--words": words = iterator.next().flatMap { Int($0) } ?? words
      case "--lines": lines = iterator.next().flatMap { Int($0) } ?? lines
      case "--rounds": rounds = iterator.next().flatMap { Int($0) } ?? rounds
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
  print("usage: parse-speed QUERIES.jsonl… [--words 50] [--lines 2000] [--rounds 5]")
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

func time(_ name: String, _ texts: [String]) throws {
  let least = try texts.map { text in
    var least = Double.infinity
    for _ in 0..<arguments.rounds {
      let took = try clock.measure { _ = try parser.parse(text, context: context) }
      least = min(least, microseconds(took))
    }
    return least
  }
  percentiles(name, least)
}

try time("\(lines.count) lines of \(arguments.words) words", lines)
try time("\(queries.count) queries as they are", queries)
try time("a bare point", ["cardiologist near 40.7484,-73.9857"])
