import Foundation
import Glibc

/// Clears this process's arguments where the operating system shows them to everybody
/// (`/proc/PID/cmdline`, `ps`), but for its name: among them may be what a patient told. Whoever
/// looked in the milliseconds before has seen them.
///
/// `CommandLine.arguments` is read first, and keeps them.
public func hideArguments() {
  guard !CommandLine.arguments.isEmpty, let file = fopen("/proc/self/stat", "r") else { return }
  defer { fclose(file) }
  var line = [UInt8](repeating: 0, count: 4096)
  let count = fread(&line, 1, line.count, file)
  // The second field is a name in brackets, which may hold anything; the rest are numbers.
  guard let end = line[..<count].lastIndex(of: UInt8(ascii: ")")) else { return }
  let fields = String(decoding: line[(end + 1)..<count], as: UTF8.self).split(separator: " ")
  // Fields 48 and 49 of proc(5): where the arguments begin and end.
  guard fields.count > 46, let start = UInt(fields[45]), let stop = UInt(fields[46]),
    let name = UnsafeMutablePointer<CChar>(bitPattern: start)
  else { return }
  let skipped = UInt(strlen(name) + 1)
  guard start + skipped < stop else { return }
  memset(name + Int(skipped), 0, Int(stop - start - skipped))
}
