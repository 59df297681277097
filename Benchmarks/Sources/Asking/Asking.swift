import Foundation

/// Nanoseconds of the monotonic clock.
public func nanoseconds() -> UInt64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

public func readQueries(_ path: String) throws -> [Query] {
  try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { Query($0) }
}

/// Reads lines "FROM TO" and answers queries FROM..<TO, a line each: nanoseconds, then what `print`
/// makes of the answer; "." ends a batch. After "FROM TO waits" a line begins with the nanoseconds,
/// a slash, and how many of them no processor was free. "memory" prints the peak resident size.
public func answer<Answer>(
  _ queries: [Query], by search: (Query) throws -> Answer, print text: (Answer) -> String
) throws {
  while let line = readLine() {
    if line == "memory" {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      print(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "VmHWM: unknown")
    } else {
      let words = line.split(separator: " ")
      let countsWaits = words.last == "waits"
      for query in queries[Int(words[0])!..<Int(words[1])!] {
        let waited = countsWaits ? try waitedNanoseconds() : 0
        let start = nanoseconds()
        let answer = try search(query)
        let elapsed = nanoseconds() - start
        let waits = countsWaits ? "/\(try waitedNanoseconds() - waited)" : ""
        print("\(elapsed)\(waits)\(text(answer))")
      }
      print(".")
    }
    fflush(nil)
  }
}

/// How long this thread was ready to run and no processor was free for it.
private func waitedNanoseconds() throws -> UInt64 {
  let text = try String(contentsOfFile: "/proc/thread-self/schedstat", encoding: .utf8)
  return text.split(separator: " ").dropFirst().first.flatMap { UInt64($0) } ?? 0
}

/// Ends the program with what it should have been called with.
public func refuse(usage: String) -> Never {
  FileHandle.standardError.write(Data("usage: \(usage)\n".utf8))
  exit(64)
}
