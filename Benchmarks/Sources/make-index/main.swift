import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import SearchIndex

// make-index ROLES SEED INDEX_DIRECTORY QUERIES QUERY_FILE

/// Processor seconds this process has used; other work on the machine does not count.
func processorSeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// Builds the index, timing what the writer does and what the maker of roles does apart.
func makeIndex(_ directory: MadeUpDirectory, roles: Int, root: String) throws {
  var order: [(key: UInt64, id: RoleID, index: Int)] = []
  order.reserveCapacity(roles)
  for index in 0..<roles {
    let role = directory.role(index)
    order.append((IndexWriter.orderKey(of: role.site.coordinate), role.id, index))
  }
  order.sort { ($0.key, $0.id) < ($1.key, $1.id) }
  let generations = IndexGenerations(root: root)
  let building = try generations.begin()
  let writer = try IndexWriter(into: building)
  var adding = 0.0
  for entry in order {
    let role = directory.role(entry.index)
    let insurers = MadeUpDirectory.insurers(of: role)
    let start = processorSeconds()
    try writer.add(role, insurerIDs: insurers)
    adding += processorSeconds() - start
  }
  let added = processorSeconds()
  try writer.commit()
  let committed = processorSeconds()
  let generation = try generations.publish(
    building, created: Instant(secondsSinceEpoch: 1_800_000_000),
    feeds: ["made-up": "\(roles) roles, seed \(directory.seed)"], keep: 1)
  let published = processorSeconds()
  let total = adding + published - added
  print(
    "index: \(roles) roles in \(rounded(total)) processor seconds: add \(rounded(adding)),",
    "commit \(rounded(committed - added)), publish \(rounded(published - committed));",
    "\(Int(Double(roles) / total)) documents/s")
  for file in generation.manifest.files { print("index: \(file.name) \(file.size) bytes") }
  print("index: content \(generation.manifest.contentDigest)")
}

func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }

/// One query a line: specialties, insurers, latitude, longitude, metres.
func makeQueries(_ directory: MadeUpDirectory, count: Int, path: String) throws {
  var generator = SplitMix(seed: directory.seed &+ 77)
  var lines = ""
  for _ in 0..<count {
    var specialties = [directory.specialty(&generator)]
    for _ in 0..<[0, 0, 1, 3].randomElement(using: &generator)! {
      let more = directory.specialty(&generator)
      if !specialties.contains(more) { specialties.append(more) }
    }
    let city = directory.city(&generator)
    let miles = [5.0, 10, 25, 50].randomElement(using: &generator)!
    lines += specialties.map(\.text).joined(separator: ",")
    lines += "\t\(directory.insurer(&generator))\t\(city.coordinate.latitude)"
    lines += "\t\(city.coordinate.longitude)\t\(miles * metersPerMile)\n"
  }
  try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
}

let arguments = CommandLine.arguments
guard arguments.count == 6, let roles = Int(arguments[1]), let seed = UInt64(arguments[2]),
  let queries = Int(arguments[4])
else {
  FileHandle.standardError.write(
    Data("usage: make-index ROLES SEED INDEX_DIRECTORY QUERIES QUERY_FILE\n".utf8))
  exit(64)
}
let directory = try MadeUpDirectory(seed: seed)
try makeIndex(directory, roles: roles, root: arguments[3])
try makeQueries(directory, count: queries, path: arguments[5])
