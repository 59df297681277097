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
/// makes of the answer; "." ends a batch. "memory" prints the peak resident size.
public func answer<Answer>(
  _ queries: [Query], by search: (Query) throws -> Answer, print text: (Answer) -> String
) throws {
  while let line = readLine() {
    if line == "memory" {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      print(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? "VmHWM: unknown")
    } else {
      let bounds = line.split(separator: " ").compactMap { Int($0) }
      for query in queries[bounds[0]..<bounds[1]] {
        let start = nanoseconds()
        let answer = try search(query)
        let elapsed = nanoseconds() - start
        print("\(elapsed)\(text(answer))")
      }
      print(".")
    }
    fflush(nil)
  }
}

/// Ends the program with what it should have been called with.
public func refuse(usage: String) -> Never {
  FileHandle.standardError.write(Data("usage: \(usage)\n".utf8))
  exit(64)
}
