import Foundation
import Testing

/// When nothing fits, each suggested command shows as many as were promised.
@Suite struct SuggestionTests {
  static let searches = [
    #""cardiologist in NYC within 5 miles takes Oscar""#,
    #"dentist --radius 1 --sort soonest"#,
    #""heart doctor named smith""#,
    #""dr. zzzyx cardiologist""#,
    #""video visit with a cardiologist tonight, kaiser""#,
    #""male dentist" --radius 2 --available"#,
    #"dentist --from 2026-11-29 --to 2026-11-29 --radius 3"#,
    #"dentist --language tagalog --radius 100"#,
    #""pediatrician in Brooklyn within 2 miles, aetna" --gender male"#,
    #""family doctor today 5:30am""#,
    #""dentist accepting new patients" --radius 2 --gender male"#,
    #""psychiatrist in NYC within 1 mile, taking new patients" --only insurer=oscar"#,
    #""dr smith cardiologist in Boston""#,
    #""psychiatrist who speaks polish near 11222 within 1 mile""#,
    #""male podiatrist in Boston, oscar""#,
    #"'dentist "q $HOME' --radius 1"#,
    #"--name 'o"zzz $x' --specialty dentist --radius 100"#,
  ]

  @Test func commandsShowWhatWasCounted() throws {
    let home = try SampleHome()
    var kinds = Set<String>()
    var pairs = 0
    for search in Self.searches {
      let run = try home.run("nearcare search --budget-ms 60000 --json \(search)")
      #expect(run.status == 1, "\(search): \(run)")
      let suggestions = try #require(try run.json()["suggestions"] as? [[String: Any]])
      for suggestion in suggestions {
        let command = try #require(suggestion["command"] as? String)
        let shown = try home.run("\(command) --json --limit 10000 --budget-ms 60000")
        let results = try #require(try shown.json()["results"] as? [Any], "\(command)")
        #expect(results.count == suggestion["count"] as? Int, "\(search): \(command)")
        #expect(suggestion["exact"] as? Bool == true)
        let relaxed = try #require(suggestion["relaxed"] as? String)
        for kind in relaxed.split(separator: "+") { kinds.insert(String(kind)) }
        if relaxed.contains("+") { pairs += 1 }
      }
    }
    #expect(pairs >= 3)
    #expect(kinds.count >= 6, "\(kinds.sorted())")
  }
}
