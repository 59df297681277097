import ArgumentParser
import Console
import Foundation
import Scheduling

/// A refusal on its way out of a command.
struct Refused: Error {
  let refusal: Refusal

  init(_ refusal: Refusal) { self.refusal = refusal }
}

/// Ends the program as the error asks: the message on stderr, the exit code of the contract. A
/// refusal is an answer, so with `--json` it is on stdout.
func finish(with error: any Error, json: Bool) -> Never {
  switch error {
  case let refused as Refused:
    let message = refused.refusal.message
    if json {
      do {
        try writeJSON(RefusalReply(refused.refusal))
      } catch {
        writeNote("nearcare: \(error)")
      }
    }
    writeNote("nearcare: \(Terminal.safe(message))")
    exit(refused.refusal.code.exitStatus.rawValue)
  case is CleanExit, is ExitCode, is ValidationError:
    Nearcare.exit(withError: error)
  default:
    if let failure = Failure(error) {
      writeNote("nearcare: \(failure.message)")
      exit(failure.status.rawValue)
    }
    // What the argument parser does not know either is a fault, which is not "nothing found".
    guard Nearcare.exitCode(for: error) != .failure else {
      writeNote("nearcare: \(Terminal.safe("\(error)")); please report this")
      exit(ExitStatus.internalFault.rawValue)
    }
    Nearcare.exit(withError: error)
  }
}

extension Refusal.Code {
  /// What cannot be read is wrong usage, and who nobody knows is not permitted; all else is
  /// refused.
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .malformedSlot, .malformedTime, .seriesLength: .usage
    case .notSignedIn, .sessionExpired, .lockedOut, .signInFailed, .notPermitted: .notPermitted
    default: .refused
    }
  }
}
