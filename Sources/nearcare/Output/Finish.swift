import ArgumentParser
import CivilTime
import Foundation
import Geospatial
import Privacy
import ProviderDirectory
import QueryParsing
import Scheduling
import SearchIndex
import Store

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
    let (code, message) = (refused.refusal.code.rawValue, refused.refusal.message)
    if json {
      do {
        try writeJSON(RefusalReply(code: code, message: message))
      } catch {
        writeNote("nearcare: \(error)")
      }
    }
    writeNote("nearcare: \(Terminal.safe(message))")
    exit(refused.refusal.code.exitStatus.rawValue)
  case is CleanExit, is ExitCode, is ValidationError:
    Nearcare.exit(withError: error)
  default:
    guard let failure = Failure(error) else { Nearcare.exit(withError: error) }
    writeNote("nearcare: \(failure.message)")
    exit(failure.status.rawValue)
  }
}

extension Failure {
  /// Nil for an error of the argument parser, which words its own.
  init?(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as StoreError: self.init(error.exitStatus, error.message)
    case let error as IndexError: self.init(error.exitStatus, "\(error)")
    case let error as PrivateFileError: self.init(error.exitStatus, error.description)
    case let error as SealingError: self.init(.badData, error.description)
    case let error as TableError: self.init(.unavailable, "\(error)")
    case let error as ZoneError: self.init(.unavailable, "\(error)")
    case let error as AreaError: self.init(.badData, "\(error)")
    case let error as ContactError: self.init(.usage, error.description)
    case let error as QueryError: self.init(.usage, Terminal.safe("\(error)"))
    case let error as PatientDetailsError: self.init(.usage, "\(error)")
    case let error as AuditBreak: self.init(.badData, "\(error)")
    default: return nil
    }
  }
}

extension StoreError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .noDatabase: .unavailable
    case .cannotWrite: .cannotWrite
    case .inputOutput: .inputOutput
    case .tryLater: .tryLater
    case .damaged, .unreadableRow: .badData
    case .newerSchema, .setting: .configuration
    case .statement: .internalFault
    }
  }
}

extension PrivateFileError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .looseMode, .notOwned: .notPermitted
    case .damaged, .notRegularFile: .badData
    case .missing, .unsupportedVersion: .configuration
    case .system: .cannotWrite
    }
  }
}

extension IndexError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .noIndex, .nothingToRollBackTo: .unavailable
    case .locked, .modified: .tryLater
    case .corrupt, .unsupportedVersion: .badData
    case .fileSystem: .inputOutput
    case .invalidQuery: .usage
    case .noSuchDocument, .outOfOrder, .library: .internalFault
    }
  }
}

extension Refusal.Code {
  /// What cannot be read is wrong usage, and who nobody knows is not permitted; all else is
  /// refused.
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .malformedSlot, .malformedTime: .usage
    case .notSignedIn, .sessionExpired: .notPermitted
    default: .refused
    }
  }
}
