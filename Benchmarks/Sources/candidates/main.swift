import Foundation
import Geospatial
import ProviderDirectory
import SearchIndex

// candidates INDEX_DIRECTORY QUERY_FILE LIMIT estimated|exact
//
// Reads lines "FROM TO" and answers queries FROM..<TO, a line each: nanoseconds, then role:metres of
// each result; "." ends a batch. "memory" prints the peak resident size.

struct Query {
  var specialties: [TaxonomyCode]
  var insurers: [String]
  var center: Coordinate
  var radiusMeters: Double

  init?(_ line: Substring) {
    let fields = line.split(separator: "\t")
    guard fields.count == 5, let latitude = Double(fields[2]), let longitude = Double(fields[3]),
      let center = Coordinate(latitude: latitude, longitude: longitude),
      let radius = Double(fields[4])
    else { return nil }
    specialties = fields[0].split(separator: ",").compactMap { TaxonomyCode($0) }
    insurers = fields[1].split(separator: ",").map(String.init)
    self.center = center
    radiusMeters = radius
  }
}

func nanoseconds() -> UInt64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

func answer(
  _ query: Query, _ searcher: IndexSearcher, limit: Int, count: MatchedCount
) throws -> CandidatePage {
  try searcher.candidates(
    CandidateQuery(
      specialties: query.specialties, insurance: query.insurers.map { .insurer($0) },
      area: .circle(center: query.center, radiusMeters: query.radiusMeters), limit: limit,
      matchedCount: count))
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let limit = Int(arguments[3]),
  let count = ["estimated": MatchedCount.estimated, "exact": .exact][arguments[4]]
else {
  FileHandle.standardError.write(
    Data("usage: candidates INDEX_DIRECTORY QUERY_FILE LIMIT estimated|exact\n".utf8))
  exit(64)
}
let searcher = try IndexSearcher(IndexGenerations(root: arguments[1]).current())
let queries = try String(contentsOfFile: arguments[2], encoding: .utf8).split(separator: "\n")
  .compactMap { Query($0) }
while let line = readLine() {
  if line == "memory" {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    print(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "VmHWM: unknown")
  } else {
    let bounds = line.split(separator: " ").compactMap { Int($0) }
    var output = ""
    for query in queries[bounds[0]..<bounds[1]] {
      let start = nanoseconds()
      let page = try answer(query, searcher, limit: limit, count: count)
      let elapsed = nanoseconds() - start
      output += "\(elapsed)"
      for candidate in page.candidates {
        output += " \(candidate.roleID.rawValue):\(candidate.distanceMeters!)"
      }
      output += "\n"
    }
    print(output, terminator: "")
    print(".")
  }
  fflush(nil)
}
