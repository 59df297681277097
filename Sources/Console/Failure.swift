import CivilTime
import Geospatial
import Privacy
import ProviderDirectory
import QueryParsing
import SearchIndex
import Store

/// An error with an answer for the person: what was wrong with which value, and what to do next.
public struct Failure: Error {
  public let status: ExitStatus
  public let message: String

  public init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }
}

extension Failure {
  /// The answer to what a module throws; nil for an error of the argument parser, which words its
  /// own.
  public init?(_ error: any Error) {
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
    case let error as PassphraseError: self.init(.usage, "\(error)")
    case let error as StaffError: self.init(.usage, "\(error)")
    case let error as AuditBreak: self.init(.badData, "\(error)")
    case let error as FileFault: self.init(error.exitStatus, error.description)
    default: return nil
    }
  }
}

extension StoreError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .noDatabase, .noFullLoad, .olderFullLoad: .unavailable
    case .cannotWrite: .cannotWrite
    case .inputOutput: .inputOutput
    case .tryLater, .keysChanged: .tryLater
    case .damaged, .badBackup, .unreadableRow: .badData
    case .newerSchema, .setting: .configuration
    case .statement: .internalFault
    }
  }
}

extension PrivateFileError {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .looseMode, .looseFolder, .notOwned: .notPermitted
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
    case .locked, .modified, .outOfTime: .tryLater
    case .corrupt, .unsupportedVersion: .badData
    case .fileSystem("open", _, _), .fileSystem("list", _, _), .fileSystem("look at", _, _),
      .fileSystem("read the link", _, _):
      .inputOutput
    case .fileSystem: .cannotWrite
    case .invalidQuery, .nameTooWide: .usage
    case .noSuchDocument, .outOfOrder, .library, .disagreement: .internalFault
    }
  }
}

extension FileFault {
  fileprivate var exitStatus: ExitStatus {
    switch self {
    case .unreadable: .inputOutput
    case .notThisFormat, .missingColumns, .malformed: .badData
    }
  }
}
