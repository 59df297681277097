import Asking
import CivilTime
import Foundation
import Geospatial
import ProviderDirectory
import SearchIndex
import Store

// make-home directory HOME NOW ROLES SEED QUERIES
// make-home index HOME NOW
//
// Fills HOME as the indexer does: directory, plans and hours through `Store`; patients too, for
// claims to be made for; and writes queries-plain.tsv and queries-filtered.tsv beside them. `index`
// brings the store to today's schema, sums availability up where that is to do, and makes the index
// from it, unless one is there that opens.

/// Processor seconds this process has used; other work on the machine does not count.
func processorSeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }

func makeIndex(_ store: Store, now: Instant) throws {
  let start = processorSeconds()
  let generations = IndexGenerations(root: store.home.indexPath)
  do {
    _ = try IndexSearcher(generations.current())
    return
  } catch {
    print("index: \(error)")
  }
  let building = try generations.begin()
  let writer = try IndexWriter(into: building, today: CivilDate(instant: now))
  var adding = 0.0
  try store.read { transaction in
    try transaction.forEachListedRole { batch in
      let start = processorSeconds()
      for role in batch {
        try writer.add(role, insurerIDs: MadeUpDirectory.insurers(of: role))
      }
      adding += processorSeconds() - start
    }
  }
  try writer.commit()
  let generation = try generations.publish(
    building, created: now, feeds: ["made-up": "\(writer.count) roles"], keep: 1)
  print(
    "index: \(writer.count) roles in \(rounded(processorSeconds() - start)) processor seconds,",
    "of which \(rounded(adding)) adding documents; content \(generation.manifest.contentDigest)")
}

/// What is asked, and how far around; the same places and specialties in both files.
func makeQueries(_ directory: MadeUpDirectory, count: Int, home: String) throws {
  var generator = SplitMix(seed: directory.seed &+ 77)
  var plain = ""
  var filtered = ""
  for _ in 0..<count {
    var specialties = [directory.specialty(&generator)]
    for _ in 0..<[0, 0, 1, 3].randomElement(using: &generator)! {
      let more = directory.specialty(&generator)
      if !specialties.contains(more) { specialties.append(more) }
    }
    let city = directory.city(&generator)
    let miles = [5.0, 10, 25, 50].randomElement(using: &generator)!
    let asked = [
      specialties.map(\.text).joined(separator: ","), directory.insurer(&generator),
      "\(city.coordinate.latitude)", "\(city.coordinate.longitude)", "\(miles * metersPerMile)",
    ].joined(separator: "\t")
    let language = Bool.random(using: &generator) ? "en" : "es"
    let gender = Bool.random(using: &generator) ? "female" : "male"
    let visitType = Int.random(in: 0..<4, using: &generator) > 0 ? "in-person" : "telehealth"
    plain += asked + "\t\t\t\n"
    filtered += asked + "\t\(language)\t\(gender)\t\(visitType)\n"
  }
  for (name, text) in [("plain", plain), ("filtered", filtered)] {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(home)/queries-\(name).tsv"))
  }
}

let arguments = CommandLine.arguments
guard arguments.count > 3, let now = Instant(rfc3339: arguments[3]) else {
  refuse(usage: "make-home directory|index HOME NOW [ROLES SEED QUERIES]")
}
let store = try Store.open(HomeDirectory(path: arguments[2]), clock: .fixed(at: now))
if arguments[1] == "index" {
  let start = processorSeconds()
  let written = try store.summarizeAvailability(batch: 1000)
  try store.checkpoint()
  print("availability: \(written) roles in \(rounded(processorSeconds() - start)) seconds")
  try makeIndex(store, now: now)
} else if arguments.count == 7, let roles = Int(arguments[4]), let seed = UInt64(arguments[5]),
  let queries = Int(arguments[6])
{
  let directory = try MadeUpDirectory(seed: seed, today: CivilDate(instant: now))
  try DirectoryLoad(directory: directory, store: store, now: now).run(roles: roles)
  try makeQueries(directory, count: queries, home: arguments[2])
}
