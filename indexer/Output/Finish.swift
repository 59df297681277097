import Console
import Foundation

/// Runs a command's body; an error ends the program with its message on stderr and its exit code.
func finishing(_ body: () throws -> Void) {
  do {
    try body()
  } catch {
    let failure = Failure(error) ?? Failure(.internalFault, "\(error)")
    writeNote("indexer: \(failure.message)")
    exit(failure.status.rawValue)
  }
}
