import Asking
import ProviderDirectory
import SearchIndex

// candidates INDEX_DIRECTORY QUERY_FILE LIMIT estimated|exact
//
// Answers with role:metres of each result.

let arguments = CommandLine.arguments
guard arguments.count == 5, let limit = Int(arguments[3]),
  let count = ["estimated": MatchedCount.estimated, "exact": .exact][arguments[4]]
else { refuse(usage: "candidates INDEX_DIRECTORY QUERY_FILE LIMIT estimated|exact") }
let searcher = try IndexSearcher(IndexGenerations(root: arguments[1]).current())
try answer(readQueries(arguments[2])) { query in
  var asked = try query.candidates()
  asked.limit = limit
  asked.matchedCount = count
  return try searcher.candidates(asked).candidates
} print: { candidates in
  candidates.map { " \($0.roleID.rawValue):\($0.distanceMeters!)" }.joined()
}
