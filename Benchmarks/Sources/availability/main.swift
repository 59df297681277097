import Asking
import CivilTime
import Discovery
import ProviderDirectory
import QueryParsing
import SearchIndex
import Store

// availability HOME QUERY_FILE LIMIT SLOTS NOW FROM TO distance|soonest BUDGET_MILLISECONDS
//              found|counted
//
// Answers with role:metres:start,start,… of each result, starts in seconds since 1970; where the
// budget ended the walk, with " incomplete" at the end. With a budget above a minute it asks for
// exactly what the peers are asked for.

let arguments = CommandLine.arguments
guard arguments.count == 11, let limit = Int(arguments[3]), let slots = Int(arguments[4]),
  let now = Instant(rfc3339: arguments[5]), let from = CivilDate(iso: arguments[6]),
  let to = CivilDate(iso: arguments[7]), let sort = SortOrder(rawValue: arguments[8]),
  let milliseconds = Double(arguments[9])
else {
  refuse(
    usage: """
      availability HOME QUERY_FILE LIMIT SLOTS NOW FROM TO distance|soonest BUDGET_MILLISECONDS \
      found|counted
      """)
}
let home = HomeDirectory(path: arguments[1])
let pipeline = SearchPipeline(
  searcher: try IndexSearcher(IndexGenerations(root: home.indexPath).current()),
  store: try Store.open(home, createIfMissing: false, clock: .fixed(at: now)), now: now)
try answer(readQueries(arguments[2])) { query in
  let request = SearchRequest(
    candidates: try query.candidates(), dates: from...to, visitType: query.visitType, sort: sort,
    onlyBookable: true, limit: limit, slotsPerResult: slots,
    countsMatched: arguments[10] == "counted", countsInArea: arguments[10] == "counted")
  return try pipeline.search(
    request, budget: Budget(limit: .microseconds(Int64(milliseconds * 1000))))
} print: { answer in
  let results = answer.results.map { result in
    let starts = result.slots.map { "\($0.start.secondsSinceEpoch)" }.joined(separator: ",")
    return " \(result.role.id.rawValue):\(result.distanceMeters!):\(starts)"
  }
  return results.joined() + (answer.stats.complete ? "" : " incomplete")
}
